/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * subject.bpf.h - who acts: the domain, the operator mark and the role of a task.
 *
 * A role is of whoever is `other` with the mark.  It follows from the login uid as first
 * seen, who set it and where from, which are kept, and from the policy that judges: so
 * nothing that a session does later changes it, and a next policy needs nobody to go
 * through the tasks.
 *
 * A task without storage is `other`, unmarked; PID 1 is `init`.  Only tasks
 * that differ from that carry storage, so an ordinary fork pays one miss.
 */
#ifndef SEKI_SUBJECT_BPF_H
#define SEKI_SUBJECT_BPF_H

#include "bpf/maps.bpf.h"

static __always_inline struct seki_task *seki_task_get(struct task_struct *t)
{
	return bpf_task_storage_get(&seki_tasks, t, NULL, 0);
}

static __always_inline __u16 seki_task_domain(struct task_struct *t, const struct seki_task *s)
{
	if (s)
		return s->domain;
	return t->tgid == 1 ? SEKI_DOMAIN_INIT : SEKI_DOMAIN_OTHER;
}

/* Role of an operator by his login; `other` if the policy gives him none. */
__u32 seki_role_of(struct seki_task *s, __u32 generation);

/* Whose row of the matrix counts, given the domain. */
static __always_inline __u32 seki_acts_as(__u16 domain, struct seki_task *s, __u32 generation)
{
	if (domain == SEKI_DOMAIN_OTHER && s && s->marked)
		return seki_role_of(s, generation);
	return domain;
}

/* Who acts, looked up once; plain data, so that the verifier sees one state of it. */
struct seki_who {
	__u64 session;	/* our session id, 0: none */
	__u32 loginuid; /* as first seen with the mark */
	__u32 audit_session;
	__u16 domain; /* or role */
	__u8 marked;
	__u8 pad[5];
};

/* Into zeroes. */
static __always_inline void seki_who_is(struct seki_who *who, __u16 domain,
					const struct seki_task *s)
{
	who->domain = domain;
	if (!s)
		return;
	who->session = s->session;
	who->loginuid = s->loginuid;
	who->audit_session = s->audit_session;
	who->marked = s->marked;
}

static __always_inline __u16 seki_current_domain(void)
{
	struct task_struct *t = bpf_get_current_task_btf();

	return seki_task_domain(t, seki_task_get(t));
}

static __always_inline bool seki_current_marked(void)
{
	struct seki_task *s = seki_task_get(bpf_get_current_task_btf());

	return s && s->marked;
}

/* A function's processes run sealed code only; of other domains no label says so. */
static __always_inline bool seki_current_sealed(void)
{
	return seki_current_domain() >= SEKI_DOMAIN_FIRST;
}

/* Whom the modes of files don't stop, or who may change them first.  The others are the
 * kernel's own affair.
 */
static __always_inline bool seki_current_privileged(void)
{
	const struct cred *cred = bpf_get_current_task_btf()->cred;
	const __u64 bit = 1ull << CAP_DAC_OVERRIDE | 1ull << CAP_CHOWN | 1ull << CAP_FOWNER;

	if (!cred->fsuid.val)
		return true;
	if (bpf_core_field_exists(((struct cred___caps64 *)cred)->cap_effective.val))
		return ((struct cred___caps64 *)cred)->cap_effective.val & bit;
	return ((struct cred___caps32 *)cred)->cap_effective.cap[0] & bit;
}

#endif /* SEKI_SUBJECT_BPF_H */
