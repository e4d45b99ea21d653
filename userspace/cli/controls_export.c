// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export: every document is made and checked before the first is written.
 */
#include "userspace/cli/controls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/cli/cli.h"
#include "userspace/controls/oscal.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

struct document {
	char name[80];
	json_t *json;
};

static int write_document(const struct document *d, const char *dir)
{
	char path[512];
	seki_autofree char *text = json_dumps(d->json, JSON_INDENT(1));
	size_t len = text ? strlen(text) : 0;
	int err;

	if (!text) {
		seki_warnx("%s: cannot be written as JSON", d->name);
		return SEKI_EXIT_FAILED;
	}
	text[len] = '\n'; /* in place of the NUL: the size is told */
	snprintf(path, sizeof(path), "%s/%s", dir, d->name);
	err = seki_file_write(path, text, len + 1, 0644);
	if (err) {
		seki_warnx("%s: %s", path, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	printf("%s\n", path);
	return SEKI_EXIT_OK;
}

static int write_all(const struct document *d, size_t count, const char *dir)
{
	int ret = SEKI_EXIT_OK;

	if (mkdir(dir, 0755) && errno != EEXIST) {
		seki_warn("%s", dir);
		return SEKI_EXIT_FAILED;
	}
	for (size_t i = 0; ret == SEKI_EXIT_OK && i < count; i++)
		ret = write_document(&d[i], dir);
	return ret;
}

static int check_all(const struct seki_catalogue *c, const struct document *d, size_t count)
{
	struct seki_complaint why;

	for (size_t i = 0; i < count; i++)
		if (seki_oscal_check(d[i].json, c, &why)) {
			seki_warnx("%s: %s", d[i].name, why.text);
			return SEKI_EXIT_FAILED;
		}
	return SEKI_EXIT_OK;
}

int seki_controls_export(const struct seki_catalogue *c, const struct seki_controls_ask *a)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];
	seki_autofree struct document *d = NULL;
	int ret;

	if (!a->oscal || !a->out) {
		seki_warnx("export: give --oscal and -o DIR");
		return SEKI_EXIT_USAGE;
	}
	d = calloc(s->rows + 1, sizeof(*d));
	if (!d)
		seki_diex("out of memory");
	for (size_t i = 0; i < s->rows; i++) {
		seki_oscal_file(d[i].name, sizeof(d[i].name), seki_sheet_cell(s, i, CATALOGUE_ID));
		d[i].json = seki_oscal_catalog(c, i, a->japanese);
	}
	snprintf(d[s->rows].name, sizeof(d[0].name), "crosswalk.json");
	d[s->rows].json = seki_oscal_crosswalk(c, a->japanese);
	ret = check_all(c, d, s->rows + 1);
	if (ret == SEKI_EXIT_OK)
		ret = write_all(d, s->rows + 1, a->out);
	for (size_t i = 0; i <= s->rows; i++)
		json_decref(d[i].json);
	return ret;
}
