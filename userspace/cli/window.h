/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.h - what the records between two times say about themselves: whether any
 * may be missing, and which policies were in force.
 */
#ifndef SEKI_WINDOW_H
#define SEKI_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "userspace/reader/sequence.h"
#include "userspace/report/sums.h"

#define SEKI_WINDOW_POLICIES 64
#define SEKI_WINDOW_TIME 40

struct seki_window_policy {
	char name[64], digest[20];
	uint64_t version, records;
};

struct seki_window {
	uint64_t from, to; /* ns since 1970 */
	uint64_t beat;	   /* seconds without a sign of life that are silence */
	uint64_t records, denied, would_deny, allowed, sessions;
	uint64_t lost, losses, boots, bad;
	uint64_t foreign, foreign_at; /* ids of another host; the first of them */
	uint64_t low, high;	      /* numbers of the first and the last record */
	char first[SEKI_WINDOW_TIME], last[SEKI_WINDOW_TIME];
	struct seki_window_policy policy[SEKI_WINDOW_POLICIES];
	size_t policies;
	uint64_t deleted; /* records below were deleted, as a record tells */
	char host[24], boot[16];
	struct seki_sums life; /* only its signs of life, and the gaps between */
	bool failed;	       /* they could not be kept */
	struct seki_sequence sequence;
};

/* One record of the log.  host: 16 digits that its id must begin with, or "". */
void seki_window_add(struct seki_window *w, uint64_t index, const char *data, size_t size);
/* Behind the last record.  0 or -ENOMEM. */
int seki_window_end(struct seki_window *w);
void seki_window_free(struct seki_window *w);
/* Lines of "what  figure". */
void seki_window_print(struct seki_window *w, FILE *out);

#endif /* SEKI_WINDOW_H */
