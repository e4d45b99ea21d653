// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * source.c - over the evidence log, as far as it is signed: a record that is
 * only written may be gone after a power cut, and its number another's.
 */
#define _GNU_SOURCE
#include "userspace/reader/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "userspace/evidence/log.h"
#include "userspace/lib/cleanup.h"
#include "userspace/reader/whole.h"

struct seki_source {
	int dir;
	struct seki_log_reader *log;
	struct seki_whole told;
};

static int open_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int seki_source_open(const char *dir, uint64_t index, struct seki_source **ret)
{
	struct seki_source *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->dir = open_dir(dir);
	err = s->dir < 0 ? s->dir : seki_log_reader_open(s->dir, index, SEKI_LOG_SIGNED, &s->log);
	if (err) {
		seki_source_close(s);
		return err;
	}
	seki_log_reader_passed(s->log, seki_whole_pass, &s->told);
	*ret = s;
	return 0;
}

void seki_source_close(struct seki_source *s)
{
	if (!s)
		return;
	seki_log_reader_close(s->log);
	seki_whole_free(&s->told);
	if (s->dir >= 0)
		close(s->dir);
	free(s);
}

int seki_source_read(struct seki_source *s, struct seki_source_record *ret)
{
	struct seki_log_record r;
	int got = seki_log_read(s->log, &r);

	if (got <= 0)
		return got;
	seki_whole_pass(&s->told, r.data, r.size);
	*ret = (struct seki_source_record){ r.index, r.data, r.size };
	return got;
}

json_t *seki_source_whole(struct seki_source *s, const struct seki_source_record *r)
{
	return seki_whole_read(&s->told, r->data, r->size);
}

uint64_t seki_source_index(const struct seki_source *s)
{
	return seki_log_reader_index(s->log);
}

int seki_source_wait(struct seki_source *s, int timeout)
{
	return seki_log_reader_wait(s->log, timeout);
}

int seki_source_first(const char *dir, uint64_t *ret)
{
	seki_autoclose int fd = open_dir(dir);

	return fd < 0 ? fd : seki_log_first(fd, ret);
}

/* Without a checkpoint they are counted: a log that was copied in part. */
static int count(int dir, uint64_t *ret)
{
	struct seki_log_reader *r;
	struct seki_log_record record;
	int err = seki_log_first(dir, ret);

	if (!err)
		err = seki_log_reader_open(dir, *ret, SEKI_LOG_SIGNED, &r);
	if (err)
		return err;
	while ((err = seki_log_read(r, &record)) > 0)
		;
	*ret = seki_log_reader_index(r);
	seki_log_reader_close(r);
	return err;
}

int seki_source_size(const char *dir, uint64_t *ret)
{
	seki_autoclose int fd = open_dir(dir);
	int err = fd < 0 ? fd : seki_log_signed(fd, ret);

	return err || *ret ? err : count(fd, ret);
}
