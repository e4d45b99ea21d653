/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tiles.h - the tree's hashes on disk, as in c2sp.org/tlog-tiles.
 */
#ifndef SEKI_EVIDENCE_TILES_H
#define SEKI_EVIDENCE_TILES_H

#include "userspace/evidence/io.h"
#include "userspace/evidence/tree.h"

#define SEKI_TILE 256u
#define SEKI_TILE_LEVELS 8
#define SEKI_TILE_PATH 80

/* width 256: a full tile. */
void seki_tile_path(unsigned int level, uint64_t n, unsigned int width, char ret[SEKI_TILE_PATH]);

/* The writer's: hashes that do not fill a tile yet. */
struct seki_tiles {
	const struct seki_log_io *io;
	int dir;
	int error;	/* negative errno of the first write that failed; made anew then */
	uint64_t size;	/* leaves */
	uint64_t shown; /* ... of the last seki_tiles_show() */
	uint64_t kept;	/* ... before the segment: its edge stays as it is */
	struct seki_hash hash[SEKI_TILE_LEVELS][SEKI_TILE];
};

/* Go on at size, with what is on disk.  0 or negative errno. */
int seki_tiles_begin(struct seki_tiles *t, uint64_t size);
/* As a seki_hash_taker of a frontier. */
void seki_tiles_take(void *tiles, unsigned int level, const struct seki_hash *h);
/* Write what is at the right edge, and remove what was there before. */
int seki_tiles_show(struct seki_tiles *t);
/* The edge that was shown last stays: a start begins with it. */
void seki_tiles_keep(struct seki_tiles *t);

/* The reader's: hashes of a tree of this size from tiles; seki_hashes.of. */
struct seki_tile_reader {
	int dir;
	uint64_t size;
};
int seki_tile_hash(void *reader, unsigned int level, uint64_t at, struct seki_hash *ret);

#endif /* SEKI_EVIDENCE_TILES_H */
