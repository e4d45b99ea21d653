// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/consistency.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/evidence/io.h"
#include "userspace/evidence/tiles.h"
#include "userspace/evidence/writer.h"
#include "userspace/lib/cleanup.h"

static int prove(int dir, uint64_t old, const char *checkpoint, size_t size, struct seki_proof *ret)
{
	struct seki_tile_reader tiles = { .dir = dir };
	struct seki_hashes h = { seki_tile_hash, &tiles };
	struct seki_checkpoint c;
	struct seki_note n;

	if (seki_note_parse(checkpoint, size, &n) || seki_checkpoint_parse(&n, &c))
		return -EBADMSG;
	ret->count = 0;
	tiles.size = c.size;
	if (old > c.size)
		return -ERANGE;
	return old ? seki_prove_consistency(&h, old, c.size, ret) : 0;
}

int seki_consistency_make(int dir, uint64_t old, const char *checkpoint, size_t size, char **ret)
{
	struct seki_proof path;
	int err = prove(dir, old, checkpoint, size, &path);
	char *text = err ? NULL : malloc(64 + 64 * path.count + size);
	size_t at;

	if (!text)
		return err ? err : -ENOMEM;
	at = (size_t)sprintf(text, "old %llu\n", (unsigned long long)old);
	for (size_t i = 0; i < path.count; i++) {
		at += seki_base64_text(&path.hash[i], sizeof(path.hash[i]), text + at);
		text[at++] = '\n';
	}
	text[at++] = '\n';
	memcpy(text + at, checkpoint, size);
	text[at + size] = '\0';
	*ret = text;
	return 0;
}

int seki_consistency_newest(int dir, uint64_t old, char **ret)
{
	int err = -ENOENT;

	/* The tiles at the edge go when the next checkpoint comes. */
	for (int i = 0; i < 5 && err == -ENOENT; i++) {
		seki_autofree char *checkpoint = NULL;
		size_t size;

		err = seki_io_get(dir, SEKI_CHECKPOINT, SEKI_NOTE_MAX, &checkpoint, &size);
		if (err)
			return err;
		err = seki_consistency_make(dir, old, checkpoint, size, ret);
	}
	return err;
}

static int parse_old(const char *line, size_t size, uint64_t *ret)
{
	uint64_t n = 0;

	if (size < 5 || memcmp(line, "old ", 4) || (line[4] == '0' && size > 5))
		return -EBADMSG;
	for (size_t i = 4; i < size; i++)
		if (line[i] < '0' || line[i] > '9' || __builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(line[i] - '0'), &n))
			return -EBADMSG;
	*ret = n;
	return 0;
}

int seki_consistency_parse(const char *text, size_t size, struct seki_consistency *ret)
{
	const char *end = text + size, *at = text, *newline;

	ret->path.count = 0;
	while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
		size_t len = (size_t)(newline - at);

		if (at == text) {
			if (parse_old(at, len, &ret->old))
				return -EBADMSG;
		} else if (!len) {
			at++;
			break;
		} else if (ret->path.count == SEKI_PROOF_MAX ||
			   seki_base64_bytes(at, len, ret->path.hash[ret->path.count].b, 32) !=
				   32) {
			return -EBADMSG;
		} else {
			ret->path.count++;
		}
		at = newline + 1;
	}
	if (!newline || seki_note_parse(at, (size_t)(end - at), &ret->note))
		return -EBADMSG;
	return seki_checkpoint_parse(&ret->note, &ret->c);
}

bool seki_consistency_check(const struct seki_consistency *c, const struct seki_hash *old_root)
{
	if (!c->old)
		return !c->path.count;
	return seki_check_consistency(&c->path, c->old, c->c.size, old_root, &c->c.root);
}
