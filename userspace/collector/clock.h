/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - from boot time to wall time, and whether the wall can be trusted.
 */
#ifndef SEKI_CLOCK_H
#define SEKI_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEKI_NS 1000000000ull

struct seki_clock {
	int64_t offset;	  /* wall - boot time, ns */
	uint64_t checked; /* boot time of the last look at adjtimex */
	bool sync;	  /* the kernel holds the clock synchronised */
	int64_t second;	  /* that .date and .zone show; -1: none */
	char date[24];	  /* 2026-01-31T12:34:56 */
	char zone[8];	  /* +09:00 */
	size_t date_len, zone_len;
	bool utc; /* the zone is */
};

#define SEKI_TIME_TEXT 40

uint64_t seki_clock_now(void);
/* Read the clocks anew; cheap, once per batch. */
void seki_clock_tick(struct seki_clock *c);
/* RFC 3339 with nanoseconds and UTC offset.  Returns its length. */
unsigned int seki_clock_text(struct seki_clock *c, uint64_t boottime, char ret[SEKI_TIME_TEXT]);

/* With microseconds, and Z for UTC: boot time beside it has the nanoseconds. */
unsigned int seki_clock_brief(struct seki_clock *c, uint64_t boottime, char ret[SEKI_TIME_TEXT]);

/* What the kernel knows of the keeping of the wall clock. */
struct seki_ntp {
	bool sync;
	int64_t offset_us; /* that is still to be slewed */
	uint64_t maxerror_us, esterror_us;
	char source[16]; /* the program that keeps it, as it calls itself; "" if none runs */
};
/* proc: where processes are listed. */
void seki_clock_ntp(const char *proc, struct seki_ntp *ret);

#endif /* SEKI_CLOCK_H */
