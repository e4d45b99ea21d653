// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sheet_fuzz.c - a table that somebody altered: it is refused with a place, or
 * its rows hold what their columns allow.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/controls/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = { "yes", "no", NULL };
static const struct seki_column columns[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "word", SEKI_CELL_WORD, words },
	{ "text", SEKI_CELL_MAYBE, NULL },
	{ "refs", SEKI_CELL_REFS, NULL },
};
static const struct seki_sheet_form form = { "x", columns, 4 };

static void look(const struct seki_sheet *s)
{
	for (size_t i = 0; i < s->rows; i++) {
		const char *id = seki_sheet_cell(s, i, 0), *word = seki_sheet_cell(s, i, 1);
		const char *at = seki_sheet_cell(s, i, 3), *ref;
		size_t found;

		if (!seki_sheet_find(s, id, strlen(id), &found) || found != i)
			abort();
		if (strcmp(word, "yes") && strcmp(word, "no"))
			abort();
		while ((found = seki_next_id(&at, &ref)))
			if (found > 63 || memchr(ref, ' ', found))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char head[] = "id\tword\ttext\trefs\n";
	struct seki_complaint why = { .text = "" };
	/* The first byte says whether the head is right. */
	size_t n = size && *data & 1 ? sizeof(head) - 1 : 0;
	char *text = malloc(n + size + 1);
	struct seki_sheet s;

	memcpy(text, head, n);
	if (size)
		memcpy(text + n, data + 1, size - 1);
	size = n + (size ? size - 1 : 0);
	text[size] = '\0';
	if (!seki_sheet_parse(&s, &form, "x", text, size, &why))
		look(&s);
	else if (strncmp(why.text, "x:", 2))
		abort();
	seki_sheet_free(&s);
	return 0;
}
