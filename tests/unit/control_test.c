// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/control.h"

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/words.h"
#include "userspace/policy/bundle.h"

#define MAPPING "policies/controls/mapping.json"
#define ITEMS "policies/controls/items.tsv"

static struct seki_controls controls;
static char err[256];

static int load(const char *text)
{
	static char path[80];
	char dir[64];

	snprintf(path, sizeof(path), "%s/mapping.json", temp_dir(dir));
	file_put(path, text);
	return seki_controls_load(path, &controls, err, sizeof(err));
}

static bool has(const struct seki_ids *ids, const char *id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (ids->id[i].len == strlen(id) && !memcmp(ids->id[i].text, id, strlen(id)))
			return true;
	return false;
}

static bool known_item(const char *id)
{
	FILE *f = fopen(ITEMS, "r");
	char line[1024];
	bool ret = false;

	while (f && !ret && fgets(line, sizeof(line), f))
		ret = !strncmp(line, id, strlen(id)) && line[strlen(id)] == '\t';
	if (f)
		fclose(f);
	return ret;
}

TEST(every_id_of_the_mapping_is_an_item)
{
	json_t *root = json_load_file(MAPPING, 0, NULL), *rule, *id;
	size_t i, j, count = 0;

	ASSERT_TRUE(root);
	json_array_foreach(json_object_get(root, "rules"), i, rule) {
		json_array_foreach(json_object_get(rule, "controls"), j, id) {
			harness_row = json_string_value(id);
			EXPECT_TRUE(known_item(harness_row));
			count++;
		}
	}
	harness_row = NULL;
	EXPECT_GT(count, 20);
	json_decref(root);
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
			"{\"version\":1,\"rules\":[{\"why\":\"w\",\"match\":{%s},\"controls\":[\"A\"]}]}",
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
		{ "{\"match\":{},\"controls\":[\"A\"]}", "why" },
		{ "{\"why\":\"\",\"controls\":[\"A\"]}", "match" },
		{ "{\"why\":\"\",\"match\":{},\"controls\":[]}", "controls" },
		{ "{\"why\":\"\",\"match\":{},\"controls\":[7]}", "controls" },
		{ "{\"why\":\"\",\"match\":{\"klass\":[]},\"controls\":[\"A\"]}", "klass" },
		{ "{\"why\":\"\",\"match\":{\"hook\":[\"file_opne\"]},\"controls\":[\"A\"]}",
		  "file_opne" },
		{ "{\"why\":\"\",\"match\":{\"mark\":1},\"controls\":[\"A\"]}", "mark" },
		{ "{\"why\":\"\",\"match\":{\"label\":\"x\"},\"controls\":[\"A\"]}", "label" },
	};
	char text[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "{\"version\":1,\"rules\":[%s]}", rows[i].rule);
		EXPECT_LT(load(text), 0);
		EXPECT_TRUE(strstr(err, "rule 1"));
		EXPECT_TRUE(strstr(err, rows[i].says));
	}
	EXPECT_LT(load("{\"version\":2,\"rules\":[]}"), 0);
	EXPECT_LT(load("{"), 0);
	EXPECT_LT(load("[]"), 0);
	EXPECT_LT(seki_controls_load("/does/not/exist", &controls, err, sizeof(err)), 0);
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
