/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.bpf.h - what every hook does with a labelled object: one request, one
 * verdict, one record.
 */
#ifndef SEKI_CHECK_BPF_H
#define SEKI_CHECK_BPF_H

#include "bpf/maps.bpf.h"
#include "bpf/subject.bpf.h"

/* A request, described by a hook.  Plain data; zero is "not known". */
struct seki_request {
	__u32 generation; /* of the policy that gave the label */
	__u32 want;	  /* enum seki_access bits */
	__u16 label;	  /* of the object, not SEKI_LABEL_NONE */
	__u8 hook;	  /* enum seki_hook */
	__u8 quiet;	  /* refuse without a record (PTRACE_MODE_NOAUDIT) */
	__u32 detail;
	__u16 subject; /* 1 + domain that acts, if it is not the current task's */
	__u16 border;  /* 1: allowed or not, it crosses a label border */
	__u32 rdev;
	/* as in an event, and copied as they stand */
	__u32 target_pid;
	__u16 target_domain;
	__u16 family;
	__u16 port;
	__u16 socktype;
	__u32 protocol;
	__u8 addr[16];
	char target_comm[16];
};

/* .subject and .border, in one word. */
#define SEKI_AS_DOMAIN 0xffffu
#define SEKI_AS_BORDER 0x10000u

/*
 * The question alone: 0 is "let it through, nothing to record"; anything else is
 * for seki_answer(), and so is who, zeroes until then.  Counted by rule.  Numbers
 * only: walked once in each program, see emit.bpf.h.
 */
__u64 seki_decide(__u32 generation, __u32 label, __u32 want, __u32 as, struct seki_who *who);

/*
 * Record, answer.  dentry and inode (either may be NULL) only describe the object in
 * the record.  Returns 0, -EPERM, -EXDEV or -EAGAIN.
 */
int seki_answer(__u64 word, const struct seki_request *req, const struct seki_who *who,
		struct dentry *dentry, struct inode *inode);

/* Both.  Where most accesses are let through, describe the request in between. */
static __always_inline int seki_check(const struct seki_request *req, struct dentry *dentry,
				      struct inode *inode)
{
	__u32 as = req->subject | (req->border ? SEKI_AS_BORDER : 0);
	struct seki_who who = {};
	__u64 word = seki_decide(req->generation, req->label, req->want, as, &who);

	return word ? seki_answer(word, req, &who, dentry, inode) : 0;
}

/* For what is there already: recorded if it would be refused.  Says whether. */
bool seki_check_held(struct seki_request *req, struct dentry *dentry, struct inode *inode);

#endif /* SEKI_CHECK_BPF_H */
