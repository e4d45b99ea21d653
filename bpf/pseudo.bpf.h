/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pseudo.bpf.h - on what: the label of a file that the kernel makes up.
 */
#ifndef SEKI_PSEUDO_BPF_H
#define SEKI_PSEUDO_BPF_H

#include "bpf/maps.bpf.h"

/* Is this a filesystem whose files are powers of the kernel, or queues of their makers? */
static __always_inline bool seki_pseudo(__u64 magic)
{
	switch (magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case CGROUP_MAGIC:
	case CGROUP2_MAGIC:
	case TRACEFS_MAGIC:
	case DEBUGFS_MAGIC:
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
	case CONFIGFS_MAGIC:
	case EFIVARFS_MAGIC:
	case BINFMTFS_MAGIC:
	case MQUEUE_MAGIC:
		return true;
	}
	return false;
}

/* Of a message queue that the current function just made: its own from now on. */
#define SEKI_LABEL_FRESH 0xffff

/* Label of an object there; dentry may be NULL. */
__u32 seki_label_pseudo(struct dentry *dentry, struct inode *inode);

/* Label of a new instance of such a filesystem. */
__u32 seki_label_instance(__u64 magic);

#endif /* SEKI_PSEUDO_BPF_H */
