// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading tests, with the readers and messages of the policy language.
 */
#include "userspace/judge/test_file.h"

#include "userspace/policy/model.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void read_tests(struct seki_model *m, const struct seki_node *n, void *field);

static void read_expect(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "denied", "would-deny", "allowed" };
	int i = seki_read_word(m, n, words, COUNT(words), "allowed, denied or would-deny");

	if (i >= 0)
		*(struct seki_number *)field =
			(struct seki_number){ SEKI_DENIED + (__u32)i, n->pos };
}

static const struct seki_key file_keys[] = {
	SEKI_KEY("sekisho-test", seki_read_language, seki_test_file, language, true),
	SEKI_KEY("policy", seki_read_text, seki_test_file, policy, true),
	SEKI_KEY("coverage", seki_read_number, seki_test_file, coverage, false),
	SEKI_KEY("tests", read_tests, seki_test_file, test, true),
};

static const struct seki_key test_keys[] = {
	SEKI_KEY("name", seki_read_text, seki_test, name, true),
	SEKI_KEY("who", seki_read_texts, seki_test, who, true),
	SEKI_KEY("act", seki_read_texts, seki_test, act, true),
	SEKI_KEY("on", seki_read_texts, seki_test, on, true),
	SEKI_KEY("expect", read_expect, seki_test, expect, true),
	SEKI_KEY("rule", seki_read_text, seki_test, rule, false),
	SEKI_KEY("record", seki_read_record, seki_test, record, false),
	SEKI_KEY("controls", seki_read_texts, seki_test, controls, false),
};

enum { TEST_FILE, TEST_ENTRY };
const struct seki_key_table seki_test_tables[] = {
	[TEST_FILE] = { "tests", "a file of tests", file_keys, COUNT(file_keys) },
	[TEST_ENTRY] = { "test", "a test", test_keys, COUNT(test_keys) },
};
const unsigned int seki_test_tables_count = COUNT(seki_test_tables);

static void read_tests(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_test_file *f = (void *)((char *)field - offsetof(struct seki_test_file, test));

	if (n->kind != SEKI_NODE_LIST || !n->first) {
		seki_wrong_type(m, n, "a list of tests, each '- { name: ..., who: ..., ... }'");
		return;
	}
	f->test = seki_arena_array(m->arena, n->count, sizeof(*f->test));
	for (const struct seki_node *e = n->first; e; e = e->next) {
		f->test[f->n].pos = e->pos;
		f->n += seki_read_map(m, e, &seki_test_tables[TEST_ENTRY], e->pos, &f->test[f->n]);
	}
}

static void check(const struct seki_test_file *f, struct seki_diag *d)
{
	if (f->coverage.n > 100)
		seki_error(d, f->coverage.pos, "coverage of %u %%; give 1 to 100", f->coverage.n);
	for (unsigned int i = 0; i < f->n; i++) {
		const struct seki_test *t = &f->test[i];

		if (t->record.n > SEKI_RECORD_ALWAYS && t->expect.n && t->expect.n != SEKI_ALLOWED)
			seki_error(d, t->record.pos,
				   "refusals are always recorded; remove 'record'");
	}
}

void seki_test_file_read(const char *text, size_t size, struct seki_diag *d,
			 struct seki_test_file *ret)
{
	struct seki_model m = { .arena = &ret->arena, .diag = d };
	struct seki_node *root;

	*ret = (struct seki_test_file){ 0 };
	d->text = text;
	d->size = size;
	if (!seki_text_check(text, size, d))
		return;
	root = seki_yaml_parse(text, size, &ret->arena, d, "sekisho-test: 1");
	if (!root)
		return;
	m.key = root;
	seki_read_map(&m, root, &seki_test_tables[TEST_FILE], root->pos, ret);
	check(ret, d);
}

void seki_test_file_free(struct seki_test_file *f)
{
	seki_arena_free(&f->arena);
}
