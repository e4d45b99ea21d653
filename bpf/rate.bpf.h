/* SPDX-License-Identifier: GPL-2.0-only */
/* rate.bpf.h - whether an allowed access leaves no record, since its rule has a rate. */
#ifndef SEKI_RATE_BPF_H
#define SEKI_RATE_BPF_H

#include "bpf/maps.bpf.h"

/* True: over the rate, and counted.  Walked once in each program, see emit.bpf.h. */
int seki_left_out(__u32 generation, __u32 rate, __u32 waived);

#endif /* SEKI_RATE_BPF_H */
