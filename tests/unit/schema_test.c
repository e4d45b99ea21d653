// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The published schema against the compiler's own tables, in both directions:
 * an editor must neither offer a key that is refused nor mark one that works.
 */
#include <jansson.h>

#include "tests/unit/policy_helper.h"
#include "userspace/judge/test_file.h"
#include "userspace/lib/file.h"

#define SCHEMA "policies/sekisho.schema.json"
#define TEST_SCHEMA "policies/sekisho-test.schema.json"

static json_t *schema; /* one per test process, never freed */

static json_t *definitions_of(const char *file)
{
	json_error_t err;

	schema = json_load_file(file, 0, &err);
	if (!schema)
		HARNESS_FAIL("%s:%d: %s (run from the top of the tree)", file, err.line, err.text);
	ASSERT_TRUE(schema);
	EXPECT_STREQ("https://json-schema.org/draft/2020-12/schema",
		     json_string_value(json_object_get(schema, "$schema")));
	return json_object_get(schema, "$defs");
}

static json_t *definitions(void)
{
	return definitions_of(SCHEMA);
}

/* A path is text or a mapping; the mapping has a definition of its own. */
static const char *definition_of(const struct seki_key_table *t)
{
	return strcmp(t->name, "file") ? t->name : "optional-file";
}

static bool listed(const json_t *array, const char *word)
{
	size_t i;
	json_t *v;

	json_array_foreach(array, i, v)
		if (!strcmp(json_string_value(v), word))
			return true;
	return false;
}

static const struct seki_key *key_of(const struct seki_key_table *t, const char *name)
{
	for (unsigned int i = 0; i < t->n; i++)
		if (!strcmp(t->key[i].name, name))
			return &t->key[i];
	return NULL;
}

static void same_keys(json_t *defs, const struct seki_key_table *tables, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		const struct seki_key_table *t = &tables[i];
		json_t *def = json_object_get(defs, definition_of(t)), *value;
		json_t *properties = json_object_get(def, "properties");
		const char *name;

		harness_row = t->name;
		ASSERT_TRUE(properties);
		EXPECT_TRUE(json_is_false(json_object_get(def, "additionalProperties")));
		for (unsigned int k = 0; k < t->n; k++) {
			harness_row = t->key[k].name;
			EXPECT_TRUE(json_object_get(properties, t->key[k].name));
			EXPECT_EQ(t->key[k].required,
				  listed(json_object_get(def, "required"), t->key[k].name));
		}
		json_object_foreach(properties, name, value) {
			harness_row = name;
			EXPECT_TRUE(key_of(t, name));
		}
	}
}

TEST(schema_and_compiler_know_the_same_keys)
{
	same_keys(definitions(), seki_key_tables, seki_key_tables_count);
}

TEST(schema_of_tests_and_their_reader_know_the_same_keys)
{
	same_keys(definitions_of(TEST_SCHEMA), seki_test_tables, seki_test_tables_count);
}

TEST(schema_and_compiler_know_the_same_accesses)
{
	json_t *words = json_object_get(json_object_get(definitions(), "access"), "enum"), *v;
	unsigned int n;
	const char *const *known = seki_access_words(&n);
	size_t i;
	__u32 access;

	EXPECT_EQ(n, json_array_size(words));
	for (unsigned int k = 0; k < n; k++)
		EXPECT_TRUE(listed(words, known[k]));
	json_array_foreach(words, i, v)
		EXPECT_TRUE(seki_access_word(json_string_value(v), &access));
}

static bool manual_says(const char *manual, const char *macro, const char *word)
{
	char line[64];

	snprintf(line, sizeof(line), "\n.It %s %s", macro, word);
	for (const char *at = manual; (at = strstr(at, line)); at++)
		if (strchr(" \n", at[strlen(line)]))
			return true;
	return false;
}

TEST(manual_names_every_key_and_access)
{
	char *manual;
	size_t size;
	unsigned int n;
	const char *const *words = seki_access_words(&n);

	ASSERT_EQ(0, seki_file_read("userspace/policy/sekisho.policy.5", 1 << 20, &manual, &size));
	for (unsigned int i = 0; i < seki_key_tables_count; i++)
		for (unsigned int k = 0; k < seki_key_tables[i].n; k++) {
			harness_row = seki_key_tables[i].key[k].name;
			/* told in the text of data and description */
			EXPECT_TRUE(!strcmp(seki_key_tables[i].name, "file") ||
				    !strcmp(seki_key_tables[i].name, "description") ||
				    manual_says(manual, "Ic", harness_row));
		}
	for (unsigned int i = 0; i < seki_test_tables_count; i++)
		for (unsigned int k = 0; k < seki_test_tables[i].n; k++) {
			harness_row = seki_test_tables[i].key[k].name;
			EXPECT_TRUE(manual_says(manual, "Ic", harness_row));
		}
#define X(name, number, text)                                             \
	harness_row = text;                                               \
	EXPECT_TRUE(strstr(manual, "\n.It W" #number " Ta " text "\n") || \
		    strstr(manual, "\n.It W0" #number " Ta " text "\n"));
	SEKI_WARNING_LIST(X)
#undef X
	for (unsigned int i = 0; i < n; i++) {
		harness_row = words[i];
		EXPECT_TRUE(manual_says(manual, "Cm", words[i]));
	}
	free(manual);
}

/* Every enumerated word is taken by the compiler in its place. */
TEST(words_of_the_schema_are_taken)
{
	static const struct {
		const char *definition, *key, *text;
	} row[] = {
		{ "policy", "mode", "sekisho: 1\nname: t\nversion: 1\nmode: %s\n" HLR },
		{ "rule", "mode",
		  HEAD HLR "rules: [{ deny: hlr, to: link, on: hlr.data, mode: %s }]\n" },
		{ "rule", "record",
		  HEAD HLR "rules: [{ allow: other, to: read, on: hlr.data, record: %s }]\n" },
		{ "kernel", "capture", HEAD HLR "kernel: { capture: %s }\n" },
		{ "kernel", "bpf", HEAD HLR "kernel: { bpf: %s }\n" },
		{ "kernel", "blockmap", HEAD HLR "kernel: { blockmap: %s }\n" },
		{ "kernel", "brokers", HEAD HLR "kernel: { brokers: %s }\n" },
	};
	json_t *defs = definitions();

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		json_t *p = json_object_get(
			json_object_get(json_object_get(defs, row[i].definition), "properties"),
			row[i].key);
		json_t *words = json_object_get(p, "enum"), *v;
		size_t k;

		harness_row = row[i].key;
		if (!words)
			words = json_object_get(json_array_get(json_object_get(p, "anyOf"), 0),
						"enum");
		ASSERT_TRUE(json_array_size(words) > 0);
		json_array_foreach(words, k, v) {
			char text[512], *at;
			struct compiled c;

			snprintf(text, sizeof(text), "%s", row[i].text);
			at = strstr(text, "%s");
			snprintf(at, sizeof(text) - (size_t)(at - text), "%s%s",
				 json_string_value(v), strstr(row[i].text, "%s") + 2);
			c = compile_text(text);
			EXPECT_STREQ("", c.rc ? c.said : "");
			compiled_free(&c);
		}
	}
}

HARNESS_MAIN
