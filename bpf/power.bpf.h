/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * power.bpf.h - a power of the kernel is asked for: no object, only a label.
 */
#ifndef SEKI_POWER_BPF_H
#define SEKI_POWER_BPF_H

#include "bpf/check.bpf.h"

/* Returns 0 before the lock.  quiet: the kernel asks not to be audited. */
static __always_inline int seki_power(__u8 hook, __u32 label, __u32 detail, bool quiet)
{
	struct seki_request req = {
		.hook = hook,
		.label = label,
		.want = SEKI_USE,
		.detail = detail,
		.quiet = quiet,
	};

	req.generation = seki_generation();
	if (!label || !req.generation || !seki_locked())
		return 0;
	return seki_check(&req, NULL, NULL);
}

#endif /* SEKI_POWER_BPF_H */
