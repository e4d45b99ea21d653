// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * coverage: of how many items this version shows something.  An item counts only
 * with evidence that exists today and a test that shows it.
 */
#include "userspace/cli/controls.h"

#include <stdio.h>
#include <string.h>

#include "userspace/cli/cli.h"

struct sum {
	size_t items, most, part;
};

static const char *mapped(const struct seki_catalogue *c, size_t row, size_t column)
{
	return seki_sheet_cell(&c->sheet[SEKI_SHEET_MAPPING], row, column);
}

static void count(const struct seki_catalogue *c, struct sum sum[SEKI_ROLES])
{
	for (size_t row = 0; row < c->sheet[SEKI_SHEET_ITEMS].rows; row++) {
		struct sum *s = &sum[seki_item_role(c, row)];
		const char *extent = mapped(c, row, MAP_EXTENT);

		s->items++;
		if (!seki_mapping_shown(c, row) || !*mapped(c, row, MAP_TESTS))
			continue;
		s->most += !strcmp(extent, "most");
		s->part += !strcmp(extent, "part");
	}
}

static void print_sum(enum seki_role role, const struct sum *s, bool japanese)
{
	printf(japanese ? "%-8s  %zu / %zu 項目に証拠と試験がある（大部分 %zu、一部 %zu）\n" :
			  "%-8s  %zu of %zu items with evidence and a test (%zu for the most part, "
			  "%zu in part)\n",
	       seki_roles[role], s->most + s->part, s->items, s->most, s->part);
}

static size_t out_of_reach(const struct seki_catalogue *c, const char *reason)
{
	size_t n = 0;

	for (size_t row = 0; row < c->sheet[SEKI_SHEET_MAPPING].rows; row++)
		n += !strcmp(mapped(c, row, MAP_REASON), reason);
	return n;
}

static void print_reasons(const struct seki_catalogue *c, size_t items, bool japanese)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_REASONS];

	printf(japanese ? "%-8s  %zu 項目はホストの外\n" :
			  "%-8s  %zu items outside the host's reach\n",
	       seki_roles[SEKI_ROLE_NONE], items);
	for (size_t row = 0; row < s->rows; row++)
		printf("          %3zu  %s\n", out_of_reach(c, seki_sheet_cell(s, row, REASON_ID)),
		       seki_sheet_cell(s, row, japanese ? REASON_JA : REASON_EN));
}

static void print_open(const struct seki_catalogue *c, enum seki_role role, bool japanese)
{
	for (size_t row = 0; row < c->sheet[SEKI_SHEET_ITEMS].rows; row++)
		if (seki_item_role(c, row) == role && !seki_mapping_shown(c, row))
			printf("  %-16s %s: %s\n", seki_item_cell(c, row, ITEM_ID),
			       seki_item_cell(c, row, japanese ? ITEM_JA : ITEM_EN),
			       seki_mapping_note(c, row, japanese));
}

int seki_controls_coverage(const struct seki_catalogue *c, const struct seki_controls_ask *a)
{
	struct sum sum[SEKI_ROLES] = { 0 };

	count(c, sum);
	for (int role = 0; role < SEKI_ROLE_NONE; role++)
		print_sum((enum seki_role)role, &sum[role], a->japanese);
	print_reasons(c, sum[SEKI_ROLE_NONE].items, a->japanese);
	printf(a->japanese ? "\n証拠のない enforce・evidence の項目:\n" :
			     "\nItems to enforce or to prove without evidence:\n");
	print_open(c, SEKI_ROLE_ENFORCE, a->japanese);
	print_open(c, SEKI_ROLE_EVIDENCE, a->japanese);
	return SEKI_EXIT_OK;
}
