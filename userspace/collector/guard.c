// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

static int repair(const char *ftrace)
{
	seki_autoclose int fd = open(ftrace, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1\n", 2) != 2)
		return errno;
	return 0;
}

/* A sysctl asks for uid 0 only; root without capabilities is enough. */
static void give_up_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	syscall(SYS_capset, &head, none);
}

/* Signals for the service reach the child as the end of the socket. */
static void block_signals(sigset_t *ret)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGHUP);
	sigaddset(&stop, SIGCHLD);
	sigprocmask(SIG_BLOCK, &stop, ret);
}

static void watch(int sock, const char *ftrace)
{
	char question;
	int32_t answer;

	while (read(sock, &question, 1) == 1) {
		answer = repair(ftrace);
		if (write(sock, &answer, sizeof(answer)) != sizeof(answer))
			break;
	}
}

static int guard_sock;

/* Ends read(2) here and in the child, also if it has not begun. */
static void on_stop(int signal)
{
	(void)signal;
	shutdown(guard_sock, SHUT_RDWR);
}

static void __attribute__((noreturn)) guard(int sock, const char *ftrace, pid_t child)
{
	struct sigaction act = { .sa_handler = on_stop };
	sigset_t all;
	int status;

	guard_sock = sock;
	if (sock > 0)
		close_range(0, (unsigned int)sock - 1, 0);
	close_range((unsigned int)sock + 1, ~0u, 0);
	give_up_capabilities();
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	watch(sock, ftrace);
	close(sock); /* the child takes it as the order to stop */
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int seki_guard_fork(const char *ftrace)
{
	int sock[2];
	sigset_t before;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock))
		return -errno;
	block_signals(&before);
	child = fork();
	if (child < 0) {
		int err = -errno;

		close(sock[0]);
		close(sock[1]);
		return err;
	}
	if (child) {
		close(sock[1]);
		guard(sock[0], ftrace, child);
	}
	close(sock[0]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return sock[1];
}

int seki_guard_ask(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int32_t answer;

	if (fd < 0 || send(fd, "f", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
		return -1;
	if (poll(&p, 1, 100) != 1 || read(fd, &answer, sizeof(answer)) != sizeof(answer))
		return -1;
	return answer;
}
