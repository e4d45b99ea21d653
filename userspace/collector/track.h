/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * track.h - is every event there?
 *
 * The kernel numbers the attempts of each CPU over both rings.  Attempts minus
 * arrivals is loss.  The rings are not drained in the order of events, so the
 * sum is made only when it must be complete: note the kernel's last number and
 * wait a second (a task may have been stopped between number and slot), note
 * where both rings end, and settle when both were read to there.
 */
#ifndef SEKI_TRACK_H
#define SEKI_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"

struct seki_track_cpu {
	uint64_t base;			/* all numbers up to it are settled */
	uint64_t goal;			/* this round settles up to it */
	uint64_t last;			/* highest number that arrived */
	uint64_t low, high;		/* arrivals up to, above .goal */
	uint64_t unlow, unhigh;		/* of those, such as make no record */
	uint64_t shown;			/* all numbers up to it were told as settled */
	uint64_t unwanted, missing;	/* settled and not told yet */
	uint64_t first;			/* replay: lowest arrival while .base is not known */
	bool known;			/* .base is known */
	uint64_t waiting;		/* losses the kernel counted, no gap seen yet */
	uint64_t told[SEKI_LOSS_COUNT]; /* losses reported up to now */
};

struct seki_lost {
	unsigned int cpu;
	uint64_t count, from, to; /* numbers from..to hold the gap */
	uint64_t cause[SEKI_LOSS_COUNT];
	uint64_t undecodable; /* arrived, could not be read */
	uint64_t unexplained; /* the kernel counted no loss: tampering? */
};

enum seki_track_phase { SEKI_TRACK_IDLE, SEKI_TRACK_WAIT, SEKI_TRACK_DRAIN };

#define SEKI_CPU_MAX 1024
struct seki_track {
	struct seki_track_cpu *cpu;	/* [count] is for the numbers over all CPUs */
	unsigned int count;		/* CPUs */
	const struct seki_stats *stats; /* by CPU; NULL: replay */
	enum seki_track_phase phase;
	uint64_t patience; /* between number and slot, a second */
	uint64_t since;
	uint64_t mark[2];     /* ends of the rings */
	uint64_t undecodable; /* not yet set against a gap */
	uint64_t late;	      /* arrivals after their settling */
};

int seki_track_open(struct seki_track *t, unsigned int cpus, const struct seki_stats *stats);
void seki_track_close(struct seki_track *t);
#define SEKI_TRACK_ALL SEKI_CPU_MAX /* as a CPU: the numbers over all of them */
void seki_track_seen(struct seki_track *t, unsigned int cpu, uint64_t number);
/* It was seen, and makes no record. */
void seki_track_unwanted(struct seki_track *t, unsigned int cpu, uint64_t number);
/* Drive the round.  ends: where the rings end now; reads: read up to.  True
 * when it is time for seki_track_settle() on each CPU, then _next_round().
 */
bool seki_track_due(struct seki_track *t, uint64_t now, const uint64_t ends[2],
		    const uint64_t reads[2]);
/* Settle now whatever the phase: end of a file, clean stop. */
void seki_track_force(struct seki_track *t);
/* True if *ret holds a loss to report. */
bool seki_track_settle(struct seki_track *t, unsigned int cpu, struct seki_lost *ret);
/* The same over all CPUs; a gap there is one of its CPU too, so it is only summed up. */
void seki_track_settle_all(struct seki_track *t);
void seki_track_next_round(struct seki_track *t);

/* Numbers settled since the last call: what a reader needs to prove that none is
 * missing.  False: none.
 */
struct seki_span {
	uint64_t from, to;
	uint64_t unwanted; /* of them, such as make no record */
	uint64_t missing;  /* and such as did not arrive */
};
/* Numbers above that, seen and without a record: for the stop. */
uint64_t seki_track_rest(struct seki_track *t, unsigned int cpu);
bool seki_track_span(struct seki_track *t, unsigned int cpu, struct seki_span *ret);

#endif /* SEKI_TRACK_H */
