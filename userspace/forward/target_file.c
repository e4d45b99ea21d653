// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * target_file.c - lines to a file, or to standard output.
 *
 * The cursor knows the size up to which the file is certain.  What a crash left
 * behind it is cut off before it is written again, so no line comes twice.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "userspace/forward/target.h"

struct file {
	struct seki_target target;
	const char *path; /* NULL: standard output */
	int fd;
	uint64_t size;
};

static struct seki_target *make(const struct seki_sink_config *c)
{
	struct file *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->target.ops = &seki_target_file;
	f->path = c->type == SEKI_SINK_FILE ? c->to.v[0] : NULL;
	f->fd = -1;
	return &f->target;
}

/* A file that somebody rotated away is shorter: nothing of ours is in it. */
static int open_file(struct seki_target *t, const struct seki_mark *mark)
{
	struct file *f = (struct file *)t;
	struct stat st;

	f->fd = f->path ? open(f->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			       0640) :
			  dup(STDOUT_FILENO);
	if (f->fd < 0 || fstat(f->fd, &st))
		return seki_target_fail(t, errno, "%s", f->path ? f->path : "stdout");
	if (!f->path)
		return 0;
	if (!S_ISREG(st.st_mode))
		return seki_target_fail(t, EINVAL, "%s is not a plain file", f->path);
	f->size = (uint64_t)st.st_size;
	if (mark->size < f->size) {
		if (ftruncate(f->fd, (off_t)mark->size))
			return seki_target_fail(t, errno, "%s: cut", f->path);
		f->size = mark->size;
	}
	return 0;
}

static int put(struct file *f, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(f->fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return seki_target_fail(&f->target, errno, "%s",
						f->path ? f->path : "stdout");
		data += n;
		size -= (size_t)n;
		f->size += (uint64_t)n;
	}
	return 0;
}

static int send_line(struct seki_target *t, const struct seki_parcel *p)
{
	struct file *f = (struct file *)t;
	int err = put(f, p->body, p->size);

	return err ? err : put(f, "\n", 1);
}

static int confirm(struct seki_target *t, struct seki_mark *mark)
{
	struct file *f = (struct file *)t;

	if (f->path && fdatasync(f->fd))
		return seki_target_fail(t, errno, "%s: sync", f->path);
	mark->size = f->size;
	return 0;
}

static void close_file(struct seki_target *t)
{
	struct file *f = (struct file *)t;

	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static void free_file(struct seki_target *t)
{
	free(t);
}

const struct seki_target_ops seki_target_file = {
	.window = 1000,
	.linger = 200,
	.make = make,
	.open = open_file,
	.send = send_line,
	.confirm = confirm,
	.close = close_file,
	.free = free_file,
};
