/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.h - everything that is wrong with a policy, collected, then printed in
 * the order of the text:
 *
 *	FILE:LINE:COLUMN: error: what; what would be right
 *	the source line
 *	     ^
 */
#ifndef SEKI_DIAG_H
#define SEKI_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "userspace/lib/arena.h"

/* Line and column from 1; the column counts characters.  Line 0: the file.
 * source: 0 is the file that was named, others are what it includes.
 */
struct seki_pos {
	unsigned int line, col, source;
};

/* A file that another one includes. */
struct seki_source {
	const char *file; /* as it was opened */
	const char *name; /* as the including file calls it, from the first one's directory */
	const char *text;
	size_t size;
};
#define SEKI_INCLUDED_MAX 63

struct seki_diag_entry {
	struct seki_pos pos, note_pos;
	unsigned int warning; /* its number, 0: an error */
	unsigned int order;
	const char *text, *note;
};

/* More than these are counted and not shown. */
#define SEKI_DIAG_SHOWN_MAX 200

struct seki_diag {
	const char *file;
	const char *text; /* source, may be NULL */
	size_t size;
	struct seki_source *included; /* source n is included[n - 1] */
	unsigned int n_included;
	unsigned int source; /* the one that is read now */
	unsigned int errors, warnings, accepted;
	struct seki_diag_entry entry[SEKI_DIAG_SHOWN_MAX];
	unsigned int entries;
	struct seki_diag_entry *last; /* the one a note belongs to, or NULL */
	struct seki_accept *accept;   /* accept.c */
	unsigned int accepts, accept_room;
	struct seki_arena arena;
};

#define SEKI_DIAG_PRINTF __attribute__((format(printf, 3, 4)))
void seki_error(struct seki_diag *d, struct seki_pos pos, const char *fmt, ...) SEKI_DIAG_PRINTF;
/* number: warning.h.  Nothing comes of one that the text accepts. */
void seki_warning(struct seki_diag *d, unsigned int number, struct seki_pos pos, const char *fmt,
		  ...) __attribute__((format(printf, 4, 5)));
/* The second place of the last error or warning. */
void seki_note(struct seki_diag *d, struct seki_pos pos, const char *fmt, ...) SEKI_DIAG_PRINTF;

/* accept.c: of each source, before the first warning; after the last one. */
void seki_accept_read(struct seki_diag *d, const char *text, size_t size);
void seki_accept_check(struct seki_diag *d);
bool seki_accepted(struct seki_diag *d, unsigned int number, struct seki_pos pos);

void seki_diag_print(struct seki_diag *d, FILE *out);
void seki_diag_free(struct seki_diag *d);

#endif /* SEKI_DIAG_H */
