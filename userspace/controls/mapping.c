// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/controls/mapping.h"

/* clang-format off */
static const char *const stamps[] = { "yes", "no", NULL };
static const char *const extents[] = { "most", "part", "none", NULL };

static const struct seki_column columns[] = {
	{ "item", SEKI_CELL_REF, NULL },
	{ "form", SEKI_CELL_REFS, NULL },
	{ "reason", SEKI_CELL_REFS, NULL },
	{ "stamp", SEKI_CELL_WORD, stamps },
	{ "extent", SEKI_CELL_WORD, extents },
	{ "rules", SEKI_CELL_REFS, NULL },
	{ "posture", SEKI_CELL_REFS, NULL },
	{ "statements", SEKI_CELL_REFS, NULL },
	{ "tests", SEKI_CELL_REFS, NULL },
	{ "note", SEKI_CELL_MAYBE, NULL },
};

const struct seki_sheet_form seki_mapping_form = {
	"mapping.tsv", columns, sizeof(columns) / sizeof(columns[0]),
};
/* clang-format on */
