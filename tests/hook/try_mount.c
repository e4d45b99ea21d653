// SPDX-License-Identifier: GPL-2.0-or-later
/* try_mount.c - another tree in the place of an asset; mirrors bpf/mount.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)
#define FSCONFIG_CMD_CREATE_ 6
#define MOVE_MOUNT_F_EMPTY_PATH_ 4
#define FSCONFIG_SET_FLAG_ 0
#define FSCONFIG_CMD_RECONFIGURE_ 7

/* What was mounted goes again, or the next attempt would meet it. */
static int undo(int err, const char *path)
{
	if (!err)
		umount2(path, MNT_DETACH);
	return err;
}

static int tmpfs_over_data(void) { return undo(OK(mount("t", DATA, "tmpfs", 0, NULL)), DATA); }
static int bind_over_data(void) { return undo(OK(mount(OWN, DATA, NULL, MS_BIND, NULL)), DATA); }
static int bind_over_file(void) { return undo(OK(mount("/usr/bin/try", DB, NULL, MS_BIND, NULL)), DB); }
static int over_ancestor(void) { return undo(OK(mount("t", "/srv", "tmpfs", 0, NULL)), "/srv"); }
static int over_program(void) { return undo(OK(mount("/usr/bin/try", "/usr/bin/hlr", NULL, MS_BIND, NULL)), "/usr/bin/hlr"); }
static int over_config(void) { return undo(OK(mount("t", "/etc/sekisho", "tmpfs", 0, NULL)), "/etc/sekisho"); }

static int new_api_over_data(void)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", 0), m;

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE_, NULL, NULL, 0) < 0)
		return ENODATA;
	m = (int)syscall(SYS_fsmount, fs, 0, 0);
	if (m < 0)
		return ENODATA;
	return undo(OK((int)syscall(SYS_move_mount, m, "", AT_FDCWD, DATA, MOVE_MOUNT_F_EMPTY_PATH_)), DATA);
}

static int remount_read_only(void)
{
	int err = OK(mount(NULL, "/srv", NULL, MS_REMOUNT | MS_RDONLY, NULL));

	if (!err)
		mount(NULL, "/srv", NULL, MS_REMOUNT, NULL);
	return err;
}

static int reconfigure(const char *flag)
{
	int fs = (int)syscall(SYS_fspick, AT_FDCWD, "/srv", 0);

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG_, flag, NULL, 0) < 0)
		return ENODATA;
	return OK((int)syscall(SYS_fsconfig, fs, FSCONFIG_CMD_RECONFIGURE_, NULL, NULL, 0));
}

static int new_api_read_only(void)
{
	int err = reconfigure("ro");

	if (!err)
		reconfigure("rw");
	return err;
}

static int remount_view(void)
{
	int err = OK(mount(NULL, "/srv", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));

	if (!err)
		mount(NULL, "/srv", NULL, MS_REMOUNT | MS_BIND, NULL);
	return err;
}

/* In a mount namespace of its own, or the disk would be gone. */
static int unmount_lazily(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return ENODATA;
	return OK(umount2("/srv", MNT_DETACH));
}

static int freeze(void)
{
	int fd = open(OWN, O_RDONLY), err = OK(ioctl(fd, FIFREEZE, 0));

	if (!err)
		ioctl(fd, FITHAW, 0);
	return err;
}

static int unmount_pins(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return ENODATA;
	return OK(umount2("/sys/fs/bpf", MNT_DETACH));
}

#define M(fn, label, hook, fl) { #fn, fn, SEKI_MOUNT, label, SEKI_HOOK_##hook, fl, 0 }

/* "*": the label of one of the assets below. */
const struct attempt mount_attempts[] = {
	M(tmpfs_over_data, "hlr.data", sb_mount, 0),
	M(bind_over_data, "hlr.data", sb_mount, 0),
	M(bind_over_file, "hlr.data", sb_mount, 0),
	M(over_ancestor, "*", sb_mount, 0),
	M(over_program, "hlr.exec", sb_mount, 0),
	M(over_config, "sekisho.config", sb_mount, NO_AUDIT),
	M(new_api_over_data, "hlr.data", move_mount, 0),
	M(remount_read_only, "*", sb_mount, 0),
	M(new_api_read_only, "*", sb_remount, 0),
	M(remount_view, "*", sb_mount, 0),
	M(unmount_lazily, "*", sb_umount, 0),
	M(unmount_pins, "sekisho.bpf", sb_umount, NO_AUDIT),
	{ "freeze", freeze, SEKI_IOCTL, "*", SEKI_HOOK_file_ioctl, 0, 0 },
	{}
};
