/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink.h - stage 6: where lines go.
 *
 * A sink that can't take bytes says so with an errno and is asked again later;
 * the collector then leaves events in the kernel's rings.
 */
#ifndef SEKI_SINK_H
#define SEKI_SINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "userspace/collector/buf.h"
#include "userspace/evidence/log.h"

/* A new segment began: what came before it. */
struct seki_turn {
	char previous[64]; /* file name */
};

struct seki_sink {
	const struct seki_sink_ops *ops;
};

struct seki_sink_ops {
	const char *name;
	/* Bytes taken, or negative errno. */
	ssize_t (*write)(struct seki_sink *s, const char *data, size_t len);
	/* On stable storage: 0 or negative errno. */
	int (*sync)(struct seki_sink *s);
	/* Sign what was written.  0 or negative errno. */
	int (*seal)(struct seki_sink *s, enum seki_log_why why, const struct seki_log_moment *now);
	/* Between batches.  1: a new segment began and *ret tells. */
	int (*turn)(struct seki_sink *s, const struct seki_log_moment *now, struct seki_turn *ret);
	/* When there is nothing else to do, a few milliseconds.  1: there is more. */
	int (*tidy)(struct seki_sink *s);
	/* Fields for the status answer. */
	void (*status)(struct seki_sink *s, struct seki_buf *b);
	void (*close)(struct seki_sink *s);
};

/* sink_log.c: the evidence log, sekisho-log(5). */
int seki_sink_log_open(const struct seki_log_options *o, const struct seki_log_moment *now,
		       struct seki_sink **ret, struct seki_log_found *found);
struct seki_log *seki_sink_log(struct seki_sink *s); /* NULL: another sink */

/* sink_stream.c: a descriptor, as it comes. */
struct seki_sink *seki_sink_stream_open(int fd);

#endif /* SEKI_SINK_H */
