// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How programs and assets lie on the host: what others can do to them before the
 * policy is loaded, or by another way than this kernel's.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/policy/policy.h"

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif
#ifndef CIFS_SUPER_MAGIC
#define CIFS_SUPER_MAGIC 0xff534d42
#endif
#define SMB2_MAGIC 0xfe534d42

static const char *served_by(long type)
{
	static const struct {
		long type;
		const char *what;
	} row[] = {
		{ NFS_SUPER_MAGIC, "NFS, its server" },
		{ CIFS_SUPER_MAGIC, "SMB, its server" },
		{ SMB2_MAGIC, "SMB, its server" },
		{ V9FS_MAGIC, "9P, its server" },
		{ CEPH_SUPER_MAGIC, "Ceph, its servers" },
		{ FUSE_SUPER_MAGIC, "FUSE, a process" },
		{ OVERLAYFS_SUPER_MAGIC, "an overlay, the layers below" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if ((unsigned int)row[i].type == (unsigned int)type)
			return row[i].what;
	return NULL;
}

/* A tree below --root may have been unpacked by anybody. */
static bool is_roots(const struct seki_compilation *c, const struct stat *st)
{
	struct stat top;

	return !st->st_uid ||
	       (c->options.root && !stat(c->options.root, &top) && top.st_uid == st->st_uid);
}

static void check_program(struct seki_compilation *c, const struct seki_place *p,
			  const struct stat *st)
{
	if (!is_roots(c, st))
		seki_warning(c->diag, SEKI_W_WRITABLE, p->pos,
			     "'%s' belongs to uid %u, who may change it before the policy is "
			     "loaded; let root own it",
			     p->path, st->st_uid);
	else if (st->st_mode & 022)
		seki_warning(c->diag, SEKI_W_WRITABLE, p->pos,
			     "'%s' has mode %04o, so others may change it before the policy is "
			     "loaded; chmod go-w",
			     p->path, st->st_mode & 07777);
}

static void check_filesystem(struct seki_compilation *c, const struct seki_place *p, int fd)
{
	struct statfs fs;
	const char *by;

	if (fstatfs(fd, &fs))
		return;
	by = served_by((long)fs.f_type);
	if (by)
		seki_warning(c->diag, SEKI_W_FILESYSTEM, p->pos,
			     "'%s' lies on %s reaches it by another way; "
			     "move it to a local disk",
			     p->path, by);
}

static bool below(const char *path, const char *dir)
{
	size_t n = strcmp(dir, "/") ? strlen(dir) : 0;

	return !strncmp(path, dir, n) && (path[n] == '/' || !path[n]);
}

/* Where the device is mounted that holds the path, other than on the way to it. */
static bool mounted_elsewhere(FILE *mounts, const char *path, dev_t dev, char ret[256])
{
	char line[4096], at[256];
	unsigned int major, minor;

	while (fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*u %*u %u:%u %*s %255s", &major, &minor, at) == 3 &&
		    makedev(major, minor) == dev && !below(path, at)) {
			strcpy(ret, at);
			return true;
		}
	return false;
}

static void check_elsewhere(struct seki_compilation *c, const struct seki_place *p, dev_t dev)
{
	const char *file =
		seki_arena_printf(&c->arena, "%s/proc/self/mountinfo", c->options.root ?: "");
	seki_autofclose FILE *mounts = fopen(file, "re");
	char at[256];

	if (mounts && mounted_elsewhere(mounts, p->path, dev, at))
		seki_warning(c->diag, SEKI_W_MOUNTED, p->pos,
			     "the filesystem of '%s' is mounted on %.200s too; guarded there as "
			     "well, but unmount what is not needed",
			     p->path, at);
}

void seki_check_place(struct seki_compilation *c, const struct seki_place *p, int fd,
		      const struct stat *st)
{
	const struct seki_label *l = c->sym.by_id[p->label];

	if (!p->pos.line || p->flags & SEKI_PATH_SELF)
		return;
	if (l->kind == SEKI_KIND_EXEC)
		check_program(c, p, st);
	if (l->kind != SEKI_KIND_DATA && l->kind != SEKI_KIND_KEYS)
		return;
	check_filesystem(c, p, fd);
	check_elsewhere(c, p, st->st_dev);
}
