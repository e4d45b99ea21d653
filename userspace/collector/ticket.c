// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/ticket.h"

#include <stdio.h>
#include <string.h>

#include "userspace/collector/enrich.h"

#define ALNUM "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool seki_ticket_fits(const char *text)
{
	size_t len = strspn(text, ALNUM "._-/#:");

	return len && len < SEKI_TICKET_TEXT && !text[len] && strspn(text, ALNUM);
}

/* ---- who works under which ------------------------------------------------------- */

static const struct seki_ticket *find(const struct seki_tickets *t, uint64_t session)
{
	for (unsigned int i = 0; session && i < t->count; i++)
		if (t->of[i].session == session)
			return &t->of[i];
	return NULL;
}

const char *seki_tickets_of(const struct seki_tickets *t, uint64_t session)
{
	const struct seki_ticket *one = find(t, session);

	return one ? one->text : "";
}

bool seki_tickets_know(const struct seki_tickets *t, uint64_t session)
{
	return find(t, session);
}

void seki_tickets_set(struct seki_tickets *t, uint64_t session, const char *text)
{
	struct seki_ticket *one = (struct seki_ticket *)find(t, session);

	if (!one) {
		one = &t->of[t->next];
		t->next = (t->next + 1) % SEKI_TICKETS;
		t->count += t->count < SEKI_TICKETS;
	}
	one->session = session;
	snprintf(one->text, sizeof(one->text), "%s", text);
}

void seki_tickets_take(struct seki_tickets *t, const struct seki_tickets *newest_first)
{
	for (unsigned int i = newest_first->count; i--;)
		seki_tickets_set(t, newest_first->of[i].session, newest_first->of[i].text);
}

/* ---- saying it ------------------------------------------------------------------- */

/* The argument of that number, NUL terminated in the event; NULL: cut off, or none. */
static const char *argument(const struct seki_exec_event *x, unsigned int number)
{
	const char *at = x->argv, *end = x->argv + x->argv_len, *nul;

	if (number >= x->argc)
		return NULL;
	for (;; at = nul + 1) {
		nul = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;
		if (!nul || !number--)
			return nul ? at : NULL;
	}
}

bool seki_ticket_said(const struct seki_facts *f, char ret[SEKI_TICKET_TEXT])
{
	static const size_t len = sizeof(SEKI_TICKET_COMMAND) - 1;
	const char *command, *ticket;

	if (!f->in.exec || !f->in.e->session || f->path.partial || f->path.len != len ||
	    memcmp(f->path.text, SEKI_TICKET_COMMAND, len))
		return false;
	command = argument(f->in.exec, 1);
	ticket = argument(f->in.exec, 2);
	if (!command || strcmp(command, "ticket") || !ticket || !seki_ticket_fits(ticket))
		return false;
	memcpy(ret, ticket, strlen(ticket) + 1);
	return true;
}
