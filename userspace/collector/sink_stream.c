// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sink_stream.c - lines to a descriptor: standard output, a pipe.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "userspace/collector/sink.h"

struct stream {
	struct seki_sink sink;
	int fd;
};

static ssize_t stream_write(struct seki_sink *s, const char *data, size_t len)
{
	ssize_t n = write(((struct stream *)s)->fd, data, len);

	return n < 0 ? -errno : n;
}

static int stream_sync(struct seki_sink *s)
{
	/* A pipe has no storage to wait for. */
	return fdatasync(((struct stream *)s)->fd) && errno != EINVAL && errno != EROFS ? -errno :
											  0;
}

static int stream_seal(struct seki_sink *s, enum seki_log_why why,
		       const struct seki_log_moment *now)
{
	(void)s;
	(void)why;
	(void)now;
	return 0;
}

static int stream_turn(struct seki_sink *s, const struct seki_log_moment *now,
		       struct seki_turn *ret)
{
	(void)s;
	(void)now;
	(void)ret;
	return 0;
}

static int stream_tidy(struct seki_sink *s)
{
	(void)s;
	return 0;
}

static void stream_status(struct seki_sink *s, struct seki_buf *b)
{
	(void)s;
	(void)b;
}

static void stream_close(struct seki_sink *s)
{
	free(s);
}

static const struct seki_sink_ops ops = {
	.name = "stream",
	.write = stream_write,
	.sync = stream_sync,
	.seal = stream_seal,
	.turn = stream_turn,
	.tidy = stream_tidy,
	.status = stream_status,
	.close = stream_close,
};

struct seki_sink *seki_sink_stream_open(int fd)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->sink.ops = &ops;
	s->fd = fd;
	return (struct seki_sink *)s;
}
