/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - what the loader pinned, mapped once.  The only bpf(2) calls of
 * the collector are behind seki_kernel_open(), made before it gives up root.
 */
#ifndef SEKI_KERNEL_H
#define SEKI_KERNEL_H

#include <stddef.h>

#include "userspace/collector/foreign.h"
#include "userspace/collector/hits.h"
#include "userspace/collector/ring.h"

struct seki_kernel {
	struct seki_ring ring[2]; /* evidence, activity */
	const struct seki_meta *meta;
	const struct seki_stats *stats;
	struct seki_hits_view hits;
	unsigned int cpus;
	unsigned int links; /* held open: without their pins the programs stay attached */
	struct seki_foreign foreign;
};

/* 0 or negative errno with a sentence in err. */
int seki_kernel_open(const char *pins, struct seki_kernel *ret, char *err, size_t size);

#endif /* SEKI_KERNEL_H */
