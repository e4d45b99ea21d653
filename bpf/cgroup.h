/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * cgroup.h - whether the name of a cgroup is what a policy wrote, for the kernel at an
 * exec and for the loader, who takes in what ran before.
 */
#ifndef SEKI_CGROUP_H
#define SEKI_CGROUP_H

#include "bpf/abi.h"

/* A whole buffer, so that the verifier sees every byte of it. */
struct seki_cgroup_name {
	__u32 len; /* NUL not counted */
	char text[SEKI_CGROUP_NAME];
};

static inline __attribute__((always_inline)) _Bool
seki_cgroup_part_fits(const struct seki_cgroup_part *p, const struct seki_cgroup_name *n)
{
	__u32 len = n->len, head = p->head, tail = p->tail, i;

	if (p->any ? len < head + tail : len != head)
		return 0;
	for (i = 0; i < SEKI_UNIT_MAX; i++) {
		if (i >= head)
			break;
		if (n->text[i] != p->before[i])
			return 0;
	}
	for (i = 0; i < SEKI_UNIT_MAX; i++) {
		if (i >= tail)
			break;
		if (n->text[(len - tail + i) & (SEKI_CGROUP_NAME - 1)] != p->behind[i])
			return 0;
	}
	return 1;
}

#endif /* SEKI_CGROUP_H */
