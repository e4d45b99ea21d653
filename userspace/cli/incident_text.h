/* SPDX-License-Identifier: GPL-2.0-or-later */
/* incident_text.h - an incident told to people. */
#ifndef SEKI_CLI_INCIDENT_TEXT_H
#define SEKI_CLI_INCIDENT_TEXT_H

#include <stdio.h>

#include "userspace/incident/incident.h"

/* Row of its class; the table is the one it was opened by. */
size_t seki_incident_class(const struct seki_sheet *s, const struct seki_incident *one);
/* RFC 3339, UTC. */
/* A line per step: until when, done when, or late. */
void seki_incident_clock(const struct seki_sheet *s, const struct seki_incident *one, uint64_t now,
			 FILE *out);
/* Some step is late. */
bool seki_incident_late(const struct seki_sheet *s, const struct seki_incident *one, uint64_t now);
/* The summary of a bundle, as Markdown. */
void seki_incident_summary(const struct seki_sheet *s, const struct seki_incidents *all,
			   const char *id, uint64_t from, uint64_t to, bool japanese, FILE *out);

#endif /* SEKI_CLI_INCIDENT_TEXT_H */
