// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/control.h"

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/words.h"
#include "userspace/policy/bundle.h"

#define MAPPING "policies/controls/mapping.json"
#define HEAD "item\tform\treason\tstamp\textent\trules\tposture\tstatements\ttests\tnote\n"
#define ROW(item, stamp, rules) item "\trecord\t\t" stamp "\tmost\t" rules "\t\t\tunit/x\t\n"

static struct seki_controls controls;
static char err[256];

/* Rules, and the items they serve. */
static int load_both(const char *rules, const char *items)
{
	static char path[80];
	char dir[64], table[80];

	snprintf(path, sizeof(path), "%s/mapping.json", temp_dir(dir));
	snprintf(table, sizeof(table), "%s/mapping.tsv", dir);
	file_put(path, rules);
	file_put(table, items);
	return seki_controls_load(path, &controls, err, sizeof(err));
}

static int load(const char *rules)
{
	return load_both(rules, HEAD ROW("A", "yes", "r"));
}

static bool has(const struct seki_ids *ids, const char *id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (ids->id[i].len == strlen(id) && !memcmp(ids->id[i].text, id, strlen(id)))
			return true;
	return false;
}

TEST(shipped_mapping_loads_and_serves)
{
	struct seki_control_key key = {
		.class = SEKI_CLASS_ACCESS,
		.hook = SEKI_HOOK_file_open,
		.access = SEKI_READ,
		.verdict = SEKI_DENIED,
		.kind = SEKI_KIND_DATA,
		.marked = true,
		.label = "hlr.data",
		.domain = "other",
		.act = "open",
	};
	struct seki_ids ids = { .count = 0 };

	ASSERT_EQ(0, seki_controls_load(MAPPING, &controls, err, sizeof(err)));
	seki_controls_match(&controls, &key, &ids);
	EXPECT_TRUE(has(&ids, "MIC3-IV.1.1.12"));
	EXPECT_TRUE(has(&ids, "TTS-S2-02"));
	EXPECT_TRUE(has(&ids, "IPA-DAT-01"));
	EXPECT_FALSE(has(&ids, "MIC3-IV.1.2.4"));

	ids.count = 0;
	key = (struct seki_control_key){ .class = SEKI_CLASS_HEARTBEAT, .act = "alive" };
	seki_controls_match(&controls, &key, &ids);
	EXPECT_TRUE(has(&ids, "FISC-R14b"));
	EXPECT_FALSE(has(&ids, "MIC3-IV.1.1.14"));
	seki_controls_free(&controls);
}

static bool is_builtin(const char *label)
{
#define X(name, id, word) word,
	static const char *const labels[] = { SEKI_LABEL_LIST(X) };
#undef X

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (!strcmp(labels[i], label))
			return true;
	return false;
}

/* A label that the kernel side never sends would be evidence that never comes. */
TEST(labels_of_the_shipped_rules_are_built_in)
{
	json_t *root = json_load_file(MAPPING, 0, NULL), *rule, *label;
	size_t i, j, count = 0;

	ASSERT_TRUE(root);
	json_array_foreach(json_object_get(root, "rules"), i, rule) {
		json_t *match = json_object_get(rule, "match");

		json_array_foreach(json_object_get(match, "label"), j, label) {
			harness_row = json_string_value(label);
			EXPECT_TRUE(strpbrk(harness_row, "*?[") || is_builtin(harness_row));
			count++;
		}
	}
	harness_row = NULL;
	EXPECT_GT(count, 30);
	json_decref(root);
}

/* Each condition alone lets its own through and stops the other. */
TEST(each_condition_decides)
{
	struct seki_control_key yes = {
		.class = SEKI_CLASS_ACCESS,
		.hook = SEKI_HOOK_file_open,
		.access = SEKI_READ,
		.verdict = SEKI_DENIED,
		.kind = SEKI_KIND_DATA,
		.marked = true,
		.label = "hlr.data",
		.domain = "hlr",
		.act = "open",
	};
	struct seki_control_key no = {
		.class = SEKI_CLASS_EXEC,
		.hook = SEKI_HOOK_bpf,
		.access = SEKI_WRITE,
		.label = "x",
		.act = "y",
	};
	static const char *const rows[] = {
		"\"class\":[\"access\"]",
		"\"hook\":[\"file_open\"]",
		"\"access\":[\"read\",\"exec\"]",
		"\"verdict\":[\"denied\"]",
		"\"kind\":[\"data\"]",
		"\"mark\":true",
		"\"label\":[\"hlr.*\"]",
		"\"domain\":[\"hlr\"]",
		"\"act\":[\"open\"]",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seki_ids ids = { .count = 0 };

		harness_row = rows[i];
		snprintf(
			text, sizeof(text),
			"{\"version\":2,\"rules\":[{\"name\":\"r\",\"why\":\"w\",\"match\":{%s}}]}",
			rows[i]);
		ASSERT_EQ(0, load(text));
		seki_controls_match(&controls, &yes, &ids);
		EXPECT_EQ(1, ids.count);
		ids.count = 0;
		seki_controls_match(&controls, &no, &ids);
		EXPECT_EQ(0, ids.count);
		seki_controls_free(&controls);
	}
}

TEST(bad_mapping_is_refused_with_the_word)
{
	static const struct {
		const char *rule, *says;
	} rows[] = {
		{ "{\"why\":\"\",\"match\":{}}", "name" },
		{ "{\"name\":\"a b\",\"why\":\"\",\"match\":{}}", "name" },
		{ "{\"name\":\"r\",\"match\":{}}", "why" },
		{ "{\"name\":\"r\",\"why\":\"\"}", "match" },
		{ "{\"name\":\"r\",\"why\":\"\",\"match\":{\"klass\":[]}}", "klass" },
		{ "{\"name\":\"r\",\"why\":\"\",\"match\":{\"hook\":[\"file_opne\"]}}",
		  "file_opne" },
		{ "{\"name\":\"r\",\"why\":\"\",\"match\":{\"mark\":1}}", "mark" },
		{ "{\"name\":\"r\",\"why\":\"\",\"match\":{\"label\":\"x\"}}", "label" },
	};
	char text[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "{\"version\":2,\"rules\":[%s]}", rows[i].rule);
		EXPECT_LT(load(text), 0);
		EXPECT_TRUE(strstr(err, "rule 1"));
		EXPECT_TRUE(strstr(err, rows[i].says));
	}
	EXPECT_LT(load("{\"version\":1,\"rules\":[]}"), 0);
	EXPECT_LT(load("{"), 0);
	EXPECT_LT(load("[]"), 0);
	EXPECT_LT(seki_controls_load("/does/not/exist", &controls, err, sizeof(err)), 0);
}

#define RULE "{\"version\":2,\"rules\":[{\"name\":\"r\",\"why\":\"w\",\"match\":{}}]}"

TEST(only_stamped_items_reach_a_record)
{
	struct seki_control_key key = { .class = SEKI_CLASS_ACCESS, .act = "open" };
	struct seki_ids ids = { .count = 0 };

	ASSERT_EQ(0, load_both(RULE,
			       HEAD ROW("A", "yes", "r") ROW("B", "no", "r") ROW("C", "yes", "r")));
	seki_controls_match(&controls, &key, &ids);
	EXPECT_EQ(2, ids.count);
	EXPECT_TRUE(has(&ids, "A"));
	EXPECT_TRUE(has(&ids, "C"));
	seki_controls_free(&controls);
}

TEST(bad_table_of_items_is_refused_with_its_line)
{
	static const struct {
		const char *items, *says;
	} rows[] = {
		{ HEAD ROW("A", "yes", "r") ROW("B", "yes", "r s"),
		  "mapping.tsv:3: rules: s is no rule of mapping.json" },
		{ HEAD ROW("A", "yes", "r") ROW("A", "yes", "r"),
		  "mapping.tsv:3: item A stands in line 2 already" },
		{ HEAD ROW("A", "si", "r"), "mapping.tsv:2: stamp is no word" },
		{ HEAD "A\tb\n", "mapping.tsv:2: 2 columns; right would be 10" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i].says;
		EXPECT_LT(load_both(RULE, rows[i].items), 0);
		EXPECT_TRUE(strstr(err, rows[i].says));
	}
}

TEST(rule_ids_are_merged_once)
{
	struct seki_ids ids = { .count = 0 };

	seki_ids_add_text(&ids, "A B  A C");
	seki_ids_add_text(&ids, "C D ");
	EXPECT_EQ(4, ids.count);
	for (int i = 0; i < 100; i++) {
		static char text[100][16];

		snprintf(text[i], sizeof(text[i]), "X%d", i);
		seki_ids_add_text(&ids, text[i]);
	}
	EXPECT_EQ(SEKI_IDS_MAX, ids.count);
}

HARNESS_MAIN
