/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * moment.h - the line "sekisho boot=... why=..." of a checkpoint.
 */
#ifndef SEKI_EVIDENCE_MOMENT_H
#define SEKI_EVIDENCE_MOMENT_H

#include "userspace/evidence/log.h"

struct seki_moment_line {
	char boot[33], why[16];
	uint64_t epoch, note;
	struct seki_log_moment at;
};

/* 0 or -EBADMSG: it is missing or not whole. */
int seki_moment_parse(const struct seki_checkpoint *c, struct seki_moment_line *ret);

#endif /* SEKI_EVIDENCE_MOMENT_H */
