// SPDX-License-Identifier: GPL-2.0-or-later
/* dos.c - ways to stop, starve or cut off the core function. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pidfd(void) { return (int)syscall(SYS_pidfd_open, victim(), 0); }

static int gone(int err)
{
	int i;
	char state[256];

	if (err)
		return err;
	for (i = 0; i < 50; i++, usleep(10000)) {
		if (read_text(proc_path(victim(), "stat"), state, sizeof(state)) || strstr(state, ") Z"))
			return 0;
	}
	return ENODATA;
}

static int kill_hard(void) { return gone(OK(kill(victim(), SIGKILL))); }
static int kill_int80(void) { return gone(old80(37, victim(), SIGKILL, 0, 0, 0)); }
static int kill_pidfd(void) { return gone(OK((int)syscall(SYS_pidfd_send_signal, pidfd(), SIGKILL, NULL, 0))); }
static int kill_thread(void) { return gone(OK((int)syscall(SYS_tgkill, victim(), victim(), SIGKILL))); }
static int kill_tkill(void) { return gone(OK((int)syscall(SYS_tkill, victim(), SIGKILL))); }
static int kill_abort(void) { return gone(OK(kill(victim(), SIGABRT))); }

static int kill_queue(void)
{
	siginfo_t i = { .si_signo = SIGTERM, .si_code = SI_QUEUE };

	return gone(OK((int)syscall(SYS_rt_sigqueueinfo, victim(), SIGTERM, &i)));
}


/* ---- limits ---- */

static int limit(int what, rlim_t n)
{
	struct rlimit r = { n, n }, is;

	if (prlimit(victim(), (enum __rlimit_resource)what, &r, NULL) < 0)
		return errno;
	return prlimit(victim(), (enum __rlimit_resource)what, NULL, &is) == 0 && is.rlim_max == n ? 0 : ENODATA;
}

static int limit_files(void) { return limit(RLIMIT_NOFILE, 64); }
static int limit_file_size(void) { return limit(RLIMIT_FSIZE, 1 << 20); }
static int limit_core(void) { return limit(RLIMIT_CORE, 4096); }
static int limit_memory(void) { return limit(RLIMIT_AS, 1ul << 36); }
static int limit_cpu(void) { return limit(RLIMIT_CPU, 100000); }
static int limit_locked(void) { return limit(RLIMIT_MEMLOCK, 4096); }

static int limit_int80(void)
{
	static unsigned long long r[2] = { 128, 128 };

	return old80(340, victim(), RLIMIT_NOFILE, (long)r, 0, 0);
}

/* ---- processor time ---- */

static int nice_it(void) { return OK(setpriority(PRIO_PROCESS, (id_t)victim(), 19)); }
static int nice_int80(void) { return old80(97, PRIO_PROCESS, victim(), 18, 0, 0); }
static int scheduler(int policy) { struct sched_param p = {}; return OK(sched_setscheduler(victim(), policy, &p)); }
static int scheduler_idle(void) { return scheduler(SCHED_IDLE); }
static int scheduler_batch(void) { return scheduler(SCHED_BATCH); }
static int scheduler_param(void) { struct sched_param p = {}; return OK(sched_setparam(victim(), &p)); }

static int scheduler_int80(void)
{
	static int p;

	return old80(156, victim(), SCHED_IDLE, (long)&p, 0, 0);
}

static int scheduler_attr(void)
{
	struct { __u32 size, policy; __u64 flags; __s32 nice; __u32 priority; __u64 a, b, c; } s = { .size = 48, .policy = SCHED_IDLE };

	return OK((int)syscall(SYS_sched_setattr, victim(), &s, 0));
}

static int processors(void)
{
	cpu_set_t s;

	CPU_ZERO(&s);
	CPU_SET(0, &s);
	return OK(sched_setaffinity(victim(), sizeof(s), &s));
}

static int processors_int80(void)
{
	static unsigned int mask = 1;

	return old80(241, victim(), sizeof(mask), (long)&mask, 0, 0);
}

static int io_class(void) { return OK((int)syscall(SYS_ioprio_set, 1, victim(), 3 << 13)); }
static int oom_first(void) { return poke(proc_path(victim(), "oom_score_adj"), "1000"); }
static int oom_first_old(void) { return send_text(proc_path(victim(), "oom_adj"), "15"); }
static int dump_filter(void) { return send_text(proc_path(victim(), "coredump_filter"), "0x7f"); }
static int autogroup(void) { return access("/proc/self/autogroup", F_OK) ? cannot("no autogroup in this kernel") : send_text(proc_path(victim(), "autogroup"), "19"); }
static int move_memory(void) { unsigned long n = 1; return syscall(SYS_migrate_pages, victim(), 8ul, &n, &n) < 0 ? errno == ENOSYS ? cannot("no NUMA in this kernel") : errno : 0; }

/* ---- its cgroup ---- */

#define CG "/sys/fs/cgroup/hlr.service/"

static int freeze(void) { return poke(CG "cgroup.freeze", "1"); }
static int freeze_int80(void) { int fd = int80(5, (long)CG "cgroup.freeze", O_WRONLY, 0, 0, 0); return fd < 0 ? -fd : 0; }
static int cgroup_kill(void) { return gone(send_text(CG "cgroup.kill", "1")); }

static int knob(const char *name, const char *value)
{
	char path[96];

	snprintf(path, sizeof(path), CG "%s", name);
	if (access(path, F_OK) && send_text("/sys/fs/cgroup/cgroup.subtree_control", "+memory +pids +cpu") && errno != EINVAL)
		return errno;
	if (access(path, F_OK))
		return cannot("no such controller in this guest");
	return poke(path, value);
}

static int cgroup_memory(void) { return knob("memory.max", "1073741824"); }
static int cgroup_pids(void) { return knob("pids.max", "100"); }
static int cgroup_cpu(void) { return knob("cpu.max", "50000 100000"); }

static int cgroup_move(void)
{
	char pid[16];
	int err;

	snprintf(pid, sizeof(pid), "%d", victim());
	err = send_text("/sys/fs/cgroup/cgroup.procs", pid);
	return err ? err : send_text(CG "cgroup.procs", pid);
}

/* Root by capabilities alone: nothing that a mode stops, but owners and modes are his. */
static int with_capabilities(int (*run)(void))
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = {};

	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setresgid(1000, 1000, 1000) < 0 || setresuid(1000, 1000, 1000) < 0)
		return ENODATA;
	d[0].permitted = d[0].effective = 1u << CAP_CHOWN | 1u << CAP_FOWNER;
	return syscall(SYS_capset, &h, d) < 0 ? ENODATA : run();
}

static int own_then_freeze(void)
{
	if (chown(CG "cgroup.freeze", 1000, 1000) < 0)
		return errno;
	return poke(CG "cgroup.freeze", "1");
}

static int open_then_freeze(void)
{
	if (chmod(CG "cgroup.freeze", 0666) < 0)
		return errno;
	return poke(CG "cgroup.freeze", "1");
}

static int freeze_as_owner(void) { return with_capabilities(own_then_freeze); }
static int freeze_by_mode(void) { return with_capabilities(open_then_freeze); }

/* ---- its filesystem ---- */

static int freeze_filesystem(const char *at)
{
	int fd = open(at, O_RDONLY);

	if (fd < 0)
		return errno;
	if (ioctl(fd, FIFREEZE, 0) < 0)
		return errno;
	return OK(ioctl(fd, FITHAW, 0));
}

static int fs_freeze(void) { return freeze_filesystem("/srv"); }
static int fs_freeze_own(void) { return freeze_filesystem(OWN); }
static int fs_freeze_int80(void)
{
	int fd = open(OWN, O_RDONLY), err = old80(54, fd, FIFREEZE, 0, 0, 0);

	return err ? err : OK(ioctl(fd, FITHAW, 0));
}
static int fs_thaw(void) { int fd = open(OWN, O_RDONLY); return ioctl(fd, FITHAW, 0) < 0 && errno != EINVAL ? errno : 0; }

static int fs_resize(void)
{
	unsigned long long blocks = 32ull << 20 >> 10;
	int fd = open(OWN, O_RDONLY);

	/* The size it has: nothing to do, but asked and let through. */
	return ioctl(fd, _IOW('f', 16, __u64), &blocks) < 0 && errno == EPERM ? EPERM : 0;
}

static int fs_shutdown(void)
{
	__u32 how = 99; /* no such way: EINVAL once it was let through */
	int fd = open(OWN, O_RDONLY);

	return ioctl(fd, _IOR('X', 125, __u32), &how) < 0 && errno == EPERM ? EPERM : 0;
}

/* ---- the way to its files ---- */

static int other_mode(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return ENODATA;
	if (chmod(path, 0) < 0)
		return errno;
	return OK(chmod(path, st.st_mode & 07777));
}

static int other_owner(const char *path)
{
	if (chown(path, 1000, 1000) < 0)
		return errno;
	return OK(chown(path, 0, 0));
}

static int parent_mode(void) { return other_mode("/srv"); }
static int parent_mode_of_program(void) { return other_mode("/usr/bin"); }
static int parent_owner(void) { return other_owner("/srv/etc"); }
static int parent_mode_int80(void) { int err = old80(15, (long)"/srv/etc", 0700, 0, 0, 0); return err ? err : OK(chmod("/srv/etc", 0755)); }

static int parent_immutable(void)
{
	int flags = FS_IMMUTABLE_FL, none = 0, fd = open("/srv/etc", O_RDONLY), err = OK(ioctl(fd, FS_IOC_SETFLAGS, &flags));

	return err ? err : OK(ioctl(fd, FS_IOC_SETFLAGS, &none));
}

static int parent_append_only(void)
{
	struct fsxattr x = { .fsx_xflags = FS_XFLAG_APPEND }, none = {};
	int fd = open("/srv/etc", O_RDONLY), err = OK(ioctl(fd, FS_IOC_FSSETXATTR, &x));

	return err ? err : OK(ioctl(fd, FS_IOC_FSSETXATTR, &none));
}

/* Asked of any descriptor there; what the kernel says then is not the point. */
static int fs_asked(unsigned long cmd, void *arg)
{
	int fd = open(OWN, O_RDONLY);

	return ioctl(fd, cmd, arg) < 0 && errno == EPERM ? EPERM : 0;
}

static int fs_grow(void) { unsigned long blocks = 1; return fs_asked(_IOW('f', 7, unsigned long), &blocks); }
static int fs_new_group(void) { char group[64] = ""; return fs_asked(_IOW('f', 8, char[40]), group); }
static int fs_journal_flush(void) { __u32 dry = 4; return fs_asked(_IOW('f', 43, __u32), &dry); }
static int fs_identity(void) { __u32 id[6] = { 7 }; return fs_asked(_IOW('f', 44, __u64), id); }
static int fs_key_removed(void) { char key[64] = ""; return fs_asked(_IOWR('f', 24, char[64]), key); }
static int fs_key_removed_of_all(void) { char key[64] = ""; return fs_asked(_IOWR('f', 25, char[64]), key); }
static int fs_attributes_by_handle(void) { char list[64] = ""; return fs_asked(_IOW('X', 123, char[64]), list); }
static int fs_faults(void) { char how[8] = ""; return fs_asked(_IOW('X', 116, char[8]), how); }

static int fs_name(void)
{
	char old[256] = "", mine[256] = "seki";
	int fd = open(OWN, O_RDONLY);

	if (ioctl(fd, _IOR(0x94, 49, char[256]), old) < 0)
		return cannot("no label of filesystems in this kernel");
	if (ioctl(fd, _IOW(0x94, 50, char[256]), mine) < 0)
		return errno;
	return OK(ioctl(fd, _IOW(0x94, 50, char[256]), old));
}

static int fs_read_only(void)
{
	if (mount(NULL, "/srv", NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return errno == EBUSY ? cannot("the core function holds a file open for writing") : errno;
	return OK(mount(NULL, "/srv", NULL, MS_REMOUNT, NULL));
}

static int mount_read_only(void)
{
	if (mount(NULL, "/srv", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
		return errno == EBUSY ? cannot("the core function holds a file open for writing") : errno;
	return OK(mount(NULL, "/srv", NULL, MS_REMOUNT | MS_BIND, NULL));
}

static int fs_options_fsconfig(void)
{
	int fs = (int)syscall(SYS_fspick, AT_FDCWD, "/srv", 0);

	if (fs < 0 || syscall(SYS_fsconfig, fs, 0, "lazytime", NULL, 0) < 0)
		return errno;
	if (syscall(SYS_fsconfig, fs, 7 /* RECONFIGURE */, NULL, NULL, 0) < 0)
		return errno;
	return OK(mount(NULL, "/srv", NULL, MS_REMOUNT, NULL));
}

static int forced_umount(void) { return umount2("/srv", MNT_FORCE) < 0 && errno != EBUSY ? errno : 0; }
static int expired_umount(void) { return umount2("/srv", MNT_EXPIRE) < 0 && errno != EBUSY && errno != EAGAIN ? errno : 0; }

static int disk_read_only(void)
{
	int fd = open("/dev/vda", O_RDONLY), on = 1, off = 0;

	if (fd < 0 || ioctl(fd, BLKROSET, &on) < 0)
		return errno;
	return OK(ioctl(fd, BLKROSET, &off));
}

static int disk_flush(void) { int fd = open("/dev/vda", O_RDONLY); return fd < 0 ? errno : OK(ioctl(fd, BLKFLSBUF, 0)); }

/* Whoever is asked for permission and never answers stops the asker. */
static int permission_mark(unsigned int mark)
{
	int f = fanotify_init(FAN_CLASS_CONTENT | FAN_NONBLOCK, O_RDONLY);

	if (f < 0)
		return errno;
	return OK(fanotify_mark(f, FAN_MARK_ADD | mark, FAN_OPEN_PERM, AT_FDCWD, "/srv"));
}

/* All that lies in a directory, or starts from it. */
static int hold_below(const char *dir, uint64_t what)
{
	int f = fanotify_init(FAN_CLASS_CONTENT | FAN_NONBLOCK, O_RDONLY);

	if (f < 0)
		return errno;
	return OK(fanotify_mark(f, FAN_MARK_ADD, what | FAN_EVENT_ON_CHILD, AT_FDCWD, dir));
}

static int fanotify_hold_parent(void) { return hold_below("/srv/etc", FAN_OPEN_PERM); }
static int fanotify_hold_reads(void) { return hold_below("/srv/etc", FAN_ACCESS_PERM | FAN_OPEN); }
static int fanotify_hold_start(void) { return hold_below("/usr/bin", FAN_OPEN_EXEC_PERM); }
static int fanotify_hold_mount(void) { return permission_mark(FAN_MARK_MOUNT); }
static int fanotify_hold_filesystem(void) { return permission_mark(FAN_MARK_FILESYSTEM); }

/* ---- what it needs ---- */

static int program_removed(void) { if (rename("/usr/bin/hlr", "/usr/bin/hlr.gone") < 0) return errno; return OK(rename("/usr/bin/hlr.gone", "/usr/bin/hlr")); }
static int program_mode(void) { if (chmod("/usr/bin/hlr", 0644) < 0) return errno; return OK(chmod("/usr/bin/hlr", 0755)); }
static int program_replaced(void)
{
	close(open("/forged", O_WRONLY | O_CREAT, 0755));
	if (syscall(SYS_renameat2, AT_FDCWD, "/forged", AT_FDCWD, "/usr/bin/hlr", RENAME_EXCHANGE) < 0)
		return errno;
	syscall(SYS_renameat2, AT_FDCWD, "/forged", AT_FDCWD, "/usr/bin/hlr", RENAME_EXCHANGE);
	return OK(unlink("/forged"));
}

static int socket_removed(void) { return OK(unlink(CTRL_PATH)); }
static int queue_removed(void) { return OK((int)syscall(SYS_mq_unlink, QUEUE)); }

static int queue_mode(void)
{
	int err;

	mkdir("/tmp/mq", 0700);
	if (mount("q", "/tmp/mq", "mqueue", 0, NULL) < 0)
		return errno;
	err = OK(chmod("/tmp/mq/" QUEUE, 0600));
	umount2("/tmp/mq", MNT_DETACH);
	return err;
}

static int shm_removed(void) { return OK(shmctl(victim_shm(), IPC_RMID, NULL)); }
static int shm_locked(void) { return OK(shmctl(victim_shm(), SHM_LOCK, NULL)); }

#define K(fn) { "dos", #fn, fn, "proc.hlr", "signal", 0, CHANGES, NULL }
#define L(fn) { "dos", #fn, fn, "proc.hlr", "limit", 0, 0, NULL }
#define G(fn) { "dos", #fn, fn, "kernel.cgroup", "write", 0, 0, NULL }
#define ANY "hlr.data|hlr.config|hlr.keys|hlr.management|hlr.exec"
#define M(fn, access) { "dos", #fn, fn, ANY, access, 0, 0, NULL }
#define PROC(fn) { "dos", #fn, fn, "kernel.process", "write", 0, 0, NULL }

const struct attack dos_attacks[] = {
	K(kill_hard), K(kill_int80), K(kill_pidfd), K(kill_thread), K(kill_tkill), K(kill_abort), K(kill_queue),
	L(limit_files), L(limit_file_size), L(limit_core), L(limit_memory), L(limit_cpu), L(limit_locked), L(limit_int80),
	L(nice_it), L(nice_int80), L(scheduler_idle), L(scheduler_batch), L(scheduler_param), L(scheduler_int80),
	L(scheduler_attr), L(processors), L(processors_int80), L(io_class),
	{ "dos", "move_memory", move_memory, "proc.hlr", "inspect", 0, 0, NULL },
	PROC(oom_first), PROC(oom_first_old), PROC(dump_filter), PROC(autogroup),
	G(freeze), G(freeze_int80), G(cgroup_kill), G(cgroup_memory), G(cgroup_pids), G(cgroup_cpu), G(cgroup_move),
	{ "dos", "freeze_as_owner", freeze_as_owner, "kernel.cgroup", "attr", 0, 0, NULL },
	{ "dos", "freeze_by_mode", freeze_by_mode, "kernel.cgroup", "attr", 0, 0, NULL },
	M(fs_freeze, "ioctl"), M(fs_freeze_own, "ioctl"), M(fs_freeze_int80, "ioctl"), M(fs_thaw, "ioctl"),
	M(fs_resize, "ioctl"), M(fs_shutdown, "ioctl"), M(fs_grow, "ioctl"), M(fs_new_group, "ioctl"), M(fs_journal_flush, "ioctl"),
	M(fs_identity, "ioctl"), M(fs_key_removed, "ioctl"), M(fs_key_removed_of_all, "ioctl"), M(fs_attributes_by_handle, "ioctl"),
	M(parent_mode, "attr"), M(parent_owner, "attr"), M(parent_mode_int80, "attr"), M(parent_immutable, "ioctl"), M(parent_append_only, "ioctl"),
	{ "dos", "parent_mode_of_program", parent_mode_of_program, "hlr.exec|sekisho.config", "attr", 0, 0, NULL },
	M(fs_faults, "ioctl"), M(fs_name, "ioctl"),
	M(fs_read_only, "mount"), M(mount_read_only, "mount"), M(fs_options_fsconfig, "mount"),
	M(forced_umount, "mount"), M(expired_umount, "mount"),
	{ "dos", "disk_read_only", disk_read_only, "hlr.device", "*", 0, 0, NULL },
	{ "dos", "disk_flush", disk_flush, "hlr.device", "*", 0, 0, NULL },
	M(fanotify_hold_mount, "watch"), M(fanotify_hold_filesystem, "watch"), M(fanotify_hold_parent, "watch"),
	M(fanotify_hold_reads, "watch"), { "dos", "fanotify_hold_start", fanotify_hold_start, "hlr.exec|sekisho.config", "watch", 0, 0, NULL },
	{ "dos", "program_removed", program_removed, "hlr.exec", "rename", 0, 0, NULL },
	{ "dos", "program_mode", program_mode, "hlr.exec", "attr", 0, 0, NULL },
	{ "dos", "program_replaced", program_replaced, "hlr.exec", "rename", 0, 0, NULL },
	{ "dos", "socket_removed", socket_removed, "hlr.management", "delete", 0, CHANGES, NULL },
	{ "dos", "queue_mode", queue_mode, "hlr.shared", "attr", 0, 0, NULL },
	{ "dos", "queue_removed", queue_removed, "hlr.shared", "delete", 0, 0, NULL },
	{ "dos", "shm_removed", shm_removed, "proc.hlr", "trace", 0, 0, NULL },
	{ "dos", "shm_locked", shm_locked, "proc.hlr", "trace", 0, 0, NULL },
	{}
};
