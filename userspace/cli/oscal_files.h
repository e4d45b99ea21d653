/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oscal_files.h - OSCAL documents in a directory: all are sound, or none is written. */
#ifndef SEKI_CLI_OSCAL_FILES_H
#define SEKI_CLI_OSCAL_FILES_H

#include "userspace/controls/oscal.h"

#define SEKI_OSCAL_FILES 32
struct seki_oscal_files {
	struct {
		char name[80];
		json_t *json;
	} file[SEKI_OSCAL_FILES];
	size_t count;
};

/* Takes the reference. */
void seki_oscal_files_add(struct seki_oscal_files *f, const char *name, json_t *document);
/* The catalogs and the crosswalk: what the other documents name. */
void seki_oscal_files_tables(struct seki_oscal_files *f, const struct seki_catalogue *c,
			     bool japanese);
/* Check all, then write all into dir, made if it is missing; each is named.  Exit code. */
int seki_oscal_files_put(const struct seki_oscal_files *f, const struct seki_catalogue *c,
			 const char *dir);
void seki_oscal_files_free(struct seki_oscal_files *f);

#endif /* SEKI_CLI_OSCAL_FILES_H */
