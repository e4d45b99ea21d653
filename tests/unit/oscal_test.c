// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/controls/oscal.h"

#include <errno.h>
#include <stdlib.h>

#include "tests/harness.h"
#include "tests/unit/events.h"

#define TABLES "policies/controls"

static struct seki_catalogue catalogue;
static struct seki_complaint why;

static void load(void)
{
	if (seki_catalogue_load(&catalogue, TABLES, &why))
		abort();
}

static size_t controls_in(json_t *document)
{
	json_t *groups = json_object_get(json_object_get(document, "catalog"), "groups"), *group;
	size_t i, n = 0;

	json_array_foreach(groups, i, group)
		n += json_array_size(json_object_get(group, "controls"));
	return n;
}

TEST(every_item_is_a_control_of_one_catalog)
{
	size_t n = 0;

	load();
	for (size_t i = 0; i < catalogue.sheet[SEKI_SHEET_CATALOGUES].rows; i++)
		for (int japanese = 0; japanese < 2; japanese++) {
			json_t *d = seki_oscal_catalog(&catalogue, i, japanese);

			harness_row = seki_sheet_cell(&catalogue.sheet[SEKI_SHEET_CATALOGUES], i,
						      CATALOGUE_ID);
			EXPECT_EQ(0, seki_oscal_check(d, &catalogue, &why));
			n += controls_in(d);
			json_decref(d);
		}
	EXPECT_EQ(2 * 675, n);
	seki_catalogue_free(&catalogue);
}

static size_t rows_told(json_t *document)
{
	json_t *mappings =
		json_object_get(json_object_get(document, "mapping-collection"), "mappings");
	json_t *seen = json_object(), *mapping, *map;
	size_t i, j, n;

	json_array_foreach(mappings, i, mapping)
		json_array_foreach(json_object_get(mapping, "maps"), j, map)
			json_object_set_new(
				seen,
				json_string_value(json_object_get(
					json_array_get(json_object_get(map, "sources"), 0),
					"id-ref")),
				json_true());
	n = json_object_size(seen);
	json_decref(seen);
	return n;
}

TEST(crosswalk_tells_every_item_the_host_serves)
{
	json_t *d;

	load();
	d = seki_oscal_crosswalk(&catalogue, false);
	ASSERT_EQ(0, seki_oscal_check(d, &catalogue, &why));
	EXPECT_EQ(84 + 68, rows_told(d));
	json_decref(d);
	seki_catalogue_free(&catalogue);
}

TEST(same_tables_give_the_same_bytes)
{
	char *text[2];

	for (int i = 0; i < 2; i++) {
		json_t *d;

		load();
		d = seki_oscal_crosswalk(&catalogue, true);
		text[i] = json_dumps(d, 0);
		json_decref(d);
		seki_catalogue_free(&catalogue);
	}
	EXPECT_STREQ(text[0], text[1]);
	free(text[0]);
	free(text[1]);
}

/* ---- what the check must find -------------------------------------------------- */

#define CATALOG(uuid, meta, control)                                                             \
	"{\"catalog\":{\"uuid\":\"" uuid "\",\"metadata\":{" meta "},\"groups\":[{\"id\":\"g\"," \
	"\"title\":\"t\",\"controls\":[" control "]}]}}"
#define UUID "88b083ea-cf8b-5364-95f1-e3133ee89153"
#define META(time)                                                          \
	"\"title\":\"t\",\"last-modified\":\"" time "\",\"version\":\"1\"," \
	"\"oscal-version\":\"1.2.1\""
#define TIME_ "2026-11-21T00:00:00Z"
#define CONTROL(id, value)                               \
	"{\"id\":\"" id "\",\"title\":\"t\",\"props\":[" \
	"{\"name\":\"label\",\"value\":\"" value "\"}]}"
#define MAPPING(type, from, to, target)                                                                         \
	"{\"mapping-collection\":{\"uuid\":\"" UUID "\",\"metadata\":{" META(                                   \
		TIME_) "},\"provenance\":{\"method\":\"human\",\"matching-rationale\":\"semantic\",\"status\":" \
		       "\"draft\",\"mapping-description\":\"d\"},\"mappings\":[{\"uuid\":"                      \
		       "\"88b083ea-cf8b-5364-95f1-e3133ee89154\",\"source-resource\":{\"type\":\"catalog\","    \
		       "\"href\":\"" from                                                                       \
		       "\"},\"target-resource\":{\"type\":\"catalog\",\"href\":\"" to "\"},"                    \
		       "\"maps\":[{\"uuid\":\"88b083ea-cf8b-5364-95f1-e3133ee89155\",\"relationship\":"         \
		       "\"intersects-with\",\"sources\":[{\"type\":\"" type                                     \
		       "\",\"id-ref\":\"GOV-A-1\"}],"                                                           \
		       "\"targets\":[{\"type\":\"control\",\"id-ref\":\"" target                                \
		       "\"}],\"props\":[{\"name\":"                                                             \
		       "\"basis\",\"value\":\"printed\"}]}]}]}}"

TEST(check_finds_what_is_wrong)
{
	static const struct {
		const char *text, *says; /* NULL: nothing */
	} rows[] = {
		{ CATALOG(UUID, META(TIME_), CONTROL("A-1", "x")), NULL },
		{ CATALOG("88b083ea", META(TIME_), CONTROL("A-1", "x")),
		  "catalog.uuid: is no UUID" },
		{ CATALOG(UUID, META("2026-11-21"), CONTROL("A-1", "x")),
		  "last-modified: is no time" },
		{ CATALOG(UUID, "\"title\":\"t\"", CONTROL("A-1", "x")),
		  "metadata.last-modified: is missing" },
		{ CATALOG(UUID, META(TIME_), ""), "controls: is no list with something in it" },
		{ CATALOG(UUID, META(TIME_), CONTROL("1A", "x")),
		  "catalog.groups[0].controls[0].id: is no token" },
		{ CATALOG(UUID, META(TIME_), CONTROL("A-1", " x")), "value: is no text" },
		{ CATALOG(UUID, META(TIME_), CONTROL("A", "x") "," CONTROL("A", "y")),
		  "controls[1].id: stands there twice" },
		{ CATALOG(UUID, META(TIME_), "{\"id\":\"A\",\"title\":\"t\",\"prop\":[]}"),
		  "prop is no field of a control" },
		{ CATALOG(UUID, META(TIME_), "7"), "is no object" },
		{ "{\"plan-of-action-and-milestones\":{}}", "none that is known" },
		{ "{\"catalog\":[]}", "is no object" },
		{ MAPPING("control", "catalog-gov.json", "catalog-gov.json", "GOV-A-2"), NULL },
		{ MAPPING("controll", "catalog-gov.json", "catalog-gov.json", "GOV-A-2"),
		  "type: is no word that OSCAL knows here" },
		{ MAPPING("control", "catalog-gov.json", "catalog-gov.json", "GOV-Z-2"),
		  "GOV-Z-2: is no item of a catalogue" },
		{ MAPPING("control", "catalog-tts.json", "catalog-gov.json", "GOV-A-2"),
		  "GOV-A-1: is an item of another catalogue" },
		{ MAPPING("control", "catalog-gov.json", "urn:iso:x", "8.2"), NULL },
	};

	load();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *d = json_loads(rows[i].text, 0, NULL);

		harness_row = rows[i].text;
		ASSERT_TRUE(d);
		why.text[0] = '\0';
		EXPECT_EQ(rows[i].says ? -EINVAL : 0, seki_oscal_check(d, &catalogue, &why));
		if (rows[i].says && !strstr(why.text, rows[i].says))
			HARNESS_FAIL("says %s", why.text);
		json_decref(d);
	}
	seki_catalogue_free(&catalogue);
}

HARNESS_MAIN
