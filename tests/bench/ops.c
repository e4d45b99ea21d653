// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ops.c - the operations.  The bracket holds the system call alone; what it
 * leaves behind is put away outside.
 */
#define _GNU_SOURCE
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMED(ret, call)                     \
	({                                   \
		uint64_t start_ = ticks();   \
		long result_ = (long)(call); \
		*(ret) = ticks() - start_;   \
		result_;                     \
	})

static int timed_open(const char *path, uint64_t *ret)
{
	int fd = (int)TIMED(ret, open(path, O_RDONLY));

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int open_free(uint64_t *ret)
{
	return timed_open(FREE FILE_NAME, ret);
}
static int open_plain(uint64_t *ret)
{
	return timed_open(PLAIN FILE_NAME, ret);
}
static int open_data(uint64_t *ret)
{
	return timed_open(DATA FILE_NAME, ret);
}
static int open_book(uint64_t *ret)
{
	return timed_open(BOOK FILE_NAME, ret);
}

/* Another file each time: the label is not in the inode yet. */
static int open_first(uint64_t *ret)
{
	static unsigned int i;
	char path[64];

	snprintf(path, sizeof(path), FREE "%03u", i++);
	return timed_open(path, ret);
}

static int open_close(uint64_t *ret)
{
	uint64_t start = ticks();
	int fd = open(FREE FILE_NAME, O_RDONLY);

	close(fd);
	*ret = ticks() - start;
	return fd < 0 ? EBADF : 0;
}

static int stat_free(uint64_t *ret)
{
	struct stat st;

	return TIMED(ret, stat(FREE FILE_NAME, &st)) < 0 ? errno : 0;
}

static int file = -1;

static void open_file(void)
{
	file = open(FREE FILE_NAME, O_RDONLY);
}

static int read_page(uint64_t *ret)
{
	static char page[4096];

	return TIMED(ret, pread(file, page, sizeof(page), 0)) < 0 ? errno : 0;
}

static int map_file(uint64_t *ret)
{
	void *p = (void *)TIMED(ret, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0));

	if (p == MAP_FAILED)
		return errno;
	munmap(p, 4096);
	return 0;
}

static int listener = -1;

static void listen_on(const struct sockaddr *a, socklen_t len)
{
	int one = 1;

	if (listener >= 0)
		close(listener);
	listener = socket(a->sa_family, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, a, len) < 0 || listen(listener, 8) < 0)
		die("listening socket: %s", strerror(errno));
}

/* Both ends are reset, not closed, so that no port lingers in TIME_WAIT. */
static int timed_connect(const struct sockaddr *a, socklen_t len, uint64_t *ret)
{
	struct linger at_once = { 1, 0 };
	int s = socket(a->sa_family, SOCK_STREAM, 0);
	int err = TIMED(ret, connect(s, a, len)) < 0 ? errno : 0;

	if (!err)
		close(accept(listener, NULL, NULL));
	setsockopt(s, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(s);
	return err;
}

static const struct sockaddr_un unix_address = { AF_UNIX, SOCKET };

static void listen_unix(void)
{
	unlink(SOCKET);
	listen_on((const void *)&unix_address, sizeof(unix_address));
}

static int connect_unix(uint64_t *ret)
{
	return timed_connect((const void *)&unix_address, sizeof(unix_address), ret);
}

static struct sockaddr_in tcp_address(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return a;
}

static void listen_tcp(int port)
{
	struct sockaddr_in a = tcp_address(port);

	listen_on((const void *)&a, sizeof(a));
}

static int connect_tcp(int port, uint64_t *ret)
{
	struct sockaddr_in a = tcp_address(port);

	return timed_connect((const void *)&a, sizeof(a), ret);
}

static void listen_free(void)
{
	listen_tcp(FREE_PORT);
}
static void listen_core(void)
{
	listen_tcp(CORE_PORT);
}
static int connect_free(uint64_t *ret)
{
	return connect_tcp(FREE_PORT, ret);
}
static int connect_core(uint64_t *ret)
{
	return connect_tcp(CORE_PORT, ret);
}

static pid_t child;

static void start_child(void)
{
	if (child)
		return;
	child = fork();
	if (child)
		return;
	for (;;)
		pause();
}

void ops_end(void)
{
	if (!child)
		return;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static pid_t core_pid(void)
{
	static pid_t pid;
	char text[16] = "";
	int fd;

	if (pid)
		return pid;
	fd = open(CORE_PID, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die("%s: %s", CORE_PID, strerror(errno));
	close(fd);
	pid = atoi(text);
	return pid;
}

static int timed_kill(pid_t pid, int sig, uint64_t *ret)
{
	return TIMED(ret, kill(pid, sig)) < 0 ? errno : 0;
}

static int kill_0(uint64_t *ret)
{
	return timed_kill(child, 0, ret);
}
static int kill_winch(uint64_t *ret)
{
	return timed_kill(child, SIGWINCH, ret);
}
static int kill_core_0(uint64_t *ret)
{
	return timed_kill(core_pid(), 0, ret);
}
static int kill_core(uint64_t *ret)
{
	return timed_kill(core_pid(), SIGWINCH, ret);
}

static int seize(uint64_t *ret)
{
	int status;

	if (TIMED(ret, ptrace(PTRACE_SEIZE, child, 0, 0)) < 0)
		return errno;
	ptrace(PTRACE_INTERRUPT, child, 0, 0);
	if (waitpid(child, &status, __WALL) != child)
		return ECHILD;
	return ptrace(PTRACE_DETACH, child, 0, 0) < 0 ? errno : 0;
}

static int fork_exit(uint64_t *ret)
{
	uint64_t start = ticks();
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	*ret = ticks() - start;
	return pid < 0 ? errno : 0;
}

static int vfork_exit(uint64_t *ret)
{
	uint64_t start = ticks();
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	*ret = ticks() - start;
	return pid < 0 ? errno : 0;
}

#define ALL (OTHER | OPERATOR | CORE)

#define OP(op, who, fn, ...)                                           \
	{                                                              \
		.name = op, .subjects = who, .once = fn, ##__VA_ARGS__ \
	}

const struct op ops[] = {
	OP("open, first sight", OTHER, open_first),
	OP("open, unlabelled", ALL, open_free),
	OP("open+close, unlabelled", OTHER, open_close),
	OP("open, filesystem not guarded", OTHER, open_plain),
	OP("open, labelled, allowed", CORE, open_data),
	OP("open, allowed, recorded", CORE, open_book),
	OP("open, denied, recorded", OTHER | OPERATOR, open_data, .refusal = EPERM),
	OP("stat", OTHER, stat_free),
	OP("read 4 KiB", OTHER, read_page, .prepare = open_file),
	OP("mmap file", OTHER, map_file),
	OP("connect unix", OTHER, connect_unix, .prepare = listen_unix),
	OP("connect tcp", OTHER, connect_free, .prepare = listen_free),
	OP("connect tcp, guarded, allowed", CORE, connect_core, .prepare = listen_core),
	OP("kill 0", OTHER, kill_0, .prepare = start_child),
	OP("kill SIGWINCH", OTHER, kill_winch),
	OP("kill 0, protected", OTHER, kill_core_0),
	OP("kill SIGWINCH, denied, recorded", OTHER | OPERATOR, kill_core, .refusal = EPERM),
	OP("ptrace seize of own child", OTHER | OPERATOR, seize, .prepare = start_child),
	OP("vfork+exit", ALL, vfork_exit, .spawns = true),
	OP("fork+exit", ALL, fork_exit, .spawns = true),
	{}
};
