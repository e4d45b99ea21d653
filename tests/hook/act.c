// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * act.c - run a program as a subject.
 *
 * PID 1 forks and execs, as a service manager does; what the child is before
 * its exec makes the difference: in the unit's cgroup, or with a login uid.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(126);
	close(fd);
}

/* The unit a program is started in, as a service manager would. */
static void join_unit(const char *path)
{
	static const char *const units[][2] = {
		{ "/usr/bin/hlr", "hlr" },
		{ "/usr/sbin/sekisho-load", "sekisho" },
		{ "/usr/sbin/sekishod", "sekishod" },
	};
	char procs[96];
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(path, units[i][0]))
			continue;
		snprintf(procs, sizeof(procs), "/sys/fs/cgroup/%s.service/cgroup.procs",
			 units[i][1]);
		put(procs, "0");
	}
}

static const char *become(const char *subject)
{
	if (!strcmp(subject, "operator"))
		put("/proc/self/loginuid", "1000");
	if (!strcmp(subject, "dba"))
		put("/proc/self/loginuid", "2009");
	if (!strcmp(subject, "hlr"))
		return "/usr/bin/hlr";
	if (!strcmp(subject, "pkg"))
		return "/usr/bin/pkg";
	return strcmp(subject, "backup") ? "/usr/bin/try" : "/usr/bin/backup";
}

static int status_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int act(const char *subject, const char *verb, const char *what, pid_t *ret_pid)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		const char *path = become(subject);

		alarm(20);
		join_unit(path);
		execl(path, path, verb, what, NULL);
		_exit(errno);
	}
	if (ret_pid)
		*ret_pid = pid;
	return status_of(pid);
}

int act_program(const char *path, const char *arg)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		join_unit(path);
		execl(path, path, arg, NULL);
		_exit(127);
	}
	return status_of(pid);
}

pid_t act_start(const char *path, const char *arg, int in, int out)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	join_unit(path);
	if (in >= 0)
		dup2(in, 0);
	if (out >= 0)
		dup2(out, 1);
	execl(path, path, arg, NULL);
	_exit(127);
}
