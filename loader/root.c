// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * root.c - load from an initramfs: the host's root is only mounted somewhere yet.
 *
 * What the kernel shows of itself is mounted where systemd would, and moves with
 * /sys to the host's root.  Then this process alone sees that root as its own,
 * so every path leads to the object that it will lead to on the host.
 */
#define _GNU_SOURCE
#include "loader/loader.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "userspace/lib/log.h"

struct kernel_fs {
	const char *path, *type, *options;
	long magic;
};

static int mount_missing(const struct kernel_fs *k)
{
	struct statfs fs;

	if (statfs(k->path, &fs) == 0 && fs.f_type == k->magic)
		return 0;
	if (mount(k->type, k->path, k->type, MS_NOSUID | MS_NODEV | MS_NOEXEC, k->options) == 0)
		return 0;
	seki_warn("%s: %s can't be mounted there", k->path, k->type);
	return -1;
}

/* As src/shared/mount-setup.c of systemd has them. */
static int mount_kernel(void)
{
	static const struct kernel_fs all[] = {
		{ "/sys/kernel/security", "securityfs", NULL, 0x73636673 },
		{ "/sys/fs/bpf", "bpf", "mode=700", 0xcafe4a11 },
		{ "/sys/fs/cgroup", "cgroup2", "nsdelegate,memory_recursiveprot", 0x63677270 },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (mount_missing(&all[i]))
			return -1;
	return 0;
}

/* A file system of the initramfs, unless it was moved to the host's root already. */
static int carry_over(const char *root, const char *path)
{
	struct stat own, above;
	char to[PATH_MAX];

	if (stat(path, &own) < 0 || stat("/", &above) < 0 || own.st_dev == above.st_dev)
		return 0;
	snprintf(to, sizeof(to), "%s%s", root, path);
	if (mount(path, to, NULL, MS_BIND | MS_REC, NULL) == 0)
		return 0;
	seki_warn("%s: %s can't be shown there", to, path);
	return -1;
}

/* The mounts of this process end with it; nothing has to be taken back. */
int seki_enter_root(const char *root)
{
	static const char *const carried[] = { "/proc", "/sys", "/dev", "/run" };
	size_t i;

	if (mount_kernel())
		return -1;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) {
		seki_warn("no mounts of its own for the loader");
		return -1;
	}
	for (i = 0; i < sizeof(carried) / sizeof(*carried); i++)
		if (carry_over(root, carried[i]))
			return -1;
	if (chdir(root) == 0 && chroot(".") == 0)
		return 0;
	seki_warn("%s: can't become the root directory", root);
	return -1;
}
