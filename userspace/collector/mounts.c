// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mounts.c - where filesystems are mounted, from mountinfo (proc(5)).
 */
#include "userspace/collector/path.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bounded: container hosts have thousands of mounts, of few filesystems. */
#define MOUNTS_MAX 4096
#define INFO_MAX (4u << 20)

static bool octal(const char *p)
{
	return p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
	       p[3] >= '0' && p[3] <= '7';
}

/* Space, tab, newline and backslash stand as \ooo. */
static bool unescape(const char *in, char ret[SEKI_MOUNT_TEXT])
{
	size_t len = 0;

	while (*in && len < SEKI_MOUNT_TEXT - 1) {
		if (octal(in)) {
			ret[len++] =
				(char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 4;
		} else {
			ret[len++] = *in++;
		}
	}
	ret[len] = '\0';
	return !*in;
}

/* 36 35 98:0 /root /point options... */
static void add_line(struct seki_mounts *m, char *line)
{
	struct seki_mount *mount = &m->mounts[m->count];
	char *field[5], *rest = line;
	unsigned int major, minor;

	for (int i = 0; i < 5; i++) {
		field[i] = strsep(&rest, " ");
		if (!field[i])
			return;
	}
	if (sscanf(field[2], "%u:%u", &major, &minor) != 2)
		return;
	if (!unescape(field[3], mount->root) || !unescape(field[4], mount->point))
		return;
	mount->dev = major << 20 | minor;
	m->count++;
}

static char *read_all(int fd)
{
	char *text = malloc(INFO_MAX + 1);
	size_t len = 0;
	ssize_t n;

	if (!text || lseek(fd, 0, SEEK_SET) < 0) {
		free(text);
		return NULL;
	}
	while (len < INFO_MAX && (n = read(fd, text + len, INFO_MAX - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return text;
}

static void load(struct seki_mounts *m)
{
	char *text = read_all(m->fd);
	char *line, *rest = text;

	m->count = 0;
	m->last_dev = 0;
	while (rest && m->count < MOUNTS_MAX && (line = strsep(&rest, "\n")))
		add_line(m, line);
	free(text);
}

void seki_mounts_open(struct seki_mounts *m, const char *mountinfo)
{
	m->count = 0;
	m->last_dev = 0;
	m->mounts = calloc(MOUNTS_MAX, sizeof(*m->mounts));
	m->fd = m->mounts ? open(mountinfo, O_RDONLY | O_CLOEXEC) : -1;
	if (m->fd >= 0)
		load(m);
}

void seki_mounts_refresh(struct seki_mounts *m)
{
	struct pollfd p = { .fd = m->fd, .events = POLLPRI };

	if (m->fd >= 0 && poll(&p, 1, 0) > 0 && p.revents & (POLLPRI | POLLERR))
		load(m);
}

void seki_mounts_close(struct seki_mounts *m)
{
	free(m->mounts);
	if (m->fd >= 0)
		close(m->fd);
	*m = (struct seki_mounts){ .fd = -1 };
}
