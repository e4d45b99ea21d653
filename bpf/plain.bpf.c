// SPDX-License-Identifier: GPL-2.0-only
/*
 * plain.bpf.c - a new superblock has no mark, whatever lay at its address.
 *
 * Marks are only made while a file is opened, so whoever marked an elder had finished
 * before its memory was given back, and this comes before the new one has files.
 *
 * Hook: sb_alloc_security.
 */
#include "bpf/plain.bpf.h"

static __always_inline void forget(struct super_block *sb, __u32 slot)
{
	volatile __u64 *word = seki_plain_word(sb, slot);

	if (*word == (__u64)sb)
		*word = 0;
}

SEC("lsm/sb_alloc_security")
int BPF_PROG(hook_sb_alloc_security, struct super_block *sb)
{
	forget(sb, 0);
	forget(sb, 1);
	return 0;
}
