// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * life.c - from signs of life to the times in which the protection was not shown,
 * each with the records that bound it.
 */
#include "userspace/report/sums.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NS 1000000000ull
#define DIGEST 17
#define DIGESTS 64

struct digests {
	char text[DIGESTS][DIGEST];
	size_t count;
};

struct seki_life {
	unsigned int source;
	bool any, stop; /* a sign came; it said that the collector stops */
	uint64_t t, bt, index;
	char boot[13], digest[DIGEST];
	struct {
		bool on;
		uint64_t t, index;
	} open[SEKI_GAPS];
	size_t pending;	 /* gap + 1 that a sign may still show to be held */
	uint64_t last;	 /* time of the last record of the source */
	uint64_t last_i; /* and its number */
	struct digests in_force, loaded;
};

const char *seki_gap_word(enum seki_gap_kind kind)
{
	static const char *const words[] = {
#define X(name, word) [SEKI_GAP_##name] = word,
		SEKI_GAP_LIST(X)
#undef X
	};

	return words[kind];
}

struct seki_life *seki_life_open(void)
{
	return calloc(1, sizeof(struct seki_life));
}

void seki_life_begin(struct seki_life *l, unsigned int source)
{
	*l = (struct seki_life){ .source = source };
}

/* ---- gaps ---------------------------------------------------------------------- */

static struct seki_gap *add_gap(struct seki_sums *s, struct seki_gap g)
{
	g.source = s->life->source;
	if (g.to < g.from) /* the wall clock was set back in it */
		g.to = g.from;
	if (g.to < s->from || g.from > s->to)
		return NULL;
	if (g.from < s->from || g.to > s->to) {
		g.from = g.from < s->from ? s->from : g.from;
		g.to = g.to > s->to ? s->to : g.to;
		g.seconds = (g.to - g.from) / NS;
	}
	if (s->gaps == SEKI_GAPS_MAX) {
		s->more_gaps++;
		return NULL;
	}
	s->gap[s->gaps] = g;
	return &s->gap[s->gaps++];
}

static void begins(struct seki_life *l, enum seki_gap_kind kind, uint64_t t, uint64_t index)
{
	if (l->open[kind].on)
		return;
	l->open[kind].on = true;
	l->open[kind].t = t;
	l->open[kind].index = index;
}

static void ends(struct seki_sums *s, enum seki_gap_kind kind, uint64_t t, uint64_t index,
		 bool open)
{
	struct seki_life *l = s->life;
	struct seki_gap g = { .kind = kind, .to = t, .high = index, .open = open };

	if (!l->open[kind].on)
		return;
	l->open[kind].on = false;
	g.from = l->open[kind].t;
	g.low = l->open[kind].index;
	g.seconds = g.to > g.from ? (g.to - g.from) / NS : 0;
	add_gap(s, g);
}

/* ---- policies -------------------------------------------------------------------- */

static bool has_digest(const struct digests *d, const char *digest)
{
	for (size_t i = 0; i < d->count; i++)
		if (!strcmp(d->text[i], digest))
			return true;
	return false;
}

static void keep_digest(struct digests *d, const char *digest)
{
	if (*digest && d->count < DIGESTS && !has_digest(d, digest))
		memcpy(d->text[d->count++], digest, DIGEST);
}

/* ---- signs of life --------------------------------------------------------------- */

static bool in_window(const struct seki_sums *s, uint64_t when)
{
	return when >= s->from && when <= s->to;
}

static void boot_of(const struct seki_seen *r, char ret[13])
{
	char id[64];
	const char *colon;

	seki_picked_text(r, SEKI_PICK_ID, id, sizeof(id));
	colon = strchr(id, ':');
	ret[0] = '\0';
	if (colon && strlen(colon + 1) > 12)
		memcpy(ret, colon + 1, 12);
	ret[12] = '\0';
}

/* By the boot clock: the wall may be set. */
static void look_at_silence(struct seki_sums *s, uint64_t t, uint64_t bt, uint64_t index,
			    const char *boot)
{
	struct seki_life *l = s->life;
	bool same = l->any && !strcmp(l->boot, boot);
	struct seki_gap g = { .from = l->t, .to = t, .low = l->index, .high = index };
	struct seki_gap *added;

	if (!l->any) {
		if (!s->from || t <= s->from + s->beat * NS)
			return;
		g = (struct seki_gap){
			SEKI_GAP_BEFORE, s->from, t, (t - s->from) / NS, index, index,
			false,		 false,	  0
		};
		add_gap(s, g);
		return;
	}
	if (same)
		g.seconds = bt > l->bt ? (bt - l->bt) / NS : 0;
	else
		g.seconds = t > l->t ? (t - l->t) / NS : 0;
	if (same && !l->stop && in_window(s, t) && g.seconds > s->longest)
		s->longest = g.seconds;
	if (g.seconds <= s->beat)
		return;
	g.kind = l->stop ? SEKI_GAP_STOPPED : same ? SEKI_GAP_SILENCE : SEKI_GAP_RESTART;
	added = add_gap(s, g);
	l->pending = added && same ? (size_t)(added - s->gap) + 1 : 0;
}

static void look_at_canary(struct seki_sums *s, const struct seki_seen *r, uint64_t t,
			   uint64_t index)
{
	bool held = seki_picked_is(r, SEKI_PICK_CANARY, "held");

	if (!seki_picked_has(r, SEKI_PICK_CANARY) || seki_picked_is(r, SEKI_PICK_CANARY, "unknown"))
		return;
	s->canaries += in_window(s, t);
	s->held += held && in_window(s, t);
	if (held) {
		ends(s, SEKI_GAP_LOST, t, index, false);
		ends(s, SEKI_GAP_UNPROVEN, t, index, false);
	} else if (seki_picked_is(r, SEKI_PICK_CANARY, "lost")) {
		begins(s->life, SEKI_GAP_LOST, t, index);
	} else if (!s->life->open[SEKI_GAP_LOST].on) {
		begins(s->life, SEKI_GAP_UNPROVEN, t, index);
	}
}

static void look_at_mode(struct seki_sums *s, const struct seki_seen *r, uint64_t t, uint64_t index)
{
	struct seki_life *l = s->life;
	bool audit = seki_picked_is(r, SEKI_PICK_MODE, "audit");
	char digest[80] = "";

	if (!seki_picked_has(r, SEKI_PICK_MODE)) {
		/* A start may come before the names are read. */
		if (seki_picked_is(r, SEKI_PICK_CLASS, "heartbeat"))
			begins(l, SEKI_GAP_NO_POLICY, t, index);
		return;
	}
	ends(s, SEKI_GAP_NO_POLICY, t, index, false);
	if (audit)
		begins(l, SEKI_GAP_AUDIT, t, index);
	else
		ends(s, SEKI_GAP_AUDIT, t, index, false);
	s->auditing += audit && in_window(s, t);
	s->enforcing += !audit && in_window(s, t);
	seki_picked_text(r, SEKI_PICK_DIGEST, digest, sizeof(digest));
	digest[DIGEST - 1] = '\0';
	/* What was in force when the log begins has its load before it. */
	if (!l->digest[0])
		keep_digest(&l->loaded, digest);
	if (in_window(s, t))
		keep_digest(&l->in_force, digest);
	if (l->pending && !audit && seki_picked_is(r, SEKI_PICK_CANARY, "held") &&
	    !strcmp(digest, l->digest))
		s->gap[l->pending - 1].held = true;
	if (seki_picked_is(r, SEKI_PICK_CLASS, "heartbeat"))
		l->pending = 0;
	if (*digest)
		memcpy(l->digest, digest, DIGEST);
}

static void keeps(struct seki_sums *s, uint64_t days)
{
	if (days && (!s->keep || days < s->keep))
		s->keep = days;
}

static void look_at_settings(struct seki_sums *s, const struct seki_seen *r)
{
	uint64_t interval = seki_picked_number(r, SEKI_PICK_INTERVAL);

	s->slowest = interval > s->slowest ? interval : s->slowest;
	keeps(s, seki_picked_number(r, SEKI_PICK_KEEP_DAYS));
	if (seki_picked_has(r, SEKI_PICK_SET_PATTERN))
		s->patterns |= 1ull << (seki_picked_number(r, SEKI_PICK_SET_PATTERN) & 63);
}

static void look_at_clock(struct seki_sums *s, const struct seki_seen *r)
{
	s->heartbeats++;
	if (!seki_picked_has(r, SEKI_PICK_NTP_SYNC))
		return;
	s->ntp++;
	s->synced += *r->field[SEKI_PICK_NTP_SYNC].at == 't';
	if (seki_picked_has(r, SEKI_PICK_NTP_SOURCE))
		seki_picked_text(r, SEKI_PICK_NTP_SOURCE, s->time_source, sizeof(s->time_source));
}

static void sign(struct seki_sums *s, const struct seki_seen *r, uint64_t t, uint64_t index)
{
	struct seki_life *l = s->life;
	uint64_t bt = seki_picked_number(r, SEKI_PICK_BT);
	bool beat = seki_picked_is(r, SEKI_PICK_CLASS, "heartbeat");
	char boot[13];

	boot_of(r, boot);
	look_at_silence(s, t, bt, index, boot);
	s->boots += in_window(s, t) && strcmp(boot, l->boot) != 0;
	memcpy(l->boot, boot, sizeof(boot));
	l->any = true;
	l->t = t;
	l->bt = bt;
	l->index = index;
	l->stop = seki_picked_is(r, SEKI_PICK_ACT, "collector stops");
	if (in_window(s, t)) {
		s->stops += l->stop;
		s->starts += seki_picked_is(r, SEKI_PICK_ACT, "collector starts");
		if (beat)
			look_at_clock(s, r);
		if (beat)
			look_at_settings(s, r);
		/* What its size drove out was kept as long as it says. */
		if (seki_picked_is(r, SEKI_PICK_ACT, "log segment deleted") &&
		    seki_picked_has(r, SEKI_PICK_DAYS))
			keeps(s, seki_picked_number(r, SEKI_PICK_DAYS) ?: 1);
	}
	if (beat || seki_picked_is(r, SEKI_PICK_ACT, "collector starts") ||
	    seki_picked_is(r, SEKI_PICK_ACT, "policy changes"))
		look_at_mode(s, r, t, index);
	look_at_canary(s, r, t, index);
}

/* ---- what the collector found wrong ------------------------------------------------ */

static void clock_set(struct seki_sums *s, const struct seki_seen *r, uint64_t t)
{
	bool back = seki_picked_is(r, SEKI_PICK_DIRECTION, "back");

	s->steps_back += back;
	if (s->clocks < SEKI_CLOCKS_MAX)
		s->clock[s->clocks++] =
			(struct seki_clock_set){ t, seki_picked_number(r, SEKI_PICK_MS), back,
						 s->life->source };
}

static void integrity(struct seki_sums *s, const struct seki_seen *r, uint64_t t, uint64_t index)
{
	if (seki_picked_is(r, SEKI_PICK_ACT, "enforcement-lost")) {
		ends(s, SEKI_GAP_UNPROVEN, t, index, false);
		begins(s->life, SEKI_GAP_LOST, t, index);
	} else if (seki_picked_is(r, SEKI_PICK_ACT, "enforcement-unproven")) {
		begins(s->life, SEKI_GAP_UNPROVEN, t, index);
	} else if (seki_picked_is(r, SEKI_PICK_ACT, "enforcement-restored")) {
		ends(s, SEKI_GAP_LOST, t, index, false);
		ends(s, SEKI_GAP_UNPROVEN, t, index, false);
	}
	if (!in_window(s, t))
		return;
	s->integrity++;
	if (seki_picked_is(r, SEKI_PICK_ACT, "wall clock set"))
		clock_set(s, r, t);
	if (seki_picked_is(r, SEKI_PICK_ACT, "records lost by the disk"))
		s->disk_lost += seki_picked_number(r, SEKI_PICK_COUNT);
}

static bool takes_effect(const struct seki_seen *r)
{
	static const char *const acts[] = {
		"policy takes effect",
		"policy takes effect on trial",
		"policy on trial not confirmed, the one before is back",
		"policy before is back by a signed order",
	};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (seki_picked_is(r, SEKI_PICK_ACT, acts[i]))
			return true;
	return false;
}

static void policy(struct seki_sums *s, const struct seki_seen *r, uint64_t t, uint64_t index)
{
	char digest[80] = "";

	s->policy_events += in_window(s, t);
	if (seki_picked_is(r, SEKI_PICK_ACT, "policy is taken out by a signed order")) {
		begins(s->life, SEKI_GAP_UNLOADED, t, index);
	} else if (takes_effect(r)) {
		ends(s, SEKI_GAP_UNLOADED, t, index, false);
		seki_picked_text(r, SEKI_PICK_BUNDLE_DIGEST, digest, sizeof(digest));
		digest[DIGEST - 1] = '\0';
		keep_digest(&s->life->loaded, digest);
	}
}

static void loss(struct seki_sums *s, const struct seki_seen *r, uint64_t t)
{
	const struct seki_picked *list = &r->field[SEKI_PICK_LOST];
	json_t *lost, *one;
	size_t i;

	if (!in_window(s, t))
		return;
	s->losses++;
	s->lost += seki_picked_number(r, SEKI_PICK_COUNT);
	lost = list->at ? json_loadb(list->at, list->len, 0, NULL) : NULL;
	json_array_foreach(lost, i, one)
		s->unexplained += (uint64_t)json_integer_value(json_object_get(one, "unexplained"));
	json_decref(lost);
}

void seki_life_add(struct seki_sums *s, const struct seki_seen *r, uint64_t index, uint64_t when)
{
	s->life->last = when > s->life->last ? when : s->life->last;
	s->life->last_i = index;
	if (seki_picked_is(r, SEKI_PICK_CLASS, "heartbeat") ||
	    seki_picked_is(r, SEKI_PICK_CLASS, "lifecycle"))
		sign(s, r, when, index);
	else if (seki_picked_is(r, SEKI_PICK_CLASS, "integrity"))
		integrity(s, r, when, index);
	else if (seki_picked_is(r, SEKI_PICK_CLASS, "policy"))
		policy(s, r, when, index);
	else if (seki_picked_is(r, SEKI_PICK_CLASS, "loss"))
		loss(s, r, when);
}

/* ---- the end of a source -------------------------------------------------------------- */

static void after_last(struct seki_sums *s)
{
	struct seki_life *l = s->life;
	uint64_t from = l->any ? l->t : s->from;
	struct seki_gap g = { .kind = l->stop ? SEKI_GAP_STOPPED : SEKI_GAP_AFTER,
			      .from = from,
			      .to = s->to,
			      .low = l->index,
			      .high = l->index };

	if (s->to == UINT64_MAX || !from || from + s->beat * NS >= s->to)
		return;
	g.seconds = (s->to - from) / NS;
	add_gap(s, g);
}

void seki_life_end(struct seki_sums *s)
{
	struct seki_life *l = s->life;

	for (int kind = 0; kind < SEKI_GAPS; kind++)
		ends(s, (enum seki_gap_kind)kind, l->last, l->last_i, true);
	after_last(s);
	for (size_t i = 0; i < l->in_force.count; i++)
		s->unexplained_policy += !has_digest(&l->loaded, l->in_force.text[i]);
}
