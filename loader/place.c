// SPDX-License-Identifier: GPL-2.0-or-later
/* place.c - paths and the objects they lead to, each opened and asked once. */
#define _GNU_SOURCE
#include "loader/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/log.h"

#define BATCH 512 /* descriptors held at a time, half the usual limit */

size_t seki_place_add(struct seki_places *p, const char *path)
{
	const char *text = seki_arena_copy(&p->text, path, strlen(path));
	__u32 old;

	if (!seki_table_add(&p->by_path, text, strlen(text), (__u32)p->n, &old))
		return old;
	if (p->n == p->room) {
		p->room = p->room ? p->room * 2 : 64;
		p->v = realloc(p->v, p->room * sizeof(*p->v));
		if (!p->v)
			seki_diex("out of memory");
	}
	p->v[p->n] = (struct seki_place){ .path = text };
	return p->n++;
}

static int read_batch(struct sekisho_bpf *s, struct seki_place *v, size_t n)
{
	struct seki_object objects[BATCH];
	size_t i, opened = 0, at[BATCH];
	int fds[BATCH], err;

	for (i = 0; i < n; i++) {
		int fd = open(v[i].path, O_PATH | O_CLOEXEC | O_NOFOLLOW);

		v[i].exists = fd >= 0;
		if (fd < 0)
			continue;
		at[opened] = i;
		fds[opened++] = fd;
	}
	err = opened ? seki_objects_read(s, fds, opened, objects) : 0;
	for (i = 0; i < opened; i++) {
		if (!err)
			v[at[i]].object = objects[i];
		close(fds[i]);
	}
	return err;
}

/* Ask for every place added since the last call. */
int seki_places_read(struct sekisho_bpf *s, struct seki_places *p)
{
	while (p->read < p->n) {
		size_t n = p->n - p->read;

		if (n > BATCH)
			n = BATCH;
		if (read_batch(s, p->v + p->read, n))
			return -1;
		p->read += n;
	}
	return 0;
}
