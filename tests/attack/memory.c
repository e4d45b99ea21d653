// SPDX-License-Identifier: GPL-2.0-or-later
/* memory.c - ways into the memory of the core function. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Some kernels open these and then give nothing: that is a refusal too. */
static int reads_some(const char *path)
{
	char buf[64];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? cannot("no such file in this kernel") : errno;
	n = read(fd, buf, sizeof(buf));
	close(fd);
	return n < 0 ? errno : n ? 0 : EACCES;
}

static int of_core(const char *name) { return reads_some(proc_path(victim(), name)); }
static int link_of_core(const char *name) { char b[256]; return OK((int)readlink(proc_path(victim(), name), b, sizeof(b))); }

static int secret_through(const char *path)
{
	char buf[sizeof(SECRET)] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return errno;
	if (pread(fd, buf, sizeof(SECRET) - 1, (off_t)victim_secret()) < 0)
		return errno;
	return strcmp(buf, SECRET) ? ENODATA : 0;
}

static int mem_of_thread(void)
{
	char name[64];

	snprintf(name, sizeof(name), "task/%d/mem", victim());
	return secret_through(proc_path(victim(), name));
}

static int mem_own_proc(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%d/mem", own_proc(), victim());
	return secret_through(path);
}

static int mem_write(void)
{
	int fd = open(proc_path(victim(), "mem"), O_RDWR);

	if (fd < 0)
		return errno;
	return pwrite(fd, "K", 1, (off_t)victim_secret()) == 1 ? 0 : ENODATA;
}

static int mem_write_code(void)
{
	int fd = open(proc_path(victim(), "mem"), O_RDWR);
	char byte;

	if (fd < 0)
		return errno;
	if (pread(fd, &byte, 1, (off_t)(unsigned long)guest_serve) != 1)
		return ENODATA;
	return pwrite(fd, &byte, 1, (off_t)(unsigned long)guest_serve) == 1 ? 0 : ENODATA;
}

static int peek(void)
{
	long word;

	if (ptrace(PTRACE_ATTACH, victim(), 0, 0) < 0)
		return errno;
	waitpid(victim(), NULL, __WALL);
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, victim(), (void *)victim_secret(), 0);
	ptrace(PTRACE_DETACH, victim(), 0, 0);
	return memcmp(&word, SECRET, sizeof(word)) ? ENODATA : 0;
}

static int attach_int80(void)
{
	int err = old80(26, PTRACE_ATTACH, victim(), 0, 0, 0);

	if (err)
		return err;
	waitpid(victim(), NULL, __WALL);
	return OK(ptrace(PTRACE_DETACH, victim(), 0, 0));
}

static int read_int80(void)
{
	static char buf[sizeof(SECRET)];
	static unsigned int l[2], r[2];
	int ret;

	l[0] = (unsigned int)(unsigned long)buf;
	r[0] = (unsigned int)victim_secret();
	l[1] = r[1] = sizeof(SECRET) - 1;
	ret = int80(347, victim(), (long)l, 1, (long)r, 1);
	return ret < 0 ? -ret : strcmp(buf, SECRET) ? ENODATA : 0;
}

static int smaps(void) { return of_core("smaps"); }
static int smaps_rollup(void) { return of_core("smaps_rollup"); }
static int numa_maps(void) { return of_core("numa_maps"); }
static int auxv(void) { return of_core("auxv"); }
static int stack(void) { return of_core("stack"); }
static int system_call(void) { return of_core("syscall"); }
static int io_counters(void) { return of_core("io"); }
static int personality_of(void) { return of_core("personality"); }
static int exe_link(void) { return link_of_core("exe"); }
static int cwd_link(void) { return link_of_core("cwd"); }
static int root_link(void) { return link_of_core("root"); }
static int ns_link(void) { return link_of_core("ns/mnt"); }
static int ns_open(void) { return open_only(proc_path(victim(), "ns/net"), O_RDONLY); }
static int map_files(void)
{
	struct dirent **list;
	int n;

	errno = 0;
	n = scandir(proc_path(victim(), "map_files"), &list, NULL, NULL);
	return n > 2 ? 0 : errno ? errno : ENODATA;
}
static int descriptors(void) { return open_only(proc_path(victim(), "fdinfo/0"), O_RDONLY); }
static int exe_reopen(void) { return open_only(proc_path(victim(), "exe"), O_RDONLY); }
static int clear_refs(void) { return send_text(proc_path(victim(), "clear_refs"), "1"); }
static int cwd_enter(void) { return OK(chdir(proc_path(victim(), "cwd"))); }

static int fd_reopen(void)
{
	char name[16];
	int i, err = ENODATA;

	for (i = 3; i < 16 && err; i++) {
		snprintf(name, sizeof(name), "fd/%d", i);
		err = read_path(proc_path(victim(), name));
		if (err == EACCES || err == EPERM)
			return err;
	}
	return err;
}

static int kcmp_files(void)
{
	return OK((int)syscall(SYS_kcmp, victim(), getpid(), KCMP_VM, 0, 0));
}

static int robust_list(void)
{
	void *head;
	size_t len;

	return OK((int)syscall(SYS_get_robust_list, victim(), &head, &len));
}

static int advise(void)
{
	struct iovec v = { (void *)(victim_secret() & ~4095ul), 4096 };
	int fd = (int)syscall(SYS_pidfd_open, victim(), 0);

	return OK((int)syscall(SYS_process_madvise, fd, &v, 1, MADV_COLD, 0));
}

static int move_pages_of(void)
{
	void *page = (void *)(victim_secret() & ~4095ul);
	int status = -1;

	if (syscall(SYS_move_pages, victim(), 1ul, &page, NULL, &status, 0) < 0)
		return errno == ENOSYS ? cannot("no NUMA in this kernel") : errno;
	return 0;
}

static int shm_attach(void)
{
	char *p = shmat(victim_shm(), NULL, SHM_RDONLY);

	return p == (void *)-1 ? errno : strcmp(p, SECRET) ? ENODATA : 0;
}

static int shm_attach_write(void) { return shmat(victim_shm(), NULL, 0) == (void *)-1 ? errno : 0; }

static int shm_attach_int80(void)
{
	static unsigned int at;
	int ret = int80(397, victim_shm(), 0, SHM_RDONLY, 0, 0);

	(void)at;
	return ret < 0 && ret > -4096 ? -ret : 0;
}

static int shm_look(void) { struct shmid_ds d; return OK(shmctl(victim_shm(), IPC_STAT, &d)); }
static int shm_change(void)
{
	struct shmid_ds d = { .shm_perm.mode = 0666 };

	return OK(shmctl(victim_shm(), IPC_SET, &d));
}

static int perf(__u32 type, __u64 config, pid_t pid, int cpu)
{
	struct perf_event_attr a = { .type = type, .size = sizeof(a), .config = config,
		.sample_period = 1000, .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_STACK_USER | PERF_SAMPLE_REGS_USER,
		.sample_stack_user = 4096, .sample_regs_user = 1 };

	return OK((int)syscall(SYS_perf_event_open, &a, pid, cpu, -1, 0));
}

static int perf_stack(void) { return perf(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, victim(), -1); }
static int perf_host(void) { return perf(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, -1, 0); }

static int perf_int80(void)
{
	static struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = PERF_COUNT_SW_CPU_CLOCK };

	return old80(336, (long)&a, victim(), -1, -1, 0);
}

static int perf_breakpoint(void)
{
	struct perf_event_attr a = { .type = PERF_TYPE_BREAKPOINT, .size = sizeof(a), .bp_type = 2 /* W */,
		.bp_addr = victim_secret() & ~7ul, .bp_len = 8, .sample_period = 1 };

	return OK((int)syscall(SYS_perf_event_open, &a, victim(), -1, -1, 0));
}

/* ---- tracing as files ---- */

static int in_tracefs(int (*run)(const char *), const char *type)
{
	int err;

	mkdir("/tmp/tracing", 0700);
	if (mount("t", "/tmp/tracing", type, 0, NULL) < 0)
		return errno;
	err = run("/tmp/tracing");
	umount2("/tmp/tracing", MNT_DETACH);
	return err;
}

static int mounted(const char *at) { return access(at, F_OK); }
static int tracefs_mount(void) { return in_tracefs(mounted, "tracefs"); }
static int debugfs_mount(void) { return in_tracefs(mounted, "debugfs"); }

static int tracefs_fsopen(void)
{
	int fs = (int)syscall(SYS_fsopen, "tracefs", 0), m;

	if (fs < 0)
		return errno;
	if (syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0) < 0)
		return errno;
	m = (int)syscall(SYS_fsmount, fs, 0, 0);
	return m < 0 ? errno : faccessat(m, "kprobe_events", F_OK, 0) ? ENODATA : 0;
}

#define TRACING "/sys/kernel/tracing/"

static int appends(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND);
	int err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

static int uprobe_file(void)
{
	int err = appends(TRACING "uprobe_events", "p:seki/u /usr/bin/hlr:0x1000\n");

	if (!err && access(TRACING "events/seki/u", F_OK))
		err = ENODATA;
	appends(TRACING "uprobe_events", "-:seki/u\n");
	return err;
}

static int kprobe_file(void)
{
	int err = appends(TRACING "kprobe_events", "p:seki/k vfs_read\n");

	if (!err && access(TRACING "events/seki/k", F_OK))
		err = ENODATA;
	appends(TRACING "kprobe_events", "-:seki/k\n");
	return err;
}

static int trace_events(void) { return poke(TRACING "events/raw_syscalls/enable", "1"); }
static int trace_read(void) { return open_only(TRACING "trace", O_RDONLY); }
static int trace_pipe(void) { return open_only(TRACING "trace_pipe", O_RDONLY | O_NONBLOCK); }
static int trace_instance(void)
{
	if (mkdir(TRACING "instances/seki", 0700) < 0)
		return errno;
	return OK(rmdir(TRACING "instances/seki"));
}
static int trace_marker(void) { return send_text(TRACING "trace_marker", "x"); }
static int debug_read(void) { return open_only("/sys/kernel/debug/extfrag/extfrag_index", O_RDONLY); }

#define P(fn, access, err) { "memory", #fn, fn, "proc.hlr", access, err, 0, NULL }
#define T(fn, access) { "memory", #fn, fn, "kernel.trace", access, 0, 0, NULL }

const struct attack memory_attacks[] = {
	P(mem_of_thread, "trace", EACCES),
	P(mem_own_proc, "trace", EACCES),
	P(mem_write, "trace", EACCES),
	P(mem_write_code, "trace", EACCES),
	P(peek, "trace", 0),
	P(attach_int80, "trace", 0),
	P(read_int80, "trace", 0),
	P(smaps, "inspect", EACCES),
	P(smaps_rollup, "inspect", EACCES),
	P(numa_maps, "inspect", EACCES),
	P(auxv, "inspect", EACCES),
	P(stack, "*", 0),
	P(system_call, "*", 0),
	P(io_counters, "inspect", EACCES),
	P(personality_of, "*", 0),
	P(exe_link, "inspect", EACCES),
	P(cwd_link, "inspect", EACCES),
	P(root_link, "inspect", EACCES),
	P(ns_link, "inspect", EACCES),
	P(ns_open, "inspect", EACCES),
	P(map_files, "inspect", EACCES),
	P(descriptors, "inspect", EACCES),
	P(exe_reopen, "inspect", EACCES),
	P(cwd_enter, "inspect", EACCES),
	P(fd_reopen, "inspect", EACCES),
	P(kcmp_files, "inspect", 0),
	P(robust_list, "inspect", 0),
	P(advise, "inspect", EACCES),
	P(move_pages_of, "inspect", 0),
	{ "memory", "clear_refs", clear_refs, "kernel.process", "write", 0, 0, NULL },
	P(shm_attach, "trace", EACCES),
	P(shm_attach_write, "trace", EACCES),
	P(shm_attach_int80, "trace", EACCES),
	P(shm_look, "trace", EACCES),
	P(shm_change, "trace", 0),
	T(perf_stack, "use"), T(perf_host, "use"), T(perf_int80, "use"), T(perf_breakpoint, "use"),
	T(tracefs_mount, "mount"), T(debugfs_mount, "mount"), T(tracefs_fsopen, "mount"),
	T(uprobe_file, "write"), T(kprobe_file, "write"), T(trace_events, "read"),
	T(trace_read, "read"), T(trace_pipe, "read"), T(trace_instance, "*"), T(trace_marker, "write"),
	T(debug_read, "read"),
	{}
};
