/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ticket.h - the name of a ticket, as people type it.
 */
#ifndef SEKI_TICKET_H
#define SEKI_TICKET_H

#include <stdbool.h>

#define SEKI_TICKET_TEXT 41
#define SEKI_TICKET_RIGHT "1 to 40 letters, digits and . _ - / # : with a letter or digit first"

bool seki_ticket_fits(const char *text);

#endif /* SEKI_TICKET_H */
