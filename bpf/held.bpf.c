// SPDX-License-Identifier: GPL-2.0-only
/*
 * held.bpf.c - what tasks hold since before the policy; run by the loader, once.
 *
 * No hook sees a descriptor or a mapping that was there at the load, so whoever
 * has one of an asset goes on reading.  Iterators over all descriptors and all
 * mappings name each holder whose domain has no right to it: a row for the loader,
 * a record for everybody.
 */
#include "bpf/check.bpf.h"
#include "bpf/enroll.h"
#include "bpf/iter.bpf.h"
#include "bpf/label.bpf.h"
#include "bpf/subject.bpf.h"

#define VM_WRITE 0x2
#define VM_SHARED 0x8

/* Segments of one file lie side by side: once each. */
struct seki_last seki_last SEC(".data") = {};

static __always_inline bool again(struct inode *inode, __u32 pid, __u32 want)
{
	struct seki_last now = {
		.ino = inode->i_ino, .dev = inode->i_sb->s_dev, .pid = pid, .want = want
	};
	bool same = seki_last.ino == now.ino && seki_last.dev == now.dev && seki_last.pid == pid &&
		    seki_last.want == want;

	seki_last = now;
	return same;
}

static __always_inline int tell(struct seq_file *seq, struct task_struct *t, struct file *file,
				__u8 hook, __u32 fd, __u32 want)
{
	struct seki_held row = { .fd = fd, .want = want };
	struct seki_request req = { .hook = hook, .want = want, .detail = fd };
	struct dentry *dentry = file->f_path.dentry;
	struct seki_task *s;

	req.generation = seki_generation();
	req.label = seki_label_held(dentry, file->f_inode, req.generation);
	if (!req.label)
		return 0;
	s = seki_task_get(t);
	req.target_domain = seki_acts_as(seki_task_domain(t, s), s, req.generation);
	req.target_pid = t->tgid;
	__builtin_memcpy(req.target_comm, t->comm, sizeof(req.target_comm));
	row.pid = req.target_pid;
	row.label = req.label;
	row.domain = req.target_domain;
	__builtin_memcpy(row.comm, req.target_comm, sizeof(row.comm));
	if (seki_check_held(&req, dentry, file->f_inode))
		bpf_seq_write(seq, &row, sizeof(row));
	return 0;
}

SEC("iter/task_file")
int enroll_descriptors(struct bpf_iter__task_file *ctx)
{
	struct task_struct *t = ctx->task;
	struct file *file = ctx->file;
	__u32 want = 0;

	if (!file || !t)
		return 0;
	if (file->f_mode & FMODE_READ)
		want |= SEKI_READ;
	if (file->f_mode & FMODE_WRITE)
		want |= SEKI_WRITE;
	if (!want)
		return 0; /* O_PATH */
	return tell(ctx->meta->seq, t, file, SEKI_HOOK_held_descriptor, ctx->fd, want);
}

SEC("iter/task_vma")
int enroll_mappings(struct bpf_iter__task_vma *ctx)
{
	struct vm_area_struct *vma = ctx->vma;
	struct task_struct *t = ctx->task;
	struct file *file;
	__u32 want;

	if (!vma || !t)
		return 0;
	file = vma->vm_file;
	if (!file)
		return 0;
	want = vma->vm_flags & VM_EXEC ? SEKI_EXEC : SEKI_READ;
	if (vma->vm_flags & VM_WRITE && vma->vm_flags & VM_SHARED)
		want |= SEKI_WRITE;
	if (again(file->f_inode, t->tgid, want))
		return 0;
	return tell(ctx->meta->seq, t, file, SEKI_HOOK_held_mapping, SEKI_HELD_MAPPING, want);
}
