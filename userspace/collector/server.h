/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * server.h - the control socket: a line with a request, a line of JSON back.
 *
 * Callers are not trusted to read or write in time: nothing here blocks, and
 * a caller gets two seconds.
 */
#ifndef SEKI_SERVER_H
#define SEKI_SERVER_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include "userspace/collector/buf.h"

#define SEKI_CALLERS 8

struct seki_server {
	int fd; /* -1: none */
	struct seki_caller {
		int fd;
		uint64_t until;
		size_t len;
		char line[128];
	} caller[SEKI_CALLERS];
};

/* Mode 0660, owned by uid and gid.  0 or negative errno. */
int seki_server_open(struct seki_server *s, const char *path, uid_t uid, gid_t gid);
void seki_server_close(struct seki_server *s);
/* What to wait for: at most 1 + SEKI_CALLERS entries; returns their number. */
size_t seki_server_poll(const struct seki_server *s, struct pollfd *fds);
/* Who asks, as the kernel tells it; uid -1: it does not. */
struct seki_asker {
	uid_t uid;
	pid_t pid;
};
/* Requests by their first word, NULL at the end; argument is what stands behind it.
 * write: the answer about what, to b.
 */
struct seki_request {
	const char *word;
	void (*write)(void *what, const struct seki_asker *by, const char *argument,
		      struct seki_buf *b);
};
/* An answer that says why there is no other. */
void seki_server_refuse(struct seki_buf *b, const char *why);
void seki_server_work(struct seki_server *s, const struct seki_request *known, void *what);

#endif /* SEKI_SERVER_H */
