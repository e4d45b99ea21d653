// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Readers of values: one type of the language each.
 */
#include "userspace/policy/model.h"

#include <limits.h>
#include <string.h>

void seki_wrong_type(struct seki_model *m, const struct seki_node *n, const char *right)
{
	static const char *const is[] = { "a single value", "a list", "a mapping" };

	if (n->kind == SEKI_NODE_BAD)
		return; /* reported where it was read */
	if (n->kind == SEKI_NODE_SCALAR && !*n->text && !n->quoted)
		seki_error(m->diag, n->pos, "no value for '%.64s'; give %s", m->key->text ?: "",
			   right);
	else
		seki_error(m->diag, n->pos, "%s here; give %s", is[n->kind], right);
}

static bool is_scalar(struct seki_model *m, const struct seki_node *n, const char *right)
{
	if (n->kind == SEKI_NODE_SCALAR && (*n->text || n->quoted))
		return true;
	seki_wrong_type(m, n, right);
	return false;
}

static bool one_line(struct seki_model *m, const struct seki_node *n)
{
	if (!strpbrk(n->text, "\n\t"))
		return true;
	seki_error(m->diag, n->pos, "line break or tab in a value; write it on one line");
	return false;
}

void seki_read_before(struct seki_model *m, const struct seki_node *n, void *field)
{
	(void)m;
	(void)n;
	(void)field;
}

void seki_read_text(struct seki_model *m, const struct seki_node *n, void *field)
{
	if (!is_scalar(m, n, "a text") || !one_line(m, n))
		return;
	if (!*n->text)
		seki_error(m->diag, n->pos, "empty text; give one or remove the key");
	else if (strlen(n->text) > 255)
		seki_error(m->diag, n->pos, "text longer than 255 bytes; shorten it");
	else
		*(struct seki_text *)field = (struct seki_text){ n->text, n->pos };
}

void seki_read_prose(struct seki_model *m, const struct seki_node *n, void *field)
{
	char *s;

	if (!is_scalar(m, n, "a text"))
		return;
	s = seki_arena_copy(m->arena, n->text, strlen(n->text));
	for (size_t i = strlen(s); i && s[i - 1] == '\n'; i--)
		s[i - 1] = '\0';
	for (char *p = s; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	*(struct seki_text *)field = (struct seki_text){ s, n->pos };
}

/* Paths are compared as text, so there is one way to write each. */
static const char *path_fault(const char *p)
{
	size_t len = strlen(p);
	const char *name = strrchr(p, '/');

	if (*p != '/')
		return "path not absolute; start it with '/'";
	if (len >= PATH_MAX)
		return "path longer than 4095 bytes; no such file can be opened";
	if (len > 1 && p[len - 1] == '/')
		return "path ends with '/'; remove it, a directory needs none";
	if (strstr(p, "//") || strstr(p, "/./") || strstr(p, "/../") || !strcmp(name, "/.") ||
	    !strcmp(name, "/.."))
		return "path with '//', '.' or '..'; write it without";
	if (strpbrk(p, "*?[]{}"))
		return "pattern in a path; name the directory, all below it is included";
	if (strlen(name + 1) >= SEKI_NAME_MAX)
		return "last part of the path is longer than 63 bytes; name the directory";
	return NULL;
}

void seki_read_path(struct seki_model *m, const struct seki_node *n, void *field)
{
	const char *bad;

	if (!is_scalar(m, n, "an absolute path") || !one_line(m, n))
		return;
	bad = path_fault(n->text);
	if (bad)
		seki_error(m->diag, n->pos, "%s", bad);
	else
		*(struct seki_text *)field = (struct seki_text){ n->text, n->pos };
}

void seki_read_texts(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_texts *t = field;
	const struct seki_node *e = n->kind == SEKI_NODE_LIST ? n->first : n;

	if (n->kind == SEKI_NODE_MAP || n->kind == SEKI_NODE_BAD) {
		seki_wrong_type(m, n, "a word or a list of words");
		return;
	}
	t->pos = n->pos;
	if (!e) {
		seki_error(m->diag, n->pos, "empty list; name at least one, or remove the key");
		return;
	}
	t->v = seki_arena_array(m->arena, n->count + 1, sizeof(*t->v));
	for (; e; e = n->kind == SEKI_NODE_LIST ? e->next : NULL) {
		seki_read_text(m, e, &t->v[t->n]);
		t->n += !!t->v[t->n].s;
	}
}

void seki_read_argv(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_texts *t = field;

	t->pos = n->pos;
	if (n->kind != SEKI_NODE_LIST || !n->first) {
		seki_wrong_type(m, n, "the whole argument list, [ PROGRAM, ARGUMENT, ... ]");
		return;
	}
	t->v = seki_arena_array(m->arena, n->count, sizeof(*t->v));
	for (const struct seki_node *e = n->first; e; e = e->next) {
		if (!is_scalar(m, e, "an argument, quoted if it is empty") || !one_line(m, e))
			continue;
		t->v[t->n++] = (struct seki_text){ e->text, e->pos };
	}
}

void seki_read_files(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_files *f = field;
	const struct seki_node *e = n->kind == SEKI_NODE_LIST ? n->first : n;

	if (!e) {
		seki_error(m->diag, n->pos,
			   "empty list; name at least one path, or remove the key");
		return;
	}
	f->v = seki_arena_array(m->arena, n->count + 1, sizeof(*f->v));
	for (; e; e = n->kind == SEKI_NODE_LIST ? e->next : NULL) {
		seki_read_file(m, e, &f->v[f->n]);
		f->n += !!f->v[f->n].path.s;
	}
}

void seki_read_pairs(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_pairs *p = field;

	if (n->kind != SEKI_NODE_MAP) {
		seki_wrong_type(m, n, "a mapping of names to texts");
		return;
	}
	if (!n->first)
		seki_error(m->diag, n->pos, "empty mapping; name at least one, or remove the key");
	p->v = seki_arena_array(m->arena, n->count + 1, sizeof(*p->v));
	for (const struct seki_node *k = n->first; k; k = k->next->next) {
		struct seki_pair *pair = &p->v[p->n];

		if (k->kind != SEKI_NODE_SCALAR)
			continue;
		m->key = k;
		seki_read_text(m, k, &pair->key);
		seki_read_text(m, k->next, &pair->value);
		p->n += pair->key.s && pair->value.s;
	}
}

void seki_read_number(struct seki_model *m, const struct seki_node *n, void *field)
{
	__u64 value = 0;
	const char *s;

	if (!is_scalar(m, n, "a number"))
		return;
	for (s = n->text; *s >= '0' && *s <= '9' && value <= INT_MAX; s++)
		value = value * 10 + (__u64)(*s - '0');
	if (n->quoted || *s || !value || value > INT_MAX || n->text[0] == '0')
		seki_error(m->diag, n->pos,
			   "'%.32s' is not a number from 1 to 2147483647; "
			   "write digits only",
			   n->text);
	else
		*(struct seki_number *)field = (struct seki_number){ (__u32)value, n->pos };
}

void seki_read_language(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_number *v = field;

	seki_read_number(m, n, field);
	if (v->n && v->n != 1)
		seki_error(m->diag, n->pos, "language version %u; this sekisho knows 1", v->n);
}

int seki_read_word(struct seki_model *m, const struct seki_node *n, const char *const *words,
		   int count, const char *right)
{
	if (n->kind != SEKI_NODE_SCALAR) {
		seki_wrong_type(m, n, right);
		return -1;
	}
	for (int i = 0; i < count; i++)
		if (!n->quoted && !strcmp(n->text, words[i]))
			return i;
	if (!*n->text)
		seki_wrong_type(m, n, right);
	else
		seki_error(m->diag, n->pos, "'%.32s' is not known here; give %s", n->text, right);
	return -1;
}

void seki_read_flag(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "false", "true" };
	int i = seki_read_word(m, n, words, 2, "true or false");

	if (i >= 0)
		*(__u32 *)field = (__u32)i;
}

void seki_read_permit(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "deny", "allow" };
	int i = seki_read_word(m, n, words, 2, "deny or allow");

	if (i >= 0)
		*(__u32 *)field = (__u32)i;
}

static const char *const mode_words[] = { "enforce", "audit" };

void seki_read_mode(struct seki_model *m, const struct seki_node *n, void *field)
{
	int i = seki_read_word(m, n, mode_words, 2, "enforce or audit");

	if (i >= 0)
		*(struct seki_number *)field = (struct seki_number){ (__u32)i, n->pos };
}

void seki_read_rule_mode(struct seki_model *m, const struct seki_node *n, void *field)
{
	int i = seki_read_word(m, n, mode_words, 2, "enforce or audit");

	if (i >= 0)
		*(struct seki_number *)field = (struct seki_number){ (__u32)i + 1, n->pos };
}

void seki_read_severity(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "normal", "high" };
	int i = seki_read_word(m, n, words, 2, "normal or high");

	if (i >= 0)
		*(struct seki_number *)field = (struct seki_number){ (__u32)i + 3, n->pos };
}

void seki_read_record(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "always", "best-effort", "never" };
	int i = seki_read_word(m, n, words, 3, "always, best-effort or never");

	if (i >= 0)
		*(struct seki_number *)field = (struct seki_number){ (__u32)i + 1, n->pos };
}

static void read_power(struct seki_model *m, const struct seki_node *n, void *field,
		       const char *const *words, const enum seki_power_word *meaning,
		       const char *right)
{
	struct seki_power *p = field;
	int i;

	p->pos = n->pos;
	if (n->kind == SEKI_NODE_LIST) {
		p->word = SEKI_POWER_LISTED;
		seki_read_texts(m, n, &p->domains);
		return;
	}
	i = seki_read_word(m, n, words, 2, right);
	if (i >= 0)
		p->word = meaning[i];
}

void seki_read_power(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "deny", "allow" };
	static const enum seki_power_word meaning[] = { SEKI_POWER_DENY, SEKI_POWER_ALLOW };

	read_power(m, n, field, words, meaning, "deny, allow, or a list of domains");
}

void seki_read_bpf_power(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "sekisho-only", "allow" };
	static const enum seki_power_word meaning[] = { SEKI_POWER_SEKISHO_ONLY, SEKI_POWER_ALLOW };

	read_power(m, n, field, words, meaning, "sekisho-only, allow, or a list of domains");
}

void seki_read_broker_power(struct seki_model *m, const struct seki_node *n, void *field)
{
	static const char *const words[] = { "record", "deny" };
	static const enum seki_power_word meaning[] = { SEKI_POWER_DEFAULT, SEKI_POWER_DENY };

	read_power(m, n, field, words, meaning, "record, deny, or a list of domains");
}
