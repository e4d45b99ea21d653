/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index.h - where in the log the records of a question are.
 *
 * SQLite beside the log: made from it, caught up at each question, thrown away
 * when it does not fit.  It holds numbers of records; what is shown is read from
 * the log.
 */
#ifndef SEKI_INDEX_H
#define SEKI_INDEX_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seki_index;

/* Empty and zero: not asked for. */
struct seki_question {
	const char *person;  /* login name or uid */
	const char *session; /* ours, or the audit session's number */
	const char *asset;   /* label, its function ("hlr") or a path */
	const char *verdict, *class, *ticket, *control;
	const char *rule;  /* line, or part of its text */
	uint64_t from, to; /* ns of the epoch; 0, UINT64_MAX: open */
	uint64_t limit;	   /* the last so many; 0: all */
};

#define SEKI_INDEX_WHY 256

/* Opens or makes the index (":memory:" leaves none) and catches up with the log.
 * 0 or negative errno, with why.  *ret_anew: it was made from the begin.
 */
int seki_index_open(const char *file, const char *log, struct seki_index **ret, bool *ret_anew,
		    char why[SEKI_INDEX_WHY]);
void seki_index_close(struct seki_index *i);
uint64_t seki_index_size(const struct seki_index *i);

/* Calls take() with each record, in the order of the log, until it is not 0.  line:
 * as it stands in the log.  0, what take() said, or negative errno with why;
 * -ESTALE: the log has another record than the index.
 */
typedef int seki_index_taker(void *to, uint64_t n, const char *line, size_t size, json_t *record);
int seki_index_ask(struct seki_index *i, const struct seki_question *q, seki_index_taker *take,
		   void *to, char why[SEKI_INDEX_WHY]);

#endif /* SEKI_INDEX_H */
