// SPDX-License-Identifier: GPL-2.0-or-later
/* try_file.c - ways to the contents of a file; mirrors bpf/file.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int reads_secret(int fd)
{
	char buf[sizeof(SECRET)] = "";

	if (fd < 0)
		return errno;
	if (read(fd, buf, sizeof(SECRET) - 1) < 0)
		return errno;
	close(fd);
	return strcmp(buf, SECRET) ? ENODATA : 0;
}

int read_path(const char *path)
{
	return reads_secret(open(path, O_RDONLY));
}

static int open_read(void) { return read_path(DB); }
static int proc_self_root(void) { return read_path("/proc/self/root" DB); }
static int proc_1_root(void) { return read_path("/proc/1/root" DB); }
static int second_name(void) { return read_path(LINKED); }
static int single_file(void) { return read_path(CFG); }
static int below(void) { return read_path(DATA "/a/b/c/deep.db"); }

static int open_with(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int open_write(void) { return open_with(DB, O_WRONLY); }
static int open_append(void) { return open_with(DB, O_WRONLY | O_APPEND); }
static int open_trunc(void) { return open_with(DB, O_RDWR | O_TRUNC); }
static int open_creat(void) { return open_with(DB, O_RDWR | O_CREAT); }
static int open_tmpfile(void) { return open_with(DATA, O_RDWR | O_TMPFILE); }

static int symlink_read(void)
{
	unlink("/tmp/sym");
	if (symlink(DB, "/tmp/sym") < 0)
		return errno;
	return read_path("/tmp/sym");
}

static int bind_dir(void)
{
	int err;

	mkdir("/tmp/bind", 0700);
	if (mount(DATA, "/tmp/bind", NULL, MS_BIND, NULL) < 0)
		return errno;
	err = read_path("/tmp/bind/hlr.db");
	umount("/tmp/bind");
	return err;
}

static int private_namespace(void)
{
	if (unshare(CLONE_NEWNS) < 0)
		return errno;
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return bind_dir();
}

static int second_mount(void)
{
	int err;

	mkdir("/tmp/again", 0700);
	if (mount("/dev/vda", "/tmp/again", "ext4", 0, NULL) < 0)
		return errno;
	err = read_path("/tmp/again/data/hlr.db");
	umount("/tmp/again");
	return err;
}

static int chrooted(void)
{
	if (chroot("/srv") < 0)
		return errno;
	return read_path("/data/hlr.db");
}

static int opath_reopen(void)
{
	char path[64];
	int fd = open(DB, O_PATH);

	if (fd < 0)
		return ENODATA;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return read_path(path);
}

static int open_tree_clone(void)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, DATA, 1 /* OPEN_TREE_CLONE */);

	if (tree < 0)
		return errno;
	return reads_secret(openat(tree, "hlr.db", O_RDONLY));
}

struct handle {
	struct file_handle h;
	unsigned char bytes[128];
};

static int by_handle_of(const char *path, bool drop)
{
	struct handle x = { .h.handle_bytes = 128 };
	int mount_id, mnt = open("/srv", O_RDONLY);

	if (name_to_handle_at(AT_FDCWD, path, &x.h, &mount_id, 0) < 0)
		return ENODATA;
	if (drop) {
		int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

		sync();
		if (write(fd, "3", 1) != 1)
			return ENODATA;
		close(fd);
	}
	return reads_secret(open_by_handle_at(mnt, &x.h, O_RDONLY));
}

static int by_handle(void) { return by_handle_of(DB, false); }
/* Evicted and opened by number: no name, no parent is known of it. */
static int by_handle_evicted(void) { return by_handle_of(DATA "/cold.db", true); }

static int list_directory(void)
{
	DIR *d = opendir(DATA);

	if (!d)
		return errno;
	closedir(d);
	return 0;
}

static int sendfile_read(void)
{
	int fd = open(DB, O_RDONLY), to = memfd_create("x", 0);
	char buf[64];

	if (fd < 0)
		return errno;
	if (syscall(SYS_sendfile, to, fd, NULL, sizeof(SECRET) - 1) < 0)
		return errno;
	return pread(to, buf, sizeof(buf), 0) > 0 ? 0 : ENODATA;
}

/* The helper stands in for a service that was tricked: it hands over its descriptor. */
int handed_over(const char *name)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct cmsghdr *c;
	int s = socket(AF_UNIX, SOCK_STREAM, 0), fd;

	strcpy(to.sun_path + 1, name);
	if (connect(s, (void *)&to, (socklen_t)(sizeof(sa_family_t) + 1 + strlen(name))) < 0)
		return ENODATA;
	if (recvmsg(s, &msg, 0) < 0)
		return errno;
	c = CMSG_FIRSTHDR(&msg);
	if (!c)
		return msg.msg_flags & MSG_CTRUNC ? EPERM : ENODATA;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	lseek(fd, 0, SEEK_SET);
	return reads_secret(fd);
}

static int fd_passed(void) { return handed_over("hand-over"); }

static int raw_read(const char *node)
{
	char buf[4096];
	int fd = open(node, O_RDONLY);

	if (fd < 0)
		return errno;
	return read(fd, buf, sizeof(buf)) == sizeof(buf) ? 0 : ENODATA;
}

static int raw_device(void) { return raw_read("/dev/vda"); }
static int raw_write(void) { return open_with("/dev/vda", O_WRONLY); }

static int raw_alias(void)
{
	struct stat st;

	if (stat("/dev/vda", &st) < 0)
		return ENODATA;
	unlink("/tmp/alias");
	if (mknod("/tmp/alias", S_IFBLK | 0600, st.st_rdev) < 0)
		return errno;
	return raw_read("/tmp/alias");
}

static int mmap_code(void)
{
	int fd = open("/usr/bin/hlr", O_RDONLY);
	void *p;

	if (fd < 0)
		return ENODATA;
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	return p == MAP_FAILED ? errno : 0;
}

static int inotify_watch(void)
{
	return inotify_add_watch(inotify_init1(0), DB, IN_MODIFY) < 0 ? errno : 0;
}

static int fanotify_watch(void)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY);

	return fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, DB) < 0 ? errno : 0;
}

/* One request through io_uring; async makes a worker thread do it. */
static int uring_open(int async)
{
	struct io_uring_params p = {};
	int ring = (int)syscall(SYS_io_uring_setup, 4, &p);
	char *sq, *cq;
	struct io_uring_sqe *sqe;
	unsigned int *tail, *array;
	struct io_uring_cqe *cqe;

	if (ring < 0)
		return errno;
	sq = mmap(NULL, p.sq_off.array + p.sq_entries * 4, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(*cqe), PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
	sqe = mmap(NULL, p.sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || (void *)sqe == MAP_FAILED)
		return ENODATA;
	*sqe = (struct io_uring_sqe){ .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = (unsigned long)DB, .open_flags = O_RDONLY,
		.flags = async ? IOSQE_ASYNC : 0 };
	array = (unsigned int *)(sq + p.sq_off.array);
	tail = (unsigned int *)(sq + p.sq_off.tail);
	array[0] = 0;
	__atomic_store_n(tail, 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return errno;
	cqe = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return cqe->res < 0 ? -cqe->res : reads_secret(cqe->res);
}

static int io_uring_open(void) { return uring_open(0); }
static int io_uring_worker(void) { return uring_open(1); }

static int overlay_lower(void)
{
	int err;

	mkdir("/tmp/ov", 0700);
	if (mount("o", "/tmp/ov", "overlay", 0, "lowerdir=" DATA ":" OWN) < 0)
		return errno;
	err = read_path("/tmp/ov/hlr.db");
	umount("/tmp/ov");
	return err;
}

static int exec_program(const char *path, char *const envp[])
{
	char *argv[] = { (char *)path, "--version", NULL };
	int status;
	pid_t pid = fork();

	if (!pid) {
		execve(path, argv, envp);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : ENODATA;
}

static int exec_core(void)
{
	char *envp[] = { NULL };

	return exec_program("/usr/bin/hlr", envp);
}

static int exec_core_preload(void)
{
	char *envp[] = { "LD_PRELOAD=/tmp/evil.so", NULL };

	return exec_program("/usr/bin/hlr", envp);
}

/* Whoever reads may not make others wait. */
static int held_by(const char *path, int lease)
{
	int fd = open(path, O_RDONLY), err;

	err = (lease ? fcntl(fd, F_SETLEASE, F_WRLCK) : flock(fd, LOCK_EX)) < 0 ? errno : 0;
	close(fd);
	return err;
}

static int program_locked(void) { return held_by("/usr/bin/hlr", 0); }
static int code_leased(void) { return held_by(LIB, 1); }

#define R(fn, fl) { #fn, fn, SEKI_READ, "hlr.data", SEKI_HOOK_file_open, fl, 0 }
#define W(fn, fl) { #fn, fn, SEKI_WRITE, "hlr.data", SEKI_HOOK_file_open, fl, 0 }

const struct attempt file_attempts[] = {
	R(open_read, OWN_WORK),
	R(below, OWN_WORK),
	R(single_file, OWN_WORK),
	R(second_name, OWN_WORK),
	R(symlink_read, 0),
	R(bind_dir, 0),
	R(private_namespace, 0),
	R(second_mount, 0),
	R(chrooted, 0),
	R(proc_self_root, 0),
	R(proc_1_root, 0),
	R(opath_reopen, 0),
	R(open_tree_clone, 0),
	R(by_handle, 0),
	{ "by_handle_evicted", by_handle_evicted, SEKI_READ, "unlocated",
	  SEKI_HOOK_file_open, NO_AUDIT, 0 },
	R(list_directory, OWN_WORK),
	R(sendfile_read, OWN_WORK),
	R(io_uring_open, OWN_WORK),
	R(io_uring_worker, OWN_WORK),
	W(open_write, OWN_WORK),
	W(open_append, OWN_WORK),
	W(open_trunc, OWN_WORK),
	W(open_creat, OWN_WORK),
	W(open_tmpfile, OWN_WORK),
	{ "fd_passed", fd_passed, SEKI_READ, "hlr.data", SEKI_HOOK_file_receive, 0, 0 },
	{ "raw_device", raw_device, SEKI_READ, "hlr.device", SEKI_HOOK_file_open, 0, 0 },
	{ "raw_write", raw_write, SEKI_WRITE, "hlr.device", SEKI_HOOK_file_open, 0, 0 },
	{ "raw_alias", raw_alias, SEKI_READ, "hlr.device", SEKI_HOOK_file_open, 0, 0 },
	{ "mmap_code", mmap_code, SEKI_EXEC, "hlr.exec", SEKI_HOOK_mmap_file, 0, 0 },
	{ "inotify_watch", inotify_watch, SEKI_WATCH, "hlr.data", SEKI_HOOK_path_notify, OWN_WORK, 0 },
	{ "fanotify_watch", fanotify_watch, SEKI_WATCH, "hlr.data", SEKI_HOOK_path_notify, 0, 0 },
	{ "exec_core", exec_core, SEKI_EXEC, "hlr.exec", SEKI_HOOK_file_open, 0, 0 },
	{ "exec_core_preload", exec_core_preload, SEKI_EXEC, "hlr.exec", SEKI_HOOK_file_open, 0, 0 },
	{ "program_locked", program_locked, SEKI_WRITE, "hlr.exec", SEKI_HOOK_file_lock, 0, 0 },
	{ "code_leased", code_leased, SEKI_WRITE, "hlr.code", SEKI_HOOK_file_lock, 0, 0 },
	{ "overlay_lower", overlay_lower, SEKI_READ, "*", SEKI_HOOK_file_open, NO_AUDIT, 0 },
	{}
};
