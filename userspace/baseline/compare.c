// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/baseline/baseline.h"

int seki_baseline_table(struct seki_sheet *s, const char *dir, struct seki_complaint *why)
{
	int err = seki_sheet_read(s, &seki_baseline_form, dir, why);

	for (size_t i = 0; !err && i < s->rows; i++)
		if (i >= SEKI_BASELINE_SECTIONS ||
		    strcmp(seki_sheet_cell(s, i, BASELINE_ID), seki_baseline_id(i)) != 0)
			err = seki_sheet_complain(s, i, why, "%s; right would be %s here",
						  seki_sheet_cell(s, i, BASELINE_ID),
						  i < SEKI_BASELINE_SECTIONS ? seki_baseline_id(i) :
									       "no row");
	if (!err && s->rows < SEKI_BASELINE_SECTIONS)
		err = seki_sheet_complain(s, s->rows - 1, why,
					  "the section %s is missing behind it",
					  seki_baseline_id(s->rows));
	return err;
}

static json_t *items(const char *at)
{
	json_t *list = json_array();
	const char *id;
	size_t len;

	while ((len = seki_next_id(&at, &id)))
		json_array_append_new(list, json_stringn(id, len));
	return list;
}

static json_t *missing_in(json_t *other, json_t *of)
{
	json_t *ret = json_object(), *value;
	const char *name;

	json_object_foreach(of, name, value)
		if (!json_object_get(other, name))
			json_object_set(ret, name, value);
	return ret;
}

static json_t *changed(json_t *before, json_t *now)
{
	json_t *ret = json_object(), *value, *other;
	const char *name;

	json_object_foreach(before, name, value) {
		other = json_object_get(now, name);
		if (other && !json_equal(value, other))
			json_object_set_new(ret, name, json_pack("[OO]", value, other));
	}
	return ret;
}

/* Not seen in one of them, it can have changed unseen; what both saw is compared. */
static const char *unseen(const json_t *before, const json_t *now, const char *id)
{
	json_t *why = json_object_get(json_object_get(before, "not_seen"), id) ?:
			      json_object_get(json_object_get(now, "not_seen"), id);

	return json_string_value(why);
}

static json_t *section(const json_t *before, const json_t *now, const struct seki_sheet *table,
		       enum seki_baseline_id id)
{
	const char *name = seki_baseline_id(id), *why = unseen(before, now, name);
	json_t *a = json_object_get(json_object_get(before, "sections"), name);
	json_t *b = json_object_get(json_object_get(now, "sections"), name);
	/* A section that one of them has not at all would be new or gone as a whole. */
	bool whole = why && (!json_object_size(a) || !json_object_size(b));
	json_t *ret = json_pack("{ss ss so so so so}", "id", name, "title",
				seki_sheet_cell(table, id, BASELINE_EN), "controls",
				items(seki_sheet_cell(table, id, BASELINE_ITEMS)), "added",
				whole ? json_object() : missing_in(a, b), "removed",
				whole ? json_object() : missing_in(b, a), "changed",
				whole ? json_object() : changed(a, b));

	if (why)
		json_object_set_new(ret, "not_compared", json_string(why));
	return ret;
}

size_t seki_section_changes(const json_t *compared)
{
	return json_object_size(json_object_get(compared, "added")) +
	       json_object_size(json_object_get(compared, "removed")) +
	       json_object_size(json_object_get(compared, "changed"));
}

json_t *seki_baseline_compare(const json_t *before, const json_t *now,
			      const struct seki_sheet *table)
{
	json_t *list = json_array();
	size_t changes = 0, holes = 0;

	for (enum seki_baseline_id id = 0; id < SEKI_BASELINE_SECTIONS; id++) {
		json_t *s = section(before, now, table, id);

		changes += seki_section_changes(s);
		holes += json_object_get(s, "not_compared") != NULL;
		json_array_append_new(list, s);
	}
	return json_pack("{so sI sI}", "sections", list, "changes", (json_int_t)changes,
			 "not_compared", (json_int_t)holes);
}
