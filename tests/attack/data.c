// SPDX-License-Identifier: GPL-2.0-or-later
/* data.c - ways to the files of the core function beside those of tests/hook. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- reading ---- */

static int openat2_beneath(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_BENEATH };

	return reads_secret((int)syscall(SYS_openat2, open("/srv", O_PATH), "data/hlr.db", &how, sizeof(how)));
}

static int openat2_in_root(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT };

	return reads_secret((int)syscall(SYS_openat2, open("/srv", O_PATH), "/data/hlr.db", &how, sizeof(how)));
}

static int relative(void) { return chdir(DATA) ? ENODATA : read_path("hlr.db"); }
static int dotdot(void) { return read_path(OWN "/../data/./hlr.db"); }
static int by_dirfd(void) { return reads_secret(openat(open(DATA, O_PATH), "hlr.db", O_RDONLY)); }
static int nofollow(void) { return reads_secret(open(DB, O_RDONLY | O_NOFOLLOW | O_NOATIME)); }
static int direct(void) { return open_only(DB, O_RDONLY | O_DIRECT); }
static int path_only_mmap(void)
{
	char path[64];
	int fd;
	void *p;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open(DB, O_PATH));
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return errno;
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? errno : memcmp(p, SECRET, sizeof(SECRET) - 1) ? ENODATA : 0;
}

static int open_int80(void) { int fd = int80(5, (long)DB, O_RDONLY, 0, 0, 0); return fd < 0 ? -fd : reads_secret(fd); }
static int openat_int80(void) { int fd = int80(295, AT_FDCWD, (long)DB, O_RDONLY, 0, 0); return fd < 0 ? -fd : reads_secret(fd); }

static int own_proc_root(void)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/self/root" DB, own_proc());
	return read_path(path);
}

static int cwd_link(void) { return chdir(DATA) ? ENODATA : read_path("/proc/self/cwd/hlr.db"); }

static int uring_openat(__u8 flags, unsigned int setup)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)DB,
		.open_flags = O_RDONLY, .flags = flags };
	int fd = uring_do(&s, setup);

	return fd < 0 ? -fd : reads_secret(fd);
}

static int uring_poller(void) { return uring_openat(0, IORING_SETUP_SQPOLL); }
static int uring_poller_worker(void) { return uring_openat(IOSQE_ASYNC, IORING_SETUP_SQPOLL); }

static int uring_openat2(void)
{
	static struct open_how how = { .flags = O_RDONLY };
	struct io_uring_sqe s = { .opcode = IORING_OP_OPENAT2, .fd = AT_FDCWD, .addr = (unsigned long)DB,
		.len = sizeof(how), .off = (unsigned long)&how };
	int fd = uring_do(&s, 0);

	return fd < 0 ? -fd : reads_secret(fd);
}

static int copied_in_kernel(int how)
{
	int in = open(DB, O_RDONLY), p[2], out = open(OWN "/out", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char buf[sizeof(SECRET)] = "";
	ssize_t n;

	if (in < 0)
		return errno;
	if (how == 0) {
		n = syscall(SYS_copy_file_range, in, NULL, out, NULL, sizeof(SECRET) - 1, 0);
		return n < 0 ? errno : pread(out, buf, sizeof(buf) - 1, 0) < 0 || strcmp(buf, SECRET) ? ENODATA : 0;
	}
	if (pipe(p) < 0)
		return ENODATA;
	n = syscall(SYS_splice, in, NULL, p[1], NULL, sizeof(SECRET) - 1, 0);
	return n < 0 ? errno : read(p[0], buf, sizeof(buf) - 1) < 0 || strcmp(buf, SECRET) ? ENODATA : 0;
}

static int copy_range(void) { return copied_in_kernel(0); }
static int splice_read(void) { return copied_in_kernel(1); }

/* ext4 takes generation 0 for any: numbers can be tried one by one. */
static int handle_guess(void)
{
	struct { struct file_handle h; unsigned int f[2]; } x = { .h = { .handle_bytes = 8, .handle_type = 1 } };
	int at = open("/srv", O_RDONLY), fd, err = ENODATA;
	unsigned int i;

	for (i = 11; i < 400; i++) {
		x.f[0] = i;
		fd = (int)syscall(SYS_open_by_handle_at, at, &x, O_RDONLY | O_NONBLOCK);
		if (fd < 0 && errno == EPERM)
			return EPERM;
		if (fd < 0)
			continue;
		err = reads_secret(fd);
		close(fd);
		if (!err)
			return 0;
	}
	return err;
}

static int mount_clone(void)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, "/srv", 1 | AT_RECURSIVE), err;

	mkdir("/tmp/tree", 0700);
	if (tree < 0)
		return errno;
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, "/tmp/tree", 4) < 0)
		return errno;
	err = read_path("/tmp/tree/data/hlr.db");
	umount2("/tmp/tree", MNT_DETACH);
	return err;
}

static int new_api_second_mount(void)
{
	int fs = (int)syscall(SYS_fsopen, "ext4", 0), m;

	if (fs < 0 || syscall(SYS_fsconfig, fs, 1, "source", "/dev/vda", 0) < 0)
		return errno;
	if (syscall(SYS_fsconfig, fs, 6, NULL, NULL, 0) < 0)
		return errno;
	m = (int)syscall(SYS_fsmount, fs, 0, 0);
	return m < 0 ? errno : reads_secret(openat(m, "data/hlr.db", O_RDONLY));
}

static int overlay_upper(void)
{
	char options[128];
	int fd, err = 0;

	mkdir(OWN "/w", 0700);
	mkdir(OWN "/low", 0700);
	mkdir("/tmp/up", 0700);
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", OWN "/low", DATA, OWN "/w");
	if (mount("o", "/tmp/up", "overlay", 0, options) < 0)
		return errno;
	fd = open("/tmp/up/hlr.db", O_RDWR);
	if (fd < 0)
		err = errno;
	else
		err = reads_secret(fd);
	umount2("/tmp/up", MNT_DETACH);
	return err;
}

static int bind_single(void)
{
	int err;

	close(open("/tmp/one", O_WRONLY | O_CREAT, 0600));
	if (mount(DB, "/tmp/one", NULL, MS_BIND, NULL) < 0)
		return errno;
	err = read_path("/tmp/one");
	umount2("/tmp/one", MNT_DETACH);
	return err;
}

static int bind_parent(void)
{
	int err;

	mkdir("/tmp/all", 0700);
	if (mount("/srv", "/tmp/all", NULL, MS_BIND | MS_REC, NULL) < 0)
		return errno;
	err = read_path("/tmp/all/data/hlr.db");
	umount2("/tmp/all", MNT_DETACH);
	return err;
}

/* ---- the disk below ---- */

static int reads_block(const char *node)
{
	static char buf[4096] __attribute__((aligned(4096)));
	int fd = open(node, O_RDONLY);

	return fd < 0 ? errno : read(fd, buf, sizeof(buf)) == sizeof(buf) ? 0 : ENODATA;
}

static int raw_own_devtmpfs(void)
{
	int err;

	mkdir("/tmp/dev", 0700);
	if (mount("d", "/tmp/dev", "devtmpfs", 0, NULL) < 0)
		return errno;
	err = reads_block("/tmp/dev/vda");
	umount2("/tmp/dev", MNT_DETACH);
	return err;
}

static int raw_mapped(void)
{
	int fd = open("/dev/vda", O_RDONLY);
	void *p;

	if (fd < 0)
		return errno;
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? errno : 0;
}

static int raw_int80(void) { int fd = int80(5, (long)"/dev/vda", O_RDONLY, 0, 0, 0); return fd < 0 ? -fd : 0; }

static int raw_uring(void)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)"/dev/vda", .open_flags = O_RDONLY };
	int fd = uring_do(&s, 0);

	return fd < 0 ? -fd : 0;
}

static int loop_over_disk(void)
{
	int disk = open("/dev/vda", O_RDONLY), control = open("/dev/loop-control", O_RDWR), n, l, err;
	char path[32];

	if (control < 0)
		return cannot("no loop device in this kernel");
	if (disk < 0)
		return EPERM;
	n = ioctl(control, LOOP_CTL_GET_FREE);
	snprintf(path, sizeof(path), "/dev/loop%d", n);
	l = open(path, O_RDONLY);
	if (ioctl(l, LOOP_SET_FD, disk) < 0)
		return errno;
	err = reads_block(path);
	ioctl(l, LOOP_CLR_FD, 0);
	return err;
}

static int device_mapper(void)
{
	int fd = open("/dev/mapper/control", O_RDWR);

	if (fd < 0)
		return errno == ENOENT ? cannot("no device-mapper in this kernel") : errno;
	return close(fd);
}

static int device_mapper_alias(void)
{
	struct stat st;

	if (stat("/dev/mapper/control", &st) < 0)
		return cannot("no device-mapper in this kernel");
	unlink("/tmp/dm");
	if (mknod("/tmp/dm", S_IFCHR | 0600, st.st_rdev) < 0)
		return errno;
	return open_only("/tmp/dm", O_RDWR);
}

/* ---- watching ---- */

static int watch_directory(void) { return OK(inotify_add_watch(inotify_init1(0), DATA, IN_ALL_EVENTS)); }
static int dnotify(void) { int fd = open(DATA, O_RDONLY); return fd < 0 ? errno : OK(fcntl(fd, F_NOTIFY, 1)); }

/* A descriptor of the file comes with the event, when the core function opens it. */
static int fanotify_descriptor(unsigned int mark)
{
	struct fanotify_event_metadata e;
	int f = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY), i;

	if (f < 0 || fanotify_mark(f, FAN_MARK_ADD | mark, FAN_OPEN, AT_FDCWD, "/srv") < 0)
		return errno;
	for (i = 0; i < 200; i++, usleep(10000)) {
		if (read(f, &e, sizeof(e)) < 0) {
			if (errno != EAGAIN)
				return errno;
			continue;
		}
		if (e.fd >= 0 && !reads_secret(e.fd))
			return 0;
	}
	return ENODATA;
}

static int fanotify_mount(void) { return fanotify_descriptor(FAN_MARK_MOUNT); }
static int fanotify_filesystem(void) { return fanotify_descriptor(FAN_MARK_FILESYSTEM); }

/* ---- writing ---- */

static int uring_path(__u8 op, const char *a, const char *b)
{
	struct io_uring_sqe s = { .opcode = op, .fd = AT_FDCWD, .addr = (unsigned long)a,
		.addr2 = (unsigned long)b };
	int ret;

	if (op == IORING_OP_RENAMEAT || op == IORING_OP_LINKAT)
		s.len = (__u32)AT_FDCWD;
	if (op == IORING_OP_MKDIRAT)
		s.len = 0700;
	ret = uring_do(&s, 0);
	return ret < 0 ? -ret : 0;
}

static int uring_unlink(void) { return uring_path(IORING_OP_UNLINKAT, DB, NULL); }
static int uring_rename(void) { return uring_path(IORING_OP_RENAMEAT, DB, DATA "/hlr.old"); }
static int uring_link(void) { return uring_path(IORING_OP_LINKAT, DB, DATA "/twin"); }
static int uring_mkdir(void) { return uring_path(IORING_OP_MKDIRAT, DATA "/dir", NULL); }
static int uring_symlink(void)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_SYMLINKAT, .fd = AT_FDCWD, .addr = (unsigned long)"/tmp", .addr2 = (unsigned long)DATA "/sym" };
	int ret = uring_do(&s, 0);

	return ret < 0 ? -ret : 0;
}

static int uring_xattr(void)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_SETXATTR, .addr = (unsigned long)"user.u", .addr2 = (unsigned long)"1",
		.len = 1, .addr3 = (unsigned long)DB };
	int ret = uring_do(&s, 0);

	removexattr(DB, "user.keep");
	return ret < 0 ? -ret : 0;
}

static int unlink_int80(void) { return old80(10, (long)DB, 0, 0, 0, 0); }
static int rename_int80(void) { return old80(38, (long)DB, (long)DATA "/hlr.old", 0, 0, 0); }
static int truncate_int80(void) { return old80(92, (long)DB, 1, 0, 0, 0); }
static int chmod_int80(void) { return old80(15, (long)DB, 0666, 0, 0, 0); }
static int link_int80(void) { return old80(9, (long)DB, (long)DATA "/twin", 0, 0, 0); }
static int mkdir_int80(void) { return old80(39, (long)DATA "/dir", 0700, 0, 0, 0); }
static int open_write_int80(void) { return old80(5, (long)DB, O_WRONLY | O_TRUNC, 0, 0, 0); }
static int unlink_by_dirfd(void) { return OK(unlinkat(open(DATA, O_PATH), "hlr.db", 0)); }
static int lchown_file(void) { return OK(lchown(DB, 7, 7)); }
static int chmod_by_descriptor(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open(DB, O_PATH));
	return OK(chmod(path, 0777));
}

static int cut_by_descriptor(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open(DB, O_PATH));
	return OK(truncate(path, 1));
}

static int punch(void)
{
	int fd = open(DB, O_RDWR);

	return fd < 0 ? errno : OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4));
}

static int overwrite(void) { int fd = open(DB, O_WRONLY); return fd < 0 ? errno : pwrite(fd, "Kj", 2, 0) == 2 ? 0 : ENODATA; }

static int map_written(void)
{
	int fd = open(DB, O_RDWR);
	char *p;

	if (fd < 0)
		return errno;
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	p[1] = 'x';
	return OK(msync(p, 4096, MS_SYNC));
}

static int copied_over(void)
{
	int in = open(OWN "/forged", O_RDWR | O_CREAT | O_TRUNC, 0600), out = open(DB, O_WRONLY);

	if (out < 0)
		return errno;
	if (write(in, "forged", 6) != 6 || lseek(in, 0, SEEK_SET))
		return ENODATA;
	return syscall(SYS_copy_file_range, in, NULL, out, NULL, 6ul, 0) == 6 ? 0 : errno;
}

static int immutable(void)
{
	long flags = FS_IMMUTABLE_FL;
	int fd = open(DB, O_RDONLY), err;

	if (fd < 0)
		return errno;
	err = OK(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	flags = 0;
	ioctl(fd, FS_IOC_SETFLAGS, &flags);
	return err;
}

static int exchange_inside(void) { return OK((int)syscall(SYS_renameat2, AT_FDCWD, DB, AT_FDCWD, DATA "/cold.db", RENAME_EXCHANGE)); }
static int whiteout(void)
{
	struct stat st;

	if (syscall(SYS_renameat2, AT_FDCWD, DB, AT_FDCWD, DATA "/hlr.old", RENAME_WHITEOUT) < 0)
		return errno;
	if (stat(DB, &st) < 0 || !S_ISCHR(st.st_mode))
		return ENODATA;
	return OK(rename(DATA "/hlr.old", DB));
}
static int socket_in_data(void) { return OK(mknod(DATA "/node", S_IFSOCK | 0600, 0)); }
static int device_in_data(void) { return OK(mknod(DATA "/node", S_IFCHR | 0600, makedev(1, 3))); }
static int exchange_names(const char *a, const char *b)
{
	if (syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) < 0)
		return errno;
	return OK((int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE));
}

static int swap_config_dir(void) { return exchange_names("/srv/etc", OWN); }
static int key_planted(void) { int fd = open("/srv/keys/new", O_WRONLY | O_CREAT, 0600); int err = OK(fd); unlink("/srv/keys/new"); return err; }

/* ---- mounts over it, and below it ---- */

static int covers(const char *from, const char *at, const char *type, unsigned long flags)
{
	int err = OK(mount(from, at, type, flags, NULL));

	if (!err)
		umount2(at, MNT_DETACH);
	return err;
}

static int tmpfs_over(void) { return covers("t", DATA, "tmpfs", 0); }
static int tmpfs_over_parent(void) { return covers("t", "/srv", "tmpfs", 0); }
static int tmpfs_below(void) { return covers("t", DATA "/a/b", "tmpfs", 0); }
static int bind_over_file(void) { close(open(OWN "/forged", O_WRONLY | O_CREAT, 0600)); return covers(OWN "/forged", DB, NULL, MS_BIND); }
static int bind_over_config(void) { close(open(OWN "/forged", O_WRONLY | O_CREAT, 0600)); return covers(OWN "/forged", CFG, NULL, MS_BIND); }
static int bind_over_config_dir(void) { return covers(OWN, "/srv/etc", NULL, MS_BIND); }
static int bind_over_program(void) { return covers("/usr/bin/try", "/usr/bin/hlr", NULL, MS_BIND); }
static int bind_over_program_dir(void) { return covers("/tmp", "/usr/bin", NULL, MS_BIND); }
static int overlay_over(void)
{
	int err = OK(mount("o", DATA, "overlay", 0, "lowerdir=" DATA ":" OWN));

	if (!err)
		umount2(DATA, MNT_DETACH);
	return err;
}

static int proc_over(void) { return covers("p", DATA, "proc", 0); }

static int over_int80(void)
{
	int err = old80(21, (long)"t", (long)DATA, (long)"tmpfs", 0, 0);

	if (!err)
		umount2(DATA, MNT_DETACH);
	return err;
}

static int moved_over(const char *at)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", 0), m;

	if (fs < 0 || syscall(SYS_fsconfig, fs, 6, NULL, NULL, 0) < 0)
		return errno;
	m = (int)syscall(SYS_fsmount, fs, 0, 0);
	if (m < 0 || syscall(SYS_move_mount, m, "", AT_FDCWD, at, 4) < 0)
		return errno;
	return OK(umount2(at, MNT_DETACH));
}

static int new_api_over(void) { return moved_over(DATA); }
static int new_api_over_parent(void) { return moved_over("/srv"); }

static int tree_over(void)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, OWN, 1);

	if (tree < 0 || syscall(SYS_move_mount, tree, "", AT_FDCWD, DATA, 4) < 0)
		return errno;
	return OK(umount2(DATA, MNT_DETACH));
}

static int move_classic(void)
{
	mkdir("/tmp/mv", 0700);
	if (mount("t", "/tmp/mv", "tmpfs", 0, NULL) < 0)
		return ENODATA;
	if (mount("/tmp/mv", DATA, NULL, MS_MOVE, NULL) < 0) {
		int err = errno;

		umount2("/tmp/mv", MNT_DETACH);
		return err;
	}
	return OK(umount2(DATA, MNT_DETACH));
}

static int move_away(void)
{
	mkdir("/tmp/gone", 0700);
	if (mount("/srv", "/tmp/gone", NULL, MS_MOVE, NULL) < 0)
		return errno;
	return OK(mount("/tmp/gone", "/srv", NULL, MS_MOVE, NULL));
}

static int lazy_umount(void)
{
	if (umount2("/srv", MNT_DETACH) < 0)
		return errno;
	return OK(mount("/dev/vda", "/srv", "ext4", 0, NULL));
}

static int lazy_umount_int80(void)
{
	int err = old80(52, (long)"/srv", MNT_DETACH, 0, 0, 0);

	return err ? err : OK(mount("/dev/vda", "/srv", "ext4", 0, NULL));
}

static int propagation(unsigned long how)
{
	if (mount(NULL, "/srv", NULL, how, NULL) < 0)
		return errno;
	return OK(mount(NULL, "/srv", NULL, MS_PRIVATE, NULL));
}

static int make_shared(void) { return propagation(MS_SHARED); }
static int make_unbindable(void) { return propagation(MS_UNBINDABLE); }

static int mount_flags(void)
{
	if (mount(NULL, "/srv", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL) < 0)
		return errno;
	return OK(mount(NULL, "/srv", NULL, MS_REMOUNT | MS_BIND, NULL));
}

struct attr { __u64 set, clear, propagation, userns; };

static int set_attributes(const char *path, int flags)
{
	struct attr on = { .set = 8 /* NOEXEC */ }, off = { .clear = 8 };

	if (syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &on, sizeof(on)) < 0)
		return errno;
	return OK((int)syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &off, sizeof(off)));
}

static int setattr_data(void) { return set_attributes("/srv", 0); }
static int setattr_recursive(void) { return set_attributes("/srv", AT_RECURSIVE); }

/* The attributes of the mount itself, where no copy is asked for (6.15). */
static int setattr_by_tree(void)
{
	struct { __u64 set, clear, propagation, userns; } a = { .set = 8 /* NOEXEC */ };
	int fd = (int)syscall(467 /* open_tree_attr */, AT_FDCWD, "/srv", 0, &a, sizeof(a));

	if (fd < 0)
		return errno == ENOSYS ? cannot("no open_tree_attr in this kernel") : errno;
	a = (typeof(a)){ .clear = 8 };
	return OK((int)syscall(SYS_mount_setattr, AT_FDCWD, "/srv", 0, &a, sizeof(a)));
}

static int private_root(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return errno;
	mkdir("/tmp/new", 0700);
	if (mount("/srv", "/tmp/new", NULL, MS_BIND, NULL) < 0 || chdir("/tmp/new") < 0)
		return errno;
	return syscall(SYS_pivot_root, ".", ".") < 0 && errno != EINVAL ? errno : read_path("/tmp/new/data/hlr.db");
}

static int pivot(void)
{
	mkdir("/tmp/pv", 0700);
	mount("t", "/tmp/pv", "tmpfs", 0, NULL);
	mkdir("/tmp/pv/old", 0700);
	if (syscall(SYS_pivot_root, "/tmp/pv", "/tmp/pv/old") == 0)
		return 0;
	umount2("/tmp/pv", MNT_DETACH);
	/* The root of this guest can't be pivoted; chdir first makes that plain. */
	return errno == EINVAL ? cannot("the root of this guest is the initramfs, which no pivot_root moves") : errno;
}

#define R(fn) { "data", #fn, fn, "hlr.data", "read", 0, 0, NULL }
#define B(fn) { "data", #fn, fn, "hlr.device", "read", 0, 0, NULL }
#define W(fn, access) { "data-write", #fn, fn, "hlr.data", access, 0, CHANGES, NULL }
#define M(fn) { "data-write", #fn, fn, "hlr.data", "mount", 0, 0, NULL }
#define ANY "hlr.data|hlr.config|hlr.keys|hlr.management|hlr.exec"

const struct attack data_attacks[] = {
	R(openat2_beneath), R(openat2_in_root), R(relative), R(dotdot), R(by_dirfd), R(nofollow), R(direct),
	R(path_only_mmap), R(open_int80), R(openat_int80), R(own_proc_root), R(cwd_link),
	R(uring_poller), R(uring_poller_worker), R(uring_openat2), R(copy_range), R(splice_read),
	{ "data", "mount_clone", mount_clone, ANY, "*", 0, 0, NULL }, R(new_api_second_mount), R(bind_single), R(bind_parent),
	{ "data", "handle_guess", handle_guess, "hlr.data|unlocated", "read", 0, 0, NULL },
	{ "data", "overlay_upper", overlay_upper, "*", "*", 0, 0, NULL },
	{ "data", "raw_own_devtmpfs", raw_own_devtmpfs, "hlr.device|kernel.blockmap", "*", 0, 0, NULL }, B(raw_mapped), B(raw_int80), B(raw_uring), B(loop_over_disk),
	{ "data", "device_mapper", device_mapper, "kernel.blockmap", "*", 0, 0, NULL },
	{ "data", "device_mapper_alias", device_mapper_alias, "kernel.blockmap", "*", 0, 0, NULL },
	{ "data", "watch_directory", watch_directory, "hlr.data", "watch", 0, 0, NULL },
	R(dnotify),
	{ "data", "fanotify_mount", fanotify_mount, ANY, "*", 0, 0, NULL },
	{ "data", "fanotify_filesystem", fanotify_filesystem, ANY, "*", 0, 0, NULL },
	W(uring_unlink, "delete"), W(uring_rename, "rename"), W(uring_link, "link"), W(uring_mkdir, "create"),
	W(uring_symlink, "create"), W(uring_xattr, "attr"),
	W(unlink_int80, "delete"), W(rename_int80, "rename"), W(truncate_int80, "write"), W(chmod_int80, "attr"),
	W(link_int80, "link"), W(mkdir_int80, "create"), W(open_write_int80, "write"),
	W(unlink_by_dirfd, "delete"), W(lchown_file, "attr"), W(chmod_by_descriptor, "attr"), W(cut_by_descriptor, "write"),
	W(punch, "write"), W(overwrite, "write"), W(map_written, "write"), W(copied_over, "write"),
	{ "data-write", "immutable", immutable, "hlr.data", "*", 0, 0, NULL },
	W(exchange_inside, "rename"), { "data-write", "whiteout", whiteout, "hlr.data", "rename", 0, 0, NULL }, W(socket_in_data, "create"), W(device_in_data, "create"),
	{ "data-write", "swap_config_dir", swap_config_dir, ANY, "rename", 0, 0, NULL },
	{ "data-write", "key_planted", key_planted, "hlr.keys", "create", 0, 0, NULL },
	M(tmpfs_over), M(tmpfs_below), M(bind_over_file), M(overlay_over), M(proc_over), M(over_int80),
	M(new_api_over), M(tree_over), M(move_classic),
	{ "data-write", "tmpfs_over_parent", tmpfs_over_parent, ANY, "mount", 0, 0, NULL },
	{ "data-write", "new_api_over_parent", new_api_over_parent, ANY, "mount", 0, 0, NULL },
	{ "data-write", "bind_over_config", bind_over_config, "hlr.data", "mount", 0, 0, NULL },
	{ "data-write", "bind_over_config_dir", bind_over_config_dir, ANY, "mount", 0, 0, NULL },
	{ "data-write", "bind_over_program", bind_over_program, "hlr.exec", "mount", 0, 0, NULL },
	{ "data-write", "bind_over_program_dir", bind_over_program_dir, "hlr.exec|sekisho.config", "mount", 0, 0, NULL },
	{ "data-write", "move_away", move_away, "kernel.mount", "use", 0, 0, NULL },
	{ "data-write", "lazy_umount", lazy_umount, ANY, "mount", 0, 0, NULL },
	{ "data-write", "lazy_umount_int80", lazy_umount_int80, ANY, "mount", 0, 0, NULL },
	{ "data-write", "make_shared", make_shared, "kernel.mount", "use", 0, 0, NULL },
	{ "data-write", "make_unbindable", make_unbindable, "kernel.mount", "use", 0, 0, NULL },
	{ "data-write", "mount_flags", mount_flags, ANY, "mount", 0, 0, NULL },
	{ "data-write", "setattr_data", setattr_data, "kernel.mount", "use", 0, 0, NULL },
	{ "data-write", "setattr_recursive", setattr_recursive, "kernel.mount", "use", 0, 0, NULL },
	{ "data-write", "setattr_by_tree", setattr_by_tree, "kernel.mount", "use", 0, 0, NULL },
	{ "data", "private_root", private_root, "kernel.namespace", "use", 0, 0, NULL },
	{ "data", "pivot", pivot, "kernel.mount", "use", 0, 0, NULL },
	{}
};
