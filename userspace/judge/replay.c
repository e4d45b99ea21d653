// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A log repeats itself: what decides is cut out of each record as it stands there,
 * and what it decides is worked out once.
 */
#include "userspace/judge/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/log.h"
#include "userspace/reader/scan.h"
#include "userspace/reader/whole.h"

int seki_replay_begin(struct seki_replay *r, const struct seki_view *v,
		      const struct seki_view *before)
{
	*r = (struct seki_replay){ .v = v, .before = before };
	r->row = calloc(v->b->n_rules + 1, sizeof(*r->row));
	return r->row ? 0 : -ENOMEM;
}

void seki_replay_end(struct seki_replay *r)
{
	free(r->row);
	free(r->change);
	free(r->outcome);
	seki_table_free(&r->seen);
	seki_table_free(&r->known);
	seki_arena_free(&r->arena);
}

static const char *keep(struct seki_replay *r, const char *s)
{
	return seki_arena_copy(&r->arena, s, strlen(s));
}

static struct seki_replay_change *new_change(struct seki_replay *r)
{
	if (r->changes == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->change = reallocarray(r->change, r->room, sizeof(*r->change));
		if (!r->change)
			seki_diex("out of memory");
	}
	return &r->change[r->changes++];
}

/* One row for acts that differ in nothing a policy asks for. */
static uint32_t change_of(struct seki_replay *r, const struct seki_recorded *e, const char *domain,
			  const char *label, bool opened)
{
	char key[512];
	uint32_t at = r->changes;
	int n = snprintf(key, sizeof(key), "%d %x %.64s %.64s %.255s", opened, e->want, domain,
			 label, e->exe);

	if (!seki_table_add(&r->seen, keep(r, key), (size_t)n, at, &at))
		return at;
	*new_change(r) = (struct seki_replay_change){ .domain = keep(r, domain),
						      .label = keep(r, label),
						      .exe = keep(r, e->exe),
						      .want = e->want,
						      .opened = opened };
	return at;
}

static __u8 verdict_in(const struct seki_view *v, const struct seki_recorded *e,
		       struct seki_subject *who, struct seki_target *on, __u32 *ret_rule)
{
	struct seki_decision d;

	seki_recorded_in(v, e, who, on);
	seki_subject_decide(v, who, on->label, e->want, &d);
	*ret_rule = d.rule;
	return d.verdict;
}

/* What happened is one thing; two policies are compared by what they allow. */
static bool passes(const struct seki_replay *r, __u8 verdict)
{
	return r->before ? verdict == SEKI_ALLOWED : verdict != SEKI_DENIED;
}

static struct seki_outcome judge(struct seki_replay *r, const struct seki_recorded *e)
{
	struct seki_subject who;
	struct seki_target on;
	__u32 rule;
	__u8 old = r->before ? verdict_in(r->before, e, &who, &on, &rule) : e->verdict;
	struct seki_outcome o = { .verdict = verdict_in(r->v, e, &who, &on, &rule) };

	o.passed = passes(r, old);
	o.passes = passes(r, o.verdict);
	o.row = on.label ? &r->row[rule] : &r->unguarded;
	if (o.passed != o.passes)
		o.change = change_of(
			r, e, seki_bundle_domain_name(r->v->b, who.domain),
			on.label ? seki_bundle_label_name(r->v->b, on.label) : e->label, o.passes);
	return o;
}

/* Borders are errors of geography, and what was held before no act: neither is the
 * policy's to decide.
 */
static bool is_judged(const struct seki_recorded *e)
{
	return e->reason != SEKI_BY_BORDER && e->reason != SEKI_BY_EARLIER &&
	       e->reason != SEKI_BY_NO_RECORD && e->reason != SEKI_BY_UNREADABLE;
}

static struct seki_outcome read_record(struct seki_replay *r, const char *line, size_t size)
{
	struct seki_outcome o = { 0 };
	struct seki_recorded e;
	json_t *record = seki_whole_read(NULL, line, size);

	r->bad += !json_is_object(record);
	if (record && seki_recorded_read(record, &e) && is_judged(&e))
		o = judge(r, &e);
	json_decref(record);
	return o;
}

static void count(struct seki_replay *r, const struct seki_outcome *o)
{
	if (!o->row)
		return;
	r->acts++;
	o->row->allowed += o->verdict == SEKI_ALLOWED;
	o->row->would_deny += o->verdict == SEKI_WOULD_DENY;
	o->row->denied += o->verdict == SEKI_DENIED;
	o->row->opened += o->passes && !o->passed;
	o->row->closed += !o->passes && o->passed;
	if (o->passes != o->passed)
		r->change[o->change].count++;
}

/* ---- records that tell of the same act ---------------------------------------- */

#define OUTCOMES_MAX 262144
#define KEY_MAX 1024

struct key {
	char text[KEY_MAX];
	size_t len;
};

/* What seki_recorded_read() and is_judged() ask for. */
static const char *const fields[] = { "v", "class", "hook", "access", "verdict", "reason" };
static const char *const parts[][9] = {
	{ "policy", "digest" },
	{ "who", "mark", "auid", "from", "tty" },
	{ "proc", "domain", "exe" },
	{ "obj", "label", "kind", "path", "partial", "addr", "port" },
};

static bool is(struct seki_slice s, const char *word)
{
	return strlen(word) == s.len && !memcmp(s.s, word, s.len);
}

/* "name=value," as it stands; false: it does not fit. */
static bool add(struct key *k, const char *name, struct seki_slice value)
{
	size_t n = strlen(name);

	if (k->len + n + value.len + 2 > sizeof(k->text))
		return false;
	memcpy(k->text + k->len, name, n);
	k->text[k->len + n] = '=';
	memcpy(k->text + k->len + n + 1, value.s, value.len);
	k->text[k->len + n + 1 + value.len] = ',';
	k->len += n + value.len + 2;
	return true;
}

static bool add_part(struct key *k, const char *const *names, struct seki_slice object)
{
	struct seki_slice key, value;
	struct seki_scan s;
	int got;

	if (!add(k, names[0], (struct seki_slice){ "", 0 }))
		return false;
	/* The policy of a short record. */
	if (object.len && *object.s == '[')
		return add(k, "", object);
	seki_scan_begin(&s, object);
	while ((got = seki_scan_next(&s, &key, &value)) > 0) {
		/* That there is one tells of the mark in a short record. */
		if (is(key, "session") && !add(k, "session", (struct seki_slice){ "", 0 }))
			return false;
		for (const char *const *n = names + 1; *n; n++)
			if (is(key, *n) && !add(k, *n, value))
				return false;
	}
	return !got;
}

static bool add_member(struct key *k, struct seki_slice name, struct seki_slice value)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (is(name, fields[i]))
			return add(k, fields[i], value);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (is(name, parts[i][0]))
			return add_part(k, parts[i], value);
	return true;
}

static bool key_of(const char *line, size_t size, struct key *ret)
{
	struct seki_slice name, value;
	struct seki_scan s;
	int got;

	ret->len = 0;
	seki_scan_begin(&s, (struct seki_slice){ line, size });
	while ((got = seki_scan_next(&s, &name, &value)) > 0)
		if (!add_member(ret, name, value))
			return false;
	return !got;
}

static void remember(struct seki_replay *r, const struct key *k, struct seki_outcome o)
{
	if (!r->outcome)
		r->outcome = calloc(OUTCOMES_MAX, sizeof(*r->outcome));
	if (!r->outcome)
		seki_diex("out of memory");
	seki_table_add(&r->known, seki_arena_copy(&r->arena, k->text, k->len), k->len, r->outcomes,
		       NULL);
	r->outcome[r->outcomes++] = o;
}

void seki_replay_line(struct seki_replay *r, const char *line, size_t size)
{
	struct seki_outcome o;
	struct key k;
	uint32_t at;
	bool usable = key_of(line, size, &k);

	r->records++;
	if (usable && seki_table_find(&r->known, k.text, k.len, &at)) {
		count(r, &r->outcome[at]);
		return;
	}
	o = read_record(r, line, size);
	if (usable && r->outcomes < OUTCOMES_MAX)
		remember(r, &k, o);
	count(r, &o);
}

static int by_count(const void *va, const void *vb)
{
	const struct seki_replay_change *a = va, *b = vb;

	if (a->opened != b->opened)
		return a->opened ? 1 : -1;
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	if (strcmp(a->domain, b->domain))
		return strcmp(a->domain, b->domain);
	if (strcmp(a->label, b->label))
		return strcmp(a->label, b->label);
	return strcmp(a->exe, b->exe) ?: (a->want > b->want) - (a->want < b->want);
}

void seki_replay_sort(struct seki_replay *r)
{
	if (r->changes)
		qsort(r->change, r->changes, sizeof(*r->change), by_count);
}
