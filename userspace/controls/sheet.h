/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheet.h - a table of text: a head line, rows of cells parted by tabs.
 *
 * What its columns may hold is said once, in a form; a sheet that was read holds
 * nothing else.  A complaint is one sentence with file and line.
 */
#ifndef SEKI_SHEET_H
#define SEKI_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "userspace/lib/table.h"

enum seki_cell_kind {
	SEKI_CELL_ID,	 /* letters, digits, '.', '-', '_'; unique if in the first column */
	SEKI_CELL_TEXT,	 /* not empty */
	SEKI_CELL_MAYBE, /* may be empty */
	SEKI_CELL_WORD,	 /* one of words */
	SEKI_CELL_COUNT, /* digits */
	SEKI_CELL_REF,	 /* an id of another sheet */
	SEKI_CELL_REFS,	 /* ids parted by one blank each, or nothing; none twice */
};

struct seki_column {
	const char *name;
	enum seki_cell_kind kind;
	const char *const *words; /* NULL at the end */
};

struct seki_sheet_form {
	const char *file; /* name in the directory of the tables */
	const struct seki_column *column;
	size_t columns;
};

struct seki_sheet {
	const struct seki_sheet_form *form;
	char path[256];
	char *text;
	const char **cell; /* rows * columns */
	unsigned int *line;
	size_t rows, room;
	struct seki_table ids; /* of the first column */
};

struct seki_complaint {
	char text[512];
};

/* Takes text, malloc'ed and NUL-terminated, also when it fails.  path is for
 * complaints.  0 or negative errno; s is to be freed in either case.
 */
int seki_sheet_parse(struct seki_sheet *s, const struct seki_sheet_form *form, const char *path,
		     char *text, size_t size, struct seki_complaint *c);
int seki_sheet_read(struct seki_sheet *s, const struct seki_sheet_form *form, const char *dir,
		    struct seki_complaint *c);
void seki_sheet_free(struct seki_sheet *s);

const char *seki_sheet_cell(const struct seki_sheet *s, size_t row, size_t column);
bool seki_sheet_find(const struct seki_sheet *s, const char *id, size_t len, size_t *ret_row);
/* "FILE:LINE: ..." about a row; always -EINVAL. */
int seki_sheet_complain(const struct seki_sheet *s, size_t row, struct seki_complaint *c,
			const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The next of ids parted by blanks; its length, or 0 behind the last one. */
size_t seki_next_id(const char **at, const char **ret);
bool seki_has_id(const char *ids, const char *id);

#endif /* SEKI_SHEET_H */
