// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - growing tables of rows; a row is found by its key, once each. */
#include "loader/loader.h"

#include <stdlib.h>
#include <string.h>

#include "userspace/lib/log.h"

static void *grow(void *rows, size_t *room, size_t n, size_t size)
{
	if (n < *room)
		return rows;
	*room = *room ? *room * 2 : 64;
	rows = realloc(rows, *room * size);
	if (!rows)
		seki_diex("out of memory");
	return rows;
}

/* The row for this object, made if there was none; valid until the next call. */
struct seki_root *seki_rows_root(struct seki_rows *r, const struct seki_object_id *id)
{
	const char *key = seki_arena_copy(&r->keys, (const char *)id, sizeof(*id));
	__u32 old;

	if (!seki_table_add(&r->by_id, key, sizeof(*id), (__u32)r->n_roots, &old))
		return &r->roots[old].value;
	r->roots = grow(r->roots, &r->room_roots, r->n_roots, sizeof(*r->roots));
	r->roots[r->n_roots] = (struct seki_root_row){ .key = *id };
	return &r->roots[r->n_roots++].value;
}

void seki_rows_name(struct seki_rows *r, const struct seki_name_key *key,
		    const struct seki_root *value)
{
	r->names = grow(r->names, &r->room_names, r->n_names, sizeof(*r->names));
	r->names[r->n_names++] = (struct seki_name_row){ *key, *value };
}

void seki_rows_device(struct seki_rows *r, __u32 rdev, bool block, __u16 label)
{
	size_t i;

	for (i = 0; i < r->n_devices; i++)
		if (r->devices[i].key.rdev == rdev && r->devices[i].key.block == block)
			return;
	r->devices = grow(r->devices, &r->room_devices, r->n_devices, sizeof(*r->devices));
	r->devices[r->n_devices++] = (struct seki_device_row){ { rdev, block }, label };
}

int seki_rows_guard(struct seki_rows *r, __u32 dev)
{
	struct seki_guarded *g = &r->guarded;
	__u32 i;

	for (i = 0; i < g->count; i++)
		if (g->dev[i] == dev)
			return 0;
	if (g->count == SEKI_GUARDED_MAX) {
		seki_warnx("the policy names objects on more than %d filesystems; name fewer",
			   SEKI_GUARDED_MAX);
		return -1;
	}
	g->dev[g->count++] = dev;
	return 0;
}
