// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/controls/oscal.h"

#include <stdio.h>
#include <string.h>

#include "userspace/controls/uuid.h"

/* An object without what could not be made does not pass the check. */
static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static void set_text(json_t *object, const char *key, const char *text)
{
	set(object, key, json_string(text));
}

void seki_oscal_prop(json_t *props, const char *name, const char *value, const char *ns)
{
	json_t *prop;

	if (!*value)
		return;
	prop = json_pack("{ss}", "name", name);
	if (ns)
		set_text(prop, "ns", ns);
	set_text(prop, "value", value);
	json_array_append_new(props, prop);
}

static json_t *uuid_json(const char *name, const char *revised)
{
	char uuid[SEKI_UUID_TEXT];

	return seki_uuid_of(uuid, "%s/%s", name, revised) ? NULL : json_string(uuid);
}

json_t *seki_oscal_metadata(const char *title, const char *version, const char *modified)
{
	return json_pack("{ss ss ss ss}", "title", title, "last-modified", modified, "version",
			 version, "oscal-version", SEKI_OSCAL_VERSION);
}

static json_t *metadata(const char *title, const char *revised)
{
	char modified[64];

	snprintf(modified, sizeof(modified), "%.40sT00:00:00Z", revised);
	return seki_oscal_metadata(title, revised, modified);
}

/* ---- catalog ------------------------------------------------------------------- */

/* clang-format off */
static const struct {
	size_t column;
	const char *name;
} item_props[] = {
	{ ITEM_ROLE, "host-role" },
	{ ITEM_CONFIDENCE, "confidence" },
	{ ITEM_KIND, "kind" },
	{ ITEM_CLASS, "class" },
	{ ITEM_ELEMENT, "element" },
	{ ITEM_CIA, "cia" },
	{ ITEM_CLAUSE, "clause" },
	{ ITEM_VALUES, "values" },
	{ ITEM_SOURCE, "source" },
	{ ITEM_PLACE, "place" },
	{ ITEM_JA, "title-ja" },
	{ ITEM_EN, "title-en" },
};
/* clang-format on */

static json_t *control_props(const struct seki_catalogue *c, size_t row)
{
	const char *printed = seki_item_cell(c, row, ITEM_PRINTED);
	json_t *props = json_array();

	seki_oscal_prop(props, "label", *printed ? printed : seki_item_cell(c, row, ITEM_ID), NULL);
	for (size_t i = 0; i < sizeof(item_props) / sizeof(item_props[0]); i++)
		seki_oscal_prop(props, item_props[i].name,
				seki_item_cell(c, row, item_props[i].column), SEKI_OSCAL_NS);
	return props;
}

/* What a host can do for the item: a judgement of this project, not the source's. */
static json_t *control_parts(const struct seki_catalogue *c, size_t row)
{
	json_t *part = json_object();

	set(part, "id", json_sprintf("%s_host", seki_item_cell(c, row, ITEM_ID)));
	set_text(part, "name", "host-part");
	set_text(part, "ns", SEKI_OSCAL_NS);
	set_text(part, "prose", seki_item_cell(c, row, ITEM_COULD));
	return json_pack("[o]", part);
}

static json_t *control(const struct seki_catalogue *c, size_t row, bool japanese)
{
	json_t *ret = json_object();

	set_text(ret, "id", seki_item_cell(c, row, ITEM_ID));
	set_text(ret, "class", seki_item_cell(c, row, ITEM_KIND));
	set_text(ret, "title", seki_item_cell(c, row, japanese ? ITEM_JA : ITEM_EN));
	set(ret, "props", control_props(c, row));
	if (*seki_item_cell(c, row, ITEM_COULD))
		set(ret, "parts", control_parts(c, row));
	return ret;
}

static const char *group_of(const struct seki_catalogue *c, size_t row)
{
	const char *group = seki_item_cell(c, row, ITEM_GROUP);

	return *group ? group : seki_item_cell(c, row, ITEM_KIND);
}

/* The list of controls of a group, made when its first item comes. */
static json_t *controls_of(json_t *groups, const char *catalogue, const char *title)
{
	json_t *group, *controls;
	size_t i;

	json_array_foreach(groups, i, group)
		if (!strcmp(json_string_value(json_object_get(group, "title")), title))
			return json_object_get(group, "controls");
	group = json_object();
	set(group, "id", json_sprintf("%s-g%zu", catalogue, json_array_size(groups) + 1));
	set_text(group, "title", title);
	controls = json_array();
	set(group, "controls", controls);
	json_array_append_new(groups, group);
	return controls;
}

json_t *seki_oscal_catalog(const struct seki_catalogue *c, size_t catalogue, bool japanese)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];
	const char *id = seki_sheet_cell(s, catalogue, CATALOGUE_ID);
	const char *revised = seki_sheet_cell(s, catalogue, CATALOGUE_REVISED);
	json_t *root = json_object(), *groups = json_array();
	char name[96];

	snprintf(name, sizeof(name), "catalog/%s", id);
	set(root, "uuid", uuid_json(name, revised));
	set(root, "metadata",
	    metadata(seki_sheet_cell(s, catalogue, japanese ? CATALOGUE_JA : CATALOGUE_EN),
		     revised));
	for (size_t row = 0; row < c->sheet[SEKI_SHEET_ITEMS].rows; row++)
		if (!strcmp(seki_item_cell(c, row, ITEM_CATALOGUE), id))
			json_array_append_new(controls_of(groups, id, group_of(c, row)),
					      control(c, row, japanese));
	set(root, "groups", groups);
	return json_pack("{so}", "catalog", root);
}

void seki_oscal_file(char *ret, size_t size, const char *catalogue)
{
	snprintf(ret, size, "catalog-%s.json", catalogue);
}

/* ---- crosswalk ----------------------------------------------------------------- */

/* A catalogue of the tables (id), or one outside (column and href). */
struct far {
	const char *id, *href;
	size_t column;
	const char *separators;
};

/* clang-format off */
static const struct far outside[] = {
	{ "nist-800-53-r5", "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final", CROSS_NIST, ";" },
	{ "iso-27002-2022", "urn:iso:std:iso-iec:27002:ed-3", CROSS_27002, ";" },
	{ "iso-27017-2015", "urn:iso:std:iso-iec:27017:ed-1", CROSS_27017, ";" },
};
/* clang-format on */
#define N_OUTSIDE (sizeof(outside) / sizeof(outside[0]))

static json_t *resource(const char *id, const char *href)
{
	char file[80];

	seki_oscal_file(file, sizeof(file), id);
	return json_pack("{ss ss}", "type", "catalog", "href", href ? href : file);
}

static bool is_of(const struct seki_catalogue *c, const char *id, size_t len, const char *catalogue)
{
	size_t row;

	return seki_sheet_find(&c->sheet[SEKI_SHEET_ITEMS], id, len, &row) &&
	       !strcmp(seki_item_cell(c, row, ITEM_CATALOGUE), catalogue);
}

static json_t *targets_of(const struct seki_catalogue *c, size_t row, const struct far *to)
{
	const char *at = seki_sheet_cell(&c->sheet[SEKI_SHEET_CROSSWALK], row, to->column);
	json_t *ret = json_array();

	for (size_t len; *at; at += len) {
		at += strspn(at, "; ");
		len = strcspn(at, to->separators);
		if (len && (to->href || is_of(c, at, len, to->id)))
			json_array_append_new(ret, json_pack("{ss ss%}", "type", "control",
							     "id-ref", at, len));
	}
	return ret;
}

static json_t *map_of(const struct seki_catalogue *c, size_t row, const struct far *to,
		      const char *revised)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CROSSWALK];
	json_t *ret, *targets = targets_of(c, row, to), *props;
	const char *note = seki_sheet_cell(s, row, CROSS_NOTE);
	char name[160];

	if (!json_array_size(targets)) {
		json_decref(targets);
		return NULL;
	}
	snprintf(name, sizeof(name), "map/%s/%s", seki_sheet_cell(s, row, CROSS_ID), to->id);
	ret = json_object();
	set(ret, "uuid", uuid_json(name, revised));
	set_text(ret, "relationship", "intersects-with");
	set(ret, "sources",
	    json_pack("[{ss ss}]", "type", "control", "id-ref",
		      seki_sheet_cell(s, row, CROSS_ITEM)));
	set(ret, "targets", targets);
	props = json_array();
	seki_oscal_prop(props, "basis", seki_sheet_cell(s, row, CROSS_BASIS), SEKI_OSCAL_NS);
	set(ret, "props", props);
	if (*note)
		set_text(ret, "remarks", note);
	return ret;
}

static void add_mapping(json_t *mappings, const struct seki_catalogue *c, const char *from,
			const struct far *to, const char *revised)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CROSSWALK];
	json_t *maps = json_array(), *mapping;
	char name[160];

	for (size_t row = 0; row < s->rows; row++) {
		const char *item = seki_sheet_cell(s, row, CROSS_ITEM);
		json_t *map = is_of(c, item, strlen(item), from) ? map_of(c, row, to, revised) :
								   NULL;

		if (map)
			json_array_append_new(maps, map);
	}
	if (!json_array_size(maps)) {
		json_decref(maps);
		return;
	}
	snprintf(name, sizeof(name), "mapping/%s/%s", from, to->id);
	mapping = json_object();
	set(mapping, "uuid", uuid_json(name, revised));
	set(mapping, "source-resource", resource(from, NULL));
	set(mapping, "target-resource", resource(to->id, to->href));
	set(mapping, "maps", maps);
	json_array_append_new(mappings, mapping);
}

static json_t *provenance(bool japanese)
{
	return json_pack(
		"{ss ss ss ss}", "method", "human", "matching-rationale", "semantic", "status",
		"draft", "mapping-description",
		japanese ?
			"項目の関連付け。出典自身が関係を示すもの（basis = printed）以外は判断による。" :
			"Items that speak of the same thing; a judgement, except where the source itself states the relation (basis = printed).");
}

const char *seki_oscal_revised(const struct seki_catalogue *c)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];
	const char *revised = "";

	for (size_t i = 0; i < s->rows; i++)
		if (strcmp(revised, seki_sheet_cell(s, i, CATALOGUE_REVISED)) < 0)
			revised = seki_sheet_cell(s, i, CATALOGUE_REVISED);
	return revised;
}

json_t *seki_oscal_crosswalk(const struct seki_catalogue *c, bool japanese)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];
	json_t *root = json_object(), *mappings = json_array();
	const char *revised = seki_oscal_revised(c);

	set(root, "uuid", uuid_json("mapping-collection", revised));
	set(root, "metadata",
	    metadata(japanese ? "統制項目の対応表" : "Crosswalk of the control items", revised));
	set(root, "provenance", provenance(japanese));
	for (size_t i = 0; i < s->rows; i++) {
		const char *from = seki_sheet_cell(s, i, CATALOGUE_ID);

		for (size_t j = 0; j < N_OUTSIDE; j++)
			add_mapping(mappings, c, from, &outside[j], revised);
		for (size_t j = 0; j < s->rows; j++) {
			const struct far to = {
				.id = seki_sheet_cell(s, j, CATALOGUE_ID),
				.column = CROSS_ITEMS,
				.separators = " ",
			};

			add_mapping(mappings, c, from, &to, revised);
		}
	}
	set(root, "mappings", mappings);
	return json_pack("{so}", "mapping-collection", root);
}
