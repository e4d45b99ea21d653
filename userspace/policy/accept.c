// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Warnings that a policy accepts, each at its place and with a reason:
 *
 *	- { allow: other, to: read, on: hlr.keys } # accept W07: a demonstration
 *
 * or on lines of their own before the line that is meant.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/diag.h"
#include "userspace/policy/warning.h"

#define MARK "# accept W"

struct seki_accept {
	struct seki_pos pos;
	unsigned int line; /* whose warnings it accepts */
	unsigned int number;
	bool reason, used;
};

static void add(struct seki_diag *d, struct seki_accept a)
{
	if (d->accepts == d->accept_room) {
		unsigned int room = d->accept_room ? 2 * d->accept_room : 16;
		struct seki_accept *more = seki_arena_array(&d->arena, room, sizeof(*more));

		if (d->accepts)
			memcpy(more, d->accept, d->accepts * sizeof(*more));
		d->accept = more;
		d->accept_room = room;
	}
	d->accept[d->accepts++] = a;
}

static bool read_mark(const char *mark, const char *end, struct seki_accept *ret)
{
	const char *p = mark + strlen(MARK);

	ret->number = 0;
	for (; p < end && *p >= '0' && *p <= '9' && ret->number < 1000; p++)
		ret->number = 10 * ret->number + (unsigned int)(*p - '0');
	ret->reason = false;
	if (p < end && *p == ':')
		for (p++; p < end && !ret->reason; p++)
			ret->reason = *p != ' ';
	return ret->number;
}

static void read_line(struct seki_diag *d, unsigned int line, const char *s, const char *end)
{
	const char *mark = memmem(s, (size_t)(end - s), MARK, strlen(MARK));
	struct seki_accept a = { .line = line };

	if (!mark || !read_mark(mark, end, &a))
		return;
	a.pos = (struct seki_pos){ line, (unsigned int)(mark - s) + 1, d->source };
	add(d, a);
}

static bool only_comment(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s < end && *s == '#';
}

/* Comments on lines of their own speak of the first line after them. */
void seki_accept_read(struct seki_diag *d, const char *text, size_t size)
{
	const char *s = text, *end = s + size;
	unsigned int waiting = d->accepts; /* the first that has not met its line */

	for (unsigned int line = 1; s < end; line++) {
		const char *stop = memchr(s, '\n', (size_t)(end - s)) ?: end;

		read_line(d, line, s, stop);
		for (unsigned int i = waiting; i < d->accepts; i++)
			d->accept[i].line = line;
		if (!only_comment(s, stop))
			waiting = d->accepts;
		s = stop + 1;
	}
}

bool seki_accepted(struct seki_diag *d, unsigned int number, struct seki_pos pos)
{
	bool accepted = false;

	for (unsigned int i = 0; i < d->accepts; i++) {
		struct seki_accept *a = &d->accept[i];

		if (a->line != pos.line || a->pos.source != pos.source || a->number != number)
			continue;
		a->used = true;
		accepted = true;
	}
	return accepted;
}

void seki_accept_check(struct seki_diag *d)
{
	for (unsigned int i = 0; i < d->accepts; i++) {
		const struct seki_accept *a = &d->accept[i];

		if (!a->used)
			seki_warning(d, SEKI_W_ACCEPT, a->pos,
				     "W%02u is accepted and not there; remove the comment",
				     a->number);
		else if (!a->reason)
			seki_warning(d, SEKI_W_ACCEPT, a->pos,
				     "W%02u is accepted without a reason; write '# accept W%02u: "
				     "why'",
				     a->number, a->number);
	}
}
