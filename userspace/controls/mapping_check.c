// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the mapping must say of an item, by the item's role, and that what it
 * names is there.
 */
#include "userspace/controls/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/posture/posture.h"

int seki_rules_load(json_t **ret, const char *dir, struct seki_complaint *why)
{
	char path[256];
	json_error_t at;

	snprintf(path, sizeof(path), "%s/mapping.json", dir);
	*ret = json_load_file(path, JSON_REJECT_DUPLICATES, &at);
	if (*ret && json_is_array(json_object_get(*ret, "rules")))
		return 0;
	if (*ret)
		snprintf(why->text, sizeof(why->text), "%s: no list of rules", path);
	else
		snprintf(why->text, sizeof(why->text), "%s:%d: %s", path, at.line, at.text);
	return -EINVAL;
}

const char *seki_rule_why(const struct seki_catalogue *c, const char *name, size_t len)
{
	json_t *rule;
	size_t i;

	json_array_foreach(json_object_get(c->rules, "rules"), i, rule) {
		const char *is = json_string_value(json_object_get(rule, "name"));
		const char *why = json_string_value(json_object_get(rule, "why"));

		if (is && why && strlen(is) == len && !memcmp(is, name, len))
			return why;
	}
	return NULL;
}

static bool is_posture(const char *id, size_t len)
{
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)len, id);
	return seki_posture_find(name);
}

/* Rules and posture items that a row names, in the columns given. */
static int check_names(const struct seki_catalogue *c, const struct seki_sheet *s, size_t row,
		       size_t rules, size_t posture, struct seki_complaint *why)
{
	const char *at = seki_sheet_cell(s, row, rules), *id;
	size_t len;

	while ((len = seki_next_id(&at, &id)))
		if (!seki_rule_why(c, id, len))
			return seki_sheet_complain(s, row, why,
						   "rules: %.*s is no rule of mapping.json",
						   (int)len, id);
	at = seki_sheet_cell(s, row, posture);
	while ((len = seki_next_id(&at, &id)))
		if (!is_posture(id, len))
			return seki_sheet_complain(s, row, why,
						   "posture: %.*s is no item of 'sekisho posture'",
						   (int)len, id);
	return 0;
}

bool seki_mapping_shown(const struct seki_catalogue *c, size_t row)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_MAPPING];

	return *seki_sheet_cell(s, row, MAP_RULES) || *seki_sheet_cell(s, row, MAP_POSTURE) ||
	       *seki_sheet_cell(s, row, MAP_STATEMENTS);
}

const char *seki_mapping_note(const struct seki_catalogue *c, size_t row, bool japanese)
{
	const char *note = seki_sheet_cell(&c->sheet[SEKI_SHEET_MAPPING], row, MAP_NOTE);
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_NOTES];

	for (size_t i = 0; japanese && i < s->rows; i++)
		if (!strcmp(seki_sheet_cell(s, i, NOTE_EN), note))
			return seki_sheet_cell(s, i, NOTE_JA);
	return japanese ? "" : note;
}

static int check_row(const struct seki_catalogue *c, size_t row, struct seki_complaint *why)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_MAPPING];
	bool none = seki_item_role(c, row) == SEKI_ROLE_NONE;
	bool shown = seki_mapping_shown(c, row);
	const char *form = seki_sheet_cell(s, row, MAP_FORM);
	const char *reason = seki_sheet_cell(s, row, MAP_REASON);

	if (none ? *form || !*reason : !*form || *reason)
		return seki_sheet_complain(s, row, why,
					   none ? "role none: right would be a reason and no form" :
						  "right would be a form and no reason");
	if (shown != (strcmp(seki_sheet_cell(s, row, MAP_EXTENT), "none") != 0))
		return seki_sheet_complain(s, row, why,
					   shown ? "evidence, but its extent is none" :
						   "no evidence, so its extent is none");
	if (shown && (none || !*seki_sheet_cell(s, row, MAP_TESTS)))
		return seki_sheet_complain(s, row, why,
					   none ? "role none: right would be no evidence" :
						  "evidence, but no test that shows it");
	if (!shown && !strcmp(seki_sheet_cell(s, row, MAP_STAMP), "yes"))
		return seki_sheet_complain(s, row, why, "no evidence, so no record can be stamped");
	if (!none && !*seki_sheet_cell(s, row, MAP_NOTE) &&
	    strcmp(seki_sheet_cell(s, row, MAP_EXTENT), "most") != 0)
		return seki_sheet_complain(s, row, why, "the note must say what is missing");
	if (!none && *seki_sheet_cell(s, row, MAP_NOTE) && !*seki_mapping_note(c, row, true))
		return seki_sheet_complain(s, row, why, "the note is not in %s",
					   c->sheet[SEKI_SHEET_NOTES].path);
	return check_names(c, s, row, MAP_RULES, MAP_POSTURE, why);
}

int seki_mapping_check(const struct seki_catalogue *c, struct seki_complaint *why)
{
	const struct seki_sheet *items = &c->sheet[SEKI_SHEET_ITEMS];
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_MAPPING];
	int err = 0;

	for (size_t i = 0; i < items->rows; i++) {
		const char *id = seki_item_cell(c, i, ITEM_ID);

		/* The same order, so that one row number serves both. */
		if (i >= s->rows || strcmp(seki_sheet_cell(s, i, MAP_ITEM), id) != 0)
			return seki_sheet_complain(
				items, i, why, "%s has no row at this place of %s", id, s->path);
	}
	for (size_t i = 0; !err && i < s->rows; i++)
		err = check_row(c, i, why);
	s = &c->sheet[SEKI_SHEET_DRAFTS];
	for (size_t i = 0; !err && i < s->rows; i++)
		err = check_names(c, s, i, DRAFT_RULES, DRAFT_POSTURE, why);
	return err;
}
