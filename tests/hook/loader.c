// SPDX-License-Identifier: GPL-2.0-or-later
/* loader.c - run the loader in its unit, and hear what it says. */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOADER "/usr/sbin/sekisho-load"

char loader_said[4096];
unsigned int loader_ms;

pid_t loader_start(int err, const char *arg, const char *arg2)
{
	pid_t pid;
	int fd;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	fd = open("/sys/fs/cgroup/sekisho.service/cgroup.procs", O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(126);
	close(fd);
	setitimer(ITIMER_REAL,
		  &(struct itimerval){ .it_value = { loader_ms / 1000, loader_ms % 1000 * 1000 } },
		  NULL);
	dup2(err, 2);
	execl(LOADER, LOADER, arg, arg2, NULL);
	_exit(127);
}

int loader(const char *arg, const char *arg2)
{
	int p[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	pid = loader_start(p[1], arg, arg2);
	close(p[1]);
	while (n < sizeof(loader_said) - 1 &&
	       (got = read(p[0], loader_said + n, sizeof(loader_said) - 1 - n)) > 0)
		n += (size_t)got;
	loader_said[n] = 0;
	close(p[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
