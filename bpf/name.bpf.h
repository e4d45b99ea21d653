/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * name.bpf.h - strings of the kernel.
 *
 * The short name inside a dentry is read by plain loads: no helper, no lockdown
 * question.  Names of 32 bytes and more live elsewhere; the caller learns that
 * from the length.
 */
#ifndef SEKI_NAME_BPF_H
#define SEKI_NAME_BPF_H

#include "bpf/kernel.bpf.h"
#include "bpf/maps.bpf.h"

#define SEKI_INLINE_NAME 32

/* Where in a dentry the short name lies. */
static __always_inline __u32 seki_name_offset(void)
{
	struct dentry *d = 0;

	if (bpf_core_field_exists(d->d_iname))
		return bpf_core_field_offset(d->d_iname);
	return bpf_core_field_offset(((struct dentry___new *)d)->d_shortname.string);
}

/* Copy the words that a name of len bytes and its NUL reach into, as they stand;
 * to is 8-byte aligned.  Each load of kernel memory costs its fault check.
 */
static __always_inline void seki_name_short(const __u64 *from, __u32 len, char *to)
{
	__u64 *dst = (__u64 *)to;

	dst[0] = from[0];
	if (len < 8)
		return;
	dst[1] = from[1];
	if (len < 16)
		return;
	dst[2] = from[2];
	dst[3] = from[3];
}

/* All 32 inline bytes. */
static __always_inline void seki_name_inline(struct dentry *d, char *to)
{
	const char *name = (const char *)d + seki_name_offset();

	seki_name_short((const __u64 *)name, SEKI_INLINE_NAME - 1, to);
}

/*
 * A string that only a pointer leads to.  bpf_probe_read_kernel_str() is refused
 * under lockdown=confidentiality; formatting it with %s is not.  Returns its bytes with
 * the NUL, size or more if it was cut.
 */
static __always_inline long seki_string_copy(char *to, __u32 size, const void *from)
{
	static const char format[] = "%s";
	__u64 args[1] = { (__u64)from };

	if (seki_can_probe)
		return bpf_probe_read_kernel_str(to, size, from);
	return bpf_snprintf(to, size, format, args, sizeof(args));
}

#endif /* SEKI_NAME_BPF_H */
