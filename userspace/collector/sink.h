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

/* A new file began: what came before it. */
struct seki_turn {
	char previous[64]; /* file name */
	char removed[64];  /* oldest file, deleted; "" */
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
	/* Between batches.  1: a new file began and *ret tells. */
	int (*turn)(struct seki_sink *s, struct seki_turn *ret);
	/* Fields for the status answer. */
	void (*status)(struct seki_sink *s, struct seki_buf *b);
	void (*close)(struct seki_sink *s);
};

/* sink_file.c: DIR/records.jsonl, numbered when full. */
struct seki_sink_file_options {
	int dir;	   /* descriptor; taken over on success */
	uint64_t max_size; /* a file above it is closed */
	unsigned int keep; /* closed files that stay; 0: all */
};
#define SEKI_LOG_NAME "records.jsonl"
/* *ret_cut: bytes of an unfinished last line that were cut off. */
int seki_sink_file_open(const struct seki_sink_file_options *o, struct seki_sink **ret,
			uint64_t *ret_cut);
/* The newest closed file, or -ENOENT. */
int seki_sink_file_previous(int dir, char ret[64]);

/* sink_stream.c: a descriptor, as it comes. */
struct seki_sink *seki_sink_stream_open(int fd);

#endif /* SEKI_SINK_H */
