/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resume.h - what the log already holds, read back at start.
 *
 * The last batch of a killed collector may be written and not released: those
 * events come again.  They are known by (cpu, number on the CPU, boot time).
 * Also the counters of loss that were told, so that none is told twice.
 */
#ifndef SEKI_RESUME_H
#define SEKI_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/collector/ticket.h"
#include "userspace/collector/track.h"

struct seki_resume_key {
	uint64_t bt, cseq;
	uint32_t cpu;
	uint32_t pad;
};

struct seki_resume {
	struct seki_resume_key *keys; /* sorted */
	size_t count;
	bool state; /* a line with the counters was found */
	bool clean; /* ... and is the stop, the last line */
	unsigned int cpus;
	struct {
		uint64_t base, seen, told[SEKI_LOSS_COUNT];
	} cpu[SEKI_CPU_MAX];
	struct seki_tickets tickets; /* of sessions that may go on, the newest first */
	char last_id[80];
};

/* At least so much of the end of the log is remembered: more than a batch. */
#define SEKI_RESUME_WINDOW (4u << 20)

/* name below dir; a missing file is an empty one.  0 or negative errno. */
int seki_resume_read(int dir, const char *name, const char *boot, struct seki_resume *ret);
/* From the segments of a log that is open: the last, or the one before it when
 * the last just began; *ret_previous is the name of that one, or "".
 */
int seki_resume_log(int dir, const char *boot, struct seki_resume *ret, char ret_previous[64]);
/* The same from an open file. */
int seki_resume_read_fd(int fd, const char *boot, struct seki_resume *ret);
bool seki_resume_has(const struct seki_resume *r, uint32_t cpu, uint64_t cseq, uint64_t bt);
/* Hand the counters to the tracker, unless the kernel's began anew. */
void seki_resume_apply(const struct seki_resume *r, struct seki_track *t);
void seki_resume_free(struct seki_resume *r);

#endif /* SEKI_RESUME_H */
