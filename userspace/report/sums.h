/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sums.h - what a report keeps of the records of a window: sums, a few examples,
 * and the times in which the protection was not shown.  Its memory does not grow
 * with the number of records.
 */
#ifndef SEKI_REPORT_SUMS_H
#define SEKI_REPORT_SUMS_H

#include "userspace/collector/control.h"
#include "userspace/report/pick.h"
#include "userspace/report/tally.h"

/* The name that sekisho selftest gives itself to be told by. */
#define SEKI_PROBE_COMM "sekisho-probe"

/* ---- when the protection was not shown ------------------------------------------ */

/* X(NAME, "word") */
#define SEKI_GAP_LIST(X)                                                  \
	X(SILENCE, "silence") /* no sign of life, and nothing says why */ \
	X(STOPPED, "stopped") /* the collector had said that it stops */  \
	X(RESTART, "restart") /* the host was started anew in between */  \
	X(LOST, "enforcement-lost")                                       \
	X(UNPROVEN, "enforcement-unproven")                               \
	X(AUDIT, "mode-audit")                                            \
	X(UNLOADED, "policy-taken-out")                                   \
	X(NO_POLICY, "no-policy")                                         \
	X(BEFORE, "before-first-record")                                  \
	X(AFTER, "after-last-record")

#define X(name, word) SEKI_GAP_##name,
enum seki_gap_kind { SEKI_GAP_LIST(X) SEKI_GAPS };
#undef X
const char *seki_gap_word(enum seki_gap_kind kind);

struct seki_gap {
	enum seki_gap_kind kind;
	uint64_t from, to;  /* ns since 1970 */
	uint64_t seconds;   /* by the boot clock where it is one boot */
	uint64_t low, high; /* records that bound it */
	bool held;	    /* a later sign of the same boot and policy: the kernel went on */
	bool open;	    /* it lasts to the end of the records */
	unsigned int source;
};

struct seki_clock_set {
	uint64_t at, ms;
	bool back;
	unsigned int source;
};

/* ---- piles: records alike to every item ------------------------------------------ */

#define SEKI_EXAMPLES 2
struct seki_example {
	uint64_t record, when;
	char id[64], act[64], login[33], from[48], comm[20], label[64], path[160], err[16];
};

/* The verdict of a record. */
enum seki_outcome { SEKI_OUT_NONE, SEKI_OUT_DENIED, SEKI_OUT_WOULD, SEKI_OUT_ALLOWED, SEKI_OUTS };

struct seki_pile {
	uint64_t rules; /* which fit */
	enum seki_outcome outcome;
	uint64_t count, first, last;
	uint64_t probes; /* of them of sekisho selftest */
	struct seki_example example[SEKI_EXAMPLES];
	unsigned int examples;
};

/* ---- signs of life around a session ---- */

/* What a heartbeat says of the measures. */
struct seki_beat {
	bool any, clock, synced;
	uint64_t record, when;
	char mode[8], canary[12], digest[17];
};

/* ---- sessions --------------------------------------------------------------------- */

struct seki_visit {
	char session[24], login[33], from[48], tty[24];
	char ticket[128]; /* said in it, parted by ", " */
	uint64_t first, last;
	uint64_t begun, programs, acts, refused;
	struct seki_beat before, after; /* nearest to its first and its last record */
	bool awaits;			/* no heartbeat came since its last record */
};

/* ---- all --------------------------------------------------------------------------- */

#define SEKI_BINS 192
struct seki_bin {
	uint64_t refused, would, allowed, other;
};

struct seki_source_sum {
	char path[256], host[17], name[65];
	uint64_t first, last, records;	   /* in the window */
	uint64_t all_first, all_last, all; /* whatever the window */
	uint64_t low, high;		   /* numbers, in the window */
	bool any;
	/* what verifying said */
	bool verified; /* was tried */
	char origin[128];
	uint64_t wrong, signed_, checkpoints;
	uint64_t deleted; /* records below were deleted, as a record tells */
};

#define SEKI_GAPS_MAX 512
#define SEKI_CLOCKS_MAX 64
#define SEKI_PILES_MAX 4096
#define SEKI_VISITS_MAX 65536
#define SEKI_SOURCES_MAX 256
#define SEKI_BAD_MAX 20

struct seki_life; /* life.c: of the source that is read */
struct seki_memo; /* which rules fit, by what a record is */

struct seki_sums {
	/* what is asked */
	uint64_t from, to; /* ns; 0, UINT64_MAX: open */
	uint64_t beat;	   /* seconds without a sign of life that are silence */
	bool keep_work;	   /* what was done in each session, too */
	const struct seki_controls *rules;
	uint64_t life_rules; /* that signs of life and losses fit */
	/* what there was */
	uint64_t records, outside, bad, newer, out[SEKI_OUTS];
	uint64_t first, last;
	long zone; /* seconds east of UTC, of the first record */
	bool zoned;
	uint64_t bad_at[SEKI_BAD_MAX];
	uint64_t lost, unexplained, disk_lost, losses, integrity, high, policy_events,
		unsigned_policy;
	uint64_t heartbeats, held, canaries, starts, stops, sessions, execs, boots;
	uint64_t longest; /* seconds between two signs of life of one boot */
	/* the weakest settings that signs of life and deletions tell of */
	uint64_t slowest;  /* seconds from a heartbeat to the next */
	uint64_t keep;	   /* days; 0: for ever */
	uint64_t patterns; /* bit n: hosts set to service pattern n */
	/* and what the forwarder's file weakens of the time to a notice */
	struct {
		const char *key;
		uint64_t set, asked;
	} notice[2];
	unsigned int notices;
	uint64_t ntp, synced, steps_back, foreign_clock;
	char time_source[24];
	uint64_t enforcing, auditing; /* signs of life in each mode */
	uint64_t unexplained_policy;  /* another policy, and no record of its load */
	struct seki_gap gap[SEKI_GAPS_MAX];
	size_t gaps;
	uint64_t more_gaps;
	struct seki_clock_set clock[SEKI_CLOCKS_MAX];
	size_t clocks;
	struct seki_pile **pile;
	size_t piles;
	uint64_t probes;  /* acts of sekisho selftest */
	uint64_t unpiled; /* records that found no pile: the report is not whole */
	struct seki_table pile_at;
	struct seki_tally refused, allowed, policies;
	struct seki_tally work; /* of operators: session, kind, outcome, label, what, act */
	struct seki_visit *visit;
	size_t visits, visits_room;
	struct seki_beat beat_now;	/* last heartbeat of the source */
	size_t awaiting;		/* visits that await one */
	uint64_t more_visits, nameless; /* acts of operators without a session */
	struct seki_table visit_at;
	struct seki_bin bin[SEKI_BINS];
	uint64_t bin_from, bin_width; /* ns */
	struct seki_source_sum *source;
	size_t sources;
	struct seki_life *life;
	struct seki_memo *memo;
};

/* rules: NULL for who only adds lives. */
int seki_sums_open(struct seki_sums *s, const struct seki_controls *rules);
void seki_sums_close(struct seki_sums *s);
/* 0 or negative errno; -E2BIG: more sources than a report takes. */
int seki_sums_source(struct seki_sums *s, const char *path);
/* One record of the source, by its number. */
void seki_sums_add(struct seki_sums *s, uint64_t index, const char *data, size_t size);
/* Of a record only what tells whether the protection was up. */
void seki_sums_add_life(struct seki_sums *s, uint64_t index, const char *data, size_t size);
/* Behind the last record of a source. */
void seki_sums_source_end(struct seki_sums *s);
/* Behind the last source: what is open ends with the window. */
void seki_sums_end(struct seki_sums *s);

/* life.c */
struct seki_life *seki_life_open(void);
void seki_life_begin(struct seki_life *l, unsigned int source);
/* Each record of the source, also before the window. */
void seki_life_add(struct seki_sums *s, const struct seki_seen *r, uint64_t index, uint64_t when);
void seki_life_end(struct seki_sums *s);

#endif /* SEKI_REPORT_SUMS_H */
