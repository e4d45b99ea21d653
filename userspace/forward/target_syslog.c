// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * target_syslog.c - RFC 5424 over TLS (RFC 5425).
 *
 * Syslog has no answer to a message.  So a record is certain when the other side
 * has answered the end of the connection that carried it: it read all before
 * that.  What a connection carried that broke is sent again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/forward/syslog.h"
#include "userspace/forward/tls.h"

struct syslog {
	struct seki_target target;
	const struct seki_sink_config *config;
	struct seki_stream stream;
	char host[256];
};

static struct seki_target *make(const struct seki_sink_config *c)
{
	struct syslog *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->target.ops = &seki_target_syslog;
	s->config = c;
	s->stream.fd = -1;
	if (gethostname(s->host, sizeof(s->host) - 1))
		s->host[0] = '\0';
	return &s->target;
}

static int broken(struct syslog *s, int err)
{
	snprintf(s->target.why, sizeof(s->target.why), "%s", s->stream.why);
	return err;
}

static int connect_(struct syslog *s)
{
	int err;

	seki_stream_close(&s->stream);
	err = seki_stream_open(&s->stream, s->config->to.v[0], &s->config->tls, s->config->plain);
	return err ? broken(s, err) : 0;
}

static int open_syslog(struct seki_target *t, const struct seki_mark *mark)
{
	(void)mark;
	return connect_((struct syslog *)t);
}

static int send_message(struct seki_target *t, const struct seki_parcel *p)
{
	struct syslog *s = (struct syslog *)t;
	size_t size;
	char *frame;
	int err;

	/* The first message after a confirmation begins the next connection. */
	err = s->stream.fd < 0 ? connect_(s) : 0;
	if (err)
		return err;
	if (seki_stream_dead(&s->stream))
		return seki_target_fail(t, ECONNRESET, "%s", s->config->to.v[0]);
	frame = seki_syslog_frame(p, s->host, &size);
	if (!frame)
		return seki_target_fail(t, ENOMEM, "message");
	err = seki_stream_write(&s->stream, frame, size);
	free(frame);
	return err ? broken(s, err) : 0;
}

static int confirm(struct seki_target *t, struct seki_mark *mark)
{
	struct syslog *s = (struct syslog *)t;
	int err = seki_stream_finish(&s->stream);

	(void)mark;
	if (err)
		return broken(s, err);
	seki_stream_close(&s->stream);
	return 0;
}

static void close_syslog(struct seki_target *t)
{
	seki_stream_close(&((struct syslog *)t)->stream);
}

static void free_syslog(struct seki_target *t)
{
	free(t);
}

const struct seki_target_ops seki_target_syslog = {
	.window = 2000,
	.linger = 5000,
	.make = make,
	.open = open_syslog,
	.send = send_message,
	.confirm = confirm,
	.close = close_syslog,
	.free = free_syslog,
};
