// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/notes.h"

#include <stdlib.h>
#include <string.h>

#include "userspace/evidence/io.h"
#include "userspace/evidence/moment.h"
#include "userspace/evidence/segment.h"

int seki_notes_read(int dir, uint64_t segment, struct seki_notes *ret)
{
	char name[SEKI_SEGMENT_NAME];

	*ret = (struct seki_notes){ 0 };
	seki_segment_name(segment, SEKI_SEGMENT_NOTES, name);
	return seki_io_get(dir, name, SEKI_NOTES_MAX, &ret->text, &ret->size);
}

/* Every note ends with a signature line, and the next begins with the origin. */
static size_t note_length(const char *text, size_t size)
{
	const char *at = memmem(text, size, "\n\n", 2), *end = text + size, *newline;

	if (!at)
		return 0;
	at += 2;
	while (at < end && !memcmp(at, "\xe2", 1)) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			return 0;
		at = newline + 1;
	}
	return (size_t)(at - text);
}

int seki_notes_next(struct seki_notes *n)
{
	size_t size = note_length(n->text + n->at, n->size - n->at);

	if (!size || seki_note_parse(n->text + n->at, size, &n->note) ||
	    seki_checkpoint_parse(&n->note, &n->c))
		return 0;
	n->at += size;
	return 1;
}

uint64_t seki_notes_last_time(int dir, uint64_t segment)
{
	struct seki_moment_line m;
	struct seki_notes n;
	uint64_t ret = 0;

	if (seki_notes_read(dir, segment, &n))
		return 0;
	while (seki_notes_next(&n))
		if (!seki_moment_parse(&n.c, &m))
			ret = m.at.wall;
	free(n.text);
	return ret;
}
