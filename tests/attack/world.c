// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * world.c - what must not change, as text.
 *
 * Written before and after each technique, by the core function, since only it
 * may read its files.  Independent of what the technique says of itself.
 */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static unsigned int sum_of(const char *path)
{
	unsigned char buf[4096];
	unsigned int sum = 0;
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	ssize_t n, i;

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			sum = sum * 31 + buf[i];
	close(fd);
	return sum;
}

static unsigned int names_sum(const char *path)
{
	char list[256];
	ssize_t i, n = llistxattr(path, list, sizeof(list));
	unsigned int sum = 0;

	for (i = 0; i < n; i++)
		sum = sum * 31 + (unsigned char)list[i];
	return sum;
}

static void file_line(FILE *f, const char *path)
{
	struct stat st;
	long flags = 0;
	int fd;

	if (lstat(path, &st) < 0) {
		fprintf(f, "file %s absent\n", path);
		return;
	}
	/* The core function's own program is big, and closed to its readers. */
	if (S_ISREG(st.st_mode) && st.st_size < 65536) {
		fd = open(path, O_RDONLY | O_NONBLOCK);
		if (fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
			flags = 0;
		close(fd);
	}
	fprintf(f,
		"file %s %lu mode %o uid %u links %lu size %ld at %ld flags %lx sum %x names %x\n",
		path, st.st_ino, st.st_mode, st.st_uid, S_ISDIR(st.st_mode) ? 0 : st.st_nlink,
		S_ISDIR(st.st_mode) ? 0 : st.st_size, S_ISREG(st.st_mode) ? st.st_mtim.tv_nsec : 0,
		flags & 0x30, S_ISREG(st.st_mode) && st.st_size < 65536 ? sum_of(path) : 0,
		names_sum(path));
}

static void tree(FILE *f, const char *dir, int depth)
{
	struct dirent **list;
	char path[512];
	int i, n = scandir(dir, &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		snprintf(path, sizeof(path), "%s/%s", dir, name);
		/* What a technique forges before it is refused is not the effect. */
		if (strcmp(name, ".") && strcmp(name, "..") && strcmp(name, "forged")) {
			file_line(f, path);
			if (list[i]->d_type == DT_DIR && depth)
				tree(f, path, depth - 1);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static void text_line(FILE *f, const char *path)
{
	char buf[512];
	char *p;

	if (read_text(path, buf, sizeof(buf)))
		return;
	for (p = buf; *p; p++)
		if (*p == '\n')
			*p = ' ';
	fprintf(f, "%s = %s\n", path, buf);
}

/* Where mounted and how; what a technique mounts for itself is in /tmp. */
static void mounts(FILE *f)
{
	FILE *m = fopen("/proc/self/mountinfo", "r");
	char line[512], root[128], where[128], how[128], rest[64];

	while (m && fgets(line, sizeof(line), m))
		if (sscanf(line, "%*d %*d %*s %127s %127s %127s %63s", root, where, how, rest) ==
			    4 &&
		    strncmp(where, "/tmp/", 5))
			fprintf(f, "mount %s at %s %s %s\n", root, where, how, rest);
	if (m)
		fclose(m);
}

static void field(FILE *f, pid_t pid, const char *file, const char *name)
{
	FILE *s = fopen(proc_path(pid, file), "r");
	char line[256];

	while (s && fgets(line, sizeof(line), s))
		if (!strncmp(line, name, strlen(name)))
			fprintf(f, "%s", line);
	if (s)
		fclose(s);
}

static void process(FILE *f, const char *who, pid_t pid)
{
	char stat[1024] = "", state = 'X', *p;
	long nice = 0, policy = 0;

	read_text(proc_path(pid, "stat"), stat, sizeof(stat));
	p = strrchr(stat, ')');
	if (p)
		sscanf(p,
		       ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld %*s %*s"
		       " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
		       " %*s %ld",
		       &state, &nice, &policy);
	fprintf(f, "%s %d %s nice %ld policy %ld ioprio %ld\n", who, pid,
		strchr("TtZX", state) ? "halted" : "lives", nice, policy,
		syscall(SYS_ioprio_get, 1, pid));
	text_line(f, proc_path(pid, "oom_score_adj"));
	field(f, pid, "cgroup", "0::");
	field(f, pid, "limits", "Max");
	field(f, pid, "status", "Cpus_allowed:");
}

static void clocks(FILE *f)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	fprintf(f, "booted at %ld\n", (real.tv_sec - boot.tv_sec) / 60);
}

static void kernel_lines(FILE *f)
{
	static const char *const values[] = {
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/kernel/modprobe",
		"/proc/sys/kernel/ctrl-alt-del",
		"/proc/sys/kernel/printk",
		"/proc/sys/kernel/ftrace_enabled",
		"/proc/sys/vm/swappiness",
		"/proc/sys/vm/overcommit_memory",
		"/proc/sys/net/ipv4/ip_forward",
		"/proc/swaps",
		"/sys/kernel/kexec_loaded",
		"/sys/class/net/lo/flags",
		"/sys/class/net/lo/mtu",
		"/sys/fs/cgroup/hlr.service/cgroup.freeze",
		"/sys/fs/cgroup/sekishod.service/cgroup.freeze",
	};
	struct utsname u;
	size_t i;

	uname(&u);
	fprintf(f, "name %s domain %s\n", u.nodename, u.domainname);
	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		text_line(f, values[i]);
}

static void modules(FILE *f)
{
	FILE *m = fopen("/proc/modules", "r");
	char line[512], name[64];

	while (m && fgets(line, sizeof(line), m))
		if (sscanf(line, "%63s", name) == 1)
			fprintf(f, "module %s\n", name);
	if (m)
		fclose(m);
}

static void listing(FILE *f, const char *path)
{
	struct dirent **list;
	int i, n = scandir(path, &list, NULL, alphasort);

	for (i = 0; i < n; i++) {
		if (list[i]->d_type == DT_DIR || list[i]->d_type == DT_LNK)
			fprintf(f, "in %s %s\n", path, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

int world_write(const char *to)
{
	FILE *f = fopen(to, "w");

	if (!f)
		return 1;
	tree(f, DATA, 8);
	tree(f, "/srv/keys", 2);
	tree(f, "/srv/etc", 2);
	tree(f, "/srv/run", 2);
	file_line(f, LATER);
	file_line(f, LINKED);
	file_line(f, "/usr/bin/hlr");
	file_line(f, "/usr/sbin/sekishod");
	file_line(f, "/usr/sbin/sekisho-load");
	tree(f, "/etc/sekisho", 2);
	tree(f, "/var/log/sekisho", 2);
	mounts(f);
	process(f, "core", victim());
	process(f, "collector", collector());
	process(f, "bystander", bystander());
	clocks(f);
	kernel_lines(f);
	modules(f);
	listing(f, "/sys/class/net");
	listing(f, "/sys/fs/cgroup");
	listing(f, "/sys/fs/cgroup/hlr.service");
	fclose(f);
	return 0;
}

bool world_same(const char *a, const char *b, char *first, size_t size)
{
	FILE *x = fopen(a, "r"), *y = fopen(b, "r");
	char one[1024], two[1024];
	bool same = x && y;
	char *p, *q;

	snprintf(first, size, "no world written");
	while (same) {
		p = fgets(one, sizeof(one), x);
		q = fgets(two, sizeof(two), y);
		if (!p && !q)
			break;
		same = p && q && !strcmp(one, two);
		if (!same)
			snprintf(first, size, "%.150s", q ? two : one);
	}
	first[strcspn(first, "\n")] = '\0';
	if (x)
		fclose(x);
	if (y)
		fclose(y);
	return same;
}
