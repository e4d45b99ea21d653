// SPDX-License-Identifier: GPL-2.0-only
/*
 * enroll.bpf.c - what only the loader runs, once, and never pins.
 *
 * enroll_files tells the kernel's own identity (device, inode, generation) of
 * every descriptor the loader holds: no stat() field has it on every
 * filesystem.  enroll_tasks carries a process's state to its other threads and
 * marks tasks that already have a login uid.  enroll_place tells whether the
 * loader sees the host's files, enroll_notice what it did.
 */
#include "bpf/emit.bpf.h"
#include "bpf/enroll.h"
#include "bpf/iter.bpf.h"
#include "bpf/subject.bpf.h"

SEC("iter/task_file")
int enroll_files(struct bpf_iter__task_file *ctx)
{
	struct seki_enrolled out = {};
	struct file *file = ctx->file;
	struct inode *inode;

	if (!file)
		return 0;
	inode = file->f_inode;
	out.fd = ctx->fd;
	out.id.ino = inode->i_ino;
	out.id.dev = inode->i_sb->s_dev;
	out.id.gen = inode->i_generation;
	out.nlink = inode->i_nlink;
	out.mode = inode->i_mode;
	out.rdev = inode->i_rdev;
	bpf_seq_write(ctx->meta->seq, &out, sizeof(out));
	return 0;
}

SEC("iter/task")
int enroll_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task, *leader;
	struct seki_task state = {}, *s;

	if (!t)
		return 0;
	leader = t->group_leader;
	s = leader ? bpf_task_storage_get(&seki_tasks, leader, NULL, 0) : NULL;
	if (!s && t->loginuid.val == NO_LOGINUID)
		return 0;
	state.domain = seki_task_domain(t, s);
	if (t->loginuid.val != NO_LOGINUID) {
		state.marked = 1;
		state.loginuid = t->loginuid.val;
		state.audit_session = t->sessionid;
		state.session = t->sessionid;
	}
	s = bpf_task_storage_get(&seki_tasks, t, &state, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (s)
		*s = state;
	return 0;
}

/* Fields that no hook reads. */
struct mnt_namespace;

struct nsproxy {
	struct mnt_namespace *mnt_ns;
} __core;

struct fs_struct {
	struct path root;
} __core;

struct task_struct___place {
	struct nsproxy *nsproxy;
	struct fs_struct *fs;
	struct task_struct *real_parent;
	int tgid;
} __core;

/* A unit can be given another root or mounts of its own, and other keys there. */
SEC("iter/task")
int enroll_place(struct bpf_iter__task *ctx)
{
	struct task_struct___place *t = (void *)ctx->task, *init;
	__u8 ours;

	if (!t)
		return 0;
	init = (void *)t->real_parent;
	ours = init->tgid == 1 && t->nsproxy->mnt_ns == init->nsproxy->mnt_ns &&
	       t->fs->root.dentry == init->fs->root.dentry && t->fs->root.mnt == init->fs->root.mnt;
	bpf_seq_write(ctx->meta->seq, &ours, sizeof(ours));
	return 0;
}

/* Set by the loader before it runs enroll_notice; all but the head. */
struct seki_policy_event seki_notice SEC(".data") = {};

/* Over one task, so it runs once; a byte says that the record is kept. */
SEC("iter/task")
int enroll_notice(struct bpf_iter__task *ctx)
{
	struct seki_policy_event *p;
	struct seki_who who = {};
	__u8 kept = 1;
	__u64 number;

	if (!ctx->task)
		return 0;
	number = seki_number();
	p = bpf_ringbuf_reserve(&seki_evidence, sizeof(*p), 0);
	if (!p) {
		seki_count(loss[SEKI_LOSS_EVIDENCE_FULL]);
		return 0;
	}
	__builtin_memcpy(&p->act, &seki_notice.act, sizeof(*p) - sizeof(p->e));
	p->e.size = sizeof(*p);
	p->e.kind = SEKI_EVENT_POLICY;
	seki_who_now(&who);
	seki_emit_head(&p->e, number, &who);
	bpf_ringbuf_submit(p, 0);
	bpf_seq_write(ctx->meta->seq, &kept, sizeof(kept));
	return 0;
}
