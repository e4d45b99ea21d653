// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * units.c - what systemd would start, from its directories: systemctl(1) would ask a
 * process that can be lied to.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/baseline/baseline.h"
#include "userspace/lib/cleanup.h"

/* The one before hides what has the same name in those behind it. */
static const char *const dirs[] = { "/etc/systemd/system", "/run/systemd/system",
				    "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
				    "/lib/systemd/system" };

/* Where a symbolic link leads; NULL: it is none. */
static const char *target(struct seki_section *s, const char *path)
{
	seki_autoclose int fd = seki_posture_open_at(s->p, path, O_PATH | O_NOFOLLOW);
	char text[4096];
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", text, sizeof(text) - 1);

	return n < 0 ? NULL : seki_arena_copy(&s->p->arena, text, (size_t)n);
}

static const char *state(struct seki_section *s, const char *path)
{
	const char *to = target(s, path);

	if (!to)
		return seki_section_digest(s, path);
	if (!strcmp(to, "/dev/null"))
		return "masked";
	return seki_arena_printf(&s->p->arena, "link to %s", to);
}

/* Units that another wants, and files that change a unit. */
static void look_into(struct seki_section *s, const char *dir, const char *name)
{
	const char *path = seki_arena_printf(&s->p->arena, "%s/%s", dir, name);
	const char *dot = strrchr(name, '.');
	bool drops = !strcmp(dot, ".d");
	char **names;
	int n = seki_posture_list(s->p, path, drops ? "*.conf" : "*", &names);

	for (int i = 0; i < n; i++) {
		const char *file = seki_arena_printf(&s->p->arena, "%s/%s", path, names[i]);

		if (drops)
			seki_section_put(s, file, "%s", seki_section_digest(s, file));
		else
			seki_section_put(s, seki_arena_printf(&s->p->arena, "%s enabled", names[i]),
					 "%s", name);
	}
}

static bool is_dir_of_unit(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (!strcmp(dot, ".wants") || !strcmp(dot, ".requires") || !strcmp(dot, ".d"));
}

static void look_at(struct seki_section *s, const char *dir)
{
	char **names;
	int n = seki_posture_list(s->p, dir, "*.*", &names);

	if (n < 0 && n != -ENOENT)
		seki_section_unseen(s, dir, n);
	for (int i = 0; i < n; i++) {
		if (is_dir_of_unit(names[i])) {
			look_into(s, dir, names[i]);
			continue;
		}
		if (json_object_get(s->values, names[i]))
			continue;
		seki_section_put(s, names[i], "%s",
				 state(s, seki_arena_printf(&s->p->arena, "%s/%s", dir, names[i])));
	}
}

void seki_baseline_units(struct seki_section *s)
{
	const char *lib = target(s, "/lib");

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		/* /lib is a link to /usr/lib on most hosts. */
		if (strncmp(dirs[i], "/lib/", 5) != 0 || !lib)
			look_at(s, dirs[i]);
}
