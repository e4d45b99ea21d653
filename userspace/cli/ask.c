// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/ask.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

static int ask(const char *path, const char *request)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	seki_autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		return -errno;
	return TAKE_FD(fd);
}

static int answer(int fd, char *buf, size_t cap)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	while (len < cap - 1) {
		if (poll(&p, 1, 3000) != 1)
			return -ETIMEDOUT;
		n = recv(fd, buf + len, cap - 1 - len, 0);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return len ? 0 : -EPIPE;
}

int seki_ask(const char *path, const char *request, char *buf, size_t cap)
{
	seki_autoclose int fd = ask(path, request);

	return fd < 0 ? fd : answer(fd, buf, cap);
}
