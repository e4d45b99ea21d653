// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fields of OSCAL 1.2.1 that this project writes, as tables.  NIST's schemas
 * allow more; what is not here is not written, so it is refused.
 */
#include "userspace/controls/oscal.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/controls/uuid.h"

enum value {
	TOKEN,
	LINE,	/* of text */
	STRING, /* without blanks at its ends */
	UUID,
	TIME,
	URI,
	WORD,	 /* of words */
	WORDS,	 /* a list of them, not empty */
	TOKENS,	 /* the same of ids of items */
	ITEM,	 /* id of an item of the catalogues */
	UUID_OF, /* of something further up in the document */
	EMPTY,	 /* an object without fields */
	OBJECT,
	LIST, /* of objects, not empty */
};

struct shape;
struct field {
	const char *name;
	enum value value;
	bool required;
	const struct shape *shape;
	const char *words; /* parted by blanks */
};
struct shape {
	const char *name;
	const struct field *field; /* name NULL at the end */
};

/* clang-format off */
#define SHAPE(of, ...) \
	static const struct field of##_fields[] = { __VA_ARGS__, { NULL, 0, 0, NULL, NULL } }; \
	static const struct shape of = { #of, of##_fields }

SHAPE(prop,
	{ "name", TOKEN, 1, NULL, NULL },
	{ "ns", URI, 0, NULL, NULL },
	{ "value", STRING, 1, NULL, NULL });
SHAPE(part,
	{ "id", TOKEN, 0, NULL, NULL },
	{ "name", TOKEN, 1, NULL, NULL },
	{ "ns", URI, 0, NULL, NULL },
	{ "props", LIST, 0, &prop, NULL },
	{ "prose", LINE, 1, NULL, NULL });
SHAPE(control,
	{ "id", TOKEN, 1, NULL, NULL },
	{ "class", TOKEN, 0, NULL, NULL },
	{ "title", LINE, 1, NULL, NULL },
	{ "props", LIST, 1, &prop, NULL },
	{ "parts", LIST, 0, &part, NULL });
SHAPE(group,
	{ "id", TOKEN, 1, NULL, NULL },
	{ "title", LINE, 1, NULL, NULL },
	{ "controls", LIST, 1, &control, NULL });
SHAPE(metadata,
	{ "title", LINE, 1, NULL, NULL },
	{ "last-modified", TIME, 1, NULL, NULL },
	{ "version", STRING, 1, NULL, NULL },
	{ "oscal-version", WORD, 1, NULL, SEKI_OSCAL_VERSION });
SHAPE(catalog,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "metadata", OBJECT, 1, &metadata, NULL },
	{ "groups", LIST, 1, &group, NULL });
SHAPE(item,
	{ "type", WORD, 1, NULL, "control statement" },
	{ "id-ref", STRING, 1, NULL, NULL });
SHAPE(map,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "relationship", WORD, 1, NULL, "equivalent-to subset-of superset-of intersects-with" },
	{ "sources", LIST, 1, &item, NULL },
	{ "targets", LIST, 1, &item, NULL },
	{ "props", LIST, 1, &prop, NULL },
	{ "remarks", LINE, 0, NULL, NULL });
SHAPE(resource,
	{ "type", WORD, 1, NULL, "catalog profile" },
	{ "href", STRING, 1, NULL, NULL });
SHAPE(mapping,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "source-resource", OBJECT, 1, &resource, NULL },
	{ "target-resource", OBJECT, 1, &resource, NULL },
	{ "maps", LIST, 1, &map, NULL });
SHAPE(provenance,
	{ "method", WORD, 1, NULL, "human automation hybrid" },
	{ "matching-rationale", WORD, 1, NULL, "syntactic semantic functional" },
	{ "status", WORD, 1, NULL, "complete not-complete draft deprecated superseded" },
	{ "mapping-description", LINE, 1, NULL, NULL });
SHAPE(collection,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "metadata", OBJECT, 1, &metadata, NULL },
	{ "provenance", OBJECT, 1, &provenance, NULL },
	{ "mappings", LIST, 1, &mapping, NULL });

SHAPE(import,
	{ "href", STRING, 1, NULL, NULL });
SHAPE(selected,
	{ "control-id", ITEM, 1, NULL, NULL });
SHAPE(selection,
	{ "include-controls", LIST, 1, &selected, NULL });
SHAPE(reviewed,
	{ "control-selections", LIST, 1, &selection, NULL });
SHAPE(subject,
	{ "type", WORD, 1, NULL, "component inventory-item location party user" },
	{ "description", LINE, 0, NULL, NULL },
	{ "include-all", EMPTY, 1, NULL, NULL });
SHAPE(back_resource,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "title", LINE, 0, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL });
SHAPE(back_matter,
	{ "resources", LIST, 1, &back_resource, NULL });
SHAPE(plan,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "metadata", OBJECT, 1, &metadata, NULL },
	{ "import-ssp", OBJECT, 1, &import, NULL },
	{ "reviewed-controls", OBJECT, 1, &reviewed, NULL },
	{ "assessment-subjects", LIST, 1, &subject, NULL },
	{ "back-matter", OBJECT, 1, &back_matter, NULL });
SHAPE(evidence,
	{ "href", STRING, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL });
SHAPE(observation,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "title", LINE, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL },
	{ "props", LIST, 1, &prop, NULL },
	{ "methods", WORDS, 1, NULL, "EXAMINE INTERVIEW TEST" },
	{ "relevant-evidence", LIST, 0, &evidence, NULL },
	{ "collected", TIME, 1, NULL, NULL });
SHAPE(risk,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "title", LINE, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL },
	{ "statement", LINE, 1, NULL, NULL },
	{ "status", WORD, 1, NULL, "open" });
SHAPE(status,
	{ "state", WORD, 1, NULL, "satisfied not-satisfied" },
	{ "reason", WORD, 1, NULL, "pass fail other" });
SHAPE(target,
	{ "type", WORD, 1, NULL, "statement-id objective-id" },
	{ "target-id", TOKEN, 1, NULL, NULL },
	{ "status", OBJECT, 1, &status, NULL });
SHAPE(related_observation,
	{ "observation-uuid", UUID_OF, 1, NULL, NULL });
SHAPE(related_risk,
	{ "risk-uuid", UUID_OF, 1, NULL, NULL });
SHAPE(finding,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "title", LINE, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL },
	{ "target", OBJECT, 1, &target, NULL },
	{ "related-observations", LIST, 1, &related_observation, NULL },
	{ "related-risks", LIST, 0, &related_risk, NULL });
SHAPE(result,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "title", LINE, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL },
	{ "start", TIME, 1, NULL, NULL },
	{ "end", TIME, 1, NULL, NULL },
	{ "props", LIST, 1, &prop, NULL },
	{ "reviewed-controls", OBJECT, 1, &reviewed, NULL },
	{ "observations", LIST, 1, &observation, NULL },
	{ "risks", LIST, 0, &risk, NULL },
	{ "findings", LIST, 0, &finding, NULL });
SHAPE(results,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "metadata", OBJECT, 1, &metadata, NULL },
	{ "import-ap", OBJECT, 1, &import, NULL },
	{ "results", LIST, 1, &result, NULL });
SHAPE(requirement,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "control-id", ITEM, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL },
	{ "props", LIST, 1, &prop, NULL });
SHAPE(implementation,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "source", STRING, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL },
	{ "implemented-requirements", LIST, 1, &requirement, NULL });
SHAPE(component,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "type", WORD, 1, NULL, "software" },
	{ "title", LINE, 1, NULL, NULL },
	{ "description", LINE, 1, NULL, NULL },
	{ "control-implementations", LIST, 1, &implementation, NULL });
SHAPE(components,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "metadata", OBJECT, 1, &metadata, NULL },
	{ "components", LIST, 1, &component, NULL });
SHAPE(with_ids,
	{ "with-ids", TOKENS, 1, NULL, NULL });
SHAPE(profile_import,
	{ "href", STRING, 1, NULL, NULL },
	{ "include-controls", LIST, 1, &with_ids, NULL });
SHAPE(profile,
	{ "uuid", UUID, 1, NULL, NULL },
	{ "metadata", OBJECT, 1, &metadata, NULL },
	{ "imports", LIST, 1, &profile_import, NULL });

static const struct {
	const char *key;
	const struct shape *shape;
} documents[] = {
	{ "catalog", &catalog },
	{ "mapping-collection", &collection },
	{ "assessment-plan", &plan },
	{ "assessment-results", &results },
	{ "component-definition", &components },
	{ "profile", &profile },
};
/* clang-format on */

struct check {
	json_t *seen; /* UUIDs and ids */
	const struct seki_catalogue *c;
	char place[256];
	struct seki_complaint *why;
};

static int fail(struct check *k, const char *what)
{
	snprintf(k->why->text, sizeof(k->why->text), "OSCAL: %s: %s", k->place, what);
	return -EINVAL;
}

/* ---- values -------------------------------------------------------------------- */

static bool is_line(const char *text)
{
	size_t len = strlen(text);

	return len && !strpbrk(text, "\n\r") && text[0] != ' ' && text[len - 1] != ' ';
}

/* Our tokens are ASCII, a subset of what OSCAL allows. */
static bool is_token(const char *text)
{
	if (!isalpha((unsigned char)*text) && *text != '_')
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr(".-_", *text))
			return false;
	return true;
}

static bool is_time(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
			return false;
	return true;
}

static bool is_uri(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon && colon - text > 1 && colon[1] && isalpha((unsigned char)*text);
}

static bool is_word(const char *words, const char *text)
{
	size_t len = strlen(text);

	for (; *words; words += strspn(words, " ")) {
		size_t n = strcspn(words, " ");

		if (n == len && !memcmp(words, text, n))
			return true;
		words += n;
	}
	return false;
}

static int once(struct check *k, const char *id)
{
	if (json_object_get(k->seen, id))
		return fail(k, "stands there twice");
	return json_object_set_new(k->seen, id, json_true()) ? fail(k, "out of memory") : 0;
}

static bool is_item(const struct check *k, const char *id)
{
	size_t row;

	return seki_sheet_find(&k->c->sheet[SEKI_SHEET_ITEMS], id, strlen(id), &row);
}

static int check_scalar(struct check *k, const struct field *f, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!text || !is_line(text))
		return fail(k, "is no text of one line");
	if (f->value == TOKEN && !is_token(text))
		return fail(k, "is no token");
	if (f->value == UUID && !seki_uuid_sound(text))
		return fail(k, "is no UUID of version 4 or 5");
	if (f->value == TIME && !is_time(text))
		return fail(k, "is no time with its zone");
	if (f->value == URI && !is_uri(text))
		return fail(k, "is no URI");
	if ((f->value == WORD || f->value == WORDS) && !is_word(f->words, text))
		return fail(k, "is no word that OSCAL knows here");
	if ((f->value == ITEM || f->value == TOKENS) && !is_item(k, text))
		return fail(k, "is no item of a catalogue");
	if (f->value == UUID_OF && !json_object_get(k->seen, text))
		return fail(k, "names nothing in the document");
	if (f->value == UUID || (f->value == TOKEN && !strcmp(f->name, "id")))
		return once(k, text);
	return 0;
}

/* ---- objects ------------------------------------------------------------------- */

static int check_object(struct check *k, const struct shape *s, const json_t *object);

static int check_list(struct check *k, const struct shape *s, const json_t *list)
{
	size_t i, end = strlen(k->place);
	json_t *one;

	if (!json_array_size(list))
		return fail(k, "is no list with something in it");
	json_array_foreach(list, i, one) {
		int err;

		snprintf(k->place + end, sizeof(k->place) - end, "[%zu]", i);
		err = check_object(k, s, one);
		if (err)
			return err;
		k->place[end] = '\0';
	}
	return 0;
}

static int check_scalars(struct check *k, const struct field *f, const json_t *list)
{
	json_t *one;
	size_t i;
	int err = 0;

	if (!json_array_size(list))
		return fail(k, "is no list with something in it");
	json_array_foreach(list, i, one)
		err = err ? err : check_scalar(k, f, one);
	return err;
}

static int check_field(struct check *k, const struct field *f, const json_t *value)
{
	size_t end = strlen(k->place);
	int err = 0;

	snprintf(k->place + end, sizeof(k->place) - end, ".%s", f->name);
	if (!value)
		err = f->required ? fail(k, "is missing") : 0;
	else if (f->value == LIST)
		err = check_list(k, f->shape, value);
	else if (f->value == WORDS || f->value == TOKENS)
		err = check_scalars(k, f, value);
	else if (f->value == EMPTY)
		err = json_is_object(value) && !json_object_size(value) ?
			      0 :
			      fail(k, "is no object without fields");
	else if (f->value == OBJECT)
		err = check_object(k, f->shape, value);
	else
		err = check_scalar(k, f, value);
	if (!err)
		k->place[end] = '\0';
	return err;
}

static bool is_known(const struct shape *s, const char *key)
{
	const struct field *f = s->field;

	while (f->name && strcmp(f->name, key))
		f++;
	return f->name;
}

static int check_object(struct check *k, const struct shape *s, const json_t *object)
{
	const char *key;
	json_t *value;
	int err = 0;

	if (!json_is_object(object))
		return fail(k, "is no object");
	json_object_foreach((json_t *)object, key, value) {
		char what[128];

		if (is_known(s, key))
			continue;
		snprintf(what, sizeof(what), "%.60s is no field of a %s", key, s->name);
		return fail(k, what);
	}
	for (const struct field *f = s->field; !err && f->name; f++)
		err = check_field(k, f, json_object_get(object, f->name));
	return err;
}

/* ---- references ---------------------------------------------------------------- */

static int check_items(struct check *k, const struct seki_catalogue *c, const json_t *items,
		       const char *href)
{
	json_t *ref;
	size_t i;

	json_array_foreach(items, i, ref) {
		const char *id = json_string_value(json_object_get(ref, "id-ref"));
		char file[80];
		size_t row;

		snprintf(k->place, sizeof(k->place), "%.80s", id);
		if (!seki_sheet_find(&c->sheet[SEKI_SHEET_ITEMS], id, strlen(id), &row))
			return fail(k, "is no item of a catalogue");
		seki_oscal_file(file, sizeof(file), seki_item_cell(c, row, ITEM_CATALOGUE));
		if (strcmp(file, href) != 0)
			return fail(k, "is an item of another catalogue");
	}
	return 0;
}

static const char *href_of(const json_t *from, const char *key)
{
	return json_string_value(json_object_get(json_object_get(from, key), "href"));
}

/* Only documents that the shapes let through come here. */
static int check_references(struct check *k, const struct seki_catalogue *c, const json_t *mappings)
{
	json_t *set, *row;
	size_t i, j;
	int err = 0;

	json_array_foreach(mappings, i, set) {
		const char *from = href_of(set, "source-resource");
		const char *to = href_of(set, "target-resource");

		json_array_foreach(json_object_get(set, "maps"), j, row) {
			err = check_items(k, c, json_object_get(row, "sources"), from);
			if (!err && !strchr(to, ':'))
				err = check_items(k, c, json_object_get(row, "targets"), to);
			if (err)
				return err;
		}
	}
	return 0;
}

int seki_oscal_check(const json_t *document, const struct seki_catalogue *c,
		     struct seki_complaint *why)
{
	struct check k = { .seen = json_object(), .c = c, .why = why };
	const json_t *root = NULL;
	int err = 0;

	for (size_t i = 0; !root && i < sizeof(documents) / sizeof(documents[0]); i++) {
		snprintf(k.place, sizeof(k.place), "%s", documents[i].key);
		root = json_object_get(document, documents[i].key);
		if (root)
			err = check_object(&k, documents[i].shape, root);
	}
	if (!root)
		err = fail(&k, "the document is none that is known");
	else if (json_object_size(document) != 1)
		err = fail(&k, "is not alone in the document");
	if (!err)
		err = check_references(&k, c, json_object_get(root, "mappings"));
	json_decref(k.seen);
	return err;
}
