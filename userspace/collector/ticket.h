/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ticket.h - under which ticket a session works, as it says itself.
 *
 * Whoever starts "sekisho ticket NUMBER" in a session says so; the kernel tells of the
 * start, its arguments and its session.  Nobody approved it, and no record says that.
 */
#ifndef SEKI_TICKET_H
#define SEKI_TICKET_H

#include <stdbool.h>
#include <stdint.h>

struct seki_facts;

#define SEKI_TICKET_COMMAND "/usr/bin/sekisho"
#define SEKI_TICKET_TEXT 41
#define SEKI_TICKET_RIGHT "1 to 40 of a-z, A-Z, 0-9 and ._-/#:, with a letter or digit first"
#define SEKI_TICKET_NONE "none" /* says that the work under it has ended */
#define SEKI_TICKET_SAID "ticket declared"
#define SEKI_TICKET_ENDS "ticket ends"

bool seki_ticket_fits(const char *text);

/* More sessions at work under tickets push the oldest out. */
#define SEKI_TICKETS 64
struct seki_tickets {
	unsigned int count, next;
	struct seki_ticket {
		uint64_t session;
		char text[SEKI_TICKET_TEXT]; /* "": none any more */
	} of[SEKI_TICKETS];
};

/* "" for none. */
const char *seki_tickets_of(const struct seki_tickets *t, uint64_t session);
bool seki_tickets_know(const struct seki_tickets *t, uint64_t session);
void seki_tickets_set(struct seki_tickets *t, uint64_t session, const char *text);
/* Into an empty table; of the other one each stands behind those that came after it. */
void seki_tickets_take(struct seki_tickets *t, const struct seki_tickets *newest_first);

/* The event is the start of the command in a session; *ret is its word, or
 * SEKI_TICKET_NONE.
 */
bool seki_ticket_said(const struct seki_facts *f, char ret[SEKI_TICKET_TEXT]);

#endif /* SEKI_TICKET_H */
