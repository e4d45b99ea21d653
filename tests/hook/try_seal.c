// SPDX-License-Identifier: GPL-2.0-or-later
/* try_seal.c - the mechanism itself; mirrors bpf/seal.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)

/* Writes back the value that is there: without us it must succeed and harm nothing. */
static int write_one(const char *path)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		return errno;
	return write(fd, "1\n", 2) == 2 ? 0 : errno;
}

static int ftrace_switch(void) { return write_one("/proc/sys/kernel/ftrace_enabled"); }

static int ftrace_own_proc(void)
{
	mkdir("/tmp/proc", 0700);
	if (mount("p", "/tmp/proc", "proc", 0, NULL) < 0)
		return errno;
	return write_one("/tmp/proc/sys/kernel/ftrace_enabled");
}

static int ftrace_opath(void)
{
	char path[64] = "/proc/self/fd/";
	int fd = open("/proc/sys/kernel/ftrace_enabled", O_PATH);

	path[14] = (char)('0' + fd);
	return write_one(path);
}

static int map_by_pin(void) { return OK(bpf_obj_get("/sys/fs/bpf/sekisho/roots")); }

static int use_bpf(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "x", 4, 4, 1, NULL);

	return fd < 0 ? errno : close(fd);
}

static int unpin(void) { return OK(unlink("/sys/fs/bpf/sekisho/roots")); }
static int move_pins(void) { return OK(rename("/sys/fs/bpf/sekisho", "/sys/fs/bpf/x")); }
static int chmod_pin(void) { return OK(chmod("/sys/fs/bpf/sekisho/roots", 0777)); }

static int canary(void)
{
	int fd = open("/run/sekisho/canary", O_RDONLY);

	return fd < 0 ? errno : close(fd);
}

static int write_config(void)
{
	int fd = open("/etc/sekisho/policy.bundle", O_WRONLY);

	return fd < 0 ? errno : close(fd);
}

#define ID "/etc/machine-id"
static int id_write(void) { int fd = open(ID, O_WRONLY); return fd < 0 ? errno : close(fd); }
static int id_cut(void) { return OK(truncate(ID, 33)); }
static int id_remove(void) { return OK(unlink(ID)); }

static int id_replace(void)
{
	close(open("/etc/machine-id.new", O_WRONLY | O_CREAT, 0644));
	return OK(rename("/etc/machine-id.new", ID));
}

static int id_mount(void)
{
	int err = OK(mount("/usr/bin/try", ID, NULL, MS_BIND, NULL));

	if (!err)
		umount(ID);
	return err;
}

#define S(fn, bit, label, hook, fl) { #fn, fn, SEKI_##bit, label, SEKI_HOOK_##hook, NO_AUDIT | fl, 0 }

const struct attempt seal_attempts[] = {
	S(ftrace_switch, WRITE, "kernel.ftrace", file_open, 0),
	S(ftrace_own_proc, WRITE, "kernel.ftrace", file_open, 0),
	S(ftrace_opath, WRITE, "kernel.ftrace", file_open, 0),
	S(use_bpf, USE, "kernel.bpf", bpf, 0),
	S(map_by_pin, USE, "kernel.bpf", bpf, NO_BASE),
	S(unpin, DELETE, "sekisho.bpf", inode_unlink, NO_BASE),
	S(move_pins, RENAME, "sekisho.bpf", inode_rename, NO_BASE),
	S(chmod_pin, ATTR, "sekisho.bpf", inode_setattr, NO_BASE),
	S(canary, READ, "sekisho.canary", file_open, SILENT | NO_BASE),
	S(write_config, WRITE, "sekisho.config", file_open, 0),
	S(id_write, WRITE, "sekisho.config", file_open, 0),
	S(id_cut, WRITE, "sekisho.config", inode_setattr, 0),
	S(id_mount, MOUNT, "sekisho.config", sb_mount, 0),
	S(id_replace, RENAME, "sekisho.config", inode_rename, 0),
	S(id_remove, DELETE, "sekisho.config", inode_unlink, 0),
	{}
};
