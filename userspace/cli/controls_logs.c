// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * logs: the demands on logs, one line each, as Markdown; docs/log-requirements.md
 * is what it prints.
 */
#include "userspace/cli/controls.h"

#include <stdio.h>
#include <string.h>

#include "userspace/cli/cli.h"

static const char head[] =
	"# Log requirements\n\n"
	"What the sources demand of logs, time, notice, keeping and reports, and what of it\n"
	"this version does. Made by `sekisho controls logs` from\n"
	"`policies/controls/log-requirements.tsv`; fields are those of `sekishod(8)`.\n\n"
	"met: all of it. part: what is missing is said. open: not there. elsewhere: not the\n"
	"host's part.\n\n";

static void print_sums(const struct seki_sheet *s)
{
	static const char *const states[] = { "met", "part", "open", "elsewhere" };

	printf("%zu demands:", s->rows);
	for (size_t i = 0; i < 4; i++) {
		size_t n = 0;

		for (size_t row = 0; row < s->rows; row++)
			n += !strcmp(seki_sheet_cell(s, row, DEMAND_STATE), states[i]);
		printf(" %zu %s%s", n, states[i], i < 3 ? "," : ".\n\n");
	}
}

static void print_tests(const char *tests)
{
	const char *id;
	size_t len, n = 0;

	while ((len = seki_next_id(&tests, &id)))
		printf("%s`%.*s`", n++ ? " " : "", (int)len, id);
}

int seki_controls_logs(const struct seki_catalogue *c, const struct seki_controls_ask *a)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_REQUIREMENTS];

	(void)a;
	fputs(head, stdout);
	print_sums(s);
	puts("| id | item | demand | state | by what, or why not | test |\n|---|---|---|---|---|---|");
	for (size_t row = 0; row < s->rows; row++) {
		printf("| %s | %s | %s | %s | %s | ", seki_sheet_cell(s, row, DEMAND_ID),
		       seki_sheet_cell(s, row, DEMAND_ITEM), seki_sheet_cell(s, row, DEMAND_TEXT),
		       seki_sheet_cell(s, row, DEMAND_STATE), seki_sheet_cell(s, row, DEMAND_BY));
		print_tests(seki_sheet_cell(s, row, DEMAND_TESTS));
		puts(" |");
	}
	return SEKI_EXIT_OK;
}
