// SPDX-License-Identifier: GPL-2.0-or-later
/* try_inode.c - names and attributes; mirrors bpf/inode.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)

static void own_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd >= 0)
		close(fd);
}

static int create(void)
{
	int fd = open(DATA "/new", O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd < 0 ? errno : close(fd);
}

static int create_late(void)
{
	int fd = open(LATE, O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd < 0 ? errno : close(fd);
}

static int make_way(void) { return OK(mkdir(LATER, 0755)); }
static int turn_way(void) { return OK(symlink("/tmp", LATER)); }
static int move_way(void) { mkdir(OWN "/way", 0755); return OK(rename(OWN "/way", LATER)); }

static int make_dir(void) { return OK(mkdir(DATA "/dir", 0700)); }
static int make_node(void) { return OK(mknod(DATA "/node", S_IFIFO | 0600, 0)); }
static int make_symlink(void) { return OK(symlink("/tmp", DATA "/sym")); }
static int link_out(void) { unlink(OWN "/out"); return OK(link(DB, OWN "/out")); }
static int link_inside(void) { return OK(link(DB, DATA "/twin")); }

static int link_in(void)
{
	own_file(OWN "/mine");
	return OK(link(OWN "/mine", DATA "/planted"));
}

static int link_procfd(void)
{
	char path[64];
	int fd = open(DB, O_PATH);

	unlink(OWN "/out2");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return OK(linkat(AT_FDCWD, path, AT_FDCWD, OWN "/out2", AT_SYMLINK_FOLLOW));
}

static int remove_file(void) { return OK(unlink(DB)); }
static int remove_dir(void) { return OK(rmdir(DATA "/empty")); }
static int move_out(void) { return OK(rename(DB, OWN "/stolen")); }
static int move_inside(void) { return OK(rename(DB, DATA "/hlr.old")); }

static int move_over(void)
{
	own_file(OWN "/forged");
	return OK(rename(OWN "/forged", DB));
}

static int move_over_single(void)
{
	own_file("/srv/etc/forged");
	return OK(rename("/srv/etc/forged", CFG));
}

static int exchange(void)
{
	own_file(OWN "/forged");
	return OK((int)syscall(SYS_renameat2, AT_FDCWD, OWN "/forged", AT_FDCWD, DB, RENAME_EXCHANGE));
}

static int move_root(void) { return OK(rename(DATA, "/srv/elsewhere")); }
static int move_ancestor(void) { return OK(rename("/srv/etc", "/srv/etc2")); }
static int move_dir_out(void) { return OK(rename(DATA "/a", OWN "/a")); }
static int change_mode(void) { return OK(chmod(DB, 0666)); }
static int change_owner(void) { return OK(chown(DB, 1000, 1000)); }
static int change_times(void) { return OK(utimensat(AT_FDCWD, DB, NULL, 0)); }
static int cut(void) { return OK(truncate(DB, 1)); }
static int set_xattr(void) { return OK(setxattr(DB, "user.x", "1", 1, 0)); }

static int remove_xattr(void)
{
	return OK(removexattr(DB, "user.keep"));
}

/* user::rw-, user:1000:rw-, group::---, mask::rw-, other::--- */
static int set_acl(void)
{
	static const unsigned char acl[] = {
		2, 0, 0, 0,
		1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
		2, 0, 6, 0, 0xe8, 3, 0, 0,
		4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
		0x10, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
		0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
	};

	return OK(setxattr(DB, "system.posix_acl_access", acl, sizeof(acl), 0));
}

static int remove_acl(void) { return OK(removexattr(DATA "/acl", "system.posix_acl_access")); }

#define D(fn, bit, hook, fl) { #fn, fn, SEKI_##bit, "hlr.data", SEKI_HOOK_##hook, fl, 0 }

const struct attempt inode_attempts[] = {
	D(create, CREATE, inode_create, OWN_WORK),
	D(create_late, CREATE, inode_create, OWN_WORK),
	D(make_way, CREATE, inode_mkdir, OWN_WORK),
	D(turn_way, CREATE, inode_symlink, OWN_WORK),
	D(move_way, CREATE, inode_rename, NO_AUDIT),
	D(make_dir, CREATE, inode_mkdir, OWN_WORK),
	D(make_node, CREATE, inode_mknod, OWN_WORK),
	D(make_symlink, CREATE, inode_symlink, OWN_WORK),
	D(link_out, LINK, inode_link, NO_AUDIT),
	D(link_in, LINK, inode_link, NO_AUDIT),
	D(link_inside, LINK, inode_link, OWN_WORK),
	D(link_procfd, LINK, inode_link, NO_AUDIT),
	D(remove_file, DELETE, inode_unlink, OWN_WORK),
	D(remove_dir, DELETE, inode_rmdir, OWN_WORK),
	D(move_out, RENAME, inode_rename, NO_AUDIT),
	D(move_inside, RENAME, inode_rename, OWN_WORK),
	D(move_over, RENAME, inode_rename, OWN_WORK),
	D(move_over_single, RENAME, inode_rename, OWN_WORK),
	D(exchange, RENAME, inode_rename, NO_AUDIT),
	D(move_root, RENAME, inode_rename, NO_AUDIT),
	D(move_ancestor, RENAME, inode_rename, NO_AUDIT),
	D(move_dir_out, RENAME, inode_rename, NO_AUDIT),
	D(change_mode, ATTR, inode_setattr, OWN_WORK),
	D(change_owner, ATTR, inode_setattr, OWN_WORK),
	D(change_times, ATTR, inode_setattr, OWN_WORK),
	D(cut, WRITE, inode_setattr, OWN_WORK),
	D(set_xattr, ATTR, inode_setxattr, OWN_WORK),
	D(remove_xattr, ATTR, inode_removexattr, OWN_WORK),
	D(set_acl, ATTR, none, OWN_WORK),
	D(remove_acl, ATTR, none, OWN_WORK),
	{}
};
