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

static int stream_turn(struct seki_sink *s, struct seki_turn *ret)
{
	(void)s;
	(void)ret;
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
	.turn = stream_turn,
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
