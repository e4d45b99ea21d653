/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/* enroll.h - the record that enroll_files writes for each descriptor. */
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

#endif /* SEKI_ENROLL_H */
