// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * retain.c - the oldest segment goes when the log is over its age or size, unless
 * a legal hold is on.  First the record of it, then a signature over that, then
 * the deletion: a crash in between deletes nothing that is not told.
 */
#include <unistd.h>

#include "userspace/collector/collector.h"

#define MINUTE (60 * SEKI_NS)

static bool on_hold(struct seki_collector *c)
{
	bool held = c->keep.hold && !access(c->keep.hold, F_OK);

	if (held != c->keep.held)
		seki_notice_hold(c, held);
	return c->keep.held = held;
}

/* By age only while the clock can be trusted: who sets it forward deletes nothing. */
static const char *over(const struct seki_collector *c, const struct seki_log_oldest *o)
{
	uint64_t now = seki_clock_now() + (uint64_t)c->clock.offset;

	if (c->keep.size && o->total > c->keep.size)
		return "size";
	if (c->keep.age && c->clock.sync && o->wall && now > o->wall && now - o->wall > c->keep.age)
		return "age";
	return NULL;
}

void seki_collector_retain(struct seki_collector *c)
{
	struct seki_log *log = seki_sink_log(c->sink);
	uint64_t now = seki_clock_now();
	struct seki_log_oldest oldest;
	const char *why;

	if (!log || now - c->keep.looked < MINUTE || c->stalled || c->seal >= 0)
		return;
	c->keep.looked = now;
	if (on_hold(c) || (!c->keep.age && !c->keep.size) || seki_log_oldest(log, &oldest))
		return;
	why = over(c, &oldest);
	if (!why)
		return;
	seki_notice_delete(c, &oldest, why);
	seki_collector_flush(c);
	if (c->stalled || c->out.len)
		return;
	seki_collector_seal(c, SEKI_LOG_TIME);
	if (!c->dirty)
		seki_log_remove(log, oldest.first);
}
