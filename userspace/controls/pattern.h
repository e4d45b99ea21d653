/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - the service pattern, 1 to 4: one setting, from which the interval of
 * heartbeats, the time to a notice, the interval of reports and the time that records
 * are kept follow.  The values are data: patterns.tsv.
 */
#ifndef SEKI_PATTERN_H
#define SEKI_PATTERN_H

#include <stdint.h>

#include "userspace/controls/sheet.h"

#define SEKI_CONTROLS_DIR "/usr/share/sekisho/policies/controls"
#define SEKI_PATTERN_FILE "/etc/sekisho/service-pattern"
#define SEKI_PATTERNS 4

enum {
	PATTERN_ID,
	PATTERN_JA,
	PATTERN_EN,
	PATTERN_UNIT,
	PATTERN_SENSE,	 /* the value is the most, or the least, that is allowed */
	PATTERN_FINDING, /* the best verdict of an item while it is not kept */
	PATTERN_1,	 /* of pattern 1; three more follow */
	PATTERN_FROM = PATTERN_1 + SEKI_PATTERNS, /* the item that prints the value */
	PATTERN_ITEMS,				  /* those that are judged by it */
};

/* The rows, in their order. */
enum seki_pattern_row {
	SEKI_PATTERN_LIVENESS, /* s between heartbeats */
	SEKI_PATTERN_NOTICE,   /* s */
	SEKI_PATTERN_REPORT,   /* days */
	SEKI_PATTERN_KEEP,     /* days; 0: for ever */
	SEKI_PATTERN_ROWS
};

extern const struct seki_sheet_form seki_pattern_form;

/* Rows and their order, and that no pattern asks more than the one before it. */
int seki_pattern_check(const struct seki_sheet *s, struct seki_complaint *why);
/* Read and checked; to be freed in either case. */
int seki_pattern_load(struct seki_sheet *s, const char *dir, struct seki_complaint *why);

/* A number from 1 to 4, or a file (a path with '/') that holds one; lines with '#' are
 * comments.  0, or negative errno with a complaint; -ENOENT: no such file.
 */
int seki_pattern_which(const char *text, unsigned int *ret, struct seki_complaint *why);

uint64_t seki_pattern_value(const struct seki_sheet *s, enum seki_pattern_row row,
			    unsigned int pattern);
/* The value that is set is weaker than what the pattern asks. */
bool seki_pattern_weaker(const struct seki_sheet *s, enum seki_pattern_row row,
			 unsigned int pattern, uint64_t set);
/* One sentence for people: what is set, what the pattern asks, the items. */
void seki_pattern_tell(const struct seki_sheet *s, enum seki_pattern_row row, unsigned int pattern,
		       uint64_t set, char *ret, size_t size);

#endif /* SEKI_PATTERN_H */
