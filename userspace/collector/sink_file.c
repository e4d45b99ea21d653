// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sink_file.c - lines to DIR/records.jsonl.
 *
 * A full file gets the next free number, records.000001.jsonl, and keeps it:
 * a record can name the file before it for good.  The rename is atomic; a
 * crash between it and the new file leaves no current file, which is a start
 * like the first one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/collector/sink.h"

#define LOG_MODE 0640
#define NUMBER_FORMAT "records.%06u.jsonl"

struct file {
	struct seki_sink sink;
	struct seki_sink_file_options o;
	int fd; /* -1: to be made */
	uint64_t size;
	unsigned int number; /* of the newest closed file */
};

static struct file *file(struct seki_sink *s)
{
	return (struct file *)s;
}

static bool numbered(const char *name, unsigned int *ret)
{
	char again[64];

	if (sscanf(name, NUMBER_FORMAT, ret) != 1)
		return false;
	snprintf(again, sizeof(again), NUMBER_FORMAT, *ret);
	return !strcmp(again, name);
}

/* Count, lowest and highest number of the closed files. */
static int survey(int dir, unsigned int *count, unsigned int *low, unsigned int *high)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	unsigned int n;

	if (!d) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return err;
	}
	*count = *low = *high = 0;
	while ((entry = readdir(d))) {
		if (!numbered(entry->d_name, &n))
			continue;
		if (!(*count)++ || n < *low)
			*low = n;
		if (n > *high)
			*high = n;
	}
	closedir(d);
	return 0;
}

int seki_sink_file_previous(int dir, char ret[64])
{
	unsigned int count, low, high;
	int err = survey(dir, &count, &low, &high);

	if (!err && !count)
		err = -ENOENT;
	if (!err)
		snprintf(ret, 64, NUMBER_FORMAT, high);
	return err;
}

static int make(struct file *f)
{
	struct stat st;

	f->fd = openat(f->o.dir, SEKI_LOG_NAME,
		       O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, LOG_MODE);
	if (f->fd < 0 || fstat(f->fd, &st))
		return -errno;
	f->size = (uint64_t)st.st_size;
	return 0;
}

/* A line that a crash or a full disk left unfinished is no record: its event
 * was not given back to the kernel and comes again.
 */
static int cut(struct file *f, uint64_t *ret_cut)
{
	uint64_t end = f->size;
	char block[4096];

	while (end) {
		size_t len = end < sizeof(block) ? end : sizeof(block);
		ssize_t n = pread(f->fd, block, len, (off_t)(end - len));
		char *newline;

		if (n != (ssize_t)len)
			return n < 0 ? -errno : -EIO;
		newline = memrchr(block, '\n', len);
		if (newline) {
			end -= len - (size_t)(newline + 1 - block);
			break;
		}
		end -= len;
	}
	if (end != f->size && ftruncate(f->fd, (off_t)end))
		return -errno;
	*ret_cut = f->size - end;
	f->size = end;
	return 0;
}

static ssize_t file_write(struct seki_sink *s, const char *data, size_t len)
{
	struct file *f = file(s);
	ssize_t n;
	int err;

	if (f->fd < 0) {
		err = make(f);
		if (err)
			return err;
	}
	n = write(f->fd, data, len);
	if (n < 0)
		return -errno;
	f->size += (uint64_t)n;
	return n;
}

static int file_sync(struct seki_sink *s)
{
	return file(s)->fd >= 0 && fdatasync(file(s)->fd) ? -errno : 0;
}

static void remove_oldest(struct file *f, char ret[64])
{
	unsigned int count, low, high;

	ret[0] = '\0';
	if (!f->o.keep || survey(f->o.dir, &count, &low, &high) || count <= f->o.keep)
		return;
	snprintf(ret, 64, NUMBER_FORMAT, low);
	if (unlinkat(f->o.dir, ret, 0))
		ret[0] = '\0';
}

static int file_turn(struct seki_sink *s, struct seki_turn *ret)
{
	struct file *f = file(s);

	if (f->size < f->o.max_size || f->fd < 0)
		return 0;
	snprintf(ret->previous, sizeof(ret->previous), NUMBER_FORMAT, f->number + 1);
	if (fdatasync(f->fd) || renameat(f->o.dir, SEKI_LOG_NAME, f->o.dir, ret->previous))
		return -errno; /* the file grows on; asked again next time */
	f->number++;
	close(f->fd);
	f->size = 0;
	f->fd = -1;
	fsync(f->o.dir);
	remove_oldest(f, ret->removed);
	return 1;
}

static void file_status(struct seki_sink *s, struct seki_buf *b)
{
	seki_put_str(b, "file", SEKI_LOG_NAME);
	seki_put_u64(b, "bytes", file(s)->size);
	seki_put_u64(b, "closed_files", file(s)->number);
}

static void file_close(struct seki_sink *s)
{
	if (file(s)->fd >= 0)
		close(file(s)->fd);
	close(file(s)->o.dir);
	free(s);
}

static const struct seki_sink_ops ops = {
	.name = "file",
	.write = file_write,
	.sync = file_sync,
	.turn = file_turn,
	.status = file_status,
	.close = file_close,
};

int seki_sink_file_open(const struct seki_sink_file_options *o, struct seki_sink **ret,
			uint64_t *ret_cut)
{
	struct file *f = calloc(1, sizeof(*f));
	unsigned int count, low;
	int err;

	if (!f)
		return -ENOMEM;
	f->sink.ops = &ops;
	f->o = *o;
	/* Two writers would make two halves of one log. */
	err = flock(o->dir, LOCK_EX | LOCK_NB) ? -errno : 0;
	if (!err)
		err = survey(o->dir, &count, &low, &f->number);
	if (!err)
		err = make(f);
	if (!err)
		err = cut(f, ret_cut);
	if (err) {
		if (f->fd > 0)
			close(f->fd);
		free(f);
		return err;
	}
	*ret = (struct seki_sink *)f;
	return 0;
}
