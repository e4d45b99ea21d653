// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mountinfo.c - the mounts this process sees, /proc/self/mountinfo.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/log.h"
#include "userspace/posture/posture.h"

/* Blanks and backslashes are written \ooo. */
static const char *unescaped(struct seki_posture *p, const char *text)
{
	char *to = seki_arena_copy(&p->arena, text, strlen(text)), *ret = to;

	for (; *text; to++) {
		unsigned int c;

		if (*text == '\\' && sscanf(text + 1, "%3o", &c) == 1 && strlen(text) >= 4) {
			*to = (char)c;
			text += 4;
		} else {
			*to = *text++;
		}
	}
	*to = '\0';
	return ret;
}

/* id parent major:minor root point options optional... - type source super */
static bool parse(struct seki_posture *p, char *line, struct seki_mount *m)
{
	char *field[7], *rest = NULL, *word = strtok_r(line, " ", &rest);
	char *type, *source;
	int n = 0;

	for (; word && n < 6; word = strtok_r(NULL, " ", &rest))
		field[n++] = word;
	while (word && strcmp(word, "-"))
		word = strtok_r(NULL, " ", &rest);
	type = word ? strtok_r(NULL, " ", &rest) : NULL;
	source = type ? strtok_r(NULL, " ", &rest) : NULL;
	if (!type || sscanf(field[2], "%u:%u", &m->major, &m->minor) != 2)
		return false;
	m->root = unescaped(p, field[3]);
	m->point = unescaped(p, field[4]);
	m->options = unescaped(p, field[5]);
	m->type = unescaped(p, type);
	m->source = unescaped(p, source ?: "none");
	return true;
}

static void split(struct seki_posture *p, const char *text)
{
	char *copy = strdup(text), *rest = NULL, *line;
	size_t room = 1;

	if (!copy)
		seki_diex("out of memory");
	for (const char *c = text; *c; c++)
		room += *c == '\n';
	p->mount = seki_arena_array(&p->arena, room, sizeof(*p->mount));
	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		p->mounts += parse(p, line, &p->mount[p->mounts]);
	free(copy);
}

int seki_posture_mounts(struct seki_posture *p)
{
	const char *text;

	if (!p->have_mounts) {
		p->have_mounts = true;
		p->mounts_error = seki_posture_read(p, "/proc/self/mountinfo", &text);
		if (!p->mounts_error)
			split(p, text);
		if (!p->mounts_error && !p->mounts)
			p->mounts_error = -ENODATA;
	}
	return p->mounts_error;
}

bool seki_path_covers(const char *above, const char *path)
{
	size_t len = strlen(above);

	if (len && above[len - 1] == '/')
		len--;
	return !strncmp(above, path, len) && (!path[len] || path[len] == '/');
}

/* The longest that covers it; of those at one point the last lies on top. */
const struct seki_mount *seki_posture_mount_of(const struct seki_posture *p, const char *path)
{
	const struct seki_mount *best = NULL;

	for (size_t i = 0; i < p->mounts; i++) {
		const struct seki_mount *m = &p->mount[i];

		if (seki_path_covers(m->point, path) &&
		    (!best || strlen(m->point) >= strlen(best->point)))
			best = m;
	}
	return best;
}
