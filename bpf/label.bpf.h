/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * label.bpf.h - on what: the label of a filesystem object.
 */
#ifndef SEKI_LABEL_BPF_H
#define SEKI_LABEL_BPF_H

#include "bpf/maps.bpf.h"

/* In one store: nobody may read the new generation with the old label. */
static __always_inline void seki_inode_store(struct seki_inode *to, struct seki_inode now)
{
	*(volatile __u64 *)to = (__u64)now.maker << 48 | (__u64)now.label << 32 | now.generation;
}

/* It remembers that it has no label: one word, one compare. */
static __always_inline bool seki_inode_is_free(const struct seki_inode *known, __u32 generation)
{
	return *(const volatile __u64 *)known == generation;
}

/* Find by walking to a root; for objects whose pointer storage would not take. */
__u32 seki_label_walk(struct dentry *dentry, struct inode *inode, __u32 generation);

/* The same, and remember it in the inode. */
__u32 seki_label_resolve(struct dentry *dentry, struct inode *inode, __u32 generation);

/* The same for an open: a device node is also judged by the raw device behind
 * it, which guards what is read through any node, not the node as a name.
 * remembers: the inode has storage, be it of another generation.
 */
__u32 seki_label_open(struct dentry *dentry, struct inode *inode, __u32 generation, bool remembers);

/* What an open file is, for programs that may not remember; powers are none here. */
__u32 seki_label_held(struct dentry *dentry, struct inode *inode, __u32 generation);

/* Label that a name in directory dir has or would have. */
__u32 seki_label_of_name(struct inode *dir, struct dentry *dentry, __u32 generation);

/* Label of the asset below this directory, if it may not move; else 0. */
__u32 seki_label_anchored(struct inode *inode, __u32 generation);

/* The same for an inode that only probing reads reach. */
__u32 seki_label_anchored_id(struct seki_object_id *id, __u32 generation);

/* A memory object, new and without a name of ours: the current domain makes it. */
int seki_label_made(struct inode *inode, __u32 generation);

/* Domain that exec of an object in the tables may enter; 0: none. */
__u32 seki_label_entry_row(struct inode *inode, __u32 generation);

/* Domain that exec of this program may enter; 0: none.  Its open came before: what
 * has no label then is nobody's program.
 */
static __always_inline __u32 seki_label_entry(struct inode *inode, __u32 generation)
{
	struct seki_inode *known;

	if (!generation || !inode)
		return 0;
	known = bpf_inode_storage_get(&seki_inodes, inode, NULL, 0);
	if (known && seki_inode_is_free(known, generation))
		return 0;
	return seki_label_entry_row(inode, generation);
}

/*
 * The same label, of which the verifier knows no more how it was found: what
 * follows is walked once, not once for each way to get here.  salt is any value
 * that it does not know.
 */
static __always_inline __u32 seki_label_any(__u32 label, __u32 salt)
{
	asm volatile("%[l] ^= %[s]; %[l] ^= %[s]" : [l] "+r"(label) : [s] "r"(salt));
	return label & 0xffff;
}

/*
 * The label of an object, by its inode; dentry only helps to find it the first
 * time.  Steady state of an unlabelled object: one storage hit, three compares.
 */
static __always_inline __u32 seki_label_get(struct dentry *dentry, struct inode *inode,
					    __u32 generation)
{
	struct seki_inode *known;

	if (!generation || !inode)
		return SEKI_LABEL_NONE;
	known = bpf_inode_storage_get(&seki_inodes, inode, NULL, 0);
	if (known && known->generation == generation)
		return known->label;
	return seki_label_resolve(dentry, inode, generation);
}

#endif /* SEKI_LABEL_BPF_H */
