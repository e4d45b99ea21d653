// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * source.c - over DIR/records.NNNNNN.jsonl and DIR/records.jsonl.
 */
#define _GNU_SOURCE
#include "userspace/reader/source.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

#define LINE_MAX_BYTES (64u << 10)
#define BUFFER (4 * LINE_MAX_BYTES)

struct seki_source {
	char *dir;
	int fd;	    /* of the file at work; -1: none is there yet */
	ino_t file; /* its inode */
	uint64_t index;
	size_t begin, len;
	char *buf; /* BUFFER and a NUL */
};

/* The files in the order they were written; the current one is the last. */
static int list(const char *dir, glob_t *ret)
{
	seki_autofree char *closed = NULL;
	seki_autofree char *now = NULL;

	if (asprintf(&closed, "%s/records.[0-9]*.jsonl", dir) < 0 ||
	    asprintf(&now, "%s/records.jsonl", dir) < 0)
		return -ENOMEM;
	memset(ret, 0, sizeof(*ret));
	if (glob(closed, 0, NULL, ret) == GLOB_NOSPACE ||
	    glob(now, GLOB_APPEND, NULL, ret) == GLOB_NOSPACE)
		return -ENOMEM;
	return 0;
}

/* The file behind the one with this inode; the first one for 0. */
static int open_next(const char *dir, ino_t after, struct stat *st)
{
	glob_t files;
	int fd = -1, err = list(dir, &files);
	size_t i = 0;

	if (err)
		return err;
	while (after && i < files.gl_pathc)
		if (!stat(files.gl_pathv[i++], st) && st->st_ino == after)
			break;
	if (i < files.gl_pathc) {
		fd = open(files.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, st))
			err = -errno;
	}
	globfree(&files);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd < 0 ? -ENOENT : fd;
}

static int next_file(struct seki_source *s)
{
	struct stat st;
	int fd = open_next(s->dir, s->file, &st);

	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = fd;
	s->file = st.st_ino;
	s->begin = s->len = 0;
	return 1;
}

/* Bytes read; 0 at the end of the file for now. */
static ssize_t more(struct seki_source *s)
{
	ssize_t n;

	memmove(s->buf, s->buf + s->begin, s->len - s->begin);
	s->len -= s->begin;
	s->begin = 0;
	if (s->len == BUFFER)
		return -EBADMSG;
	n = read(s->fd, s->buf + s->len, BUFFER - s->len);
	if (n < 0)
		return -errno;
	s->len += (size_t)n;
	return n;
}

static int line(struct seki_source *s, struct seki_source_record *ret)
{
	char *begin = s->buf + s->begin, *end = memchr(begin, '\n', s->len - s->begin);

	if (!end)
		return 0;
	*end = '\0';
	ret->index = s->index++;
	ret->data = begin;
	ret->size = (size_t)(end - begin);
	s->begin += ret->size + 1;
	return 1;
}

int seki_source_read(struct seki_source *s, struct seki_source_record *ret)
{
	if (s->fd < 0) {
		int got = next_file(s);

		if (got <= 0)
			return got;
	}
	for (;;) {
		ssize_t n;
		int got;

		if (line(s, ret))
			return 1;
		n = more(s);
		if (n < 0)
			return (int)n;
		if (n)
			continue;
		/* A file that has a successor was whole before that was made. */
		got = next_file(s);
		if (got <= 0)
			return got;
	}
}

static int skip(struct seki_source *s, uint64_t index)
{
	struct seki_source_record r;
	int got = 1;

	while (s->index < index && got > 0)
		got = seki_source_read(s, &r);
	return got < 0 ? got : 0;
}

int seki_source_open(const char *dir, uint64_t index, struct seki_source **ret)
{
	struct seki_source *s = calloc(1, sizeof(*s));
	int err = -ENOMEM;

	if (!s)
		return err;
	s->fd = -1;
	s->dir = strdup(dir);
	s->buf = malloc(BUFFER + 1);
	if (s->dir && s->buf)
		err = skip(s, index);
	if (err)
		seki_source_close(s);
	else
		*ret = s;
	return err;
}

void seki_source_close(struct seki_source *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->dir);
	free(s->buf);
	free(s);
}

uint64_t seki_source_index(const struct seki_source *s)
{
	return s->index;
}

int seki_source_wait(struct seki_source *s, int timeout)
{
	(void)s;
	poll(NULL, 0, timeout < 100 ? timeout : 100);
	return 1;
}

int seki_source_first(const char *dir, uint64_t *ret)
{
	(void)dir;
	*ret = 0;
	return 0;
}

int seki_source_size(const char *dir, uint64_t *ret)
{
	struct seki_source *s;
	int err = seki_source_open(dir, UINT64_MAX, &s);

	if (err)
		return err;
	*ret = s->index;
	seki_source_close(s);
	return 0;
}
