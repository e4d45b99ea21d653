/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - what is worth an alarm: records of severity high, the collector's
 * silence and end, an unkept clock, and records that can't leave.
 */
#ifndef SEKI_FORWARD_WATCH_H
#define SEKI_FORWARD_WATCH_H

#include <jansson.h>

#include "userspace/controls/pattern.h"
#include "userspace/forward/alarm.h"
#include "userspace/forward/worker.h"

struct seki_source;

/* The service pattern: its values in seconds, and what the file weakens of them. */
struct seki_limits {
	unsigned int pattern;
	uint64_t interval, notice;
	uint64_t silence, backlog; /* as set, or as the pattern gives them */
	char finding[2][256];
	struct {
		const char *key;
		uint64_t set, asked;
	} weak[2]; /* the same, for who has words of his own */
	unsigned int findings;
};

struct seki_watch {
	const struct seki_forward_config *config;
	struct seki_alarm alarm[SEKI_ALARMS];
	unsigned int alarms;
	char *path; /* of the cursor */
	struct seki_cursor cursor;
	struct seki_source *source;
	struct seki_limits limits;
	uint64_t silence, backlog; /* ns */
	uint64_t sign;		   /* boot time of the last sign of life */
	bool silent, unkept;
	bool stuck[SEKI_SINKS];
	uint64_t raised;
	uint64_t window, in_window, held; /* of the flood guard */
};

/* The pattern of the file, else of the host, else 1.  0 or negative errno. */
int seki_watch_limits(const struct seki_forward_config *c, const char *controls,
		      struct seki_limits *ret, struct seki_complaint *why);

/* 0 or negative errno. */
int seki_watch_start(struct seki_watch *w, const struct seki_forward_config *c,
		     const struct seki_limits *l, const char *state, atomic_bool *stop);
/* Reads what is new in the log and looks at the workers; some times a second. */
void seki_watch_step(struct seki_watch *w, struct seki_worker *workers, unsigned int count);
void seki_watch_stop(struct seki_watch *w);
void seki_watch_status(struct seki_watch *w, struct seki_buf *b);

/* Why a record is worth an alarm, or NULL. */
const char *seki_watch_judge(json_t *record);

#endif /* SEKI_FORWARD_WATCH_H */
