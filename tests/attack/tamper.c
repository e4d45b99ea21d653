// SPDX-License-Identifier: GPL-2.0-or-later
/* tamper.c - ways to the mechanism itself: programs, pins, policy, log, collector. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PINS "/sys/fs/bpf/sekisho"
#define PIN PINS "/roots"
#define BUNDLE "/etc/sekisho/policy.bundle"
#define RUNNING "/run/sekisho"
#define DAEMON "/usr/sbin/sekishod"
#define LOADER "/usr/sbin/sekisho-load"

/* ---- pins, maps, programs, links ---- */

static int pin_unlink_int80(void) { return old80(10, (long)PIN, 0, 0, 0, 0); }
static int pin_rename(void) { return OK(rename(PIN, PINS "/gone")); }
static int pin_owner(void) { return OK(chown(PIN, 1000, 1000)); }
static int pins_mode(void) { return OK(chmod(PINS, 0777)); }
static int pin_planted(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "x", 4, 4, 1, NULL), err;

	if (fd < 0)
		return errno;
	err = OK(bpf_obj_pin(fd, PINS "/planted"));
	unlink(PINS "/planted");
	return err;
}

static int pin_directory(void) { if (mkdir(PINS "/dir", 0700) < 0) return errno; return OK(rmdir(PINS "/dir")); }
static int pin_symlink(void) { if (symlink("/tmp", PINS "/sym") < 0) return errno; return OK(unlink(PINS "/sym")); }
static int pins_covered(void) { if (mount("t", PINS, "tmpfs", 0, NULL) < 0) return errno; return OK(umount2(PINS, MNT_DETACH)); }
static int pins_parent_covered(void) { if (mount("t", "/sys/fs/bpf", "tmpfs", 0, NULL) < 0) return errno; return OK(umount2("/sys/fs/bpf", MNT_DETACH)); }

static int pins_unmounted(void)
{
	if (umount2("/sys/fs/bpf", MNT_DETACH) < 0)
		return errno;
	return OK(mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL));
}

static int pins_elsewhere(void)
{
	int err;

	mkdir("/tmp/pins", 0700);
	if (mount("/sys/fs/bpf", "/tmp/pins", NULL, MS_BIND, NULL) < 0)
		return errno;
	err = OK(unlink("/tmp/pins/sekisho/roots"));
	umount2("/tmp/pins", MNT_DETACH);
	return err;
}

static int map_by_id(void)
{
	__u32 id = 0;

	if (bpf_map_get_next_id(0, &id) < 0)
		return errno;
	return OK(bpf_map_get_fd_by_id(id));
}

static int map_made(void) { return OK(bpf_map_create(BPF_MAP_TYPE_HASH, "y", 4, 4, 1, NULL)); }

static int program_made(void)
{
	static const struct bpf_insn code[] = { { .code = 0xb7, .dst_reg = 0, .imm = 0 }, { .code = 0x95 } };
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "x", "GPL", code, 2, NULL);

	return OK(fd);
}

static int bpf_int80(void)
{
	static union bpf_attr a;

	a.map_type = BPF_MAP_TYPE_ARRAY;
	a.key_size = a.value_size = 4;
	a.max_entries = 1;
	return old80(357, BPF_MAP_CREATE, (long)&a, sizeof(a), 0, 0);
}

static int bpf_mount(void)
{
	mkdir("/tmp/bpffs", 0700);
	if (mount("b", "/tmp/bpffs", "bpf", 0, NULL) < 0)
		return errno;
	return OK(umount2("/tmp/bpffs", MNT_DETACH));
}

/* ---- ftrace, the trampoline below ---- */

#define SWITCH "/proc/sys/kernel/ftrace_enabled"

static int ftrace_int80(void) { int fd = int80(5, (long)SWITCH, O_WRONLY, 0, 0, 0); return fd < 0 ? -fd : 0; }
static int ftrace_uring(void)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)SWITCH, .open_flags = O_WRONLY };
	int fd = uring_do(&s, 0);

	return fd < 0 ? -fd : 0;
}
static int ftrace_readwrite(void) { return open_only(SWITCH, O_RDWR | O_TRUNC); }
static int ftrace_relative(void) { return chdir("/proc/sys") ? ENODATA : open_only("kernel/ftrace_enabled", O_WRONLY); }

/* ---- the collector ---- */

static pid_t it(void) { return collector(); }
static int pidfd(void) { return (int)syscall(SYS_pidfd_open, it(), 0); }

static int kill_it(void) { return OK(kill(it(), SIGKILL)); }
static int end_it(void) { return OK(kill(it(), SIGTERM)); }
static int stop_it(void) { int err = OK(kill(it(), SIGSTOP)); kill(it(), SIGCONT); return err; }
static int kill_it_int80(void) { return old80(37, it(), SIGKILL, 0, 0, 0); }
static int kill_it_pidfd(void) { return OK((int)syscall(SYS_pidfd_send_signal, pidfd(), SIGKILL, NULL, 0)); }
static int kill_its_thread(void) { return OK((int)syscall(SYS_tgkill, it(), it(), SIGKILL)); }
static int kill_by_tkill(void) { return OK((int)syscall(SYS_tkill, it(), SIGKILL)); }

static int queue_signal(void)
{
	siginfo_t i = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };

	return OK((int)syscall(SYS_rt_sigqueueinfo, it(), SIGUSR1, &i));
}

static int seize_it(void) { return OK(ptrace(PTRACE_SEIZE, it(), 0, 0x100000 /* EXITKILL */)); }
static int its_memory(void) { return open_only(proc_path(it(), "mem"), O_RDWR); }
static int its_maps(void)
{
	char b;
	int fd = open(proc_path(it(), "maps"), O_RDONLY);

	if (fd < 0)
		return errno;
	return read(fd, &b, 1) == 1 ? 0 : EACCES;
}
static int its_descriptor(void) { return OK((int)syscall(SYS_pidfd_getfd, pidfd(), 0, 0)); }
static int its_descriptors(void) { char b[64]; return OK((int)readlink(proc_path(it(), "fd/0"), b, sizeof(b))); }

static char mark[8] = "mark";
static int its_memory_read(void)
{
	char buf[8] = "";
	struct iovec l = { buf, 8 }, r = { mark, 8 };

	return OK((int)process_vm_readv(it(), &l, 1, &r, 1, 0));
}

static int its_oom(void) { return poke(proc_path(it(), "oom_score_adj"), "1000"); }
static int its_limit(void) { struct rlimit r = { 0, 0 }; return OK(prlimit(it(), RLIMIT_FSIZE, &r, NULL)); }
static int its_limit_int80(void)
{
	static unsigned long long r[2] = { 1, 1 };

	return old80(340, it(), RLIMIT_CORE, (long)r, 0, 0);
}
static int its_nice(void) { return OK(setpriority(PRIO_PROCESS, (id_t)it(), 19)); }
static int its_scheduler(void) { struct sched_param p = {}; return OK(sched_setscheduler(it(), SCHED_IDLE, &p)); }
static int its_processors(void) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(0, &s); return OK(sched_setaffinity(it(), sizeof(s), &s)); }
static int its_io(void) { return OK((int)syscall(SYS_ioprio_set, 1, it(), 3 << 13)); }
static int its_freezer(void) { return poke("/sys/fs/cgroup/sekishod.service/cgroup.freeze", "1"); }
static int its_cgroup_kill(void) { return send_text("/sys/fs/cgroup/sekishod.service/cgroup.kill", "1"); }
static int into_its_cgroup(void) { return send_text("/sys/fs/cgroup/sekishod.service/cgroup.procs", "0"); }

static int out_of_its_cgroup(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", it());
	if (send_text("/sys/fs/cgroup/cgroup.procs", pid))
		return errno;
	return send_text("/sys/fs/cgroup/sekishod.service/cgroup.procs", pid);
}

/* ---- its files ---- */

static int forged(void) { close(open("/tmp/forged", O_WRONLY | O_CREAT, 0755)); return 0; }

static int aside(const char *path)
{
	char to[96];

	snprintf(to, sizeof(to), "%s.aside", path);
	if (rename(path, to) < 0)
		return errno;
	return OK(rename(to, path));
}

static int replaced(const char *path, const char *with)
{
	close(open(with, O_WRONLY | O_CREAT, 0755));
	if (syscall(SYS_renameat2, AT_FDCWD, with, AT_FDCWD, path, RENAME_EXCHANGE) < 0) {
		int err = errno;

		unlink(with);
		return err;
	}
	syscall(SYS_renameat2, AT_FDCWD, with, AT_FDCWD, path, RENAME_EXCHANGE);
	return OK(unlink(with));
}

static int covered(const char *path)
{
	forged();
	if (mount("/tmp/forged", path, NULL, MS_BIND, NULL) < 0)
		return errno;
	return OK(umount2(path, MNT_DETACH));
}

static int covered_dir(const char *path)
{
	if (mount("t", path, "tmpfs", 0, NULL) < 0)
		return errno;
	return OK(umount2(path, MNT_DETACH));
}

static int mode_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || chmod(path, 0777) < 0)
		return errno;
	return OK(chmod(path, st.st_mode & 07777));
}

static int bundle_append(void) { return open_only(BUNDLE, O_WRONLY | O_APPEND); }
static int bundle_aside(void) { return aside(BUNDLE); }
static int bundle_replaced(void) { return replaced(BUNDLE, "/forged"); }
static int bundle_covered(void) { return covered(BUNDLE); }
static int bundle_directory_covered(void) { return covered_dir("/etc/sekisho"); }
static int bundle_mode(void) { return mode_of(BUNDLE); }
static int bundle_directory_aside(void) { return aside("/etc/sekisho"); }
static int bundle_cut_int80(void)
{
	struct stat st;

	if (stat(BUNDLE, &st) < 0)
		return ENODATA;
	return old80(92, (long)BUNDLE, st.st_size, 0, 0, 0);
}
static int bundle_planted(void) { int err = open_only("/etc/sekisho/extra.yaml", O_WRONLY | O_CREAT); unlink("/etc/sekisho/extra.yaml"); return err; }

static int loader_write(void) { return open_only(LOADER, O_WRONLY); }
static int loader_aside(void) { return aside(LOADER); }
static int loader_replaced(void) { return replaced(LOADER, "/forged"); }
static int loader_covered(void) { return covered(LOADER); }
static int loader_mode(void) { return mode_of(LOADER); }
static int daemon_aside(void) { return aside(DAEMON); }
static int daemon_replaced(void) { return replaced(DAEMON, "/forged"); }
static int daemon_covered(void) { return covered(DAEMON); }
static int daemon_mode(void) { return mode_of(DAEMON); }
static int programs_covered(void) { return covered_dir("/usr/sbin"); }
static int programs_aside(void) { return aside("/usr/sbin"); }
static int running_covered(void) { return covered_dir(RUNNING); }
static int running_aside(void) { return aside(RUNNING); }
static int canary_mode(void) { return mode_of(RUNNING "/canary"); }
static int canary_aside(void) { return aside(RUNNING "/canary"); }

#define LOGS "/var/log/sekisho"
#define LOG LOGS "/events.jsonl"

static int log_append(void) { return open_only(LOG, O_WRONLY | O_APPEND); }
static int log_edit(void) { return open_only(LOG, O_RDWR); }
static int log_cut(void) { return OK(truncate(LOG, 3)); }
static int log_aside(void) { return aside(LOG); }
static int log_unlink(void) { if (unlink(LOG) < 0) return errno; close(open(LOG, O_WRONLY | O_CREAT, 0644)); return 0; }
static int log_mode(void) { return mode_of(LOG); }
static int log_planted(void) { int err = open_only(LOGS "/forged.jsonl", O_WRONLY | O_CREAT); unlink(LOGS "/forged.jsonl"); return err; }
static int locked(const char *path, int how) { return OK(flock(open(path, O_RDONLY), how)); }
static int log_locked(void) { return locked(LOGS, LOCK_EX); }
static int log_locked_shared(void) { return locked(LOGS, LOCK_SH); }
static int bundle_locked(void) { return locked(BUNDLE, LOCK_EX); }
static int bundle_leased(void) { return OK(fcntl(open(BUNDLE, O_RDONLY), F_SETLEASE, F_WRLCK)); }
static int log_directory_covered(void) { return covered_dir(LOGS); }
static int log_directory_aside(void) { return aside(LOGS); }
static int log_parent_aside(void) { return aside("/var/log"); }
static int log_linked(void) { int err = OK(link(LOG, "/var/log/second")); unlink("/var/log/second"); return err; }

#define Y(fn, label, access, err) { "self-protection", #fn, fn, label, access, err, 0, NULL }
/* Refusals of the canary leave no record, or each second would have one. */
#define Q(fn) { "self-protection", #fn, fn, "sekisho.canary", "*", 0, QUIET, NULL }
#define B(fn, access) Y(fn, "sekisho.bpf", access, 0)
#define U(fn) Y(fn, "kernel.bpf|sekisho.bpf", "use", 0)
#define F(fn) Y(fn, "kernel.ftrace", "write", 0)
#define P(fn, access, err) Y(fn, "proc.sekisho", access, err)
#define C(fn, access) Y(fn, "sekisho.config", access, 0)
#define L(fn, access) Y(fn, "sekisho.log", access, 0)

const struct attack tamper_attacks[] = {
	B(pin_unlink_int80, "delete"), B(pin_rename, "rename"), B(pin_owner, "attr"), B(pins_mode, "attr"),
	U(pin_planted), B(pin_directory, "create"), B(pin_symlink, "create"),
	B(pins_elsewhere, "delete"),
	U(map_by_id), U(map_made), U(program_made), U(bpf_int80),
	F(ftrace_int80), F(ftrace_uring), F(ftrace_readwrite), F(ftrace_relative),
	P(kill_it, "signal", 0), P(end_it, "signal", 0), P(stop_it, "signal", 0), P(kill_it_int80, "signal", 0),
	P(kill_it_pidfd, "signal", 0), P(kill_its_thread, "signal", 0), P(kill_by_tkill, "signal", 0),
	P(queue_signal, "signal", 0),
	P(seize_it, "trace", 0), P(its_memory, "trace", EACCES), P(its_maps, "inspect", EACCES),
	P(its_descriptor, "trace", 0), P(its_descriptors, "inspect", EACCES), P(its_memory_read, "trace", 0),
	Y(its_oom, "kernel.process", "write", 0),
	P(its_limit, "limit", 0), P(its_limit_int80, "limit", 0), P(its_nice, "limit", 0), P(its_scheduler, "limit", 0),
	P(its_processors, "limit", 0), P(its_io, "limit", 0),
	Y(its_freezer, "sekisho.cgroup", "write", 0), Y(its_cgroup_kill, "sekisho.cgroup", "write", 0),
	Y(into_its_cgroup, "kernel.cgroup", "write", 0), Y(out_of_its_cgroup, "kernel.cgroup", "write", 0),
	C(bundle_append, "write"), C(bundle_aside, "rename"), C(bundle_replaced, "rename"), C(bundle_covered, "mount"),
	C(bundle_directory_covered, "mount"), C(bundle_mode, "attr"), C(bundle_directory_aside, "rename"),
	C(bundle_locked, "write"), C(bundle_leased, "write"), C(bundle_cut_int80, "write"), C(bundle_planted, "create"),
	C(loader_write, "write"), C(loader_aside, "rename"), C(loader_replaced, "rename"), C(loader_covered, "mount"),
	C(loader_mode, "attr"), C(daemon_aside, "rename"), C(daemon_replaced, "rename"), C(daemon_covered, "mount"),
	C(daemon_mode, "attr"), Y(programs_covered, "sekisho.config", "mount", 0), C(programs_aside, "rename"),
	Y(running_covered, "sekisho.config|sekisho.canary|sekisho.log", "mount", 0), Y(running_aside, "sekisho.config|sekisho.canary|sekisho.log", "rename", 0),
	Q(canary_mode), Q(canary_aside),
	L(log_append, "write"), L(log_edit, "write"), L(log_cut, "write"), L(log_aside, "rename"), L(log_unlink, "delete"),
	L(log_mode, "attr"), L(log_locked, "write"), L(log_locked_shared, "write"), L(log_planted, "create"), L(log_directory_covered, "mount"), L(log_directory_aside, "rename"),
	L(log_parent_aside, "rename"), L(log_linked, "link"),
	/* Last: if one of these works, nothing after it is guarded. */
	B(pins_covered, "mount"), B(pins_parent_covered, "mount"), B(pins_unmounted, "mount"),
	{ "self-protection", "bpf_mount", bpf_mount, "*", "mount", 0, 0, "an empty bpf filesystem without bpf(2) holds nothing; kernel.bpf closes what would fill it" },
	{}
};
