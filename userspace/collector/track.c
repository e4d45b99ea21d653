// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/clock.h"

int seki_track_open(struct seki_track *t, unsigned int cpus, const struct seki_stats *stats)
{
	*t = (struct seki_track){ .count = cpus, .stats = stats, .patience = SEKI_NS };
	t->cpu = calloc(cpus + 1, sizeof(*t->cpu));
	return t->cpu ? 0 : -ENOMEM;
}

void seki_track_close(struct seki_track *t)
{
	free(t->cpu);
	t->cpu = NULL;
}

static struct seki_track_cpu *find(struct seki_track *t, unsigned int cpu)
{
	if (cpu == SEKI_TRACK_ALL)
		return &t->cpu[t->count];
	return cpu < t->count ? &t->cpu[cpu] : NULL;
}

void seki_track_unwanted(struct seki_track *t, unsigned int cpu, uint64_t number)
{
	struct seki_track_cpu *c = find(t, cpu);

	if (!c || (c->known && number <= c->base))
		return;
	if (number <= c->goal)
		c->unlow++;
	else
		c->unhigh++;
}

void seki_track_seen(struct seki_track *t, unsigned int cpu, uint64_t number)
{
	struct seki_track_cpu *c = find(t, cpu);

	if (!c)
		return;
	if (c->known && number <= c->base) {
		t->late++;
		return;
	}
	if (!c->known && (!c->first || number < c->first))
		c->first = number;
	if (number > c->last)
		c->last = number;
	if (number <= c->goal)
		c->low++;
	else
		c->high++;
}

/* Everything that arrived so far is below the new goal. */
static void set_goals(struct seki_track *t)
{
	for (unsigned int i = 0; i <= t->count; i++) {
		struct seki_track_cpu *c = &t->cpu[i];
		uint64_t kernel = t->stats && i < t->count ?
					  __atomic_load_n(&t->stats[i].events, __ATOMIC_RELAXED) :
					  0;

		c->goal = kernel > c->last ? kernel : c->last;
		c->low += c->high;
		c->high = 0;
		c->unlow += c->unhigh;
		c->unhigh = 0;
	}
}

bool seki_track_due(struct seki_track *t, uint64_t now, const uint64_t ends[2],
		    const uint64_t reads[2])
{
	switch (t->phase) {
	case SEKI_TRACK_IDLE:
		set_goals(t);
		t->since = now;
		t->phase = SEKI_TRACK_WAIT;
		return false;
	case SEKI_TRACK_WAIT:
		if (now - t->since < t->patience)
			return false;
		memcpy(t->mark, ends, sizeof(t->mark));
		t->phase = SEKI_TRACK_DRAIN;
		break;
	case SEKI_TRACK_DRAIN:
		break;
	}
	return reads[0] >= t->mark[0] && reads[1] >= t->mark[1];
}

void seki_track_force(struct seki_track *t)
{
	set_goals(t);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t take(uint64_t *from, uint64_t most)
{
	uint64_t n = least(*from, most);

	*from -= n;
	return n;
}

/* What the kernel counted and no record told yet. */
static void untold(const struct seki_track *t, unsigned int cpu, uint64_t ret[SEKI_LOSS_COUNT])
{
	const struct seki_track_cpu *c = &t->cpu[cpu];

	for (int i = 0; i < SEKI_LOSS_COUNT; i++) {
		uint64_t n = t->stats ? __atomic_load_n(&t->stats[cpu].loss[i], __ATOMIC_RELAXED) :
					0;

		ret[i] = n > c->told[i] ? n - c->told[i] : 0;
	}
}

/* Numbers up to the goal that did not arrive. */
static uint64_t gap(struct seki_track_cpu *c, bool live, struct seki_lost *l)
{
	uint64_t n;

	if (!c->known) {
		/* After a crash nobody knows which numbers the last collector
		 * took: it may have released one ring and not the other. So the
		 * first round has no gaps, only what untold() says. A file has
		 * no such past.
		 */
		c->base = live ? c->goal : c->first ? c->first - 1 : 0;
		c->low = live ? 0 : c->low;
		c->unlow = live ? 0 : c->unlow;
		c->shown = c->base;
		c->known = true;
	}
	n = c->goal > c->base ? c->goal - c->base : 0;
	l->from = c->base + 1;
	l->to = c->goal;
	c->base = n ? c->goal : c->base;
	n = n > c->low ? n - c->low : 0;
	c->low = 0;
	c->unwanted += c->unlow;
	c->unlow = 0;
	c->missing += n;
	return n;
}

bool seki_track_settle(struct seki_track *t, unsigned int cpu, struct seki_lost *ret)
{
	struct seki_track_cpu *c = &t->cpu[cpu];
	struct seki_lost l = { .cpu = cpu };
	uint64_t counted[SEKI_LOSS_COUNT], missing = gap(c, t->stats, &l), full, more;

	untold(t, cpu, counted);
	full = counted[SEKI_LOSS_EVIDENCE_FULL] + counted[SEKI_LOSS_ACTIVITY_FULL] +
	       counted[SEKI_LOSS_EQUAL_DENIED];
	/* A count without a gap is of numbers above the goal: it waits one round
	 * for its gap, and is told alone if the round brings none.
	 */
	more = c->waiting > missing ? least(c->waiting, full) - least(missing, full) : 0;
	c->waiting = full > missing + more ? full - missing - more : 0;
	l.count = missing + more;
	full = least(full, l.count);
	l.unexplained = l.count - full;
	l.cause[SEKI_LOSS_EVIDENCE_FULL] = take(&full, counted[SEKI_LOSS_EVIDENCE_FULL]);
	l.cause[SEKI_LOSS_EQUAL_DENIED] = take(&full, counted[SEKI_LOSS_EQUAL_DENIED]);
	l.cause[SEKI_LOSS_ACTIVITY_FULL] = full;
	/* These have no number. */
	for (int i = SEKI_LOSS_TASK_STORAGE; i <= SEKI_LOSS_OBJECT_STORAGE; i++) {
		l.cause[i] = counted[i];
		l.count += counted[i];
	}
	l.undecodable = take(&t->undecodable, l.unexplained);
	l.unexplained -= l.undecodable;
	for (int i = 0; i < SEKI_LOSS_COUNT; i++)
		c->told[i] += l.cause[i];
	*ret = l;
	return l.count > 0;
}

void seki_track_settle_all(struct seki_track *t)
{
	struct seki_lost l;

	gap(&t->cpu[t->count], t->stats, &l);
}

uint64_t seki_track_rest(struct seki_track *t, unsigned int cpu)
{
	struct seki_track_cpu *c = find(t, cpu);

	return c ? c->unlow + c->unhigh : 0;
}

bool seki_track_span(struct seki_track *t, unsigned int cpu, struct seki_span *ret)
{
	struct seki_track_cpu *c = find(t, cpu);

	if (!c || !c->known || c->base <= c->shown)
		return false;
	*ret = (struct seki_span){ c->shown + 1, c->base, c->unwanted, c->missing };
	c->shown = c->base;
	c->unwanted = c->missing = 0;
	return true;
}

void seki_track_next_round(struct seki_track *t)
{
	t->phase = SEKI_TRACK_IDLE;
}
