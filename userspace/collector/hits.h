/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hits.h - the kernel's counters of rules and labels, as the control socket tells them.
 */
#ifndef SEKI_COLLECTOR_HITS_H
#define SEKI_COLLECTOR_HITS_H

#include "userspace/collector/buf.h"
#include "userspace/collector/clock.h"
#include "userspace/collector/names.h"

struct seki_hits_view {
	const struct seki_meta *meta; /* mapped, as the next; NULL: nothing is counted */
	const struct seki_hits *all;
	__u32 entries;
};

/* Rows of the policy in force that were hit, from place at on, as one JSON object
 * and a newline; with the place to go on from if they were too many for one answer.
 */
void seki_hits_put(const struct seki_hits_view *v, const struct seki_policy *p,
		   struct seki_clock *clock, uint64_t at, struct seki_buf *b);

/* {"RULE":N,...}: records that rules of a policy, in force or just before, left out by
 * their rates since it took effect; "0" has those of rules without a row.
 */
void seki_left_out_put(const struct seki_hits_view *v, __u32 generation, struct seki_buf *b);

#endif /* SEKI_COLLECTOR_HITS_H */
