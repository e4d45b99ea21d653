/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * hits.h - where in the one array of counters those of a rule or a label stand.
 *
 * For each of the policy's slots: a row for each label, for what no rule decided;
 * then a share for each CPU, or for a few together, with a row for each rule.  Row
 * 0 of a share has what has no row of its own.
 */
#ifndef SEKI_HITS_H
#define SEKI_HITS_H

#include "bpf/abi.h"

#define SEKI_HITS_ROWS_MIN 2048 /* a next policy may have more rules than the first */
#define SEKI_HITS_ROWS_MAX (1u << 20)
#define SEKI_HITS_BYTES (4u << 20) /* above this, CPUs share */

struct seki_hits_shape {
	__u32 rows;   /* of a share */
	__u32 shares; /* a power of two */
};

/* Rows of a slot. */
static inline __attribute__((always_inline)) __u32 seki_hits_slot(struct seki_hits_shape shape)
{
	return SEKI_LABEL_MAX + shape.shares * shape.rows;
}

static inline __attribute__((always_inline)) __u32 seki_hits_label(struct seki_hits_shape shape,
								   __u32 slot, __u32 label)
{
	return slot * seki_hits_slot(shape) + label;
}

static inline __attribute__((always_inline)) __u32 seki_hits_rule(struct seki_hits_shape shape,
								  __u32 slot, __u32 cpu, __u32 rule)
{
	__u32 share = SEKI_LABEL_MAX + (cpu & (shape.shares - 1)) * shape.rows;

	return slot * seki_hits_slot(shape) + share + (rule < shape.rows ? rule : 0);
}

/* Of the array that is loaded; no rows if it is none. */
static inline struct seki_hits_shape seki_hits_shape_of(const struct seki_meta *meta, __u32 entries)
{
	__u32 rows = meta->hit_rows;
	struct seki_hits_shape shape = { rows, 0 };

	if (rows && entries > 2 * SEKI_LABEL_MAX)
		shape.shares = (entries / 2 - SEKI_LABEL_MAX) / rows;
	return shape;
}

#endif /* SEKI_HITS_H */
