// SPDX-License-Identifier: GPL-2.0-only
/* role.bpf.c - the role of an operator; walked by the verifier once in each program. */
#include "bpf/subject.bpf.h"

/* 0 if it does.  Without a branch: each way to the next row would double those behind. */
static __always_inline __u64 differs(const struct seki_role_row *row, __u32 loginuid, __u32 through)
{
	__u64 left = (__u64)(__u32)(row->last - row->first) - (__u32)(loginuid - row->first);
	__u32 other = row->through * (row->through ^ through);

	barrier_var(left);
	barrier_var(other);
	return other | left >> 63;
}

__u32 seki_role_of(__u32 loginuid, __u32 through, __u32 generation)
{
	const struct seki_roles *r = &seki_state.roles[generation & 1];
	__u32 i;

	for (i = 0; i < SEKI_ROLES_MAX && i < r->count; i++)
		if (!differs(&r->row[i], loginuid, through))
			return r->row[i].role;
	return SEKI_DOMAIN_OTHER;
}
