// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/tiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"

/* Groups of three digits, all but the last with an x: 1234067 is x001/x234/067. */
static void put_number(uint64_t n, char ret[40])
{
	unsigned int group[7], count = 0;
	int at = 0;

	do {
		group[count++] = (unsigned int)(n % 1000);
		n /= 1000;
	} while (n);
	while (count--)
		at += snprintf(ret + at, 40 - (size_t)at, "%s%03u%s", count ? "x" : "",
			       group[count], count ? "/" : "");
}

void seki_tile_path(unsigned int level, uint64_t n, unsigned int width, char ret[SEKI_TILE_PATH])
{
	char number[40];
	int at;

	put_number(n, number);
	at = snprintf(ret, SEKI_TILE_PATH, "tile/%u/%s", level, number);
	if (width < SEKI_TILE)
		snprintf(ret + at, SEKI_TILE_PATH - (size_t)at, ".p/%u", width);
}

/* Leaves -> hashes of a level of tiles. */
static uint64_t at_level(uint64_t size, unsigned int level)
{
	return size >> (8 * level);
}

static int make_parents(const struct seki_log_io *io, int dir, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		int err;

		*slash = '\0';
		err = io->mkdir(dir, path);
		*slash = '/';
		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

static int write_tile(struct seki_tiles *t, unsigned int level, uint64_t n, unsigned int width)
{
	size_t size = width * sizeof(struct seki_hash);
	char path[SEKI_TILE_PATH];
	int err;

	seki_tile_path(level, n, width, path);
	err = seki_io_put(t->io, t->dir, path, t->hash[level], size);
	if (err != -ENOENT)
		return err;
	err = make_parents(t->io, t->dir, path);
	return err ? err : seki_io_put(t->io, t->dir, path, t->hash[level], size);
}

void seki_tiles_take(void *tiles, unsigned int level, const struct seki_hash *h)
{
	struct seki_tiles *t = tiles;
	uint64_t n;
	int err;

	level /= 8;
	if (!level)
		t->size++;
	/* After an error hashes are missing: seki_tiles_begin() has to come first. */
	if (level >= SEKI_TILE_LEVELS || t->error)
		return;
	n = at_level(t->size, level) - 1;
	t->hash[level][n % SEKI_TILE] = *h;
	if (n % SEKI_TILE != SEKI_TILE - 1)
		return;
	err = write_tile(t, level, n / SEKI_TILE, SEKI_TILE);
	t->error = err;
}

/* Only while the number stands for the same leaves can it be the same file. */
static bool edge(uint64_t size, unsigned int level, uint64_t *n, unsigned int *width)
{
	*n = at_level(size, level) / SEKI_TILE;
	*width = (unsigned int)(at_level(size, level) % SEKI_TILE);
	return *width;
}

static bool same_edge(uint64_t one, uint64_t two, unsigned int level)
{
	unsigned int width, other;
	uint64_t n, m;

	return edge(one, level, &n, &width) && edge(two, level, &m, &other) && n == m &&
	       width == other;
}

static void remove_edge(struct seki_tiles *t, unsigned int level)
{
	char path[SEKI_TILE_PATH];
	unsigned int width;
	uint64_t n;

	if (!edge(t->shown, level, &n, &width) || same_edge(t->shown, t->size, level) ||
	    same_edge(t->shown, t->kept, level))
		return;
	seki_tile_path(level, n, width, path);
	t->io->remove(t->dir, path, 0);
	*strrchr(path, '/') = '\0';
	t->io->remove(t->dir, path, AT_REMOVEDIR); /* while another is in it: stays */
}

int seki_tiles_show(struct seki_tiles *t)
{
	unsigned int width;
	uint64_t n;
	int err = t->error;

	for (unsigned int level = 0; !err && level < SEKI_TILE_LEVELS; level++)
		if (edge(t->size, level, &n, &width) && !same_edge(t->size, t->kept, level))
			err = write_tile(t, level, n, width);
	if (err)
		return t->error = err;
	for (unsigned int level = 0; level < SEKI_TILE_LEVELS; level++)
		remove_edge(t, level);
	t->shown = t->size;
	return 0;
}

void seki_tiles_keep(struct seki_tiles *t)
{
	t->kept = t->shown;
	t->shown = 0;
}

static int read_tile(int dir, unsigned int level, uint64_t n, unsigned int width,
		     struct seki_hash ret[SEKI_TILE])
{
	seki_autofree char *data = NULL;
	char path[SEKI_TILE_PATH];
	size_t size;
	int err;

	seki_tile_path(level, n, width, path);
	err = seki_io_get(dir, path, SEKI_TILE * sizeof(*ret), &data, &size);
	if (err)
		return err;
	if (size != width * sizeof(*ret))
		return -EBADMSG;
	memcpy(ret, data, size);
	return 0;
}

int seki_tiles_begin(struct seki_tiles *t, uint64_t size)
{
	t->size = t->kept = size;
	t->shown = 0;
	t->error = 0;
	for (unsigned int level = 0; level < SEKI_TILE_LEVELS; level++) {
		unsigned int width;
		uint64_t n;

		if (edge(size, level, &n, &width))
			t->error = read_tile(t->dir, level, n, width, t->hash[level]);
		if (t->error)
			return t->error;
	}
	return 0;
}

int seki_tile_hash(void *reader, unsigned int level, uint64_t at, struct seki_hash *ret)
{
	const struct seki_tile_reader *r = reader;
	unsigned int tiles = level / 8, count = 1u << level % 8, begin, width = SEKI_TILE;
	uint64_t first = at << level % 8, n = first / SEKI_TILE, all = at_level(r->size, tiles);
	struct seki_hash hash[SEKI_TILE];
	int err;

	if (tiles >= SEKI_TILE_LEVELS || first + count > all)
		return -ERANGE;
	if (n == all / SEKI_TILE)
		width = (unsigned int)(all % SEKI_TILE);
	err = read_tile(r->dir, tiles, n, width, hash);
	/* Those at the edge of a smaller tree are removed; a later tile has more. */
	if (err == -ENOENT && width != SEKI_TILE)
		err = read_tile(r->dir, tiles, n, SEKI_TILE, hash);
	if (err)
		return err;
	begin = (unsigned int)(first % SEKI_TILE);
	for (; count > 1; count /= 2)
		for (unsigned int i = 0; i < count / 2; i++)
			seki_hash_node(&hash[begin + 2 * i], &hash[begin + 2 * i + 1],
				       &hash[begin + i]);
	*ret = hash[begin];
	return 0;
}
