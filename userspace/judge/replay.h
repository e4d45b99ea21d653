/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - recorded acts, judged again by one policy or two, and counted.
 */
#ifndef SEKI_REPLAY_H
#define SEKI_REPLAY_H

#include <stdint.h>

#include "userspace/judge/recorded.h"
#include "userspace/lib/arena.h"
#include "userspace/lib/table.h"

/* What one rule of the policy decides; row 0: the default. */
struct seki_replay_row {
	uint64_t allowed, would_deny, denied;
	uint64_t opened; /* refused as recorded, lets through now */
	uint64_t closed; /* let through as recorded, refuses now */
};

/* Acts of one kind that end otherwise than before. */
struct seki_replay_change {
	const char *domain, *label, *exe;
	__u32 want;
	bool opened;
	uint64_t count;
};

/* How all records end that tell of the same act. */
struct seki_outcome {
	struct seki_replay_row *row; /* NULL: no act, or not the policy's to decide */
	__u8 verdict;
	bool passed, passes;
	uint32_t change; /* index, if they differ */
};

struct seki_replay {
	const struct seki_view *v;
	const struct seki_view *before; /* NULL: the record tells how it ended */
	struct seki_replay_row *row;	/* by rule */
	struct seki_replay_row unguarded;
	uint64_t records, acts, bad;
	struct seki_replay_change *change;
	uint32_t changes, room;
	/* own */
	struct seki_arena arena;
	struct seki_table seen;	 /* changes by what they are */
	struct seki_table known; /* outcomes by what decides them, as it stands in a record */
	struct seki_outcome *outcome;
	uint32_t outcomes;
};

int seki_replay_begin(struct seki_replay *r, const struct seki_view *v,
		      const struct seki_view *before);
void seki_replay_line(struct seki_replay *r, const char *line, size_t size);
/* Changes by count, most first. */
void seki_replay_sort(struct seki_replay *r);
void seki_replay_end(struct seki_replay *r);

#endif /* SEKI_REPLAY_H */
