/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - sums over records: per control item, and for all.
 */
#ifndef SEKI_REPORT_H
#define SEKI_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/reader/time.h"
#include "userspace/report/sums.h"

#define SEKI_TIME_MAX 40

struct seki_item {
	char id[64];
	char title_ja[512], title_en[512];
	bool served; /* records are stamped with it: shown without one too */
	uint64_t denied, would_deny, allowed, other;
	char last[SEKI_TIME_MAX];
	uint64_t last_ns;
};

#define SEKI_BAD_LINES 20
struct seki_report {
	/* window, ns of the epoch; 0 and UINT64_MAX: open */
	uint64_t from, to;
	struct seki_item *items;
	size_t n_items;
	uint64_t records, denied, would_deny, allowed, other, outside, bad;
	uint64_t lost, integrity, high, sessions;
	char first[SEKI_TIME_MAX], last[SEKI_TIME_MAX], canary[16];
	uint64_t first_ns, last_ns;
	uint64_t canary_bad;   /* integrity records about enforcement */
	struct seki_sums life; /* only its signs of life, and the gaps between; .beat is asked */
	struct {
		char file[128];
		unsigned long line;
	} bad_line[SEKI_BAD_LINES];
};

/* Titles from path, and from mapping.tsv beside it what records are stamped with.
 * 0 or negative errno.
 */
int seki_report_items(struct seki_report *r, const char *path);
/* A file, or the directory of a log.  0 or negative errno. */
int seki_report_file(struct seki_report *r, const char *path);
/* Behind the last file. */
void seki_report_end(struct seki_report *r);
void seki_report_free(struct seki_report *r);

#endif /* SEKI_REPORT_H */
