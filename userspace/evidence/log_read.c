// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_read.c - records one after the other, over segments that grow, are
 * compressed and removed meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "userspace/evidence/io.h"
#include "userspace/evidence/log.h"
#include "userspace/evidence/segment.h"
#include "userspace/evidence/writer.h"
#include "userspace/lib/cleanup.h"

struct seki_log_reader {
	int dir, watch; /* watch: -1 until somebody waits */
	bool blind;	/* there can be none */
	enum seki_log_extent extent;
	uint64_t index;		     /* of the record that comes next */
	uint64_t limit;		     /* size of the last checkpoint seen */
	struct seki_lines_of *lines; /* NULL: to be found */
	uint64_t at;		     /* number of the record that .lines gives next */
	seki_log_passed *passed;     /* NULL: nobody asks */
	void *passed_of;
};

/* -ENOENT: there is none. */
static int newest(int dir, uint64_t *ret)
{
	seki_autofree char *text = NULL;
	struct seki_checkpoint c;
	struct seki_note n;
	size_t size;
	int err = seki_io_get(dir, SEKI_CHECKPOINT, SEKI_NOTE_MAX, &text, &size);

	*ret = 0;
	/* Empty: a power cut, and the next start publishes anew. */
	if (!err && !size)
		return 0;
	if (err || seki_note_parse(text, size, &n) || seki_checkpoint_parse(&n, &c))
		return err ? err : -EBADMSG;
	*ret = c.size;
	return 0;
}

int seki_log_signed(int dir, uint64_t *ret)
{
	int err = newest(dir, ret);

	return err == -ENOENT ? 0 : err;
}

int seki_log_first(int dir, uint64_t *ret)
{
	struct seki_segments s;
	int err = seki_segments_list(dir, &s);

	*ret = 0;
	for (size_t i = 0; !err && i < s.n; i++)
		if (seki_segment_has_records(&s.v[i])) {
			*ret = s.v[i].first;
			break;
		}
	seki_segments_free(&s);
	return err;
}

/* Made when somebody waits: who only reads asks for nothing more. */
static int watch(int dir)
{
	char path[32];
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	if (fd >= 0 && inotify_add_watch(fd, path, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int seki_log_reader_open(int dir, uint64_t index, enum seki_log_extent extent,
			 struct seki_log_reader **ret)
{
	struct seki_log_reader *r;
	uint64_t first;
	int err = seki_log_first(dir, &first);

	if (err || index < first)
		return err ? err : -ENODATA;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	*r = (struct seki_log_reader){ .dir = dir, .extent = extent, .index = index };
	r->watch = -1;
	*ret = r;
	return 0;
}

void seki_log_reader_passed(struct seki_log_reader *r, seki_log_passed *passed, void *of)
{
	r->passed = passed;
	r->passed_of = of;
}

void seki_log_reader_close(struct seki_log_reader *r)
{
	if (!r)
		return;
	seki_segment_close(r->lines);
	if (r->watch >= 0)
		close(r->watch);
	free(r);
}

/* The segment that holds index: the last one that begins at or before it. */
static int find(struct seki_log_reader *r, uint64_t *ret)
{
	struct seki_segments s;
	int err = seki_segments_list(r->dir, &s);
	bool any = false;

	if (err)
		return err;
	err = -ENOENT; /* nothing yet */
	for (size_t i = 0; i < s.n; i++) {
		if (!seki_segment_has_records(&s.v[i]))
			continue;
		any = true;
		if (s.v[i].first > r->index)
			break;
		*ret = s.v[i].first;
		err = 0;
	}
	seki_segments_free(&s);
	return err == -ENOENT && any ? -ENODATA : err;
}

static int open_lines(struct seki_log_reader *r)
{
	uint64_t first;
	int err = find(r, &first);

	if (err)
		return err;
	err = seki_segment_open(r->dir, first, &r->lines);
	r->at = first;
	return err;
}

/* The next segment begins where this one ended, or there is none yet. */
static bool has_successor(const struct seki_log_reader *r)
{
	uint64_t first;

	return !find((struct seki_log_reader *)r, &first) && first == r->index;
}

/* 1, 0 or an error; -EAGAIN: look for the segment again. */
static int next_line(struct seki_log_reader *r, struct seki_log_record *ret)
{
	int err = r->lines ? 0 : open_lines(r);

	if (err)
		return err == -ENOENT ? 0 : err;
	for (;;) {
		err = seki_segment_line(r->lines, &ret->data, &ret->size);
		if (err <= 0)
			break;
		ret->index = r->at++;
		if (ret->index == r->index)
			return 1;
		if (r->passed)
			r->passed(r->passed_of, ret->data, ret->size);
	}
	if (err || r->at != r->index || !has_successor(r))
		return err;
	/* A last look: lines may have come before the segment was closed. */
	if (seki_segment_line(r->lines, &ret->data, &ret->size) > 0) {
		ret->index = r->at++;
		return 1;
	}
	seki_segment_close(r->lines);
	r->lines = NULL;
	return -EAGAIN;
}

static void forget(struct seki_log_reader *r)
{
	char events[4096];

	while (r->watch >= 0 && read(r->watch, events, sizeof(events)) > 0)
		;
}

static int allowed(struct seki_log_reader *r)
{
	int err;

	if (r->extent == SEKI_LOG_WRITTEN || r->index < r->limit)
		return 1;
	forget(r); /* before looking: what comes after it wakes again */
	err = newest(r->dir, &r->limit);
	if (err == -ENOENT)
		return 1;
	return err ? err : r->index < r->limit;
}

static int once(struct seki_log_reader *r, struct seki_log_record *ret)
{
	bool opened = r->lines;
	int got = next_line(r, ret);

	/* An empty segment may be the next one's beginning: only once. */
	if (got == -EAGAIN)
		got = next_line(r, ret);
	if (got < 0 && opened) {
		seki_segment_close(r->lines);
		r->lines = NULL;
	}
	return got == -EAGAIN ? 0 : got;
}

int seki_log_read(struct seki_log_reader *r, struct seki_log_record *ret)
{
	int got = allowed(r);

	if (got <= 0)
		return got;
	got = once(r, ret);
	if (!got && r->extent == SEKI_LOG_WRITTEN) {
		forget(r);
		got = once(r, ret);
	}
	if (got > 0)
		r->index++;
	return got;
}

uint64_t seki_log_reader_index(const struct seki_log_reader *r)
{
	return r->index;
}

int seki_log_reader_fd(struct seki_log_reader *r)
{
	if (r->watch < 0 && !r->blind)
		r->watch = watch(r->dir);
	r->blind = r->watch < 0;
	return r->watch;
}

int seki_log_reader_wait(struct seki_log_reader *r, int timeout)
{
	bool fresh = r->watch < 0 && !r->blind;
	struct pollfd p = { .fd = seki_log_reader_fd(r), .events = POLLIN };
	/* Without a watch: half a second at most, and "may have grown". */
	bool blind = r->watch < 0;
	int got;

	/* What came before the watch was made wakes nobody. */
	if (fresh && !blind)
		return 1;
	got = poll(&p, !blind, blind && (timeout < 0 || timeout > 500) ? 500 : timeout);

	if (got < 0)
		return errno == EINTR ? 0 : -errno;
	return blind || got > 0;
}
