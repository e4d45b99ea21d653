// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * packages.c - what dpkg has installed, with versions.
 */
#include <errno.h>
#include <string.h>

#include "userspace/baseline/baseline.h"

#define STATUS "/var/lib/dpkg/status"

/* The text behind "KEY: " in the lines up to end; continued lines are none of ours. */
static const char *field(struct seki_section *s, const char *at, const char *end, const char *key)
{
	size_t len = strlen(key);

	while (at < end) {
		size_t line = strcspn(at, "\n");

		if (line > len + 1 && !strncmp(at, key, len) && at[len] == ':') {
			const char *value = at + len + 1;

			value += strspn(value, " \t");
			return seki_arena_copy(&s->p->arena, value, (size_t)(at + line - value));
		}
		at += line + 1;
	}
	return "";
}

static void package(struct seki_section *s, const char *at, const char *end)
{
	const char *name = field(s, at, end, "Package"), *state = field(s, at, end, "Status");
	const char *of = field(s, at, end, "Architecture");
	const char *key = seki_arena_printf(&s->p->arena, "%s:%s", name, of);

	/* What was taken out and left its settings is no program any more. */
	if (!*name || strstr(state, "not-installed") || strstr(state, "config-files"))
		return;
	seki_section_put(s, key, "%s%s%s", field(s, at, end, "Version"),
			 strcmp(state, "install ok installed") ? ", " : "",
			 strcmp(state, "install ok installed") ? state : "");
}

void seki_baseline_packages(struct seki_section *s)
{
	const char *text;
	int err = seki_posture_read(s->p, STATUS, &text);

	if (err)
		seki_section_unseen(s, STATUS, err);
	while (!err && *text) {
		const char *end = strstr(text, "\n\n");

		end = end ? end + 1 : text + strlen(text);
		package(s, text, end);
		text = end + strspn(end, "\n");
	}
}
