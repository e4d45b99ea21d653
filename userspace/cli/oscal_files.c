// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/oscal_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/cli/cli.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

void seki_oscal_files_add(struct seki_oscal_files *f, const char *name, json_t *document)
{
	if (f->count == SEKI_OSCAL_FILES)
		seki_diex("more than %d OSCAL documents", SEKI_OSCAL_FILES);
	snprintf(f->file[f->count].name, sizeof(f->file[0].name), "%s", name);
	f->file[f->count++].json = document;
}

void seki_oscal_files_tables(struct seki_oscal_files *f, const struct seki_catalogue *c,
			     bool japanese)
{
	const struct seki_sheet *s = &c->sheet[SEKI_SHEET_CATALOGUES];
	char name[80];

	for (size_t i = 0; i < s->rows; i++) {
		seki_oscal_file(name, sizeof(name), seki_sheet_cell(s, i, CATALOGUE_ID));
		seki_oscal_files_add(f, name, seki_oscal_catalog(c, i, japanese));
	}
	seki_oscal_files_add(f, "crosswalk.json", seki_oscal_crosswalk(c, japanese));
}

static int write_document(const char *name, const json_t *document, const char *dir)
{
	char path[512];
	seki_autofree char *text = json_dumps(document, JSON_INDENT(1));
	size_t len = text ? strlen(text) : 0;
	int err;

	if (!text) {
		seki_warnx("%s: cannot be written as JSON", name);
		return SEKI_EXIT_FAILED;
	}
	text[len] = '\n'; /* in place of the NUL: the size is told */
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	err = seki_file_write(path, text, len + 1, 0644);
	if (err) {
		seki_warnx("%s: %s", path, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	printf("%s\n", path);
	return SEKI_EXIT_OK;
}

static int check_all(const struct seki_oscal_files *f, const struct seki_catalogue *c)
{
	struct seki_complaint why;

	for (size_t i = 0; i < f->count; i++)
		if (seki_oscal_check(f->file[i].json, c, &why)) {
			seki_warnx("%s: %s", f->file[i].name, why.text);
			return SEKI_EXIT_FAILED;
		}
	return SEKI_EXIT_OK;
}

int seki_oscal_files_put(const struct seki_oscal_files *f, const struct seki_catalogue *c,
			 const char *dir)
{
	int ret = check_all(f, c);

	if (ret == SEKI_EXIT_OK && mkdir(dir, 0755) && errno != EEXIST) {
		seki_warn("%s", dir);
		ret = SEKI_EXIT_FAILED;
	}
	for (size_t i = 0; ret == SEKI_EXIT_OK && i < f->count; i++)
		ret = write_document(f->file[i].name, f->file[i].json, dir);
	return ret;
}

void seki_oscal_files_free(struct seki_oscal_files *f)
{
	for (size_t i = 0; i < f->count; i++)
		json_decref(f->file[i].json);
	f->count = 0;
}
