/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.bpf.h - what every hook does with a labelled object: one request, one
 * verdict, one record.
 */
#ifndef SEKI_CHECK_BPF_H
#define SEKI_CHECK_BPF_H

#include "bpf/maps.bpf.h"

/* A request, described by a hook.  Plain data; zero is "not known". */
struct seki_request {
	__u32 generation; /* of the policy that gave the label */
	__u32 want;	  /* enum seki_access bits */
	__u16 label;	  /* of the object, not SEKI_LABEL_NONE */
	__u8 hook;	  /* enum seki_hook */
	__u8 quiet;	  /* refuse without a record (PTRACE_MODE_NOAUDIT) */
	__u32 detail;
	__u16 subject; /* 1 + domain that acts, if it is not the current task's */
	__u16 target_domain;
	__u32 target_pid;
	__u16 family;
	__u16 port;
	__u16 socktype;
	__u16 border; /* 1: allowed or not, it crosses a label border */
	__u32 protocol;
	__u32 rdev;
	__u8 addr[16];
	char target_comm[16];
};

/*
 * Judge, record, answer.  dentry and inode (either may be NULL) only describe
 * the object in the record.  Returns 0, -EPERM, -EXDEV or -EAGAIN.
 */
int seki_check(struct seki_request *req, struct dentry *dentry, struct inode *inode);

/* For what is there already: recorded if it would be refused.  Says whether. */
bool seki_check_held(struct seki_request *req, struct dentry *dentry, struct inode *inode);

#endif /* SEKI_CHECK_BPF_H */
