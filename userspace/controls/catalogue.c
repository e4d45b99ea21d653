// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/controls/catalogue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const char *const seki_roles[] = { "enforce", "evidence", "support", "none", NULL };
static const char *const confidences[] = { "low", "medium", "high", NULL };
static const char *const bases[] = { "judgement", "printed", NULL };
static const char *const kinds[] = { "core", "nf", NULL };

static const struct seki_column sources[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
};
static const struct seki_column catalogues[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "source", SEKI_CELL_REF, NULL },
	{ "revised", SEKI_CELL_TEXT, NULL },
	{ "rows", SEKI_CELL_COUNT, NULL },
	{ "enforce", SEKI_CELL_COUNT, NULL },
	{ "evidence", SEKI_CELL_COUNT, NULL },
	{ "support", SEKI_CELL_COUNT, NULL },
	{ "none", SEKI_CELL_COUNT, NULL },
};
static const struct seki_column items[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "host_role", SEKI_CELL_WORD, seki_roles },
	{ "catalogue", SEKI_CELL_REF, NULL },
	{ "kind", SEKI_CELL_ID, NULL },
	{ "group", SEKI_CELL_MAYBE, NULL },
	{ "printed", SEKI_CELL_MAYBE, NULL },
	{ "class", SEKI_CELL_MAYBE, NULL },
	{ "element", SEKI_CELL_MAYBE, NULL },
	{ "cia", SEKI_CELL_MAYBE, NULL },
	{ "clause", SEKI_CELL_MAYBE, NULL },
	{ "values", SEKI_CELL_MAYBE, NULL },
	{ "confidence", SEKI_CELL_WORD, confidences },
	{ "source", SEKI_CELL_REFS, NULL },
	{ "place", SEKI_CELL_MAYBE, NULL },
	{ "could", SEKI_CELL_MAYBE, NULL },
};
static const struct seki_column crosswalk[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "item", SEKI_CELL_REF, NULL },
	{ "host_role", SEKI_CELL_WORD, seki_roles },
	{ "nist_800_53_r5", SEKI_CELL_MAYBE, NULL },
	{ "iso_27002_2022", SEKI_CELL_MAYBE, NULL },
	{ "iso_27017_2015", SEKI_CELL_MAYBE, NULL },
	{ "items", SEKI_CELL_REFS, NULL },
	{ "basis", SEKI_CELL_WORD, bases },
	{ "note", SEKI_CELL_MAYBE, NULL },
};
static const struct seki_column functions[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "kind", SEKI_CELL_WORD, kinds },
	{ "core", SEKI_CELL_COUNT, NULL },
	{ "item", SEKI_CELL_REF, NULL },
	{ "name", SEKI_CELL_TEXT, NULL },
	{ "title_ja", SEKI_CELL_MAYBE, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "generation", SEKI_CELL_MAYBE, NULL },
	{ "functions", SEKI_CELL_TEXT, NULL },
	{ "packages", SEKI_CELL_MAYBE, NULL },
	{ "confidence", SEKI_CELL_WORD, confidences },
	{ "note", SEKI_CELL_MAYBE, NULL },
};
static const struct seki_column form_columns[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "met_en", SEKI_CELL_TEXT, NULL },
	{ "met_ja", SEKI_CELL_TEXT, NULL },
	{ "partly_en", SEKI_CELL_TEXT, NULL },
	{ "partly_ja", SEKI_CELL_TEXT, NULL },
	{ "not_met_en", SEKI_CELL_TEXT, NULL },
	{ "not_met_ja", SEKI_CELL_TEXT, NULL },
	{ "not_observable_en", SEKI_CELL_TEXT, NULL },
	{ "not_observable_ja", SEKI_CELL_TEXT, NULL },
};
static const struct seki_column reasons[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "reason_en", SEKI_CELL_TEXT, NULL },
	{ "reason_ja", SEKI_CELL_TEXT, NULL },
};
static const struct seki_column statements[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "shown_by", SEKI_CELL_TEXT, NULL },
};
static const char *const states[] = { "met", "part", "open", "elsewhere", NULL };
static const struct seki_column requirements[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "item", SEKI_CELL_REF, NULL },
	{ "requirement", SEKI_CELL_TEXT, NULL },
	{ "values", SEKI_CELL_MAYBE, NULL },
	{ "demand", SEKI_CELL_TEXT, NULL },
	{ "state", SEKI_CELL_WORD, states },
	{ "by", SEKI_CELL_TEXT, NULL },
	{ "tests", SEKI_CELL_REFS, NULL },
};

static const struct seki_column notes[] = {
	{ "note_en", SEKI_CELL_TEXT, NULL },
	{ "note_ja", SEKI_CELL_TEXT, NULL },
};

static const char *const shown[] = { "title", "text", "blank", "hosts", "up", "acts", "reached", "people", "items", "state", NULL };
static const struct seki_column drafts[] = {
	{ "id", SEKI_CELL_ID, NULL },
	{ "draft", SEKI_CELL_TEXT, NULL },
	{ "show", SEKI_CELL_WORD, shown },
	{ "rules", SEKI_CELL_REFS, NULL },
	{ "items", SEKI_CELL_REFS, NULL },
	{ "posture", SEKI_CELL_REFS, NULL },
	{ "title_en", SEKI_CELL_TEXT, NULL },
	{ "title_ja", SEKI_CELL_TEXT, NULL },
	{ "text_en", SEKI_CELL_TEXT, NULL },
	{ "text_ja", SEKI_CELL_TEXT, NULL },
};

#define FORM(file, columns) { file, columns, sizeof(columns) / sizeof((columns)[0]) }
static const struct seki_sheet_form forms[SEKI_SHEETS] = {
	[SEKI_SHEET_SOURCES] = FORM("sources.tsv", sources),
	[SEKI_SHEET_CATALOGUES] = FORM("catalogues.tsv", catalogues),
	[SEKI_SHEET_ITEMS] = FORM("items.tsv", items),
	[SEKI_SHEET_CROSSWALK] = FORM("crosswalk.tsv", crosswalk),
	[SEKI_SHEET_FUNCTIONS] = FORM("core-functions.tsv", functions),
	[SEKI_SHEET_FORMS] = FORM("forms.tsv", form_columns),
	[SEKI_SHEET_REASONS] = FORM("reasons.tsv", reasons),
	[SEKI_SHEET_STATEMENTS] = FORM("statements.tsv", statements),
	[SEKI_SHEET_REQUIREMENTS] = FORM("log-requirements.tsv", requirements),
	[SEKI_SHEET_NOTES] = FORM("notes.tsv", notes),
	[SEKI_SHEET_DRAFTS] = FORM("drafts.tsv", drafts),
};

/* Which column names rows of which sheet. */
static const struct {
	enum seki_sheet_id from;
	size_t column;
	enum seki_sheet_id to;
} references[] = {
	{ SEKI_SHEET_CATALOGUES, CATALOGUE_SOURCE, SEKI_SHEET_SOURCES },
	{ SEKI_SHEET_ITEMS, ITEM_CATALOGUE, SEKI_SHEET_CATALOGUES },
	{ SEKI_SHEET_ITEMS, ITEM_SOURCE, SEKI_SHEET_SOURCES },
	{ SEKI_SHEET_CROSSWALK, CROSS_ITEM, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_CROSSWALK, CROSS_ITEMS, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_FUNCTIONS, FUNCTION_ITEM, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_REQUIREMENTS, DEMAND_ITEM, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_PATTERNS, PATTERN_FROM, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_PATTERNS, PATTERN_ITEMS, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_BASELINE, BASELINE_ITEMS, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_ACCIDENTS, ACCIDENT_ITEM, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_DRAFTS, DRAFT_ITEMS, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_MAPPING, MAP_ITEM, SEKI_SHEET_ITEMS },
	{ SEKI_SHEET_MAPPING, MAP_FORM, SEKI_SHEET_FORMS },
	{ SEKI_SHEET_MAPPING, MAP_REASON, SEKI_SHEET_REASONS },
	{ SEKI_SHEET_MAPPING, MAP_STATEMENTS, SEKI_SHEET_STATEMENTS },
};
/* clang-format on */

static size_t word_number(const char *const *words, const char *text)
{
	size_t i = 0;

	while (words[i] && strcmp(words[i], text))
		i++;
	return i;
}

enum seki_role seki_item_role(const struct seki_catalogue *c, size_t row)
{
	return (enum seki_role)word_number(seki_roles, seki_item_cell(c, row, ITEM_ROLE));
}

static int check_reference(const struct seki_catalogue *c, size_t which, struct seki_complaint *why)
{
	const struct seki_sheet *from = &c->sheet[references[which].from];
	const struct seki_sheet *to = &c->sheet[references[which].to];
	size_t column = references[which].column, found;

	for (size_t row = 0; row < from->rows; row++) {
		const char *at = seki_sheet_cell(from, row, column), *id;
		size_t len;

		while ((len = seki_next_id(&at, &id)))
			if (!seki_sheet_find(to, id, len, &found))
				return seki_sheet_complain(from, row, why, "%s: %.*s is not in %s",
							   from->form->column[column].name,
							   (int)len, id, to->path);
	}
	return 0;
}

/* A row that is lost or given another role is noticed here. */
static int check_counts(const struct seki_catalogue *c, struct seki_complaint *why)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];
	const struct seki_sheet *all = &c->sheet[SEKI_SHEET_ITEMS];

	for (size_t row = 0; row < s->rows; row++) {
		size_t have[1 + SEKI_ROLES] = { 0 };

		for (size_t i = 0; i < all->rows; i++) {
			if (strcmp(seki_item_cell(c, i, ITEM_CATALOGUE),
				   seki_sheet_cell(s, row, CATALOGUE_ID)) != 0)
				continue;
			have[0]++;
			have[1 + seki_item_role(c, i)]++;
		}
		for (size_t i = 0; i < 1 + SEKI_ROLES; i++)
			if (strtoul(seki_sheet_cell(s, row, CATALOGUE_ROWS + i), NULL, 10) !=
			    have[i])
				return seki_sheet_complain(
					s, row, why, "%s says %s, but %s has %zu",
					s->form->column[CATALOGUE_ROWS + i].name,
					seki_sheet_cell(s, row, CATALOGUE_ROWS + i), all->path,
					have[i]);
	}
	return 0;
}

/* The crosswalk repeats the role, for people who read it alone. */
static int check_roles(const struct seki_catalogue *c, struct seki_complaint *why)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CROSSWALK];

	for (size_t row = 0; row < s->rows; row++) {
		const char *id = seki_sheet_cell(s, row, CROSS_ITEM);
		const char *says = seki_sheet_cell(s, row, CROSS_ROLE), *is;
		size_t item = 0;

		if (!seki_sheet_find(&c->sheet[SEKI_SHEET_ITEMS], id, strlen(id), &item))
			continue;
		is = seki_item_cell(c, item, ITEM_ROLE);
		if (strcmp(says, is) != 0)
			return seki_sheet_complain(s, row, why, "host_role of %s is %s, not %s", id,
						   is, says);
	}
	return 0;
}

/* What is said to be met has a test that shows it. */
static int check_requirements(const struct seki_catalogue *c, struct seki_complaint *why)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_REQUIREMENTS];

	for (size_t row = 0; row < s->rows; row++) {
		const char *state = seki_sheet_cell(s, row, DEMAND_STATE);
		bool said = !strcmp(state, "met") || !strcmp(state, "part");

		if (said != (*seki_sheet_cell(s, row, DEMAND_TESTS) != '\0'))
			return seki_sheet_complain(s, row, why, "state %s %s a test", state,
						   said ? "without" : "with");
	}
	return 0;
}

/* Some are read by others, too, and have their form there. */
static const struct seki_sheet_form *form_of(size_t sheet)
{
	switch (sheet) {
	case SEKI_SHEET_MAPPING:
		return &seki_mapping_form;
	case SEKI_SHEET_PATTERNS:
		return &seki_pattern_form;
	case SEKI_SHEET_BASELINE:
		return &seki_baseline_form;
	case SEKI_SHEET_ACCIDENTS:
		return &seki_accident_form;
	default:
		return &forms[sheet];
	}
}

static int load(struct seki_catalogue *c, const char *dir, struct seki_complaint *why)
{
	int err = 0;

	for (size_t i = 0; !err && i < SEKI_SHEETS; i++)
		err = seki_sheet_read(&c->sheet[i], form_of(i), dir, why);
	if (!err)
		err = seki_rules_load(&c->rules, dir, why);
	for (size_t i = 0; !err && i < sizeof(references) / sizeof(references[0]); i++)
		err = check_reference(c, i, why);
	if (!err)
		err = check_counts(c, why);
	if (!err)
		err = check_roles(c, why);
	if (!err)
		err = check_requirements(c, why);
	if (!err)
		err = seki_pattern_check(&c->sheet[SEKI_SHEET_PATTERNS], why);
	return err ? err : seki_mapping_check(c, why);
}

int seki_catalogue_load(struct seki_catalogue *c, const char *dir, struct seki_complaint *why)
{
	int err;

	*c = (struct seki_catalogue){ 0 };
	err = load(c, dir, why);
	if (err)
		seki_catalogue_free(c);
	return err;
}

void seki_catalogue_free(struct seki_catalogue *c)
{
	for (size_t i = 0; i < SEKI_SHEETS; i++)
		seki_sheet_free(&c->sheet[i]);
	json_decref(c->rules);
	c->rules = NULL;
}
