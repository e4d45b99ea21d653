/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oscal.h - the catalogues and their crosswalk as OSCAL 1.2.1 documents.
 *
 * UUIDs are made from ids and dates stand in the tables, so the same tables give
 * the same bytes.
 */
#ifndef SEKI_OSCAL_H
#define SEKI_OSCAL_H

#include <jansson.h>

#include "userspace/controls/catalogue.h"

#define SEKI_OSCAL_VERSION "1.2.1"
#define SEKI_OSCAL_NS "urn:sekisho:oscal"

/* The catalog document of one row of the catalogues; a new reference. */
json_t *seki_oscal_catalog(const struct seki_catalogue *c, size_t catalogue, bool japanese);
/* The mapping-collection document of the whole crosswalk. */
json_t *seki_oscal_crosswalk(const struct seki_catalogue *c, bool japanese);
/* catalog-ID.json: what the crosswalk calls it, too. */
void seki_oscal_file(char *ret, size_t size, const char *catalogue);

/* What other documents are made of: their metadata, a property (none for an empty
 * value), the date of the newest table.
 */
json_t *seki_oscal_metadata(const char *title, const char *version, const char *modified);
void seki_oscal_prop(json_t *props, const char *name, const char *value, const char *ns);
const char *seki_oscal_revised(const struct seki_catalogue *c);

/* oscal_check.c: required and known fields, forms of values, unique UUIDs and
 * ids, and, of the crosswalk, ids that c knows.  0 or -EINVAL with the place.
 */
int seki_oscal_check(const json_t *document, const struct seki_catalogue *c,
		     struct seki_complaint *why);

#endif /* SEKI_OSCAL_H */
