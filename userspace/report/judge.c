// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge.c - what each form of judgement asks of the sums.
 *
 * A verdict begins at the best and is only made worse; "not observable" is said
 * where the window has nothing to judge by, and never a silent zero.
 */
#define _GNU_SOURCE
#include "userspace/report/judge.h"

#include <stdio.h>
#include <string.h>

#define NS 1000000000ull

struct trial {
	const struct seki_case *k;
	const struct seki_sums *s;
	struct seki_opinion *v;
	uint64_t rules; /* of the item */
};

static const char *mapped(const struct trial *t, size_t column)
{
	return seki_sheet_cell(&t->k->c->sheet[SEKI_SHEET_MAPPING], t->v->row, column);
}

/* ---- reasons ----------------------------------------------------------------------- */

static struct seki_cause *say(struct trial *t, enum seki_why why, uint64_t a, uint64_t b)
{
	struct seki_cause *r;

	if (t->v->reasons == SEKI_CAUSES)
		return NULL;
	r = &t->v->reason[t->v->reasons++];
	*r = (struct seki_cause){ .why = why, .a = a, .b = b };
	return r;
}

static void worsen(struct trial *t, enum seki_judgement j)
{
	if (j > t->v->judgement)
		t->v->judgement = j;
}

/* The count, if there is any, makes it no better than j. */
static void count(struct trial *t, enum seki_why why, uint64_t n, enum seki_judgement j)
{
	if (!n)
		return;
	say(t, why, n, 0);
	worsen(t, j);
}

static void settle(struct trial *t, enum seki_judgement j, enum seki_why why, uint64_t a,
		   uint64_t b)
{
	t->v->judgement = j;
	say(t, why, a, b);
}

/* ---- gaps --------------------------------------------------------------------------- */

/* How bad a gap of each kind is; 0 (met): it does not matter to the form. */
struct bearing {
	enum seki_judgement of[SEKI_GAPS];
	enum seki_judgement unexplained; /* of a silence that nothing shows to be held */
};

/* clang-format off */
static const struct bearing refusing = {
	.of = {
		[SEKI_GAP_SILENCE] = SEKI_PARTLY, [SEKI_GAP_STOPPED] = SEKI_PARTLY, [SEKI_GAP_RESTART] = SEKI_PARTLY,
		[SEKI_GAP_LOST] = SEKI_NOT_MET, [SEKI_GAP_UNPROVEN] = SEKI_NOT_MET, [SEKI_GAP_AUDIT] = SEKI_NOT_MET,
		[SEKI_GAP_UNLOADED] = SEKI_NOT_MET, [SEKI_GAP_NO_POLICY] = SEKI_NOT_MET,
		[SEKI_GAP_BEFORE] = SEKI_PARTLY, [SEKI_GAP_AFTER] = SEKI_PARTLY,
	},
	.unexplained = SEKI_NOT_MET,
};
static const struct bearing changing = {
	.of = {
		[SEKI_GAP_SILENCE] = SEKI_PARTLY, [SEKI_GAP_STOPPED] = SEKI_PARTLY, [SEKI_GAP_RESTART] = SEKI_PARTLY,
		[SEKI_GAP_LOST] = SEKI_NOT_MET, [SEKI_GAP_UNPROVEN] = SEKI_NOT_MET, [SEKI_GAP_AUDIT] = SEKI_PARTLY,
		[SEKI_GAP_UNLOADED] = SEKI_NOT_MET, [SEKI_GAP_NO_POLICY] = SEKI_NOT_MET,
		[SEKI_GAP_BEFORE] = SEKI_PARTLY, [SEKI_GAP_AFTER] = SEKI_PARTLY,
	},
	.unexplained = SEKI_NOT_MET,
};
static const struct bearing recording = {
	.of = {
		[SEKI_GAP_SILENCE] = SEKI_NOT_MET, [SEKI_GAP_STOPPED] = SEKI_PARTLY, [SEKI_GAP_RESTART] = SEKI_PARTLY,
		[SEKI_GAP_LOST] = SEKI_NOT_MET, [SEKI_GAP_UNPROVEN] = SEKI_PARTLY,
		[SEKI_GAP_UNLOADED] = SEKI_NOT_MET, [SEKI_GAP_NO_POLICY] = SEKI_NOT_MET,
		[SEKI_GAP_BEFORE] = SEKI_PARTLY, [SEKI_GAP_AFTER] = SEKI_PARTLY,
	},
	.unexplained = SEKI_NOT_MET,
};
static const struct bearing living = {
	.of = {
		[SEKI_GAP_SILENCE] = SEKI_NOT_MET, [SEKI_GAP_STOPPED] = SEKI_PARTLY, [SEKI_GAP_RESTART] = SEKI_PARTLY,
		[SEKI_GAP_LOST] = SEKI_NOT_MET, [SEKI_GAP_UNPROVEN] = SEKI_NOT_MET, [SEKI_GAP_AUDIT] = SEKI_PARTLY,
		[SEKI_GAP_UNLOADED] = SEKI_NOT_MET, [SEKI_GAP_NO_POLICY] = SEKI_NOT_MET,
		[SEKI_GAP_BEFORE] = SEKI_PARTLY, [SEKI_GAP_AFTER] = SEKI_NOT_MET,
	},
	.unexplained = SEKI_NOT_MET,
};
static const struct bearing reporting = {
	.of = {
		[SEKI_GAP_SILENCE] = SEKI_PARTLY, [SEKI_GAP_STOPPED] = SEKI_PARTLY, [SEKI_GAP_RESTART] = SEKI_PARTLY,
		[SEKI_GAP_LOST] = SEKI_PARTLY, [SEKI_GAP_UNLOADED] = SEKI_PARTLY, [SEKI_GAP_NO_POLICY] = SEKI_PARTLY,
		[SEKI_GAP_BEFORE] = SEKI_PARTLY, [SEKI_GAP_AFTER] = SEKI_PARTLY,
	},
	.unexplained = SEKI_PARTLY,
};
static const struct bearing timing = {
	.of = {
		[SEKI_GAP_SILENCE] = SEKI_PARTLY, [SEKI_GAP_STOPPED] = SEKI_PARTLY, [SEKI_GAP_RESTART] = SEKI_PARTLY,
		[SEKI_GAP_BEFORE] = SEKI_PARTLY, [SEKI_GAP_AFTER] = SEKI_PARTLY,
	},
	.unexplained = SEKI_PARTLY,
};
/* clang-format on */

static enum seki_judgement bearing_of(const struct bearing *b, const struct seki_gap *g)
{
	return g->kind == SEKI_GAP_SILENCE && !g->held ? b->unexplained : b->of[g->kind];
}

static void look_at_gaps(struct trial *t, const struct bearing *b)
{
	struct seki_cause *of[SEKI_GAPS] = { NULL };

	for (size_t i = 0; i < t->s->gaps; i++) {
		enum seki_gap_kind kind = t->s->gap[i].kind;
		enum seki_judgement j = bearing_of(b, &t->s->gap[i]);

		if (j == SEKI_MET)
			continue;
		worsen(t, j);
		if (!of[kind])
			of[kind] = say(t, SEKI_WHY_GAP, 0, 0);
		if (!of[kind])
			continue;
		if (of[kind]->gap_count < 3)
			of[kind]->gaps[of[kind]->gap_count] = i;
		of[kind]->gap_count++;
	}
}

static void look_at_holes(struct trial *t, enum seki_judgement counted)
{
	count(t, SEKI_WHY_LOSSES, t->s->lost, counted);
	count(t, SEKI_WHY_MALFORMED, t->s->bad, SEKI_PARTLY);
	count(t, SEKI_WHY_NEWER, t->s->newer, SEKI_PARTLY);
	count(t, SEKI_WHY_UNPILED, t->s->unpiled, SEKI_PARTLY);
}

/* ---- posture -------------------------------------------------------------------------- */

const char *seki_posture_state_of(const json_t *posture, const char *id, size_t len)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(posture, "items"), i, item) {
		const char *is = json_string_value(json_object_get(item, "id"));

		if (is && strlen(is) == len && !memcmp(is, id, len))
			return json_string_value(json_object_get(item, "state"));
	}
	return NULL;
}

struct state {
	size_t good, bad, weak, unseen;
	char bad_ids[200], weak_ids[200], unseen_ids[200];
};

static void add_id(char *to, size_t size, const char *id, size_t len)
{
	size_t has = strlen(to);

	if (has + len + 3 < size)
		snprintf(to + has, size - has, "%s%.*s", has ? ", " : "", (int)len, id);
}

static struct state state_of(const struct trial *t)
{
	const char *at = mapped(t, MAP_POSTURE), *id;
	struct state s = { 0 };
	size_t len;

	while ((len = seki_next_id(&at, &id))) {
		const char *is = seki_posture_state_of(t->k->posture, id, len) ?: "not-observable";

		if (!strcmp(is, "bad")) {
			s.bad++;
			add_id(s.bad_ids, sizeof(s.bad_ids), id, len);
		} else if (!strcmp(is, "weak")) {
			s.weak++;
			add_id(s.weak_ids, sizeof(s.weak_ids), id, len);
		} else if (!strcmp(is, "good") || !strcmp(is, "not-applicable")) {
			s.good++;
		} else {
			s.unseen++;
			add_id(s.unseen_ids, sizeof(s.unseen_ids), id, len);
		}
	}
	return s;
}

static void say_ids(struct trial *t, enum seki_why why, const char *ids)
{
	struct seki_cause *r = say(t, why, 0, 0);

	if (r)
		snprintf(r->text, sizeof(r->text), "%s", ids);
}

static void say_state(struct trial *t, const struct state *s)
{
	if (s->bad)
		say_ids(t, SEKI_WHY_POSTURE_BAD, s->bad_ids);
	if (s->weak)
		say_ids(t, SEKI_WHY_POSTURE_WEAK, s->weak_ids);
	if (s->unseen)
		say_ids(t, SEKI_WHY_POSTURE_UNSEEN, s->unseen_ids);
	if (s->good)
		say(t, SEKI_WHY_POSTURE_GOOD, s->good, 0);
}

/* What the item needs of the host besides its records. */
static void look_at_posture(struct trial *t)
{
	struct state s;

	if (!*mapped(t, MAP_POSTURE) || !t->k->posture)
		return;
	s = state_of(t);
	if (s.bad || s.weak)
		worsen(t, SEKI_PARTLY);
	s.unseen = s.good = 0;
	say_state(t, &s);
}

/* ---- forms ------------------------------------------------------------------------------ */

static bool nothing(struct trial *t)
{
	if (t->s->records)
		return false;
	settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_RECORDS, 0, 0);
	return true;
}

/* There was a policy to judge by. */
static bool unruled(struct trial *t)
{
	if (t->s->enforcing || t->s->auditing)
		return false;
	settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_POLICY, 0, 0);
	return true;
}

static void judge_refusal(struct trial *t)
{
	uint64_t denied = t->v->out[SEKI_OUT_DENIED];

	if (nothing(t) || unruled(t))
		return;
	count(t, SEKI_WHY_PASSED, t->v->out[SEKI_OUT_WOULD], SEKI_NOT_MET);
	if (!t->s->enforcing)
		settle(t, SEKI_NOT_MET, SEKI_WHY_AUDIT_ONLY, 0, 0);
	look_at_gaps(t, &refusing);
	look_at_holes(t, SEKI_PARTLY);
	count(t, SEKI_WHY_UNEXPLAINED, t->s->unexplained, SEKI_PARTLY);
	look_at_posture(t);
	if (denied) {
		say(t, SEKI_WHY_REFUSED, denied, t->s->enforcing);
		count(t, SEKI_WHY_PROBED, t->v->probes, SEKI_MET);
	} else if (t->v->judgement != SEKI_NOT_MET) {
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_ACT, t->s->enforcing, 0);
	}
}

/* Signs of life come by themselves: where an item has other records, they alone
 * show nothing of it.
 */
static uint64_t telling(const struct trial *t)
{
	uint64_t rules = t->rules & ~t->s->life_rules, n = 0;

	if (!rules)
		return t->v->records;
	for (size_t i = 0; i < t->s->piles; i++)
		if (t->s->pile[i]->rules & rules)
			n += t->s->pile[i]->count;
	return n;
}

static void judge_record(struct trial *t)
{
	uint64_t records = telling(t);

	if (nothing(t))
		return;
	look_at_gaps(t, &recording);
	look_at_holes(t, SEKI_PARTLY);
	count(t, SEKI_WHY_UNEXPLAINED, t->s->unexplained, SEKI_NOT_MET);
	count(t, SEKI_WHY_DISK, t->s->disk_lost, SEKI_NOT_MET);
	look_at_posture(t);
	if (records)
		say(t, SEKI_WHY_RECORDED, records, 0);
	else if (t->v->judgement != SEKI_NOT_MET)
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_SUCH_RECORD, 0, 0);
}

static void judge_alive(struct trial *t)
{
	if (nothing(t))
		return;
	look_at_gaps(t, &living);
	look_at_holes(t, SEKI_PARTLY);
	look_at_posture(t);
	if (t->s->heartbeats)
		say(t, SEKI_WHY_BEATS, t->s->heartbeats, t->s->held);
	else if (t->v->judgement != SEKI_NOT_MET)
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_BEATS, 0, 0);
}

struct proof {
	uint64_t wrong, behind, records, checkpoints;
	bool verified;
};

static struct proof proof_of(const struct seki_sums *s)
{
	struct proof p = { .verified = s->sources > 0 };

	for (size_t i = 0; i < s->sources; i++) {
		const struct seki_source_sum *o = &s->source[i];

		p.verified &= o->verified;
		p.wrong += o->wrong;
		p.checkpoints += o->checkpoints;
		p.records += o->records;
		if (o->records && o->high >= o->signed_)
			p.behind += o->high + 1 - (o->signed_ > o->low ? o->signed_ : o->low);
	}
	return p;
}

static void judge_log(struct trial *t)
{
	struct proof p = proof_of(t->s);

	if (nothing(t))
		return;
	count(t, SEKI_WHY_WRONG, p.wrong, SEKI_NOT_MET);
	count(t, SEKI_WHY_PASSED, t->v->out[SEKI_OUT_WOULD], SEKI_NOT_MET);
	count(t, SEKI_WHY_DISK, t->s->disk_lost, SEKI_PARTLY);
	look_at_holes(t, SEKI_PARTLY);
	count(t, SEKI_WHY_UNSIGNED, p.verified ? p.behind : 0, SEKI_PARTLY);
	look_at_posture(t);
	if (p.verified)
		say(t, SEKI_WHY_VERIFIED, p.records, p.checkpoints);
	else if (t->v->judgement != SEKI_NOT_MET)
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_KEY, 0, 0);
}

static void judge_setting(struct trial *t)
{
	struct state s;

	if (!*mapped(t, MAP_POSTURE)) {
		judge_record(t);
		return;
	}
	if (!t->k->posture) {
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_POSTURE, 0, 0);
		return;
	}
	s = state_of(t);
	t->v->judgement = s.bad	   ? SEKI_NOT_MET :
			  s.weak   ? SEKI_PARTLY :
			  s.unseen ? SEKI_NOT_OBSERVABLE :
				     SEKI_MET;
	say_state(t, &s);
}

static void judge_clock(struct trial *t)
{
	const struct seki_sums *s = t->s;

	if (nothing(t))
		return;
	count(t, SEKI_WHY_CLOCK_SET, s->clocks, SEKI_PARTLY);
	count(t, SEKI_WHY_CLOCK_FOREIGN, s->foreign_clock, SEKI_NOT_MET);
	look_at_gaps(t, &timing);
	look_at_posture(t);
	if (s->ntp) {
		say(t, SEKI_WHY_SYNCED, s->synced, s->ntp);
		worsen(t, s->synced == s->ntp ? SEKI_MET : s->synced ? SEKI_PARTLY : SEKI_NOT_MET);
	} else if (t->v->judgement != SEKI_NOT_MET) {
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_CLOCK, 0, 0);
	}
}

static void judge_change(struct trial *t)
{
	if (nothing(t) || unruled(t))
		return;
	count(t, SEKI_WHY_POLICY_UNEXPLAINED, t->s->unexplained_policy, SEKI_NOT_MET);
	count(t, SEKI_WHY_PASSED, t->v->out[SEKI_OUT_WOULD], SEKI_PARTLY);
	look_at_gaps(t, &changing);
	look_at_holes(t, SEKI_PARTLY);
	count(t, SEKI_WHY_UNEXPLAINED, t->s->unexplained, SEKI_NOT_MET);
	look_at_posture(t);
	if (t->v->records)
		say(t, SEKI_WHY_RECORDED, t->v->records, 0);
	else if (t->v->judgement != SEKI_NOT_MET)
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_SUCH_RECORD, 0, 0);
}

static void judge_window(struct trial *t)
{
	const struct seki_sums *s = t->s;
	uint64_t lacking = 0, alone = s->nameless;

	if (nothing(t))
		return;
	for (size_t i = 0; i < s->visits; i++) {
		const struct seki_visit *v = &s->visit[i];

		alone += v->begun ? 0 : v->acts;
		lacking += !v->begun || !*v->login || !(*v->from || *v->tty) || !v->programs;
	}
	count(t, SEKI_WHY_NAMELESS, alone, SEKI_NOT_MET);
	if (lacking) {
		say(t, SEKI_WHY_LACKING, lacking, s->visits);
		worsen(t, SEKI_PARTLY);
	}
	look_at_gaps(t, &recording);
	look_at_holes(t, SEKI_PARTLY);
	if (s->visits > lacking)
		say(t, SEKI_WHY_SESSIONS, s->visits - lacking, 0);
	else if (!s->visits && !alone && t->v->judgement != SEKI_NOT_MET)
		settle(t, SEKI_NOT_OBSERVABLE, SEKI_WHY_NO_SESSION, 0, 0);
}

static void judge_report(struct trial *t)
{
	if (nothing(t))
		return;
	say(t, SEKI_WHY_MADE, t->s->records, 0);
	look_at_gaps(t, &reporting);
	look_at_holes(t, SEKI_PARTLY);
	count(t, SEKI_WHY_UNEXPLAINED, t->s->unexplained, SEKI_PARTLY);
	count(t, SEKI_WHY_DISK, t->s->disk_lost, SEKI_PARTLY);
}

/* clang-format off */
static const struct {
	const char *form;
	void (*judge)(struct trial *t);
} forms[] = {
	{ "refusal", judge_refusal },
	{ "record", judge_record },
	{ "alive", judge_alive },
	{ "log", judge_log },
	{ "setting", judge_setting },
	{ "clock", judge_clock },
	{ "change", judge_change },
	{ "window", judge_window },
	{ "report", judge_report },
};
/* clang-format on */

/* ---- the service pattern ------------------------------------------------------------------ */

/* Whole days; 0: no window. */
static uint64_t days_of(const struct seki_sums *s)
{
	uint64_t from = s->from ? s->from : s->first, to = s->to != UINT64_MAX ? s->to : s->last;

	return to > from ? (to - from - 1) / NS / 86400 + 1 : 0;
}

static bool is_weaker(const struct trial *t, enum seki_pattern_row row, uint64_t *set)
{
	switch (row) {
	case SEKI_PATTERN_LIVENESS:
		*set = t->s->slowest;
		break;
	case SEKI_PATTERN_REPORT:
		*set = days_of(t->s);
		break;
	case SEKI_PATTERN_KEEP:
		*set = t->s->keep;
		break;
	default: /* of notices the forwarder's file tells, and no record */
		*set = 0;
	}
	return *set &&
	       seki_pattern_weaker(&t->k->c->sheet[SEKI_SHEET_PATTERNS], row, t->k->pattern, *set);
}

static void say_deviation(struct trial *t, enum seki_pattern_row row, const char *key, uint64_t set,
			  uint64_t asked)
{
	const struct seki_sheet *s = &t->k->c->sheet[SEKI_SHEET_PATTERNS];
	bool bad = !strcmp(seki_sheet_cell(s, row, PATTERN_FINDING), "not-met");
	struct seki_cause *r = say(t, SEKI_WHY_DEVIATION, set, asked);

	worsen(t, bad ? SEKI_NOT_MET : SEKI_PARTLY);
	if (r)
		snprintf(r->text, sizeof(r->text), "%s (%s%s%s)",
			 seki_sheet_cell(s, row, t->k->japanese ? PATTERN_JA : PATTERN_EN), key,
			 *key ? ", " : "", seki_sheet_cell(s, row, PATTERN_UNIT));
}

static void by_pattern(struct trial *t)
{
	const struct seki_sheet *s = &t->k->c->sheet[SEKI_SHEET_PATTERNS];
	const char *item = seki_item_cell(t->k->c, t->v->row, ITEM_ID);
	uint64_t others = t->s->patterns & ~(1ull << t->k->pattern), set;
	bool touched = false;

	for (enum seki_pattern_row row = 0; t->k->pattern && row < SEKI_PATTERN_ROWS; row++) {
		if (!seki_has_id(seki_sheet_cell(s, row, PATTERN_ITEMS), item))
			continue;
		touched = true;
		if (is_weaker(t, row, &set))
			say_deviation(t, row, "", set, seki_pattern_value(s, row, t->k->pattern));
		for (unsigned int i = 0; row == SEKI_PATTERN_NOTICE && i < t->s->notices; i++)
			say_deviation(t, row, t->s->notice[i].key, t->s->notice[i].set,
				      t->s->notice[i].asked);
	}
	if (touched && others)
		say(t, SEKI_WHY_OTHER_PATTERN, (uint64_t)__builtin_ctzll(others), t->k->pattern);
}

/* ---- the baseline ------------------------------------------------------------------------- */

static bool concerns(const json_t *section, const char *item)
{
	json_t *id;
	size_t i;

	json_array_foreach(json_object_get(section, "controls"), i, id)
		if (json_string_value(id) && !strcmp(json_string_value(id), item))
			return true;
	return false;
}

static size_t changes_of(const json_t *section)
{
	return json_object_size(json_object_get(section, "added")) +
	       json_object_size(json_object_get(section, "removed")) +
	       json_object_size(json_object_get(section, "changed"));
}

static void add_section(char *to, size_t size, const json_t *section)
{
	const char *id = json_string_value(json_object_get(section, "id")) ?: "?";

	add_id(to, size, id, strlen(id));
}

static void say_baseline(struct trial *t, size_t changes, const char *changed, const char *unseen)
{
	const json_t *b = t->k->baseline;
	bool ticket = json_array_size(json_object_get(b, "work"));
	char span[96];

	snprintf(span, sizeof(span), "%.40s - %.40s",
		 json_string_value(json_object_get(b, "from")) ?: "",
		 json_string_value(json_object_get(b, "to")) ?: "");
	if (*unseen)
		say_ids(t, SEKI_WHY_BASELINE_UNSEEN, unseen);
	if (!changes && !*unseen)
		say_ids(t, SEKI_WHY_BASELINE_SAME, span);
	if (changes) {
		struct seki_cause *r =
			say(t, ticket ? SEKI_WHY_BASELINE_TICKET : SEKI_WHY_BASELINE_CHANGED,
			    changes, 0);

		if (r)
			snprintf(r->text, sizeof(r->text), "%s (%s)", changed, span);
	}
}

/* What was seen to have changed counts, whatever else could not be seen. */
static void by_baseline(struct trial *t)
{
	const char *item = seki_item_cell(t->k->c, t->v->row, ITEM_ID);
	json_t *section, *list = json_object_get(t->k->baseline, "sections");
	bool ticket = json_array_size(json_object_get(t->k->baseline, "work")), any = false;
	char changed[200] = "", unseen[200] = "";
	size_t i, changes = 0;

	json_array_foreach(list, i, section) {
		if (!concerns(section, item))
			continue;
		any = true;
		changes += changes_of(section);
		if (changes_of(section))
			add_section(changed, sizeof(changed), section);
		if (json_object_get(section, "not_compared"))
			add_section(unseen, sizeof(unseen), section);
	}
	if (!any)
		return;
	say_baseline(t, changes, changed, unseen);
	if (changes && !ticket)
		t->v->judgement = SEKI_NOT_MET;
	else if (changes || *unseen)
		worsen(t, SEKI_PARTLY);
}

/* ---- one item ------------------------------------------------------------------------------ */

static void add_examples(struct seki_opinion *v, const struct seki_pile *p)
{
	for (unsigned int i = 0; i < p->examples && v->examples < 3; i++)
		v->example[v->examples++] = &p->example[i];
}

static void sum_up(struct trial *t)
{
	struct seki_opinion *v = t->v;

	/* Refusals tell most. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < t->s->piles; i++) {
			const struct seki_pile *p = t->s->pile[i];

			if (!(p->rules & t->rules) || (p->outcome == SEKI_OUT_DENIED) != !pass)
				continue;
			v->first = !v->records || p->first < v->first ? p->first : v->first;
			v->last = p->last > v->last ? p->last : v->last;
			v->records += p->count;
			v->probes += p->probes;
			v->out[p->outcome] += p->count;
			add_examples(v, p);
		}
}

static void by_form(struct trial *t)
{
	const char *form = mapped(t, MAP_FORM);

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!strcmp(forms[i].form, form))
			forms[i].judge(t);
}

void seki_judge(const struct seki_case *k, size_t row, struct seki_opinion *ret)
{
	struct trial t = { .k = k, .s = k->s, .v = ret };
	struct seki_cause *r;

	*ret = (struct seki_opinion){ .row = row, .role = seki_item_role(k->c, row) };
	t.rules = seki_controls_set(t.s->rules, mapped(&t, MAP_RULES));
	sum_up(&t);
	if (ret->role == SEKI_ROLE_NONE) {
		ret->judgement = SEKI_OUTSIDE;
	} else if (!seki_mapping_shown(k->c, row)) {
		ret->judgement = ret->role == SEKI_ROLE_SUPPORT ? SEKI_SUPPORTING :
								  SEKI_NOT_OBSERVABLE;
		r = say(&t, SEKI_WHY_NOT_GIVEN, 0, 0);
		if (r)
			snprintf(r->text, sizeof(r->text), "%s",
				 seki_mapping_note(k->c, row, k->japanese));
	} else {
		by_form(&t);
		if (t.s->records)
			by_pattern(&t);
		by_baseline(&t);
		/* What the host gives is told; whether it is enough, people judge. */
		if (ret->role == SEKI_ROLE_SUPPORT)
			ret->judgement = SEKI_SUPPORTING;
	}
}

uint64_t seki_rule_count(const struct seki_sums *s, size_t rule)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->piles; i++)
		if (s->pile[i]->rules & 1ull << rule)
			n += s->pile[i]->count;
	return n;
}
