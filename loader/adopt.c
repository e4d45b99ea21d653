// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * adopt.c - who is who at the moment of the load.
 *
 * The loader takes its own domain, or the first hook would stop it.  Services
 * that run already keep working if all their domain asks can be shown of them:
 * program, unit or cgroup, arguments, child of PID 1, no login uid.  Tasks with a login
 * uid get the operator mark.
 */
#include "loader/loader.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

static int set_domain(struct sekisho_bpf *s, pid_t pid, __u16 domain)
{
	struct seki_task state = { .domain = domain };
	seki_autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return -1;
	return bpf_map_update_elem(bpf_map__fd(s->maps.seki_tasks), &pidfd, &state, BPF_ANY);
}

int seki_adopt_self(struct sekisho_bpf *s)
{
	if (set_domain(s, getpid(), SEKI_DOMAIN_LOADER) == 0)
		return 0;
	seki_warn("the loader can't take its own domain");
	return -1;
}

static ssize_t proc_read(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	seki_autoclose int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, size - 1);
	if (n >= 0)
		buf[n] = 0;
	return n;
}

static bool same_program(pid_t pid, const char *exec)
{
	struct stat a, b;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return stat(path, &a) == 0 && stat(exec, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static bool child_of_init(pid_t pid)
{
	char buf[512], *p;

	if (proc_read(pid, "stat", buf, sizeof(buf)) <= 0)
		return false;
	p = strrchr(buf, ')');
	return p && strncmp(p + 3, " 1 ", 3) == 0;
}

/* Its cgroup, in buf; NULL: not known. */
static char *cgroup_of(pid_t pid, char *buf, size_t size)
{
	char *p;

	if (proc_read(pid, "cgroup", buf, size) <= 0)
		return NULL;
	p = strstr(buf, "0::");
	if (!p || (p != buf && p[-1] != '\n'))
		return NULL;
	p[strcspn(p, "\n")] = 0;
	return p + strlen("0::");
}

static bool in_cgroup(pid_t pid, const char *pattern)
{
	char buf[4096], *path;

	if (!*pattern)
		return true;
	path = cgroup_of(pid, buf, sizeof(buf));
	return path && seki_cgroup_fits(pattern, path);
}

/* In the unit's cgroup or one it made below, as systemd-udevd does. */
static bool in_unit(pid_t pid, const char *unit)
{
	char buf[4096], *p, *save;

	if (!*unit)
		return true;
	p = cgroup_of(pid, buf, sizeof(buf));
	if (!p)
		return false;
	for (p = strtok_r(p, "/", &save); p; p = strtok_r(NULL, "/", &save))
		if (!strcmp(p, unit))
			return true;
	return false;
}

static bool has_args(pid_t pid, const char *argv, __u32 len)
{
	char buf[SEKI_ARGV_MAX + 2];

	if (!len)
		return true;
	return proc_read(pid, "cmdline", buf, sizeof(buf)) == (ssize_t)len &&
	       !memcmp(buf, argv, len);
}

static bool logged_in(pid_t pid)
{
	char buf[32];

	return proc_read(pid, "loginuid", buf, sizeof(buf)) <= 0 ||
	       strtoul(buf, NULL, 10) != 0xffffffffu;
}

static bool belongs(pid_t pid, const struct seki_bundle *b, const struct seki_bundle_domain *d)
{
	const char *exec = seki_bundle_string(b, d->exec);

	return d->id >= SEKI_DOMAIN_FIRST && *exec && d->origin == SEKI_DOMAIN_INIT &&
	       same_program(pid, exec) && child_of_init(pid) && !logged_in(pid) &&
	       in_unit(pid, seki_bundle_string(b, d->unit)) &&
	       in_cgroup(pid, seki_bundle_string(b, d->cgroup)) &&
	       has_args(pid, seki_bundle_string(b, d->argv), d->argv_len);
}

static void adopt(struct sekisho_bpf *s, const struct seki_bundle *b, pid_t pid)
{
	__u32 i;

	for (i = 0; i < b->n_domains; i++) {
		if (!belongs(pid, b, &b->domains[i]))
			continue;
		if (set_domain(s, pid, b->domains[i].id) == 0)
			fprintf(stderr, "sekisho-load: process %d ran before: taken as %s\n", pid,
				seki_bundle_string(b, b->domains[i].name));
		return;
	}
}

/* The other threads, and the mark of tasks with a login uid. */
static int enroll_threads(struct sekisho_bpf *s)
{
	struct bpf_link *link = bpf_program__attach_iter(s->progs.enroll_tasks, NULL);
	seki_autoclose int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	char buf[256];

	while (fd >= 0 && read(fd, buf, sizeof(buf)) > 0)
		;
	if (link)
		bpf_link__destroy(link);
	if (fd >= 0)
		return 0;
	seki_warn("the kernel does not list tasks (iter/task)");
	return -1;
}

int seki_adopt_running(struct sekisho_bpf *s, const struct seki_bundle *b)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;

	if (!proc) {
		seki_warn("/proc: cannot be read");
		return -1;
	}
	while ((e = readdir(proc)))
		if (isdigit((unsigned char)e->d_name[0]))
			adopt(s, b, atoi(e->d_name));
	closedir(proc);
	return enroll_threads(s);
}
