/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - how often a text came, and when: bounded, whatever comes.
 */
#ifndef SEKI_REPORT_TALLY_H
#define SEKI_REPORT_TALLY_H

#include "userspace/lib/table.h"

#define SEKI_TALLY_TEXT 240

struct seki_counted {
	char text[SEKI_TALLY_TEXT];	      /* parts, each behind a tab */
	uint64_t count, refused, first, last; /* ns since 1970 */
	uint64_t record;		      /* number of the first one */
};

struct seki_tally {
	struct seki_counted **list;
	size_t count, room, most; /* most: texts that are kept apart */
	uint64_t beyond;	  /* came when there was no room */
	struct seki_table table;
};

/* NULL: no room. */
struct seki_counted *seki_tally_add(struct seki_tally *t, const char *text, uint64_t when,
				    uint64_t record);
/* Most often first; texts that came as often, in their order. */
void seki_tally_sort(struct seki_tally *t);
void seki_tally_free(struct seki_tally *t);
/* Part n of the text, from 0; "" behind the last. */
const char *seki_tally_part(const struct seki_counted *c, unsigned int n, char *ret, size_t size);

#endif /* SEKI_REPORT_TALLY_H */
