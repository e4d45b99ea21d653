// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list, show and search: the items for people.
 */
#define _GNU_SOURCE
#include "userspace/cli/controls.h"

#include <stdio.h>
#include <string.h>

#include "userspace/cli/cli.h"
#include "userspace/lib/log.h"

static void print_line(const struct seki_catalogue *c, size_t row, bool japanese)
{
	printf("%-16s %-8s  %s\n", seki_item_cell(c, row, ITEM_ID),
	       seki_item_cell(c, row, ITEM_ROLE),
	       seki_item_cell(c, row, japanese ? ITEM_JA : ITEM_EN));
}

/* ---- list ---------------------------------------------------------------------- */

static bool is_role(const char *role)
{
	for (size_t i = 0; i < SEKI_ROLES; i++)
		if (!strcmp(seki_roles[i], role))
			return true;
	return false;
}

static void print_sums(const struct seki_catalogue *c, size_t row, bool japanese)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];

	printf("%-6s %4s  ", seki_sheet_cell(s, row, CATALOGUE_ID),
	       seki_sheet_cell(s, row, CATALOGUE_ROWS));
	for (size_t i = 0; i < SEKI_ROLES; i++)
		printf("%s %s  ", seki_roles[i], seki_sheet_cell(s, row, CATALOGUE_ROLES + i));
	printf("%s\n", seki_sheet_cell(s, row, japanese ? CATALOGUE_JA : CATALOGUE_EN));
}

int seki_controls_list(const struct seki_catalogue *c, const struct seki_controls_ask *a)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];
	size_t row;

	if (a->role && !is_role(a->role)) {
		seki_warnx("no role '%s'; right would be enforce, evidence, support or none",
			   a->role);
		return SEKI_EXIT_USAGE;
	}
	if (a->catalogue && !seki_sheet_find(s, a->catalogue, strlen(a->catalogue), &row)) {
		seki_warnx("no catalogue '%s'; 'sekisho controls list' ends with their names",
			   a->catalogue);
		return SEKI_EXIT_USAGE;
	}
	for (row = 0; row < c->sheet[SEKI_SHEET_ITEMS].rows; row++)
		if ((!a->role || !strcmp(a->role, seki_item_cell(c, row, ITEM_ROLE))) &&
		    (!a->catalogue ||
		     !strcmp(a->catalogue, seki_item_cell(c, row, ITEM_CATALOGUE))))
			print_line(c, row, a->japanese);
	if (a->catalogue || a->role)
		return SEKI_EXIT_OK;
	putchar('\n');
	for (row = 0; row < s->rows; row++)
		print_sums(c, row, a->japanese);
	return SEKI_EXIT_OK;
}

/* ---- show ---------------------------------------------------------------------- */

struct label {
	size_t column;
	const char *en, *ja;
};

/* clang-format off */
static const struct label item_labels[] = {
	{ ITEM_JA, "Japanese", "和文" },
	{ ITEM_EN, "English", "英文" },
	{ ITEM_ROLE, "host role", "ホストの役割" },
	{ ITEM_CATALOGUE, "catalogue", "目録" },
	{ ITEM_GROUP, "group", "区分" },
	{ ITEM_KIND, "kind", "種別" },
	{ ITEM_PRINTED, "printed as", "原典の番号" },
	{ ITEM_CLASS, "class", "分類" },
	{ ITEM_ELEMENT, "element", "要素" },
	{ ITEM_CIA, "C, I, A", "機密・完全・可用" },
	{ ITEM_CLAUSE, "clause", "条文" },
	{ ITEM_VALUES, "values", "数値" },
	{ ITEM_CONFIDENCE, "confidence", "確度" },
	{ ITEM_SOURCE, "source", "出典" },
	{ ITEM_PLACE, "place", "箇所" },
	{ ITEM_COULD, "a host could", "ホストにできること" },
};
static const struct label cross_labels[] = {
	{ CROSS_NIST, "SP 800-53 r5", "SP 800-53 r5" },
	{ CROSS_27002, "ISO 27002:2022", "ISO 27002:2022" },
	{ CROSS_27017, "ISO 27017:2015", "ISO 27017:2015" },
	{ CROSS_ITEMS, "other items", "関連項目" },
	{ CROSS_BASIS, "basis", "根拠" },
	{ CROSS_NOTE, "note", "注記" },
};
/* clang-format on */

static void print_labelled(const struct seki_sheet *s, size_t row, const struct label *labels,
			   size_t count, bool japanese)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = seki_sheet_cell(s, row, labels[i].column);

		if (*text)
			printf("  %s: %s\n", japanese ? labels[i].ja : labels[i].en, text);
	}
}

/* ---- what is evidence for it ----------------------------------------------------- */

static const char *mapped(const struct seki_catalogue *c, size_t row, size_t column)
{
	return seki_sheet_cell(&c->sheet[SEKI_SHEET_MAPPING], row, column);
}

static const char *cell_of(const struct seki_catalogue *c, enum seki_sheet_id sheet, const char *id,
			   size_t len, size_t column)
{
	size_t row;

	return seki_sheet_find(&c->sheet[sheet], id, len, &row) ?
		       seki_sheet_cell(&c->sheet[sheet], row, column) :
		       "";
}

static void print_rules(const struct seki_catalogue *c, size_t row, bool japanese)
{
	const char *at = mapped(c, row, MAP_RULES), *id;
	size_t len;

	while ((len = seki_next_id(&at, &id)))
		printf("  %s: %.*s: %s\n", japanese ? "記録" : "records", (int)len, id,
		       seki_rule_why(c, id, len));
	at = mapped(c, row, MAP_POSTURE);
	if (*at)
		printf("  %s: %s\n", japanese ? "姿勢" : "posture", at);
	at = mapped(c, row, MAP_STATEMENTS);
	while ((len = seki_next_id(&at, &id)))
		printf("  %s: %s: %s\n", japanese ? "陳述" : "statement",
		       cell_of(c, SEKI_SHEET_STATEMENTS, id, len,
			       japanese ? STATEMENT_JA : STATEMENT_EN),
		       cell_of(c, SEKI_SHEET_STATEMENTS, id, len, STATEMENT_BY));
}

/* clang-format off */
static const struct label verdict_labels[] = {
	{ FORM_MET, "met", "適合" },
	{ FORM_PARTLY, "partly", "一部適合" },
	{ FORM_NOT_MET, "not met", "不適合" },
	{ FORM_NOT_OBSERVABLE, "not observable", "観測不能" },
};
/* clang-format on */

static void print_verdicts(const struct seki_catalogue *c, const char *form, bool japanese)
{
	for (size_t i = 0; i < sizeof(verdict_labels) / sizeof(verdict_labels[0]); i++)
		printf("  %s: %s\n", japanese ? verdict_labels[i].ja : verdict_labels[i].en,
		       cell_of(c, SEKI_SHEET_FORMS, form, strlen(form),
			       verdict_labels[i].column + japanese));
}

static void show_mapping(const struct seki_catalogue *c, size_t row, bool japanese)
{
	const char *reason = mapped(c, row, MAP_REASON);
	const char *note = seki_mapping_note(c, row, japanese);
	const char *tests = mapped(c, row, MAP_TESTS);

	if (*reason) {
		printf("  %s: %s\n", japanese ? "ホストの外" : "outside the host",
		       cell_of(c, SEKI_SHEET_REASONS, reason, strlen(reason),
			       japanese ? REASON_JA : REASON_EN));
		return;
	}
	printf("  %s: %s\n", japanese ? "示せる範囲" : "shown", mapped(c, row, MAP_EXTENT));
	print_rules(c, row, japanese);
	if (seki_mapping_shown(c, row))
		print_verdicts(c, mapped(c, row, MAP_FORM), japanese);
	if (*tests)
		printf("  %s: %s\n", japanese ? "試験" : "tests", tests);
	if (*note)
		printf("  %s: %s\n", japanese ? "限界・備考" : "limit", note);
}

static void show_item(const struct seki_catalogue *c, size_t row, bool japanese)
{
	const struct seki_sheet *items = &c->sheet[SEKI_SHEET_ITEMS];
	const struct seki_sheet *cross = &c->sheet[SEKI_SHEET_CROSSWALK];
	const char *id = seki_item_cell(c, row, ITEM_ID);

	printf("%s\n", id);
	print_labelled(items, row, item_labels, sizeof(item_labels) / sizeof(item_labels[0]),
		       japanese);
	show_mapping(c, row, japanese);
	for (size_t i = 0; i < cross->rows; i++) {
		if (strcmp(seki_sheet_cell(cross, i, CROSS_ITEM), id) != 0)
			continue;
		printf(" %s\n", seki_sheet_cell(cross, i, CROSS_ID));
		print_labelled(cross, i, cross_labels,
			       sizeof(cross_labels) / sizeof(cross_labels[0]), japanese);
	}
}

int seki_controls_show(const struct seki_catalogue *c, const struct seki_controls_ask *a)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_ITEMS];
	size_t row;

	for (char **id = a->words; *id; id++)
		if (!seki_sheet_find(s, *id, strlen(*id), &row)) {
			seki_warnx("no control item '%s'; 'sekisho controls search' finds them",
				   *id);
			return SEKI_EXIT_USAGE;
		}
	for (char **id = a->words; *id; id++) {
		seki_sheet_find(s, *id, strlen(*id), &row);
		show_item(c, row, a->japanese);
	}
	return SEKI_EXIT_OK;
}

/* ---- search -------------------------------------------------------------------- */

static bool has_word(const struct seki_catalogue *c, size_t row, const char *word)
{
	for (size_t column = 0; column < ITEM_COLUMNS; column++)
		if (strcasestr(seki_item_cell(c, row, column), word))
			return true;
	return false;
}

int seki_controls_search(const struct seki_catalogue *c, const struct seki_controls_ask *a)
{
	size_t found = 0;

	for (size_t row = 0; row < c->sheet[SEKI_SHEET_ITEMS].rows; row++) {
		char **word = a->words;

		while (*word && has_word(c, row, *word))
			word++;
		if (*word)
			continue;
		print_line(c, row, a->japanese);
		found++;
	}
	if (found)
		return SEKI_EXIT_OK;
	seki_warnx("no control item has all these words");
	return SEKI_EXIT_FAILED;
}
