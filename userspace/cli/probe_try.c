// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe_try.c - one try each, in a process that ends with it: what was let through
 * is closed by that, and the record is told by its number.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "userspace/cli/probe.h"
#include "userspace/cli/records.h"

#define UNTRIED 255 /* this host has no such socket, or no more processes */

static int opens(const char *path)
{
	return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) < 0 ? errno : 0;
}

static int sets_mode(const char *path)
{
	struct stat st;

	return stat(path, &st) || chmod(path, st.st_mode & 07777) ? errno : 0;
}

/* "unix:@NAME" or a path */
static int connects_unix(const char *text)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t size;
	size_t len;

	text += strncmp(text, "unix:", 5) ? 0 : 5;
	len = strlen(text);
	if (fd < 0 || len >= sizeof(addr.sun_path))
		return UNTRIED;
	memcpy(addr.sun_path, text, len);
	if (*text == '@')
		addr.sun_path[0] = '\0';
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (!connect(fd, (struct sockaddr *)&addr, size))
		return 0;
	/* The service there has sockets of another type. */
	if (errno != EPROTOTYPE)
		return errno;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return UNTRIED;
	return connect(fd, (struct sockaddr *)&addr, size) ? errno : 0;
}

static int socket_of(const struct seki_addr_key *key, int family)
{
	int type = key->kind == SEKI_ADDR_UDP ? SOCK_DGRAM : SOCK_STREAM;

	return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC,
		      key->kind == SEKI_ADDR_SCTP ? IPPROTO_SCTP : 0);
}

/* A guarded port on every address is tried on the host's own. */
static int connects(const struct seki_addr_key *key)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff }, any[16];
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(key->port) };
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_port = htons(key->port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bool everywhere = !memcmp(key->addr, any, sizeof(any));
	bool is_four = everywhere || !memcmp(key->addr, mapped, sizeof(mapped));
	int fd = socket_of(key, is_four ? AF_INET : AF_INET6), failed;

	if (fd < 0)
		return UNTRIED;
	memcpy(&six.sin6_addr, key->addr, sizeof(key->addr));
	if (is_four && !everywhere)
		memcpy(&four.sin_addr, key->addr + 12, 4);
	failed = is_four ? connect(fd, (struct sockaddr *)&four, sizeof(four)) :
			   connect(fd, (struct sockaddr *)&six, sizeof(six));
	return failed ? errno : 0;
}

static int asks_bpf(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	return syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)) ? errno : 0;
}

static int attempt(const struct seki_probe *p)
{
	switch (p->way) {
	case SEKI_WAY_OPEN:
		return opens(p->what);
	case SEKI_WAY_MODE:
		return sets_mode(p->what);
	case SEKI_WAY_DEVICE:
	case SEKI_WAY_INSPECT:
		return opens(p->path);
	case SEKI_WAY_UNIX:
		return connects_unix(p->what);
	case SEKI_WAY_INET:
		return connects(&p->addr->key);
	case SEKI_WAY_CAPTURE:
		return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0 ? errno : 0;
	case SEKI_WAY_BPF:
		return asks_bpf();
	}
	return UNTRIED;
}

/* Gone since it was looked for, or nobody listens: a name is looked up before the
 * kernel's programs are asked.
 */
static bool is_absent(const struct seki_probe *p)
{
	return p->error == UNTRIED || p->error == ENOENT || p->error == ENXIO ||
	       p->error == ESRCH || (p->way == SEKI_WAY_UNIX && p->error == ECONNREFUSED);
}

static int try_one(struct seki_probe *p)
{
	int status;

	p->pid = fork();
	if (p->pid < 0)
		return -errno;
	if (!p->pid) {
		prctl(PR_SET_NAME, SEKI_PROBE_COMM);
		_exit(attempt(p));
	}
	while (waitpid(p->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	p->error = WIFEXITED(status) ? WEXITSTATUS(status) : UNTRIED;
	p->absent = is_absent(p);
	return 0;
}

int seki_probes_try(struct seki_probes *p)
{
	int err = 0;

	p->begin = seki_boot_ms();
	for (size_t i = 0; !err && i < p->count; i++)
		if (!p->list[i].absent)
			err = try_one(&p->list[i]);
	return err;
}
