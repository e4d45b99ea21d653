/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ocsf.h - a native record in the form of the Open Cybersecurity Schema
 * Framework.  sekisho-forward(8) tells which class each record becomes.
 */
#ifndef SEKI_FORWARD_OCSF_H
#define SEKI_FORWARD_OCSF_H

#include <jansson.h>
#include <stdint.h>

/* The event, or NULL without memory.  raw: the record as the log holds it, which
 * is what its proof is about.
 */
json_t *seki_ocsf_event(json_t *record, uint64_t index, const char *raw);
char *seki_ocsf_text(json_t *record, uint64_t index, const char *raw); /* for free() */

/* 1 informational to 5 critical, as OCSF counts. */
int seki_severity(json_t *record);

#endif /* SEKI_FORWARD_OCSF_H */
