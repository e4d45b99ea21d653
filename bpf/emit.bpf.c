// SPDX-License-Identifier: GPL-2.0-only
/*
 * emit.bpf.c - what every event says of when, who and on what name.
 *
 * Plain loads only.  bpf_d_path() costs ten times as much, is refused in half
 * of the hooks on 6.1, and shows the path as the attacker's mount namespace
 * has it; the collector puts the names together instead.
 */
#include "bpf/emit.bpf.h"
#include "bpf/login.bpf.h"
#include "bpf/subject.bpf.h"

/* In words, as the machines we run on let us store to any address: told that it is
 * 4-byte aligned or less, the compiler would store byte by byte.
 */
static __always_inline void copy_comm(char *to, struct task_struct *t)
{
	const __u64 *from = (const __u64 *)&t->comm;
	__u64 *dst = (__u64 *)(void *)to;

	dst[0] = from[0];
	dst[1] = from[1];
}

static __always_inline void fill_ancestors(struct seki_event *e, struct task_struct *t)
{
	int i;

#pragma unroll
	for (i = 0; i < SEKI_ANCESTORS; i++) {
		struct seki_ancestor *a = &e->ancestors[i];

		t = t->real_parent;
		a->pid = t->tgid;
		copy_comm(a->comm, t);
	}
}

static __always_inline void fill_exe(struct seki_event *e, struct task_struct *t)
{
	struct inode *inode = t->mm->exe_file->f_inode;

	e->exe_ino = inode->i_ino;
	e->exe_dev = inode->i_sb->s_dev;
	e->exe_gen = inode->i_generation;
}

/* The login as first seen.  Loaded before the choice: the verifier does not let one
 * load serve a pointer to a task and a pointer to other memory.
 */
static __always_inline void fill_login(struct seki_event *e, struct task_struct *t,
				       const struct seki_who *who)
{
	__u32 uid = t->loginuid.val, session = t->sessionid;

	barrier_var(uid);
	barrier_var(session);
	if (who->marked) {
		uid = who->loginuid;
		session = who->audit_session;
	}
	e->loginuid = uid;
	e->audit_session = session;
}

int seki_who_now(struct seki_who *who)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct seki_task *s = seki_task_get(t);

	if (who)
		seki_who_is(who, seki_acts_as(seki_task_domain(t, s), s, seki_generation()), s);
	return 0;
}

__u64 seki_number(void)
{
	struct seki_stats *stats = seki_stats_cpu();

	return stats ? __sync_fetch_and_add(&stats->events, 1) + 1 : 0;
}

int seki_emit_head(struct seki_event *e, __u64 cpu_seq, const struct seki_who *who)
{
	struct task_struct *t = bpf_get_current_task_btf();
	const struct cred *cred = t->cred;

	if (!e || !who)
		return 0;
	seki_emit_when(e, cpu_seq);
	e->flags = (who->marked ? SEKI_EVENT_MARKED : 0) |
		   (t->flags & PF_KTHREAD ? SEKI_EVENT_KTHREAD : 0);
	e->domain = who->domain;
	e->session = who->session;
	e->start_ns = t->group_leader->start_boottime;
	e->cgroup = t->cgroups->dfl_cgrp->kn->id;
	e->pid = t->tgid;
	e->tid = t->pid;
	e->uid = cred->uid.val;
	e->euid = cred->euid.val;
	e->gid = cred->gid.val;
	fill_login(e, t, who);
	e->tty = seki_tty_number(t);
	__builtin_memcpy(e->comm, t->comm, sizeof(e->comm));
	fill_exe(e, t);
	fill_ancestors(e, t);
	return 0;
}

__hidden void seki_emit_path(struct seki_path *p, struct dentry *dentry)
{
	__u32 len, at = seki_name_offset();
	struct dentry *parent;
	int i;

	p->depth = 0;
	p->flags = 0;
	p->pad = 0;
	p->long_names = 0;
	if (!dentry)
		return;
#pragma unroll
	for (i = 0; i < SEKI_PATH_DEPTH; i++) {
		parent = dentry->d_parent;
		if (parent == dentry) {
			if (dentry != dentry->d_sb->s_root)
				p->flags |= SEKI_PATH_DETACHED;
			p->depth = i;
			return;
		}
		len = dentry->d_name.len;
		if (len < SEKI_INLINE_NAME) {
			seki_name_short((const __u64 *)((const char *)dentry + at), len,
					p->names[i]);
		} else {
			p->long_names |= 1u << i;
			seki_string_copy(p->names[i], SEKI_PATH_NAME, dentry->d_name.name);
		}
		p->names[i][SEKI_PATH_NAME - 1] = 0;
		dentry = parent;
	}
	p->depth = SEKI_PATH_DEPTH;
	if (dentry->d_parent != dentry)
		p->flags |= SEKI_PATH_DEEPER;
}
