/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * decide.h - the decision core: a cell and a request in, a verdict out.
 *
 * It names no kernel type and calls nothing, so the host runs the very same
 * lines: userspace/judge gives it the cells of a bundle.
 */
#ifndef SEKI_DECIDE_H
#define SEKI_DECIDE_H

#include "bpf/abi.h"

enum seki_leaves {
	SEKI_LEAVES_NOTHING = 0,
	SEKI_LEAVES_RECORD = 1,	 /* or it does not happen */
	SEKI_LEAVES_IF_ROOM = 2, /* the loss is counted */
};

struct seki_decision {
	__u32 missing; /* asked, not allowed */
	__u32 rule;    /* cell's rule, 0 by default */
	__u8 verdict;  /* enum seki_verdict */
	__u8 reason;   /* enum seki_reason */
	__u8 record;   /* enum seki_leaves */
	__u8 pad;
	__u16 rate; /* bucket of some of .waived; 0: none */
	__u16 pad2;
	__u32 waived; /* asked, allowed, and recorded if there is room */
};

/* The usual answer needs no more: let through, and no record. */
static inline __attribute__((always_inline)) _Bool seki_passes(const struct seki_cell *cell,
							       __u32 want)
{
	return !(want & (~cell->allow | cell->record));
}

/* A missing cell is a closed one: unknown is a decision, and it is "no". */
static inline __attribute__((always_inline)) void seki_judge(const struct seki_cell *cell,
							     __u32 want, struct seki_decision *ret)
{
	/* All behind one test: the verifier does not see that an access that is allowed
	 * has a cell.
	 */
	__u32 allow = 0, must = 0, may = 0;

	if (cell) {
		allow = cell->allow;
		must = want & cell->record & ~cell->waive;
		may = want & cell->record;
	}
	ret->missing = want & ~allow;
	ret->rule = cell ? cell->rule : 0;
	ret->reason = ret->rule ? SEKI_BY_RULE : SEKI_BY_DEFAULT;
	if (!ret->missing) {
		ret->verdict = SEKI_ALLOWED;
		ret->waived = may & ~must;
		ret->rate = cell && !must ? cell->rate : 0;
		ret->record = must ? SEKI_LEAVES_RECORD :
			      may  ? SEKI_LEAVES_IF_ROOM :
				     SEKI_LEAVES_NOTHING;
		return;
	}
	ret->record = SEKI_LEAVES_RECORD;
	ret->verdict = cell && cell->mode == SEKI_MODE_AUDIT ? SEKI_WOULD_DENY : SEKI_DENIED;
}

/* What the record says of a refusal whose label tells more than the cell. */
static inline __attribute__((always_inline)) __u8 seki_reason_of(__u8 reason, __u32 label)
{
	if (label == SEKI_LABEL_UNLOCATED && reason == SEKI_BY_DEFAULT)
		return SEKI_BY_UNLOCATED;
	if (label == SEKI_LABEL_BPF_OWN)
		return SEKI_BY_SEALED;
	return reason;
}

/* Brokers do their daily work for all but operators. */
static inline __attribute__((always_inline)) _Bool seki_only_operators(__u32 label)
{
	return label == SEKI_LABEL_BROKER;
}

#endif /* SEKI_DECIDE_H */
