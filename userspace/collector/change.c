// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * change.c - what sekisho baseline check tells of the host: it becomes a record.
 */
#include <stdio.h>
#include <string.h>

#include "userspace/collector/collector.h"

static bool is_word(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz");

	return len && !text[len];
}

/* +N changes; -N: so many, and not all was seen. */
static bool read_change(const char *text, struct seki_change *ret)
{
	unsigned long long n = 0;
	char sign[2] = "", more;
	int got;

	*ret = (struct seki_change){ .changes = 0 };
	got = sscanf(text, "%16s %1[-+]%9llu %16s %40s %c", ret->section, sign, &n, ret->effect,
		     ret->ticket, &more);
	ret->changes = n;
	ret->unseen = *sign == '-';
	return (got == 4 || (got == 5 && seki_ticket_fits(ret->ticket))) && is_word(ret->section) &&
	       is_word(ret->effect);
}

void seki_change_said(void *collector, const struct seki_asker *by, const char *argument,
		      struct seki_buf *b)
{
	struct seki_collector *c = collector;
	uint64_t told = c->n.own;
	struct seki_change what;

	if (by->uid) {
		seki_server_refuse(b, "only root says what became of the host");
		return;
	}
	if (!read_change(argument, &what)) {
		seki_server_refuse(b, "right would be: baseline SECTION +CHANGES EFFECT [TICKET]");
		return;
	}
	seki_notice_change(c, &what, by);
	if (c->n.own == told)
		seki_server_refuse(b, "no room for the record now");
	else
		seki_buf_lit(b, "{\"recorded\":true}\n");
}
