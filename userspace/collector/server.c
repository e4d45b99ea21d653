// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/server.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "userspace/collector/clock.h"
#include "userspace/lib/cleanup.h"

#define PATIENCE (2 * SEKI_NS)
/* A thousand CPUs, each with its losses. */
#define ANSWER_MAX (192u << 10)

static void none(struct seki_server *s)
{
	s->fd = -1;
	for (int i = 0; i < SEKI_CALLERS; i++)
		s->caller[i] = (struct seki_caller){ .fd = -1 };
}

int seki_server_open(struct seki_server *s, const char *path, uid_t uid, gid_t gid)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	seki_autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	none(s);
	if (fd < 0)
		return -errno;
	if ((size_t)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path) >=
	    sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	if (unlink(path) && errno != ENOENT)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || chmod(path, 0660) ||
	    (!geteuid() && chown(path, uid, gid)) || listen(fd, SEKI_CALLERS))
		return -errno;
	s->fd = TAKE_FD(fd);
	return 0;
}

static void hang_up(struct seki_caller *c)
{
	if (c->fd >= 0)
		close(c->fd);
	*c = (struct seki_caller){ .fd = -1 };
}

void seki_server_close(struct seki_server *s)
{
	for (int i = 0; i < SEKI_CALLERS; i++)
		hang_up(&s->caller[i]);
	if (s->fd >= 0)
		close(s->fd);
	none(s);
}

size_t seki_server_poll(const struct seki_server *s, struct pollfd *fds)
{
	size_t n = 0;
	bool full = true;

	for (int i = 0; i < SEKI_CALLERS; i++) {
		if (s->caller[i].fd < 0)
			full = false;
		else
			fds[n++] = (struct pollfd){ .fd = s->caller[i].fd, .events = POLLIN };
	}
	if (s->fd >= 0 && !full)
		fds[n++] = (struct pollfd){ .fd = s->fd, .events = POLLIN };
	return n;
}

void seki_server_refuse(struct seki_buf *b, const char *why)
{
	seki_buf_char(b, '{');
	seki_put_str(b, "error", why);
	seki_buf_close(b, '}');
	seki_buf_char(b, '\n');
}

static void refuse_unknown(const struct seki_request *known, struct seki_buf *b)
{
	char text[128] = "unknown request; known:";

	for (; known->word; known++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %s", known->word);
	seki_server_refuse(b, text);
}

static struct seki_asker asker(int fd)
{
	struct ucred by = { .uid = (uid_t)-1 };
	socklen_t size = sizeof(by);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &by, &size);
	return (struct seki_asker){ by.uid, by.pid };
}

/* One send: what does not fit the socket's buffer is not worth waiting for. */
static void answer(const struct seki_caller *caller, const struct seki_request *known, void *what)
{
	static char text[ANSWER_MAX];
	struct seki_buf b = { .data = text, .cap = sizeof(text) };
	const struct seki_request *r = known;
	struct seki_asker by = asker(caller->fd);

	while (r->word && strncmp(caller->line, r->word, strlen(r->word)))
		r++;
	if (r->word)
		r->write(what, &by, caller->line + strlen(r->word), &b);
	else
		refuse_unknown(known, &b);
	send(caller->fd, b.data, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void serve(struct seki_caller *caller, const struct seki_request *known, void *what)
{
	ssize_t n = recv(caller->fd, caller->line + caller->len,
			 sizeof(caller->line) - 1 - caller->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		if (seki_clock_now() > caller->until)
			hang_up(caller);
		return;
	}
	if (n > 0) {
		caller->len += (size_t)n;
		caller->line[caller->len] = '\0';
		if (!strchr(caller->line, '\n') && caller->len < sizeof(caller->line) - 1)
			return;
		answer(caller, known, what);
	}
	hang_up(caller);
}

static void take_calls(struct seki_server *s)
{
	for (int i = 0; s->fd >= 0 && i < SEKI_CALLERS; i++) {
		if (s->caller[i].fd >= 0)
			continue;
		s->caller[i].fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		s->caller[i].until = seki_clock_now() + PATIENCE;
		if (s->caller[i].fd < 0)
			return;
	}
}

void seki_server_work(struct seki_server *s, const struct seki_request *known, void *what)
{
	take_calls(s);
	for (int i = 0; i < SEKI_CALLERS; i++)
		if (s->caller[i].fd >= 0)
			serve(&s->caller[i], known, what);
}
