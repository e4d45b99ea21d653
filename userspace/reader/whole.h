/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * whole.h - records with all their fields.
 *
 * Records of accesses and program starts ("v":2) leave out what their other fields
 * tell, and refer to what a record before them in the same segment told whole:
 * sekishod(8), SHORT FORM.  What comes out of here has the fields of "v":1 in any
 * case; what is referred to and was not seen stays a reference.
 */
#ifndef SEKI_READER_WHOLE_H
#define SEKI_READER_WHOLE_H

#include <jansson.h>
#include <stddef.h>

/* What records told whole; {0} to begin with.  Bounded. */
struct seki_whole {
	json_t *set, *program, *session;
};
void seki_whole_free(struct seki_whole *w);

/* The record, a new reference; NULL: no JSON.  w: what was told before it, and what
 * this one tells goes there; NULL for who needs no more than the record itself.
 */
json_t *seki_whole_read(struct seki_whole *w, const char *data, size_t size);
/* A record that is passed over: only what it tells is kept.  A seki_log_passed. */
void seki_whole_pass(void *w, const char *data, size_t size);

/* The act that a hook and a list of accesses make, in a word. */
const char *seki_whole_act(const char *hook, const json_t *access);

#endif /* SEKI_READER_WHOLE_H */
