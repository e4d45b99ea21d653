/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * catalogue.h - the control items, and what is said about them: the tables of
 * policies/controls, see sekisho.controls(5).
 *
 * What was loaded is sound: ids are unique, every reference leads somewhere, and
 * each catalogue has as many items of each role as it says.
 */
#ifndef SEKI_CATALOGUE_H
#define SEKI_CATALOGUE_H

#include <jansson.h>

#include "userspace/controls/forms.h"
#include "userspace/controls/mapping.h"
#include "userspace/controls/pattern.h"
#include "userspace/controls/sheet.h"

enum seki_sheet_id {
	SEKI_SHEET_SOURCES,
	SEKI_SHEET_CATALOGUES,
	SEKI_SHEET_ITEMS,
	SEKI_SHEET_CROSSWALK,
	SEKI_SHEET_FUNCTIONS,
	SEKI_SHEET_FORMS,
	SEKI_SHEET_REASONS,
	SEKI_SHEET_STATEMENTS,
	SEKI_SHEET_REQUIREMENTS,
	SEKI_SHEET_NOTES,
	SEKI_SHEET_PATTERNS,
	SEKI_SHEET_BASELINE,
	SEKI_SHEET_ACCIDENTS,
	SEKI_SHEET_DRAFTS,
	SEKI_SHEET_MAPPING, /* row by row beside the items */
	SEKI_SHEETS
};

/* Columns, in their order. */
enum { SOURCE_ID, SOURCE_JA, SOURCE_EN };
enum {
	CATALOGUE_ID,
	CATALOGUE_JA,
	CATALOGUE_EN,
	CATALOGUE_SOURCE,
	CATALOGUE_REVISED,
	CATALOGUE_ROWS,
	CATALOGUE_ROLES, /* enforce, evidence, support, none */
};
enum {
	ITEM_ID,
	ITEM_JA,
	ITEM_EN,
	ITEM_ROLE,
	ITEM_CATALOGUE,
	ITEM_KIND,
	ITEM_GROUP,
	ITEM_PRINTED,
	ITEM_CLASS,
	ITEM_ELEMENT,
	ITEM_CIA,
	ITEM_CLAUSE,
	ITEM_VALUES,
	ITEM_CONFIDENCE,
	ITEM_SOURCE,
	ITEM_PLACE,
	ITEM_COULD,
	ITEM_COLUMNS
};
enum {
	CROSS_ID,
	CROSS_ITEM,
	CROSS_ROLE,
	CROSS_NIST,
	CROSS_27002,
	CROSS_27017,
	CROSS_ITEMS,
	CROSS_BASIS,
	CROSS_NOTE
};
enum {
	FUNCTION_ID,
	FUNCTION_KIND,
	FUNCTION_CORE,
	FUNCTION_ITEM,
	FUNCTION_NAME,
	FUNCTION_JA,
	FUNCTION_EN
};
enum {
	FORM_ID,
	FORM_EN,
	FORM_JA,
	FORM_MET, /* from here English, then Japanese */
	FORM_PARTLY = FORM_MET + 2,
	FORM_NOT_MET = FORM_PARTLY + 2,
	FORM_NOT_OBSERVABLE = FORM_NOT_MET + 2,
};
enum { REASON_ID, REASON_EN, REASON_JA };
enum {
	DEMAND_ID,
	DEMAND_ITEM,
	DEMAND_TEXT,
	DEMAND_VALUES,
	DEMAND_MUST,
	DEMAND_STATE,
	DEMAND_BY,
	DEMAND_TESTS
};
enum { NOTE_EN, NOTE_JA };
enum {
	DRAFT_ID,
	DRAFT_NAME,
	DRAFT_SHOW,
	DRAFT_RULES,
	DRAFT_ITEMS,
	DRAFT_POSTURE,
	DRAFT_EN,
	DRAFT_JA,
	DRAFT_TEXT_EN,
	DRAFT_TEXT_JA
};
enum { STATEMENT_ID, STATEMENT_EN, STATEMENT_JA, STATEMENT_BY };

enum seki_role { SEKI_ROLE_ENFORCE, SEKI_ROLE_EVIDENCE, SEKI_ROLE_SUPPORT, SEKI_ROLE_NONE };
#define SEKI_ROLES 4
extern const char *const seki_roles[];

struct seki_catalogue {
	struct seki_sheet sheet[SEKI_SHEETS];
	json_t *rules; /* mapping.json: what the collector matches records with */
};

/* 0 or negative errno with a complaint. */
int seki_catalogue_load(struct seki_catalogue *c, const char *dir, struct seki_complaint *why);
void seki_catalogue_free(struct seki_catalogue *c);

static inline const char *seki_item_cell(const struct seki_catalogue *c, size_t row, size_t column)
{
	return seki_sheet_cell(&c->sheet[SEKI_SHEET_ITEMS], row, column);
}
/* The note of the mapping; in Japanese, too, it is never missing. */
const char *seki_mapping_note(const struct seki_catalogue *c, size_t row, bool japanese);
/* Something is named that can be shown. */
bool seki_mapping_shown(const struct seki_catalogue *c, size_t row);
/* Why a record that fits is evidence; NULL: no such rule. */
const char *seki_rule_why(const struct seki_catalogue *c, const char *name, size_t len);
enum seki_role seki_item_role(const struct seki_catalogue *c, size_t row);

/* mapping_check.c, for seki_catalogue_load(). */
int seki_rules_load(json_t **ret, const char *dir, struct seki_complaint *why);
int seki_mapping_check(const struct seki_catalogue *c, struct seki_complaint *why);

#endif /* SEKI_CATALOGUE_H */
