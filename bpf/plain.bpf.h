/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plain.bpf.h - superblocks on which a policy guards nothing.
 *
 * Their files carry no storage, so each open would ask the list of guarded filesystems
 * and whether the kernel makes its files up.  What was found for one file holds for all
 * of its superblock as long as that lives: its device number and its magic stay.
 *
 * A mark is the superblock's address, one word, in the table of the policy's slot: the
 * loader clears it before it fills the slot anew, and a new superblock clears what an
 * elder at its address left (plain.bpf.c).  Another superblock at the same place of the
 * table takes it; the loser is found again.
 */
#ifndef SEKI_PLAIN_BPF_H
#define SEKI_PLAIN_BPF_H

#include "bpf/maps.bpf.h"

/* An address as a number: the verifier lets nobody shift a pointer. */
static __always_inline volatile __u64 *seki_plain_word(struct super_block *sb, __u32 slot)
{
	char *table = (char *)seki_state.plain[slot & 1];
	__u32 low;

	asm("%0 = %1" : "=w"(low) : "w"((__u32)(__u64)sb));
	return (__u64 *)(table + (low >> 8 & (SEKI_PLAIN_WORDS - 1) * 8));
}

/* S_IFBLK or S_IFCHR, and no other type. */
static __always_inline bool seki_mode_is_device(__u16 mode)
{
	return (mode & (S_IFMT & ~0040000)) == S_IFCHR;
}

/* Nothing there is guarded, nor is it a device, which any filesystem may name. */
static __always_inline bool seki_plain(struct inode *inode, __u32 generation)
{
	struct super_block *sb = inode->i_sb;
	__u64 marked = *seki_plain_word(sb, generation);

	return !seki_mode_is_device(inode->i_mode) && marked == (__u64)sb;
}

static __always_inline void seki_plain_mark(struct super_block *sb, __u32 generation)
{
	*seki_plain_word(sb, generation) = (__u64)sb;
}

#endif /* SEKI_PLAIN_BPF_H */
