/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/* enroll.h - what the loader's own programs write for it to read. */
#ifndef SEKI_ENROLL_H
#define SEKI_ENROLL_H

#include "bpf/abi.h"

struct seki_enrolled {
	struct seki_object_id id;
	__u32 fd;
	__u32 mode;
	__u32 nlink;
	__u32 rdev; /* kernel encoding */
};

/* held.bpf.c: an asset in the hands of a task that has no right to it. */
#define SEKI_HELD_MAPPING 0xffffffffu
struct seki_held {
	__u32 pid;
	__u32 fd; /* SEKI_HELD_MAPPING: mapped */
	__u32 want;
	__u16 label;
	__u16 domain;
	char comm[16];
};

struct seki_last { /* mapping looked at */
	__u64 ino;
	__u32 dev, pid, want, pad;
};

#endif /* SEKI_ENROLL_H */
