/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tickets.h - when work was done under which ticket, as the records of a log say.
 */
#ifndef SEKI_CLI_TICKETS_H
#define SEKI_CLI_TICKETS_H

#include <jansson.h>
#include <stdint.h>

/* Adds to list an object per ticket: ticket, from, to, records; those between two
 * times only.  0 or negative errno.
 */
int seki_tickets_read(const char *log, uint64_t from, uint64_t to, json_t *list);

#endif /* SEKI_CLI_TICKETS_H */
