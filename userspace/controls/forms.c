// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * forms.c - tables that a program of their own works by.
 */
#include "userspace/controls/forms.h"

/* clang-format off */
static const struct seki_column sections[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "items", SEKI_CELL_REFS, NULL },
};

const struct seki_sheet_form seki_baseline_form = {
	"baseline.tsv", sections, sizeof(sections) / sizeof(sections[0]),
};

static const char *const answers[] = { "yes", "no", NULL };

static const struct seki_column accidents[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "item", SEKI_CELL_REF, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "prompt", SEKI_CELL_WORD, answers },
	{ "days", SEKI_CELL_COUNT, NULL },
	{ "quarter", SEKI_CELL_WORD, answers },
	{ "users", SEKI_CELL_COUNT, NULL },
	{ "minutes", SEKI_CELL_COUNT, NULL },
};

const struct seki_sheet_form seki_accident_form = {
	"accidents.tsv", accidents, sizeof(accidents) / sizeof(accidents[0]),
};
/* clang-format on */
