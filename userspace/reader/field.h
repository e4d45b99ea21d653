/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * field.h - a record as its readers need it: fields by path, safe text.
 */
#ifndef SEKI_READER_FIELD_H
#define SEKI_READER_FIELD_H

#include <jansson.h>
#include <stdio.h>

/* Text at a path of keys, "who.name"; "" if there is none. */
const char *seki_field(json_t *record, const char *path);
json_int_t seki_field_int(json_t *record, const char *path);

/* Print text that somebody else chose: controls and what hides text or turns
 * its direction come out as \u{XXXX}.
 */
void seki_print_safe(FILE *out, const char *text);

#endif /* SEKI_READER_FIELD_H */
