/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * programs.h - which file a process runs: its path and its SHA-256.
 *
 * Learnt from exec events and, once at start, from /proc of what already runs.
 * The table is bounded; a forgotten program is shown by device and inode.
 */
#ifndef SEKI_PROGRAMS_H
#define SEKI_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "userspace/collector/path.h"

#define SEKI_PROGRAM_PATH 512

struct seki_program {
	uint64_t ino;
	uint32_t dev; /* kernel encoding; 0: free */
	uint32_t gen; /* 0: not known */
	bool partial; /* the path is not whole */
	char path[SEKI_PROGRAM_PATH];
	char sha256[65];  /* "": see why */
	const char *why;  /* static word */
	int64_t stamp[5]; /* size, mtime, ctime the digest belongs to */
	uint64_t checked; /* boot time of the last look; 0: never */
};

#define SEKI_PROGRAMS 2048 /* power of two */
struct seki_programs {
	bool live; /* files of this host may be looked at */
	struct seki_program *table;
	uint64_t changes; /* grows when an answer may be another than before */
};

int seki_programs_open(struct seki_programs *p, bool live);
void seki_programs_close(struct seki_programs *p);
void seki_programs_learn(struct seki_programs *p, uint32_t dev, uint64_t ino, uint32_t gen,
			 const struct seki_path_text *path);
/* What runs now: needs the right to read /proc/PID/exe of others. */
void seki_programs_scan(struct seki_programs *p);
/* NULL if not known.  The digest is made on first use and made again when the
 * file changed; a look at the file at most once a second.
 */
const struct seki_program *seki_programs_find(struct seki_programs *p, uint32_t dev, uint64_t ino,
					      uint32_t gen, uint64_t now);

#endif /* SEKI_PROGRAMS_H */
