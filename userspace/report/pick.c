// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A value is found, not judged: who wants its text decodes it.  What is no JSON
 * ends the walk, so nothing is read behind the line.
 */
#define _GNU_SOURCE
#include "userspace/report/pick.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/words.h"
#include "userspace/reader/whole.h"

#define DEPTH_MAX 16
#define SLOTS 256 /* a power of two, well above SEKI_PICKS */

/* clang-format off */
static const struct key {
	const char *object, *key;
	size_t object_len, len;
} keys[SEKI_PICKS] = {
#define X(name, object, key) { object, key, sizeof(object) - 1, sizeof(key) - 1 },
	SEKI_PICK_LIST(X)
#undef X
};
/* clang-format on */

/* Number of a key + 1 by what it begins with. */
static uint8_t slots[SLOTS];

static unsigned int place(char object, const char *key, size_t len)
{
	unsigned int h = (unsigned char)object * 31u + (unsigned int)len * 7u;

	for (size_t i = 0; i < len && i < 4; i++)
		h = h * 33u + (unsigned char)key[i];
	return h % SLOTS;
}

static void make_slots(void)
{
	for (unsigned int i = 0; i < SEKI_PICKS; i++) {
		unsigned int at = place(keys[i].object[0], keys[i].key, strlen(keys[i].key));

		while (slots[at])
			at = (at + 1) % SLOTS;
		slots[at] = (uint8_t)(i + 1);
	}
}

struct walk {
	const char *p, *end;
	struct seki_seen *ret;
};

static bool is_key(const struct key *k, const struct seki_picked *object,
		   const struct seki_picked *key)
{
	return k->len == key->len && k->object_len == object->len &&
	       !memcmp(k->key, key->at, key->len) && !memcmp(k->object, object->at, object->len);
}

/* Keys without their quotes.  NULL: nobody asks. */
static struct seki_picked *wanted(struct walk *w, const struct seki_picked *object,
				  const struct seki_picked *key)
{
	unsigned int at = place(object->len ? object->at[0] : '\0', key->at, key->len);

	for (; slots[at]; at = (at + 1) % SLOTS)
		if (is_key(&keys[slots[at] - 1], object, key))
			return &w->ret->field[slots[at] - 1];
	return NULL;
}

static void skip_blanks(struct walk *w)
{
	while (w->p < w->end && (*w->p == ' ' || *w->p == '\t' || *w->p == '\n' || *w->p == '\r'))
		w->p++;
}

/* Our own records have none. */
static inline void blanks(struct walk *w)
{
	if (w->p < w->end && (unsigned char)*w->p <= ' ')
		skip_blanks(w);
}

static inline bool eat(struct walk *w, char c)
{
	blanks(w);
	if (w->p == w->end || *w->p != c)
		return false;
	w->p++;
	return true;
}

static bool string(struct walk *w, struct seki_picked *ret)
{
	const char *p, *const end = w->end;

	if (!eat(w, '"'))
		return false;
	for (p = w->p; p < end && *p != '"'; p++)
		if (*p == '\\' && ++p == end)
			return false;
	if (p == end)
		return false;
	*ret = (struct seki_picked){ w->p, (size_t)(p - w->p) };
	w->p = p + 1;
	return true;
}

static bool value(struct walk *w, const struct seki_picked *object, unsigned int depth);

static bool member(struct walk *w, const struct seki_picked *object, unsigned int depth)
{
	struct seki_picked key, *want;
	const char *begin;

	if (!string(w, &key) || !eat(w, ':'))
		return false;
	blanks(w);
	begin = w->p;
	want = object ? wanted(w, object, &key) : NULL;
	/* Two levels have keys that anybody asks for. */
	if (!value(w, depth == 1 ? &key : NULL, depth))
		return false;
	if (want)
		*want = (struct seki_picked){ begin, (size_t)(w->p - begin) };
	return true;
}

static bool members(struct walk *w, const struct seki_picked *object, unsigned int depth)
{
	if (eat(w, '}'))
		return true;
	do {
		if (!member(w, object, depth))
			return false;
	} while (eat(w, ','));
	return eat(w, '}');
}

static bool elements(struct walk *w, unsigned int depth)
{
	if (eat(w, ']'))
		return true;
	do {
		if (!value(w, NULL, depth))
			return false;
	} while (eat(w, ','));
	return eat(w, ']');
}

/* A number, or true, false and null. */
static bool word(struct walk *w)
{
	const char *begin = w->p, *p = begin;

	while (p < w->end && ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || *p == '-' ||
			      *p == '.' || *p == '+' || *p == 'E'))
		p++;
	w->p = p;
	return p > begin;
}

static bool value(struct walk *w, const struct seki_picked *object, unsigned int depth)
{
	struct seki_picked text;

	blanks(w);
	if (w->p == w->end || depth > 2 * DEPTH_MAX)
		return false;
	if (*w->p == '"')
		return string(w, &text);
	if (*w->p != '{' && *w->p != '[')
		return word(w);
	w->p++;
	return w->p[-1] == '{' ? members(w, object, depth + 1) : elements(w, depth + 1);
}

/* ---- what a short record leaves out ------------------------------------------ */

#define ACTS 64 /* a power of two */
#define ACT_TEXT 96
#define FROM_TEXT 320 /* a hook and all accesses */

/* Empty: none, where leaving out would mean something. */
static void drop_empty(struct seki_seen *s, enum seki_pick field)
{
	if (seki_picked_is(s, field, ""))
		s->field[field] = (struct seki_picked){ 0 };
}

static void say(struct seki_seen *s, enum seki_pick field, const char *quoted)
{
	if (!s->field[field].at)
		s->field[field] = (struct seki_picked){ quoted, strlen(quoted) };
}

/* "policy":["name",version,"digest"] */
static void fill_policy(struct seki_seen *s)
{
	static const enum seki_pick part[] = { SEKI_PICK_POLICY, SEKI_PICK_VERSION,
					       SEKI_PICK_JUDGED_BY };
	const struct seki_picked *list = &s->field[SEKI_PICK_IN_FORCE];
	struct walk w;

	if (!list->at)
		return;
	w = (struct walk){ list->at, list->at + list->len, s };
	if (!eat(&w, '['))
		return;
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		const char *begin = w.p;

		if (!value(&w, NULL, 1))
			return;
		s->field[part[i]] = (struct seki_picked){ begin, (size_t)(w.p - begin) };
		if (!eat(&w, ','))
			return;
	}
}

/* With its quotes. */
static bool is_text(const struct seki_picked *f)
{
	return f->at && f->len >= 2 && *f->at == '"';
}

static void fill_kind(struct seki_seen *s)
{
	static char quoted[32][24];
	char label[80];
	const char *word;

	if (!is_text(&s->field[SEKI_PICK_LABEL]) || seki_picked_has(s, SEKI_PICK_KIND))
		return;
	snprintf(label, sizeof(label), "%.*s", (int)s->field[SEKI_PICK_LABEL].len - 2,
		 s->field[SEKI_PICK_LABEL].at + 1);
	word = seki_word_label_kind(label);
	for (unsigned int i = 0; i < 32 && *word; i++) {
		if (seki_word_kind(i) != word)
			continue;
		snprintf(quoted[i], sizeof(quoted[i]), "\"%s\"", word);
		say(s, SEKI_PICK_KIND, quoted[i]);
	}
}

static const char *act_of(const struct seki_picked *hook, const struct seki_picked *access)
{
	json_t *list = json_loadb(access->at, access->len, 0, NULL);
	char name[64] = "";
	const char *act;

	if (is_text(hook))
		snprintf(name, sizeof(name), "%.*s", (int)hook->len - 2, hook->at + 1);
	act = seki_whole_act(name, list);
	json_decref(list);
	return act;
}

/* Hooks and accesses are few: what they make is worked out once. */
static void fill_act(struct seki_seen *s)
{
	static struct {
		char from[FROM_TEXT], act[ACT_TEXT];
	} known[ACTS];
	const struct seki_picked *hook = &s->field[SEKI_PICK_HOOK],
				 *access = &s->field[SEKI_PICK_ACCESS];
	char from[FROM_TEXT];
	unsigned int slot;

	if (!hook->at || !access->at || seki_picked_has(s, SEKI_PICK_ACT))
		return;
	snprintf(from, sizeof(from), "%.*s%.*s", (int)hook->len, hook->at, (int)access->len,
		 access->at);
	slot = place(hook->at[hook->len / 2], access->at, access->len) % ACTS;
	if (strcmp(known[slot].from, from)) {
		memcpy(known[slot].from, from, sizeof(from));
		snprintf(known[slot].act, ACT_TEXT, "\"%s\"", act_of(hook, access));
	}
	say(s, SEKI_PICK_ACT, known[slot].act);
}

static void fill_comm(struct seki_seen *s)
{
	static char comm[SEKI_COMM_SHOWN + 3];
	const struct seki_picked *exe = &s->field[SEKI_PICK_EXE];
	const char *name = is_text(exe) ? memrchr(exe->at, '/', exe->len) : NULL;
	size_t len;

	if (seki_picked_has(s, SEKI_PICK_COMM) || !name)
		return;
	name++;
	/* Its bytes stand for themselves, or the process's name would be told. */
	len = (size_t)(exe->at + exe->len - 1 - name);
	snprintf(comm, sizeof(comm), "\"%.*s\"", len < SEKI_COMM_SHOWN ? (int)len : SEKI_COMM_SHOWN,
		 name);
	say(s, SEKI_PICK_COMM, comm);
}

static void fill(struct seki_seen *s)
{
	fill_policy(s);
	fill_act(s);
	fill_kind(s);
	say(s, SEKI_PICK_DOMAIN, "\"other\"");
	if (seki_picked_has(s, SEKI_PICK_MARK) && *s->field[SEKI_PICK_MARK].at == 'f')
		s->field[SEKI_PICK_MARK] = (struct seki_picked){ 0 };
	else if (seki_picked_has(s, SEKI_PICK_SESSION))
		say(s, SEKI_PICK_MARK, "true");
	if (seki_picked_has(s, SEKI_PICK_VERDICT))
		say(s, SEKI_PICK_REASON, "\"default\"");
	if (seki_picked_is(s, SEKI_PICK_VERDICT, "denied"))
		say(s, SEKI_PICK_ERR, "\"EPERM\"");
	drop_empty(s, SEKI_PICK_ERR);
	drop_empty(s, SEKI_PICK_KIND);
	fill_comm(s);
}

bool seki_pick(const char *data, size_t size, struct seki_seen *ret)
{
	const struct seki_picked none = { "", 0 };
	struct walk w = { data, data + size, ret };

	if (!slots[place('\0', "v", 1)])
		make_slots();
	memset(ret, 0, sizeof(*ret));
	blanks(&w);
	if (w.p == w.end || *w.p != '{' || !value(&w, &none, 0))
		return false;
	blanks(&w);
	if (w.p != w.end)
		return false;
	if (seki_picked_number(ret, SEKI_PICK_V) == 2)
		fill(ret);
	return true;
}

/* Whole characters only. */
static void cut(const char *text, char *ret, size_t size)
{
	size_t len = strlen(text);

	if (len >= size)
		for (len = size - 1; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	memcpy(ret, text, len);
	ret[len] = '\0';
}

void seki_picked_text(const struct seki_seen *s, enum seki_pick field, char *ret, size_t size)
{
	const struct seki_picked *f = &s->field[field];
	json_t *text;

	ret[0] = '\0';
	if (!f->at || f->len < 2 || f->at[0] != '"')
		return;
	text = json_loadb(f->at, f->len, JSON_DECODE_ANY, NULL);
	if (json_is_string(text))
		cut(json_string_value(text), ret, size);
	json_decref(text);
}

uint64_t seki_picked_number(const struct seki_seen *s, enum seki_pick field)
{
	const struct seki_picked *f = &s->field[field];
	uint64_t n = 0;

	for (size_t i = 0; f->at && i < f->len && f->at[i] >= '0' && f->at[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(f->at[i] - '0');
	return n;
}

bool seki_picked_is(const struct seki_seen *s, enum seki_pick field, const char *text)
{
	const struct seki_picked *f = &s->field[field];
	size_t len = strlen(text);

	return f->at && f->len == len + 2 && f->at[0] == '"' && !memcmp(f->at + 1, text, len);
}
