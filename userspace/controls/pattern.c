// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/controls/pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/file.h"

#define SETTING_MAX 4096

/* clang-format off */
static const char *const units[] = { "s", "days", NULL };
static const char *const senses[] = { "most", "least", NULL };
static const char *const findings[] = { "partly", "not-met", NULL };

static const struct seki_column columns[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "unit", SEKI_CELL_WORD, units },
	{ "sense", SEKI_CELL_WORD, senses },
	{ "finding", SEKI_CELL_WORD, findings },
	{ "p1", SEKI_CELL_COUNT, NULL },
	{ "p2", SEKI_CELL_COUNT, NULL },
	{ "p3", SEKI_CELL_COUNT, NULL },
	{ "p4", SEKI_CELL_COUNT, NULL },
	{ "from", SEKI_CELL_REF, NULL },
	{ "items", SEKI_CELL_REFS, NULL },
};

const struct seki_sheet_form seki_pattern_form = {
	"patterns.tsv", columns, sizeof(columns) / sizeof(columns[0]),
};
/* clang-format on */

static const char *const rows[SEKI_PATTERN_ROWS] = {
	[SEKI_PATTERN_LIVENESS] = "liveness",
	[SEKI_PATTERN_NOTICE] = "notice",
	[SEKI_PATTERN_REPORT] = "report",
	[SEKI_PATTERN_KEEP] = "keep",
};

/* ---- the table --------------------------------------------------------------------- */

static bool is_least(const struct seki_sheet *s, enum seki_pattern_row row)
{
	return !strcmp(seki_sheet_cell(s, row, PATTERN_SENSE), "least");
}

uint64_t seki_pattern_value(const struct seki_sheet *s, enum seki_pattern_row row,
			    unsigned int pattern)
{
	return strtoull(seki_sheet_cell(s, row, PATTERN_1 + pattern - 1), NULL, 10);
}

int seki_pattern_check(const struct seki_sheet *s, struct seki_complaint *why)
{
	if (s->rows != SEKI_PATTERN_ROWS)
		return snprintf(why->text, sizeof(why->text),
				"%s: %zu rows; right would be %d, from liveness to keep", s->path,
				s->rows, SEKI_PATTERN_ROWS),
		       -EINVAL;
	for (enum seki_pattern_row row = 0; row < SEKI_PATTERN_ROWS; row++) {
		if (strcmp(seki_sheet_cell(s, row, PATTERN_ID), rows[row]) != 0)
			return seki_sheet_complain(s, row, why, "right would be %s here",
						   rows[row]);
		for (unsigned int n = 1; n <= SEKI_PATTERNS; n++)
			if (!seki_pattern_value(s, row, n) ||
			    (n > 1 &&
			     seki_pattern_weaker(s, row, n, seki_pattern_value(s, row, n - 1))))
				return seki_sheet_complain(s, row, why,
							   "p%u asks more than p%u, or nothing", n,
							   n - 1);
	}
	return 0;
}

int seki_pattern_load(struct seki_sheet *s, const char *dir, struct seki_complaint *why)
{
	int err = seki_sheet_read(s, &seki_pattern_form, dir, why);

	return err ? err : seki_pattern_check(s, why);
}

bool seki_pattern_weaker(const struct seki_sheet *s, enum seki_pattern_row row,
			 unsigned int pattern, uint64_t set)
{
	uint64_t asked = seki_pattern_value(s, row, pattern);

	return is_least(s, row) ? set && set < asked : !set || set > asked;
}

void seki_pattern_tell(const struct seki_sheet *s, enum seki_pattern_row row, unsigned int pattern,
		       uint64_t set, char *ret, size_t size)
{
	const char *unit = seki_sheet_cell(s, row, PATTERN_UNIT);
	char is[32] = "none";

	if (set)
		snprintf(is, sizeof(is), "%llu %s", (unsigned long long)set, unit);
	snprintf(ret, size, "%s: %s; service pattern %u asks for at %s %llu %s (%s)",
		 seki_sheet_cell(s, row, PATTERN_EN), is, pattern,
		 seki_sheet_cell(s, row, PATTERN_SENSE),
		 (unsigned long long)seki_pattern_value(s, row, pattern), unit,
		 seki_sheet_cell(s, row, PATTERN_ITEMS));
}

/* ---- the setting ------------------------------------------------------------------- */

static int wrong(struct seki_complaint *why, const char *what, const char *text)
{
	snprintf(why->text, sizeof(why->text), "%s: %.40s; right would be 1 to 4", what,
		 *text ? text : "nothing");
	return -EINVAL;
}

static bool number_of(const char *text, unsigned int *ret)
{
	if (text[0] < '1' || text[0] > '0' + SEKI_PATTERNS || text[1])
		return false;
	*ret = (unsigned int)(text[0] - '0');
	return true;
}

/* The one line that is no comment; text is cut into pieces. */
static int one_line(char *text, const char *path, unsigned int *ret, struct seki_complaint *why)
{
	char *line, *save, *is = NULL;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t\r");
		line[strcspn(line, "# \t\r")] = '\0';
		if (*line && is)
			return wrong(why, path, "more than one line");
		is = *line ? line : is;
	}
	return is && number_of(is, ret) ? 0 : wrong(why, path, is ?: "");
}

int seki_pattern_which(const char *text, unsigned int *ret, struct seki_complaint *why)
{
	char *file;
	size_t size;
	int err;

	if (!strchr(text, '/'))
		return number_of(text, ret) ? 0 : wrong(why, "--pattern", text);
	err = seki_file_read(text, SETTING_MAX, &file, &size);
	if (err) {
		snprintf(why->text, sizeof(why->text), "%s: %s", text, strerror(-err));
		return err;
	}
	err = one_line(file, text, ret, why);
	free(file);
	return err;
}
