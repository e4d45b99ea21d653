// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroup.bpf.c - the cgroup of a task by its names, from its own up to the root.
 *
 * Absolute, whatever cgroup namespace the task is in.  Who makes or enters a cgroup
 * is judged elsewhere: files of cgroupfs in pseudo.bpf.c, moves in power.bpf.c.
 */
#include "bpf/cgroup.bpf.h"
#include "bpf/cgroup.h"
#include "bpf/name.bpf.h"

#define DEEP 24 /* cgroups on the way up; deeper ones are not looked at, and don't fit */

/* Walked once in each program, see emit.bpf.h. */
__noinline int seki_part_fits(const struct seki_cgroup_part *p, const struct seki_cgroup_name *n)
{
	return p && n && seki_cgroup_part_fits(p, n);
}

/* Each load stays in its branch, or the compiler keeps the offset of the field that
 * this kernel lacks before a loop, where libbpf makes it an instruction that is refused.
 */
static __always_inline struct kernfs_node *above(struct kernfs_node *kn)
{
	struct kernfs_node *up;

	if (bpf_core_field_exists(kn->parent)) {
		up = kn->parent;
		asm volatile("# parent" : "+r"(up));
		return up;
	}
	up = ((struct kernfs_node___new *)kn)->__parent;
	asm volatile("# __parent" : "+r"(up));
	return up;
}

/* False: cut, or not to be read. */
static __always_inline bool read_name(struct seki_cgroup_name *n, struct kernfs_node *kn)
{
	long len;

	__builtin_memset(n, 0, sizeof(*n));
	len = seki_string_copy(n->text, sizeof(n->text), kn->name);
	if (len <= 0 || len >= (long)sizeof(n->text))
		return false;
	n->len = len - 1;
	return true;
}

/* 6.1 takes no loop whose head follows a call, so the second one is unrolled. */
__hidden bool seki_in_cgroup(struct task_struct *t, const struct seki_domain *d)
{
	struct cgroup *cgroup = t->cgroups->dfl_cgrp;
	struct kernfs_node *kn = cgroup->kn;
	__u32 level = cgroup->level, parts = d->cgroup_parts, i;
	struct seki_cgroup_name name;

	for (i = 0; i < DEEP && level > parts; i++, level--)
		kn = above(kn);
	if (level != parts)
		return false;
#pragma unroll
	for (i = SEKI_CGROUP_PARTS; i; i--) {
		if (i > parts)
			continue;
		if (!read_name(&name, kn) || !seki_part_fits(&d->cgroup[i - 1], &name))
			return false;
		kn = above(kn);
	}
	return true;
}
