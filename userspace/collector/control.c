// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/control.h"

#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/words.h"
#include "userspace/controls/mapping.h"

#define WORDS_MAX 16

/* A condition that the rule does not state lets everything through. */
struct words {
	size_t count;
	bool pattern; /* else plain words: fnmatch(3) is slow */
	char *word[WORDS_MAX];
};

struct seki_control_rule {
	uint64_t class, hook, verdict, kind; /* sets of numbers */
	uint32_t access;		     /* any of these bits */
	int marked;			     /* -1: either */
	struct words label, domain, act;     /* fnmatch(3) patterns */
	char *name;
	char *ids; /* of the items it is evidence for, parted by blanks */
};

/* Records come in kinds: the answer to one is that to the next thousand.  The words
 * are kept, since those of a next policy may stand where these stood.
 */
#define MEMO 64
#define MEMO_WORD 64
struct seki_control_memo {
	bool used;
	struct seki_control_key key; /* without the words */
	char label[MEMO_WORD], domain[MEMO_WORD], act[MEMO_WORD];
	struct seki_ids ids;
};

struct load {
	char *err;
	size_t err_size;
	size_t at; /* number of the rule, from 1 */
};

static int fail(struct load *l, const char *what, const char *word)
{
	snprintf(l->err, l->err_size, "rule %zu: %s: %s", l->at, what, word);
	return -EINVAL;
}

static int number(const char *(*name)(unsigned int), const char *word)
{
	for (unsigned int i = 0; i < 64; i++)
		if (name(i) && !strcmp(name(i), word))
			return (int)i;
	return -1;
}

/* verdict "none" is 0: records of things that are not judged. */
static const char *verdict_or_none(unsigned int i)
{
	return i ? seki_word_verdict(i) : "none";
}

static int read_set(struct load *l, const json_t *list, const char *key,
		    const char *(*name)(unsigned int), uint64_t *ret)
{
	size_t i;
	json_t *item;

	if (!json_is_array(list))
		return fail(l, "not a list", key);
	json_array_foreach(list, i, item) {
		const char *word = json_string_value(item);
		int n = word ? number(name, word) : -1;

		if (n < 0)
			return fail(l, "unknown word", word ?: key);
		*ret |= 1ull << n;
	}
	return 0;
}

static int read_words(struct load *l, const json_t *list, const char *key, struct words *ret)
{
	size_t i;
	json_t *item;

	if (!json_is_array(list) || json_array_size(list) > WORDS_MAX)
		return fail(l, "not a list of at most 16 words", key);
	json_array_foreach(list, i, item) {
		const char *word = json_string_value(item);

		if (!word || !*word)
			return fail(l, "not a word", key);
		ret->word[ret->count] = strdup(word);
		if (!ret->word[ret->count])
			return fail(l, "out of memory", key);
		ret->count++;
		ret->pattern |= strpbrk(word, "*?[\\") != NULL;
	}
	return 0;
}

static int read_condition(struct load *l, struct seki_control_rule *r, const char *key,
			  const json_t *value)
{
	uint64_t access = 0;
	int err;

	if (!strcmp(key, "class"))
		return read_set(l, value, key, seki_word_class, &r->class);
	if (!strcmp(key, "hook"))
		return read_set(l, value, key, seki_word_hook, &r->hook);
	if (!strcmp(key, "verdict"))
		return read_set(l, value, key, verdict_or_none, &r->verdict);
	if (!strcmp(key, "kind"))
		return read_set(l, value, key, seki_word_kind, &r->kind);
	if (!strcmp(key, "access")) {
		err = read_set(l, value, key, seki_word_access, &access);
		r->access = (uint32_t)access;
		return err;
	}
	if (!strcmp(key, "label"))
		return read_words(l, value, key, &r->label);
	if (!strcmp(key, "domain"))
		return read_words(l, value, key, &r->domain);
	if (!strcmp(key, "act"))
		return read_words(l, value, key, &r->act);
	if (!strcmp(key, "mark") && json_is_boolean(value)) {
		r->marked = json_is_true(value);
		return 0;
	}
	return fail(l, "unknown condition", key);
}

static int read_rule(struct load *l, json_t *rule, struct seki_control_rule *r)
{
	json_t *match = json_object_get(rule, "match"), *value;
	const char *name = json_string_value(json_object_get(rule, "name")), *key;
	int err;

	r->marked = -1;
	if (!name || !*name || strchr(name, ' '))
		return fail(l, "missing, or no word", "name");
	r->name = strdup(name);
	if (!r->name)
		return fail(l, "out of memory", name);
	if (!json_is_object(match))
		return fail(l, "missing", "match");
	if (!json_is_string(json_object_get(rule, "why")))
		return fail(l, "missing", "why");
	json_object_foreach(match, key, value) {
		err = read_condition(l, r, key, value);
		if (err)
			return err;
	}
	return 0;
}

static int read_rules(struct load *l, json_t *root, struct seki_controls *c)
{
	json_t *rules = json_object_get(root, "rules"), *rule;
	int err;

	if (json_integer_value(json_object_get(root, "version")) != 2)
		return fail(l, "is not 2", "version");
	if (!json_is_array(rules))
		return fail(l, "not a list", "rules");
	c->rules = calloc(json_array_size(rules) + 1, sizeof(*c->rules));
	if (!c->rules)
		return fail(l, "out of memory", "rules");
	json_array_foreach(rules, l->at, rule) {
		l->at++;
		err = read_rule(l, rule, &c->rules[c->count++]);
		l->at--;
		if (err)
			return err;
	}
	return 0;
}

static void free_words(struct words *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->word[i]);
}

static void free_rule(struct seki_control_rule *r)
{
	free_words(&r->label);
	free_words(&r->domain);
	free_words(&r->act);
	free(r->name);
	free(r->ids);
}

/* ---- items to rules ---------------------------------------------------------- */

static struct seki_control_rule *find(const struct seki_controls *c, const char *name, size_t len)
{
	for (size_t i = 0; i < c->count; i++)
		if (strlen(c->rules[i].name) == len && !memcmp(c->rules[i].name, name, len))
			return &c->rules[i];
	return NULL;
}

static int add_id(struct seki_control_rule *r, const char *id)
{
	char *more;

	if (asprintf(&more, "%s%s%s", r->ids ?: "", r->ids ? " " : "", id) < 0)
		return -ENOMEM;
	free(r->ids);
	r->ids = more;
	return 0;
}

static int add_item(const struct seki_controls *c, const struct seki_sheet *s, size_t row,
		    struct seki_complaint *why)
{
	const char *at = seki_sheet_cell(s, row, MAP_RULES), *name;
	size_t len;

	while ((len = seki_next_id(&at, &name))) {
		struct seki_control_rule *r = find(c, name, len);

		if (!r)
			return seki_sheet_complain(s, row, why,
						   "rules: %.*s is no rule of mapping.json",
						   (int)len, name);
		if (!strcmp(seki_sheet_cell(s, row, MAP_STAMP), "yes") &&
		    add_id(r, seki_sheet_cell(s, row, MAP_ITEM)))
			return seki_sheet_complain(s, row, why, "out of memory");
	}
	return 0;
}

/* Rules that stamp nothing cost a record nothing. */
static void drop_idle(struct seki_controls *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++)
		if (c->rules[i].ids)
			c->rules[kept++] = c->rules[i];
		else
			free_rule(&c->rules[i]);
	c->count = kept;
}

static int add_items(struct seki_controls *c, const char *path, char *err, size_t err_size)
{
	const char *slash = strrchr(path, '/');
	char dir[256];
	struct seki_complaint why = { .text = "" };
	struct seki_sheet s;
	int ret;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	ret = seki_sheet_read(&s, &seki_mapping_form, dir, &why);
	for (size_t row = 0; !ret && row < s.rows; row++)
		ret = add_item(c, &s, row, &why);
	seki_sheet_free(&s);
	if (ret)
		snprintf(err, err_size, "%s", why.text);
	else
		drop_idle(c);
	return ret;
}

static int read_file(const char *path, struct seki_controls *c, char *err, size_t err_size)
{
	struct load l = { .err = err, .err_size = err_size };
	json_error_t at;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &at);
	int ret;

	if (!root) {
		snprintf(err, err_size, "line %d: %s", at.line, at.text);
		return -EINVAL;
	}
	ret = read_rules(&l, root, c);
	json_decref(root);
	return ret;
}

int seki_controls_load(const char *path, struct seki_controls *ret, char *err, size_t err_size)
{
	struct seki_controls c = { 0 };
	int ret_err = read_file(path, &c, err, err_size);

	if (!ret_err)
		ret_err = add_items(&c, path, err, err_size);
	if (!ret_err) {
		c.memo = calloc(MEMO, sizeof(*c.memo));
		ret_err = c.memo ? 0 : -ENOMEM;
	}
	if (ret_err)
		seki_controls_free(&c);
	else
		*ret = c;
	return ret_err;
}

int seki_controls_rules(const char *path, struct seki_controls *ret, char *err, size_t err_size)
{
	struct seki_controls c = { 0 };
	int ret_err = read_file(path, &c, err, err_size);

	if (!ret_err && c.count > SEKI_RULES_MAX) {
		snprintf(err, err_size, "%zu rules; right would be at most %d", c.count,
			 SEKI_RULES_MAX);
		ret_err = -E2BIG;
	}
	if (ret_err)
		seki_controls_free(&c);
	else
		*ret = c;
	return ret_err;
}

void seki_controls_free(struct seki_controls *c)
{
	for (size_t i = 0; i < c->count; i++)
		free_rule(&c->rules[i]);
	free(c->rules);
	free(c->memo);
	*c = (struct seki_controls){ 0 };
}

static bool in_set(uint64_t set, unsigned int number_)
{
	return !set || (number_ < 64 && set & 1ull << number_);
}

static bool in_words(const struct words *w, const char *text)
{
	if (!w->count)
		return true;
	for (size_t i = 0; text && i < w->count; i++)
		if (w->pattern ? !fnmatch(w->word[i], text, 0) : !strcmp(w->word[i], text))
			return true;
	return false;
}

static bool fits(const struct seki_control_rule *r, const struct seki_control_key *k)
{
	return in_set(r->class, k->class) && in_set(r->hook, k->hook) &&
	       in_set(r->verdict, k->verdict) && in_set(r->kind, k->kind) &&
	       (!r->access || r->access & k->access) &&
	       (r->marked < 0 || r->marked == (int)k->marked) && in_words(&r->label, k->label) &&
	       in_words(&r->domain, k->domain) && in_words(&r->act, k->act);
}

static void add(struct seki_ids *ids, const char *text, size_t len)
{
	for (size_t i = 0; i < ids->count; i++)
		if (ids->id[i].len == len && !memcmp(ids->id[i].text, text, len))
			return;
	if (ids->count == SEKI_IDS_MAX)
		return;
	ids->id[ids->count].text = text;
	ids->id[ids->count++].len = len;
}

static struct seki_control_memo *memo_of(const struct seki_controls *c,
					 const struct seki_control_key *k)
{
	uintptr_t n = (uintptr_t)k->label ^ (uintptr_t)k->domain ^ (uintptr_t)k->act;

	n ^= (uintptr_t)k->access << 6 ^ (uintptr_t)k->hook << 3 ^ k->verdict;
	return &c->memo[(uint64_t)n * 0x9e3779b97f4a7c15ull >> 58];
}

static bool same_word(const char *kept, const char *word)
{
	return !strcmp(kept, word ?: "");
}

static bool remembered(const struct seki_control_memo *m, const struct seki_control_key *k)
{
	return m->used && m->key.class == k->class && m->key.hook == k->hook &&
	       m->key.access == k->access && m->key.verdict == k->verdict &&
	       m->key.kind == k->kind && m->key.marked == k->marked && !m->key.label == !k->label &&
	       !m->key.domain == !k->domain && same_word(m->label, k->label) &&
	       same_word(m->domain, k->domain) && same_word(m->act, k->act);
}

static bool keep_word(char kept[MEMO_WORD], const char *word)
{
	return snprintf(kept, MEMO_WORD, "%s", word ?: "") < MEMO_WORD;
}

static void remember(struct seki_control_memo *m, const struct seki_control_key *k,
		     const struct seki_ids *ids)
{
	m->key = *k;
	m->ids = *ids;
	m->used = keep_word(m->label, k->label) && keep_word(m->domain, k->domain) &&
		  keep_word(m->act, k->act);
}

static void match(const struct seki_controls *c, const struct seki_control_key *key,
		  struct seki_ids *ids)
{
	for (size_t i = 0; i < c->count; i++)
		if (fits(&c->rules[i], key))
			seki_ids_add_text(ids, c->rules[i].ids);
}

void seki_controls_match(const struct seki_controls *c, const struct seki_control_key *key,
			 struct seki_ids *ids)
{
	struct seki_control_memo *m = c->memo && !ids->count ? memo_of(c, key) : NULL;

	if (m && remembered(m, key)) {
		ids->count = m->ids.count;
		memcpy(ids->id, m->ids.id, m->ids.count * sizeof(*ids->id));
		return;
	}
	match(c, key, ids);
	if (m)
		remember(m, key, ids);
}

uint64_t seki_controls_which(const struct seki_controls *c, const struct seki_control_key *key)
{
	uint64_t set = 0;

	for (size_t i = 0; i < c->count; i++)
		if (fits(&c->rules[i], key))
			set |= 1ull << i;
	return set;
}

bool seki_controls_find(const struct seki_controls *c, const char *name, size_t len, size_t *ret)
{
	const struct seki_control_rule *r = find(c, name, len);

	if (r)
		*ret = (size_t)(r - c->rules);
	return r;
}

uint64_t seki_controls_set(const struct seki_controls *c, const char *names)
{
	const char *name;
	uint64_t set = 0;
	size_t len, n;

	while ((len = seki_next_id(&names, &name)))
		if (seki_controls_find(c, name, len, &n))
			set |= 1ull << n;
	return set;
}

const char *seki_controls_name(const struct seki_controls *c, size_t rule)
{
	return c->rules[rule].name;
}

void seki_ids_add_text(struct seki_ids *ids, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		if (len && len < 64)
			add(ids, text, len);
		text += len + (text[len] == ' ');
	}
}
