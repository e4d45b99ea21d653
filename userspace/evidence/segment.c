// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "userspace/evidence/log.h"
#include "userspace/lib/cleanup.h"

static const char *const endings[] = { ".jsonl", ".jsonl.zst", ".notes" };

void seki_segment_name(uint64_t first, enum seki_segment_kind kind, char ret[SEKI_SEGMENT_NAME])
{
	snprintf(ret, SEKI_SEGMENT_NAME, "records.%012llu%s", (unsigned long long)first,
		 endings[kind]);
}

/* The kind, or -1; only names that seki_segment_name() makes. */
static int parse_name(const char *name, uint64_t *ret)
{
	char again[SEKI_SEGMENT_NAME];
	unsigned long long n;

	if (sscanf(name, "records.%20llu", &n) != 1 || n > INT64_MAX)
		return -1;
	*ret = n;
	for (int kind = 0; kind < SEKI_SEGMENT_KINDS; kind++) {
		seki_segment_name(n, kind, again);
		if (!strcmp(name, again))
			return kind;
	}
	return -1;
}

static int note_name(struct seki_segments *s, uint64_t first, int kind)
{
	struct seki_segment *v;

	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].first == first) {
			s->v[i].has[kind] = true;
			return 0;
		}
	v = realloc(s->v, (s->n + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	s->v = v;
	s->v[s->n] = (struct seki_segment){ .first = first };
	s->v[s->n++].has[kind] = true;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct seki_segment *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

int seki_segments_list(int dir, struct seki_segments *ret)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	uint64_t first;

	*ret = (struct seki_segments){ 0 };
	if (!d) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (e = readdir(d))) {
		int kind = parse_name(e->d_name, &first);

		if (kind >= 0)
			err = note_name(ret, first, kind);
	}
	closedir(d);
	if (err)
		seki_segments_free(ret);
	else if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_number);
	return err;
}

void seki_segments_free(struct seki_segments *s)
{
	free(s->v);
	*s = (struct seki_segments){ 0 };
}

bool seki_segment_has_records(const struct seki_segment *s)
{
	return s->has[SEKI_SEGMENT_PLAIN] || s->has[SEKI_SEGMENT_PACKED];
}

/* ---- lines --------------------------------------------------------------- */

#define ROOM (4 * (SEKI_LOG_RECORD_MAX + 1))

struct seki_lines_of {
	int fd;
	bool ended;	   /* a frame is complete: nothing may follow */
	ZSTD_DCtx *unpack; /* NULL: plain */
	char *in;
	ZSTD_inBuffer input;
	char *buf;
	size_t begin, len;
	uint64_t offset;
};

static int open_file(int dir, uint64_t first, enum seki_segment_kind kind)
{
	char name[SEKI_SEGMENT_NAME];
	int fd;

	seki_segment_name(first, kind, name);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int seki_segment_open(int dir, uint64_t first, struct seki_lines_of **ret)
{
	int fd = open_file(dir, first, SEKI_SEGMENT_PLAIN);
	bool packed = fd == -ENOENT;
	struct seki_lines_of *l;

	if (packed)
		fd = open_file(dir, first, SEKI_SEGMENT_PACKED);
	if (fd < 0)
		return fd;
	l = calloc(1, sizeof(*l));
	if (!l) {
		close(fd);
		return -ENOMEM;
	}
	l->fd = fd;
	l->buf = malloc(ROOM);
	if (packed) {
		l->unpack = ZSTD_createDCtx();
		l->in = malloc(ZSTD_DStreamInSize());
		/* A frame of ours has a window of at most 8 MiB. */
		if (l->unpack)
			ZSTD_DCtx_setParameter(l->unpack, ZSTD_d_windowLogMax, 23);
	}
	if (!l->buf || (packed && (!l->unpack || !l->in))) {
		seki_segment_close(l);
		return -ENOMEM;
	}
	l->input.src = l->in;
	*ret = l;
	return 0;
}

void seki_segment_close(struct seki_lines_of *l)
{
	if (!l)
		return;
	close(l->fd);
	ZSTD_freeDCtx(l->unpack);
	free(l->in);
	free(l->buf);
	free(l);
}

static ssize_t read_some(int fd, void *to, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, to, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Bytes put behind .len; 0 at the end. */
static ssize_t unpack(struct seki_lines_of *l)
{
	ZSTD_outBuffer out = { l->buf + l->len, ROOM - l->len, 0 };

	while (!out.pos) {
		ssize_t n = 1;
		size_t more;

		if (l->input.pos == l->input.size) {
			n = read_some(l->fd, l->in, ZSTD_DStreamInSize());
			if (n < 0)
				return n;
			l->input.size = (size_t)n;
			l->input.pos = 0;
		}
		if (l->ended)
			return n ? -EBADMSG : 0;
		/* Without input too: it may hold back what did not fit before. */
		more = ZSTD_decompressStream(l->unpack, &out, &l->input);
		if (ZSTD_isError(more) || (!n && !out.pos))
			return -EBADMSG;
		l->ended = !more;
	}
	return (ssize_t)out.pos;
}

static ssize_t fill(struct seki_lines_of *l)
{
	ssize_t n;

	memmove(l->buf, l->buf + l->begin, l->len - l->begin);
	l->len -= l->begin;
	l->begin = 0;
	if (l->len > SEKI_LOG_RECORD_MAX)
		return -EBADMSG;
	n = l->unpack ? unpack(l) : read_some(l->fd, l->buf + l->len, ROOM - l->len);
	if (n > 0)
		l->len += (size_t)n;
	return n;
}

int seki_segment_line(struct seki_lines_of *l, const char **ret, size_t *ret_size)
{
	for (;;) {
		char *end = memchr(l->buf + l->begin, '\n', l->len - l->begin);
		ssize_t n;

		if (end) {
			*ret = l->buf + l->begin;
			*ret_size = (size_t)(end - *ret);
			*end = '\0';
			l->begin += *ret_size + 1;
			l->offset += *ret_size + 1;
			return *ret_size && *ret_size <= SEKI_LOG_RECORD_MAX ? 1 : -EBADMSG;
		}
		n = fill(l);
		if (n <= 0)
			return (int)n;
	}
}

uint64_t seki_segment_offset(const struct seki_lines_of *l)
{
	return l->offset;
}

size_t seki_segment_rest(const struct seki_lines_of *l)
{
	return l->len - l->begin;
}
