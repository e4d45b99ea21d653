/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * said.h - what a record of this segment has told whole, so that those after it
 * need only refer to it.
 *
 * A reference means the last record before it, in the same segment, that tells the
 * thing whole.  So a segment can be read without the others, and forgetting
 * anything here costs bytes and no meaning.
 */
#ifndef SEKI_SAID_H
#define SEKI_SAID_H

#include <stdbool.h>
#include <stdint.h>

#include "userspace/collector/control.h"
#include "userspace/collector/people.h"
#include "userspace/collector/programs.h"

#define SEKI_SAID 64	 /* of each kind; a power of two */
#define SEKI_SAID_NAME 9 /* 8 hex digits: SHA-256 of the ids, parted by blanks */
#define SEKI_SAID_SHA 16 /* digits of a program's digest that refer to it */

struct seki_said {
	uint64_t changes; /* grows when something is told whole or forgotten */
	struct seki_said_set {
		struct seki_ids ids; /* .count 0: free */
		char name[SEKI_SAID_NAME];
	} set[SEKI_SAID];
	struct seki_said_program {
		uint64_t ino;
		uint32_t dev; /* 0: free */
		char sha256[65];
	} program[SEKI_SAID];
	struct seki_said_session {
		uint64_t session; /* 0: free */
		uint32_t asid;
		char service[sizeof(((struct seki_person *)0)->service)];
	} session[SEKI_SAID];
};

/* The next segment begins, or records that told something may be gone. */
void seki_said_forget(struct seki_said *s);

/* True: said before, refer to it.  False: tell it whole now; the next one refers. */
bool seki_said_set(struct seki_said *s, const struct seki_ids *ids, const char **ret_name);
bool seki_said_program(struct seki_said *s, const struct seki_program *p);
bool seki_said_origin(struct seki_said *s, uint64_t session, uint32_t asid, const char *service);

#endif /* SEKI_SAID_H */
