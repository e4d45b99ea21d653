// SPDX-License-Identifier: GPL-2.0-only
/*
 * enroll.bpf.c - what only the loader runs, once, and never pins.
 *
 * enroll_files tells the kernel's own identity (device, inode, generation) of
 * every descriptor the loader holds: no stat() field has it on every
 * filesystem.  enroll_tasks carries a process's state to its other threads and
 * marks tasks that already have a login uid.
 */
#include "bpf/enroll.h"
#include "bpf/subject.bpf.h"

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __core;

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
} __core;

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __core;

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
