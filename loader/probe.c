// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe.c - what only trying tells.
 *
 * Since 6.13 the kernel lets CAP_PERFMON read a process's memory map, arguments
 * and environment after ptrace_access_check has refused it (mm_access() in
 * kernel/fork.c).  No symbol tells; a process without CAP_SYS_PTRACE that tries
 * it on a non-dumpable one does.
 */
#include "loader/loader.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PERFMON_ (1u << (38 - 32)) /* CAP_PERFMON, second word */

static int try_environ(pid_t pid)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct caps[2] = { [1] = { PERFMON_, PERFMON_, 0 } };
	char path[64], c;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	if (syscall(SYS_capset, &head, caps) < 0)
		return 2;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &c, 1) == 1 ? 0 : 1;
}

/* A child that nobody may look into; it says when it is so. */
static pid_t start_closed(void)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_DUMPABLE, 0);
		if (write(ready[1], "x", 1) == 1)
			pause();
		_exit(0);
	}
	if (read(ready[0], &c, 1) != 1)
		c = 0;
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* When in doubt, yes: the answer only adds a hook. */
bool seki_probe_perfmon_reads(void)
{
	pid_t closed = start_closed(), trier;
	int status = 0;

	if (closed < 0)
		return true;
	trier = fork();
	if (trier == 0)
		_exit(try_environ(closed));
	if (trier > 0)
		waitpid(trier, &status, 0);
	kill(closed, SIGKILL);
	waitpid(closed, NULL, 0);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 1;
}
