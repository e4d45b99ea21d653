// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sink_log.c - lines to the evidence log.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "userspace/collector/sink.h"
#include "userspace/evidence/segment.h"

struct log_sink {
	struct seki_sink sink;
	struct seki_log *log;
};

static struct seki_log *of(struct seki_sink *s)
{
	return ((struct log_sink *)s)->log;
}

static ssize_t log_write(struct seki_sink *s, const char *data, size_t len)
{
	return seki_log_append(of(s), data, len);
}

static int log_sync(struct seki_sink *s)
{
	return seki_log_sync(of(s));
}

static int log_seal(struct seki_sink *s, enum seki_log_why why, const struct seki_log_moment *now)
{
	return seki_log_checkpoint(of(s), why, now);
}

static int log_turn(struct seki_sink *s, const struct seki_log_moment *now, struct seki_turn *ret)
{
	struct seki_log_state before;

	seki_log_state(of(s), &before);
	seki_segment_name(before.segment, SEKI_SEGMENT_PLAIN, ret->previous);
	return seki_log_turn(of(s), now);
}

static int log_tidy(struct seki_sink *s)
{
	return seki_log_tidy(of(s));
}

static void log_status(struct seki_sink *s, struct seki_buf *b)
{
	char name[SEKI_SEGMENT_NAME];
	struct seki_log_state state;

	seki_log_state(of(s), &state);
	seki_segment_name(state.segment, SEKI_SEGMENT_PLAIN, name);
	seki_put_str(b, "file", name);
	seki_put_u64(b, "bytes", state.bytes);
	seki_put_u64(b, "size", state.size);
	seki_put_u64(b, "signed", state.signed_);
	seki_put_u64(b, "epoch", state.epoch);
	seki_put_u64(b, "lost_by_disk", state.lost);
}

static void log_close(struct seki_sink *s)
{
	seki_log_close(of(s));
	free(s);
}

static const struct seki_sink_ops ops = {
	.name = "log",
	.write = log_write,
	.sync = log_sync,
	.seal = log_seal,
	.turn = log_turn,
	.tidy = log_tidy,
	.status = log_status,
	.close = log_close,
};

struct seki_log *seki_sink_log(struct seki_sink *s)
{
	return s->ops == &ops ? of(s) : NULL;
}

int seki_sink_log_open(const struct seki_log_options *o, const struct seki_log_moment *now,
		       struct seki_sink **ret, struct seki_log_found *found)
{
	struct log_sink *s = calloc(1, sizeof(*s));
	int err = s ? seki_log_open(o, now, &s->log, found) : -ENOMEM;

	if (err) {
		free(s);
		return err;
	}
	s->sink.ops = &ops;
	*ret = &s->sink;
	return 0;
}
