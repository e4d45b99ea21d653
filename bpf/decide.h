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

struct seki_decision {
	__u32 missing; /* asked, not allowed */
	__u32 rule;    /* cell's rule, 0 by default */
	__u8 verdict;  /* enum seki_verdict */
	__u8 reason;   /* enum seki_reason */
	__u8 record;   /* 1: leaves a record, or does not happen */
	__u8 pad;
};

/* A missing cell is a closed one: unknown is a decision, and it is "no". */
static inline __attribute__((always_inline)) void seki_judge(const struct seki_cell *cell,
							     __u32 want, struct seki_decision *ret)
{
	__u32 allow = cell ? cell->allow : 0;

	ret->missing = want & ~allow;
	ret->rule = cell ? cell->rule : 0;
	ret->reason = ret->rule ? SEKI_BY_RULE : SEKI_BY_DEFAULT;
	if (!ret->missing) {
		ret->verdict = SEKI_ALLOWED;
		ret->record = (want & cell->record) != 0;
		return;
	}
	ret->record = 1;
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

#endif /* SEKI_DECIDE_H */
