/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * incident.h - accidents and what was said of them: lines of JSON in one file, each with
 * the digest of the line before, so that none can be altered, moved or taken out unseen.
 *
 * Classes, their thresholds and their clocks are data: accidents.tsv.
 */
#ifndef SEKI_INCIDENT_H
#define SEKI_INCIDENT_H

#include <jansson.h>
#include <stdint.h>

#include "userspace/controls/forms.h"
#include "userspace/lib/digest.h"

/* ---- classes ----------------------------------------------------------------------- */

enum seki_step { SEKI_STEP_PROMPT, SEKI_STEP_WRITTEN, SEKI_STEP_QUARTERLY, SEKI_STEPS };
const char *seki_step_word(enum seki_step step);

/* ns since 1970 until which it is to be done; 0: the class does not ask for it. */
uint64_t seki_step_due(const struct seki_sheet *s, size_t class, enum seki_step step,
		       uint64_t began, uint64_t known);
/* A figure of the class is reached, or it has none. */
bool seki_accident_reached(const struct seki_sheet *s, size_t class, uint64_t users,
			   uint64_t minutes);

/* ---- the file ------------------------------------------------------------------------ */

struct seki_incidents {
	json_t *list; /* every line, in order */
	char head[SEKI_DIGEST_TEXT];
	uint64_t lines;
	int fd; /* held and locked; -1: only read, or not there */
};

/* Reads all and judges the chain.  write: made if it is missing, and locked.
 * 0 or negative errno with a complaint; -EBADMSG: somebody altered it.
 */
int seki_incidents_open(struct seki_incidents *i, const char *path, bool write,
			struct seki_complaint *why);
/* Adds line number and the digest before to the object, writes it durably; takes it. */
int seki_incidents_add(struct seki_incidents *i, json_t *line);
void seki_incidents_close(struct seki_incidents *i);

/* What the lines say of one: its opening, notes, steps that are done, its end. */
struct seki_incident {
	json_t *open, *close; /* NULL: not yet */
	json_t *done[SEKI_STEPS];
	uint64_t began, known, users, minutes, lines;
};
/* False: there is none of that name. */
bool seki_incident_find(const struct seki_incidents *i, const char *id, struct seki_incident *ret);

#endif /* SEKI_INCIDENT_H */
