// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/takeover.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

#define MANY 16 /* two processes a collector */

struct old {
	struct pollfd ends[MANY];
	int count;
};

/* The unit's, or we were started by hand, beside processes of others. */
static int open_procs(const char *proc, const char *cgroup)
{
	char path[PATH_MAX], line[PATH_MAX];
	seki_autofclose FILE *f = NULL;
	size_t len;

	snprintf(path, sizeof(path), "%s/self/cgroup", proc);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		len = strlen(line);
		if (strncmp(line, "0::/", 4) || len < 8 || strcmp(line + len - 8, ".service"))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s%s/cgroup.procs", cgroup, line + 3) <
		    sizeof(path))
			return open(path, O_RDONLY | O_CLOEXEC);
	}
	return -1;
}

static bool is_collector(const char *proc, pid_t pid)
{
	char path[PATH_MAX], name[32] = "";
	seki_autofclose FILE *f = NULL;

	snprintf(path, sizeof(path), "%s/%d/comm", proc, pid);
	f = fopen(path, "re");
	return f && fgets(name, sizeof(name), f) && !strcmp(name, "sekishod\n");
}

static void find(const char *proc, int fd, struct old *ret)
{
	seki_autofclose FILE *f = fdopen(fd, "r");
	pid_t pid;

	while (f && ret->count < MANY && fscanf(f, "%d", &pid) == 1) {
		int end;

		if (pid == getpid() || pid == getppid() || !is_collector(proc, pid))
			continue;
		end = (int)syscall(SYS_pidfd_open, pid, 0);
		if (end >= 0)
			ret->ends[ret->count++] = (struct pollfd){ .fd = end, .events = POLLIN };
	}
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/* How many are left.  A guard passes SIGTERM on, so its child's refusal is no loss. */
static int signal_all(struct old *o, int signal_, int patience)
{
	long long until = now_ms() + patience;
	int left = o->count;

	for (int i = 0; i < o->count; i++)
		syscall(SYS_pidfd_send_signal, o->ends[i].fd, signal_, NULL, 0);
	while (left && patience >= 0) {
		patience = (int)(until - now_ms());
		if (poll(o->ends, (nfds_t)o->count, patience < 0 ? 0 : patience) < 0)
			break;
		for (int i = 0; i < o->count; i++) {
			if (!o->ends[i].revents)
				continue;
			close(o->ends[i].fd);
			o->ends[i] = (struct pollfd){ .fd = -1 };
			left--;
		}
	}
	return left;
}

int seki_takeover(const char *proc, const char *cgroup, int patience)
{
	struct old old = { .count = 0 };
	int fd = open_procs(proc, cgroup), left, count;

	if (fd < 0)
		return 0;
	find(proc, fd, &old);
	count = old.count;
	left = signal_all(&old, SIGTERM, patience);
	if (left)
		left = signal_all(&old, SIGKILL, patience);
	for (int i = 0; i < old.count; i++)
		if (old.ends[i].fd >= 0)
			close(old.ends[i].fd);
	return left ? -EBUSY : count;
}
