/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/* iter.bpf.h - what the kernel's iterators give (kernel/bpf/task_iter.c). */
#ifndef SEKI_ITER_BPF_H
#define SEKI_ITER_BPF_H

#include "bpf/kernel.bpf.h"

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

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
} __core;

#endif /* SEKI_ITER_BPF_H */
