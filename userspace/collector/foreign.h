/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreign.h - BPF programs that are not Sekisho's, as they are at the start.
 *
 * bpf(2) is closed to everybody else, so nobody could ask the collector's
 * question again: the answer is kept for the status.
 */
#ifndef SEKI_FOREIGN_H
#define SEKI_FOREIGN_H

#include <stdint.h>

#include "userspace/collector/buf.h"

#define SEKI_FOREIGN_MAX 128

struct seki_foreign {
	int err;    /* negative errno: they could not be listed */
	uint32_t n; /* of others; more than the table has: the rest is not shown */
	uint32_t own;
	uint64_t seen; /* boot time */
	struct {
		uint32_t id, type; /* enum bpf_prog_type */
		char name[16];
	} program[SEKI_FOREIGN_MAX];
};

/* own: ids of Sekisho's programs. */
void seki_foreign_list(const uint32_t *own, uint32_t count, struct seki_foreign *ret);
/* "programs":{...}, into an object. */
void seki_foreign_put(const struct seki_foreign *f, struct seki_buf *b);

#endif /* SEKI_FOREIGN_H */
