// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk.c - every file that gives its user more privileges.
 *
 * Looks at names and modes only and opens directories only. Directories the
 * policy guards are left alone: asking would be refused, and leave a record.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "userspace/lib/log.h"
#include "userspace/posture/posture.h"

#define DEPTH_MAX 64

static bool usual(const char *path)
{
	static const char *const dirs[] = { "/usr/bin",	  "/usr/sbin",	  "/usr/lib", "/usr/lib32",
					    "/usr/lib64", "/usr/libexec", "/bin",     "/sbin",
					    "/lib",	  "/lib64" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (seki_path_covers(dirs[i], path))
			return true;
	return false;
}

/* Through the descriptor of the directory: nothing is opened. */
static bool has_capabilities(int dir, const char *name)
{
	char path[NAME_MAX + 64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	return lgetxattr(path, "security.capability", NULL, 0) > 0;
}

static void judge(struct seki_posture *p, int dir, const char *name, const char *path,
		  const struct stat *st)
{
	/* set-gid without x for the group is an old mark for locking. */
	bool setid = st->st_mode & S_ISUID || (st->st_mode & S_ISGID && st->st_mode & S_IXGRP);

	if (!setid && (!(st->st_mode & 0111) || !has_capabilities(dir, name)))
		return;
	if (p->files == p->files_room) {
		p->files_room = p->files_room ? p->files_room * 2 : 64;
		p->file = reallocarray(p->file, p->files_room, sizeof(*p->file));
		if (!p->file)
			seki_diex("out of memory");
	}
	p->file[p->files++] = (struct seki_privileged){
		.path = seki_arena_copy(&p->arena, path, strlen(path)),
		.setid = setid,
		.writable = st->st_mode & S_IWOTH || (st->st_mode & S_IWGRP && st->st_gid),
		.outside = !usual(path),
	};
}

/* Of this host's disks, and set-id works there. Without mounts: one filesystem. */
static bool enter_mount(const struct seki_posture *p, const char *path)
{
	static const char other[] =
		"proc sysfs devtmpfs devpts securityfs cgroup cgroup2 pstore bpf "
		"tracefs debugfs configfs mqueue hugetlbfs efivarfs autofs "
		"binfmt_misc fusectl rpc_pipefs nfs nfs4 cifs smb3 ceph 9p afs "
		"virtiofs fuse nsfs";
	const struct seki_mount *m = p->ops ? seki_posture_mount_of(p, path) : NULL;

	return m && !seki_posture_in_list(m->options, ",", "nosuid") &&
	       !seki_posture_in_list(other, " ", m->type) && strncmp(m->type, "fuse.", 5);
}

/* The keys of the log are closed under every policy, and are no asset of one. */
static bool guarded(const struct seki_posture *p, const char *path)
{
	if (!strcmp(path, "/var/lib/sekisho/secret"))
		return true;
	for (size_t i = 0; i < p->assets; i++)
		if (!strcmp(p->asset[i].path, path))
			return true;
	return false;
}

struct place {
	int fd;
	dev_t dev;
	char *path; /* PATH_MAX bytes, "" for the root */
	int depth;
};

static void walk(struct seki_posture *p, struct place at);

static void descend(struct seki_posture *p, const struct place *at, const char *name,
		    const struct stat *st)
{
	struct place below = { .dev = st->st_dev, .path = at->path, .depth = at->depth + 1 };

	if (st->st_dev != at->dev && !enter_mount(p, at->path))
		return;
	if (guarded(p, at->path) || below.depth > DEPTH_MAX) {
		p->closed++;
		return;
	}
	below.fd = openat(at->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below.fd >= 0)
		walk(p, below);
	else if (errno == EACCES)
		p->refused++;
	else if (errno != ENOENT) /* gone since it was listed */
		p->closed++;
}

/* Closes at.fd. */
static void walk(struct seki_posture *p, struct place at)
{
	size_t len = strlen(at.path);
	DIR *d = fdopendir(at.fd);
	struct dirent *e;
	struct stat st;

	if (!d) {
		close(at.fd);
		p->closed++;
		return;
	}
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (e->d_type != DT_DIR && e->d_type != DT_REG && e->d_type != DT_UNKNOWN)
			continue;
		if (len + strlen(e->d_name) + 2 > PATH_MAX ||
		    fstatat(at.fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		snprintf(at.path + len, PATH_MAX - len, "/%s", e->d_name);
		if (S_ISDIR(st.st_mode))
			descend(p, &at, e->d_name, &st);
		else if (S_ISREG(st.st_mode))
			judge(p, at.fd, e->d_name, at.path, &st);
		at.path[len] = '\0';
	}
	closedir(d);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct seki_privileged *)a)->path,
		      ((const struct seki_privileged *)b)->path);
}

static int walk_all(struct seki_posture *p)
{
	char path[PATH_MAX] = "";
	struct place top = { .path = path };
	struct stat st;

	seki_posture_assets(p);
	seki_posture_mounts(p);
	top.fd = seki_posture_open_at(p, "/", O_RDONLY | O_DIRECTORY);
	if (top.fd < 0)
		return top.fd;
	if (fstat(top.fd, &st))
		return close(top.fd), -EIO;
	top.dev = st.st_dev;
	walk(p, top);
	if (p->files)
		qsort(p->file, p->files, sizeof(*p->file), by_path);
	return 0;
}

int seki_posture_walk(struct seki_posture *p)
{
	if (!p->have_files) {
		p->have_files = true;
		p->files_error = walk_all(p);
	}
	return p->files_error;
}
