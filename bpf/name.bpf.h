/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * name.bpf.h - the short name that the kernel keeps inside a dentry.
 *
 * Read by plain loads: no helper, no lockdown question.  Names of 32 bytes and
 * more live elsewhere; the caller learns that from the length.
 */
#ifndef SEKI_NAME_BPF_H
#define SEKI_NAME_BPF_H

#include "bpf/kernel.bpf.h"

#define SEKI_INLINE_NAME	32

/* Copy the 32 inline bytes as they stand; to is 8-byte aligned. */
static __always_inline void seki_name_inline(struct dentry *d, char *to)
{
	const __u64 *from;
	__u64 *dst = (__u64 *)to;

	if (bpf_core_field_exists(d->d_iname))
		from = (const __u64 *)&d->d_iname;
	else
		from = (const __u64 *)&((struct dentry___new *)d)->d_shortname.string;
	dst[0] = from[0];
	dst[1] = from[1];
	dst[2] = from[2];
	dst[3] = from[3];
}

#endif /* SEKI_NAME_BPF_H */
