// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "userspace/lib/cleanup.h"

static int notify_fd = -1;
static struct sockaddr_un addr;
static socklen_t addr_len;

/* Before seccomp takes socket(2) away. */
void seki_notify_open(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path ? strlen(path) : 0;

	if (!len || len >= sizeof(addr.sun_path))
		return;
	addr.sun_family = AF_UNIX;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	addr_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

void seki_notify_ready(void)
{
	static const char text[] = "READY=1\n";

	if (notify_fd < 0)
		return;
	sendto(notify_fd, text, sizeof(text) - 1, MSG_NOSIGNAL, (struct sockaddr *)&addr, addr_len);
	close(notify_fd);
	notify_fd = -1;
}
