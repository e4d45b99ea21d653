// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_pack.c - closed segments are compressed, a piece at a time, so that the
 * collector is never away from its rings for long.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "userspace/evidence/writer.h"

#define LEVEL 3
#define PIECE (256u << 10)
#define PACKING_NAME "packing.new"

struct seki_packing {
	uint64_t first;
	int in, out;
	uint64_t read, written;
	ZSTD_CCtx *ctx;
	char from[PIECE], to[PIECE];
};

void seki_log_pack_end(struct seki_log *l)
{
	struct seki_packing *p = l->packing;

	if (!p)
		return;
	if (p->in >= 0)
		close(p->in);
	if (p->out >= 0)
		close(p->out);
	ZSTD_freeCCtx(p->ctx);
	free(p);
	l->packing = NULL;
}

static int begin(struct seki_log *l, uint64_t first)
{
	struct seki_packing *p = calloc(1, sizeof(*p));
	char name[SEKI_SEGMENT_NAME];

	if (!p)
		return -ENOMEM;
	l->packing = p;
	p->first = first;
	p->out = -1;
	p->ctx = ZSTD_createCCtx();
	seki_segment_name(first, SEKI_SEGMENT_PLAIN, name);
	p->in = openat(l->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (p->in < 0 || !p->ctx)
		return p->ctx ? -errno : -ENOMEM;
	ZSTD_CCtx_setParameter(p->ctx, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(p->ctx, ZSTD_c_checksumFlag, 1);
	p->out = l->io->open(l->dir, PACKING_NAME, O_WRONLY | O_CREAT | O_TRUNC);
	return p->out < 0 ? p->out : 0;
}

/* The oldest plain segment that is closed, but for the newest of them: a start
 * looks there for what it knew (resume.h), and would have to unpack it.
 */
static int choose(struct seki_log *l)
{
	struct seki_segments s;
	int ret = seki_segments_list(l->dir, &s);

	for (size_t i = 0; !ret && i + 1 < s.n && s.v[i + 1].first < l->first; i++)
		if (s.v[i].has[SEKI_SEGMENT_PLAIN])
			ret = begin(l, s.v[i].first) ?: 1;
	seki_segments_free(&s);
	return ret;
}

/* The plain file goes when the other is durable under its name. */
static int finish(struct seki_log *l)
{
	char packed[SEKI_SEGMENT_NAME], plain[SEKI_SEGMENT_NAME];
	uint64_t first = l->packing->first;
	int err = l->io->sync(l->packing->out);

	seki_segment_name(first, SEKI_SEGMENT_PACKED, packed);
	seki_segment_name(first, SEKI_SEGMENT_PLAIN, plain);
	if (!err)
		err = l->io->rename(l->dir, PACKING_NAME, packed);
	if (!err)
		err = l->io->sync(l->dir);
	if (!err)
		err = l->io->remove(l->dir, plain, 0);
	seki_log_pack_end(l);
	return err;
}

static int piece(struct seki_log *l)
{
	struct seki_packing *p = l->packing;
	ssize_t n = pread(p->in, p->from, PIECE, (off_t)p->read);
	ZSTD_inBuffer in = { p->from, n > 0 ? (size_t)n : 0, 0 };
	size_t left;

	if (n < 0)
		return -errno;
	p->read += (uint64_t)n;
	do {
		ZSTD_outBuffer out = { p->to, PIECE, 0 };
		int err;

		left = ZSTD_compressStream2(p->ctx, &out, &in, n ? ZSTD_e_continue : ZSTD_e_end);
		if (ZSTD_isError(left))
			return -EIO;
		err = seki_io_write(l->io, p->out, p->to, out.pos, p->written);
		if (err)
			return err;
		p->written += out.pos;
	} while (n ? in.pos < in.size : left);
	return n ? 1 : finish(l);
}

int seki_log_tidy(struct seki_log *l)
{
	int ret;

	if (!l->packing) {
		ret = l->waiting ? choose(l) : 0;
		if (!ret)
			l->waiting = false;
	} else {
		ret = piece(l);
		if (!ret)
			ret = l->waiting;
	}
	if (ret < 0)
		seki_log_pack_end(l);
	return ret;
}
