// SPDX-License-Identifier: GPL-2.0-only
/* role.bpf.c - the role of an operator; walked by the verifier once in each program. */
#include "bpf/subject.bpf.h"

/* 1 if any bit is set.  All without a branch, which the compiler would make of it: each
 * way to the next row would double those behind.
 */
static __always_inline __u64 some(__u64 bits)
{
	__u64 less = -bits;

	barrier_var(less);
	return (bits | less) >> 63;
}

static __always_inline __u64 outside(__u32 number, __u32 first, __u32 last)
{
	__u64 left = (__u64)(__u32)(last - first) - (__u32)(number - first);

	barrier_var(left);
	return left >> 63;
}

static __always_inline __u64 networks(const struct seki_roles *r, const struct seki_task *s)
{
	const __u64 *source = (const __u64 *)s->source;
	__u64 fit = 0;
	__u32 i;

	for (i = 0; i < SEKI_NETWORKS_MAX; i++) {
		const __u64 *addr = (const __u64 *)r->network[i].addr;
		const __u64 *mask = (const __u64 *)r->network[i].mask;
		__u64 off = (source[0] & mask[0]) ^ addr[0];

		off |= (source[1] & mask[1]) ^ addr[1];
		fit |= (some(off) ^ 1) << i;
	}
	return fit;
}

static __always_inline __u64 terminals(const struct seki_roles *r, const struct seki_task *s)
{
	__u64 fit = 0, off;
	__u32 i;

	for (i = 0; i < SEKI_TERMINALS_MAX; i++) {
		off = outside(s->terminal, r->terminal[i].first, r->terminal[i].last);
		fit |= (off ^ 1) << i;
	}
	return fit;
}

/* Its role, or 0. */
static __always_inline __u64 given(const struct seki_role_row *row, const struct seki_task *s,
				   __u64 nets, __u64 ttys)
{
	__u64 away = outside(s->loginuid, row->first, row->last);
	__u32 other = row->through * (row->through ^ s->through);

	away |= some(other);
	away |= some(row->networks) ^ some(row->networks & nets);
	away |= some(row->terminals) ^ some(row->terminals & ttys);
	return row->role & (away - 1);
}

/* All rows: no login fits two roles, and those that are not filled give none. */
static __always_inline __u64 find(const struct seki_task *s, __u32 generation)
{
	const struct seki_roles *r = &seki_state.roles[generation & 1];
	__u64 nets, ttys, role = SEKI_DOMAIN_OTHER;
	__u32 i;

	if (!r->count)
		return SEKI_DOMAIN_OTHER;
	/* of no source no network is, not even all */
	nets = networks(r, s) & (some(s->sources ^ 1) - 1);
	ttys = terminals(r, s) & -some(s->terminal);
	for (i = 0; i < SEKI_ROLES_MAX; i++)
		role |= given(&r->row[i], s, nets, ttys);
	return role;
}

/* Found once for a task and a policy: many accesses follow. */
__u32 seki_role_of(struct seki_task *s, __u32 generation)
{
	__u64 acts;

	if (!s)
		return SEKI_DOMAIN_OTHER;
	acts = s->acts;
	if (acts >> 32 == generation)
		return (__u16)acts;
	acts = find(s, generation);
	s->acts = (__u64)generation << 32 | acts;
	return acts;
}
