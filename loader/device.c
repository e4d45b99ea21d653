// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device.c - the raw devices that hold the bytes of a filesystem.
 *
 * The device itself, the disk it is a part of, what it is made of (dm, md,
 * loop: slaves) and what is made of it (holders), each by its number, since a
 * node for it can be made anywhere.  A disk's pass-through nodes (SCSI generic,
 * bsg, NVMe generic) read the same blocks.
 */
#include "loader/loader.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

/* "major:minor" in DIR/dev, kernel encoding; 0 if there is none. */
static __u32 read_dev(const char *dir)
{
	char path[PATH_MAX];
	unsigned int major, minor;
	seki_autofclose FILE *f = NULL;

	snprintf(path, sizeof(path), "%.4000s/dev", dir);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%u:%u", &major, &minor) != 2)
		return 0;
	return KDEV(major, minor);
}

static bool seen(const struct seki_rows *r, __u32 dev)
{
	size_t i;

	for (i = 0; i < r->n_devices; i++)
		if (r->devices[i].key.block && r->devices[i].key.rdev == dev)
			return true;
	return false;
}

static void add_block(struct seki_rows *r, const char *sysfs, __u16 label);

static void each_block(struct seki_rows *r, const char *dir, const char *sub, __u16 label)
{
	char path[PATH_MAX], real[PATH_MAX];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "%.3000s/%s", dir, sub);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%.3000s/%s/%.255s", dir, sub, e->d_name);
		if (e->d_name[0] != '.' && realpath(path, real))
			add_block(r, real, label);
	}
	if (d)
		closedir(d);
}

static void each_char(struct seki_rows *r, const char *dir, const char *sub, __u16 label)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *d;
	__u32 dev;

	snprintf(path, sizeof(path), "%.3000s/%s", dir, sub);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%.3000s/%s/%.255s", dir, sub, e->d_name);
		dev = e->d_name[0] == '.' ? 0 : read_dev(path);
		if (dev)
			seki_rows_device(r, dev, false, label);
	}
	if (d)
		closedir(d);
}

static void nvme_generic(struct seki_rows *r, const char *sysfs, __u16 label)
{
	const char *name = strrchr(sysfs, '/') + 1;
	char path[PATH_MAX];
	__u32 dev;

	if (strncmp(name, "nvme", 4))
		return;
	snprintf(path, sizeof(path), "/sys/class/nvme-generic/ng%.255s", name + 4);
	dev = read_dev(path);
	if (dev)
		seki_rows_device(r, dev, false, label);
}

/* sysfs is the real directory of a block device. */
static void add_block(struct seki_rows *r, const char *sysfs, __u16 label)
{
	__u32 dev = read_dev(sysfs);
	char path[PATH_MAX], *slash;

	if (!dev || seen(r, dev))
		return;
	seki_rows_device(r, dev, true, label);
	each_block(r, sysfs, "slaves", label);
	each_block(r, sysfs, "holders", label);
	each_char(r, sysfs, "device/scsi_generic", label);
	each_char(r, sysfs, "device/bsg", label);
	nvme_generic(r, sysfs, label);
	snprintf(path, sizeof(path), "%.4000s/partition", sysfs);
	if (access(path, F_OK) < 0)
		return;
	snprintf(path, sizeof(path), "%.4000s", sysfs);
	slash = strrchr(path, '/');
	*slash = 0;
	add_block(r, path, label);
}

/* Filesystems without a device of their own (major 0) have none below. */
int seki_devices_below(struct seki_rows *r, __u32 dev, __u16 label)
{
	char path[64], real[PATH_MAX];

	if (!(dev >> 20))
		return 0;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", dev >> 20, dev & 0xfffff);
	if (realpath(path, real))
		add_block(r, real, label);
	else
		seki_rows_device(r, dev, true, label);
	return 0;
}
