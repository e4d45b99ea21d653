// SPDX-License-Identifier: GPL-2.0-or-later
/* try_power.c - powers over the kernel; mirrors bpf/power.bpf.c and bpf/pseudo.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)
/* The kernel gets past the permission check and then finds nothing to do. */
#define PAST(call, or) ((call) < 0 && errno != (or) ? errno : 0)

/* Writes back what is there. */
static int rewrite(const char *path)
{
	char buf[256];
	int fd = open(path, O_RDWR);
	ssize_t n;

	if (fd < 0)
		return errno;
	n = read(fd, buf, sizeof(buf));
	return n < 0 || pwrite(fd, buf, (size_t)n, 0) < 0 ? errno : 0;
}

static int opens(const char *path, int flags)
{
	int fd = open(path, flags);

	return fd < 0 ? errno : close(fd);
}

static int delete_module(void) { return PAST(syscall(SYS_delete_module, "none", 0), ENOENT); }
static int init_module(void) { return PAST(syscall(SYS_init_module, "x", 1, ""), ENOEXEC); }
static int finit_module(void) { return PAST(syscall(SYS_finit_module, open("/usr/bin/try", O_RDONLY), "", 0), ENOEXEC); }
static int kexec_load(void) { return OK(syscall(SYS_kexec_load, 0, 0, NULL, 0)); }
static int core_pattern(void) { return rewrite("/proc/sys/kernel/core_pattern"); }
static int modprobe_path(void) { return rewrite("/proc/sys/kernel/modprobe"); }
static int sysctl(void) { return rewrite("/proc/sys/vm/swappiness"); }
static int host_name(void) { return OK(sethostname("(none)", 6)); }
static int sysfs_knob(void) { return rewrite("/sys/module/printk/parameters/time"); }
static int sysrq(void) { return opens("/proc/sysrq-trigger", O_WRONLY); }
static int enter_namespace_own(void) { return OK(unshare(CLONE_NEWNS)); }
static int user_namespace(void) { return OK(unshare(CLONE_NEWUSER)); }
static int set_time(void) { struct timex t = { .modes = ADJ_STATUS }; adjtimex(&t); t.modes = ADJ_STATUS; return OK(adjtimex(&t)); }
static int clear_log(void) { return OK(klogctl(5, NULL, 0)); }
static int swap_off(void) { return PAST(syscall(SYS_swapoff, "/none"), ENOENT); }
static int cgroup_write(void) { return rewrite("/sys/fs/cgroup/hlr.service/cgroup.freeze"); }
static int cgroup_enter(void) { return opens("/sys/fs/cgroup/hlr.service/cgroup.procs", O_WRONLY); }
static int cgroup_mkdir(void) { int err = OK(mkdir("/sys/fs/cgroup/x", 0755)); rmdir("/sys/fs/cgroup/x"); return err; }
static int sysctl_compat(void) { long r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(310), "b"(CLONE_NEWUTS) : "memory"); return r < 0 ? (int)-r : 0; }

static int perf(void)
{
	struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = PERF_COUNT_SW_CPU_CLOCK };

	return OK(syscall(SYS_perf_event_open, &a, 0, -1, -1, 0));
}

static int mount_tracefs(void)
{
	mkdir("/tmp/tracefs", 0700);
	if (mount("t", "/tmp/tracefs", "tracefs", 0, NULL) < 0)
		return errno;
	return OK(umount("/tmp/tracefs"));
}

static int set_loginuid(void)
{
	int fd = open("/proc/self/loginuid", O_WRONLY);

	if (fd < 0 || (write(fd, "1000", 4) != 4 && errno != EPERM))
		return ENODATA;
	return pwrite(fd, "1001", 4, 0) == 4 ? 0 : errno;
}

static int other_score(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", victim());
	return opens(path, O_WRONLY);
}

static int link_up(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	return OK(ioctl(s, SIOCSIFFLAGS, &r));
}

static int node(int minor)
{
	unlink("/tmp/node");
	if (mknod("/tmp/node", S_IFCHR | 0600, makedev(10, (unsigned)minor)) < 0)
		return errno;
	return opens("/tmp/node", O_RDWR);
}

static int nvram(void) { int err = node(144); return err == ENODEV || err == ENXIO ? 0 : err; }

static int clone_into_cgroup(void)
{
	struct { unsigned long long f[11]; } a = { { 0x200000000ull } };
	pid_t pid;

	a.f[4] = SIGCHLD;
	a.f[10] = (unsigned)open("/sys/fs/cgroup/hlr.service", O_PATH);
	pid = (pid_t)syscall(SYS_clone3, &a, sizeof(a));
	if (!pid)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return OK(pid);
}

/* A family nobody has; lock_test is its modprobe. */
static int autoload(void)
{
	unlink("/tmp/autoloaded");
	socket(AF_X25, SOCK_SEQPACKET, 0);
	return access("/tmp/autoloaded", F_OK) == 0 ? 0 : EPERM;
}

/* To answer for addresses of others. */
static int transparent(void)
{
	int one = 1;

	return OK(setsockopt(socket(AF_INET, SOCK_STREAM, 0), IPPROTO_IP, IP_TRANSPARENT, &one, sizeof(one)));
}

/* lock_test starts it: no login made it, and it is nobody's child but PID 1's. */
static pid_t stranger(void)
{
	FILE *f = fopen("/tmp/stranger.pid", "r");
	int pid = 0;

	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

static int attach_stranger(void)
{
	if (ptrace(PTRACE_SEIZE, stranger(), 0, 0) < 0)
		return errno;
	return OK(ptrace(PTRACE_INTERRUPT, stranger(), 0, 0));
}

static int type_for_others(void)
{
	char c = '\n';
	int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY);

	return OK(ioctl(fd, TIOCSTI, &c));
}

#define X(fn, bit, label, hook, fl) { #fn, fn, SEKI_##bit, label, SEKI_HOOK_##hook, fl, 0 }

const struct attempt power_attempts[] = {
	X(delete_module, USE, "kernel.module", capable, 0),
	X(init_module, USE, "kernel.module", capable, 0),
	X(finit_module, USE, "kernel.module", capable, 0),
	X(kexec_load, USE, "kernel.kexec", capable, 0),
	X(core_pattern, WRITE, "kernel.helper", file_open, 0),
	X(modprobe_path, WRITE, "kernel.helper", file_open, 0),
	X(sysctl, WRITE, "kernel.sysctl", file_open, 0),
	X(host_name, USE, "kernel.sysctl", capable, 0),
	X(sysfs_knob, WRITE, "kernel.device", file_open, 0),
	X(sysrq, WRITE, "kernel.power", file_open, 0),
	X(enter_namespace_own, USE, "kernel.namespace", capable, 0),
	X(user_namespace, USE, "kernel.namespace", userns_create, 0),
	X(sysctl_compat, USE, "kernel.namespace", capable, 0),
	X(set_time, USE, "kernel.time", capable, 0),
	X(clear_log, USE, "kernel.log", syslog, 0),
	X(swap_off, USE, "kernel.power", capable, 0),
	X(cgroup_write, WRITE, "kernel.cgroup", file_open, 0),
	X(cgroup_enter, WRITE, "kernel.cgroup", file_open, 0),
	X(cgroup_mkdir, CREATE, "kernel.cgroup", inode_mkdir, 0),
	X(clone_into_cgroup, USE, "kernel.cgroup", task_alloc, 0),
	X(perf, USE, "kernel.trace", perf_event_open, 0),
	X(mount_tracefs, MOUNT, "kernel.trace", sb_kern_mount, 0),
	X(set_loginuid, USE, "kernel.audit", capable, 0),
	X(other_score, WRITE, "kernel.process", file_open, 0),
	X(autoload, USE, "kernel.module", kernel_module_request, 0),
	X(transparent, USE, "net.admin", socket_setsockopt, 0),
	X(link_up, USE, "net.admin", capable, 0),
	X(nvram, READ, "kernel.hardware", file_open, 0),
	X(attach_stranger, TRACE, "proc.host", ptrace_access_check, 0),
	X(type_for_others, IOCTL, "kernel.console", file_ioctl, 0),
	{}
};
