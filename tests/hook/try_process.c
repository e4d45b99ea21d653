// SPDX-License-Identifier: GPL-2.0-or-later
/* try_process.c - reach into the running core function; mirrors bpf/process.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)

static unsigned long from_file(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned long n = 0;

	if (f && fscanf(f, "%lu", &n) != 1)
		n = 0;
	if (f)
		fclose(f);
	return n;
}

pid_t victim(void) { return (pid_t)from_file("/tmp/victim.pid"); }
unsigned long victim_secret(void) { return from_file("/tmp/victim.secret"); }

static int is_secret(const char *buf)
{
	return memcmp(buf, SECRET, sizeof(SECRET) - 1) ? ENODATA : 0;
}

static int attach(void)
{
	int err = OK(ptrace(PTRACE_ATTACH, victim(), 0, 0));

	if (!err) {
		waitpid(victim(), NULL, __WALL);
		ptrace(PTRACE_DETACH, victim(), 0, 0);
	}
	return err;
}

static int seize(void) { return OK(ptrace(PTRACE_SEIZE, victim(), 0, 0)); }

static int vm_readv(void)
{
	char buf[sizeof(SECRET)] = "";
	struct iovec local = { buf, sizeof(SECRET) - 1 };
	struct iovec remote = { (void *)victim_secret(), sizeof(SECRET) - 1 };

	if (process_vm_readv(victim(), &local, 1, &remote, 1, 0) < 0)
		return errno;
	return is_secret(buf);
}

static int vm_writev(void)
{
	char buf[] = SECRET;
	struct iovec local = { buf, sizeof(SECRET) - 1 };
	struct iovec remote = { (void *)victim_secret(), sizeof(SECRET) - 1 };

	return OK(process_vm_writev(victim(), &local, 1, &remote, 1, 0));
}

static int proc_open(const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", victim(), name);
	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

static int proc_mem(void)
{
	char buf[sizeof(SECRET)] = "";
	int fd = proc_open("mem", O_RDONLY);

	if (fd < 0)
		return -fd;
	if (pread(fd, buf, sizeof(SECRET) - 1, (off_t)victim_secret()) < 0)
		return errno;
	return is_secret(buf);
}

/* Later kernels open these and then give nothing to read: that is a refusal too. */
static int proc_of(const char *name)
{
	int fd = proc_open(name, O_RDONLY);
	char buf[8];
	ssize_t n;

	if (fd < 0)
		return -fd;
	n = read(fd, buf, sizeof(buf));
	if (n < 0)
		return errno;
	return n ? 0 : EACCES;
}

static int proc_maps(void) { return proc_of("maps"); }
static int proc_pagemap(void) { return proc_of("pagemap"); }
static int proc_environ(void) { return proc_of("environ"); }

static int proc_fd_list(void)
{
	char buf[256], path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/0", victim());
	return OK(readlink(path, buf, sizeof(buf)));
}

static int proc_root(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root" DB, victim());
	return read_path(path);
}

static int pidfd(void) { return (int)syscall(SYS_pidfd_open, victim(), 0); }
static int take_descriptor(void) { return OK((int)syscall(SYS_pidfd_getfd, pidfd(), 3, 0)); }
static int enter_namespace(void) { return OK(setns(pidfd(), CLONE_NEWNS)); }
static int stop(void) { int err = OK(kill(victim(), SIGSTOP)); kill(victim(), SIGCONT); return err; }
static int hangup(void) { return OK(kill(victim(), SIGWINCH)); }
static int pidfd_signal(void) { return OK((int)syscall(SYS_pidfd_send_signal, pidfd(), SIGWINCH, NULL, 0)); }
static int thread_signal(void) { return OK((int)syscall(SYS_tgkill, victim(), victim(), SIGWINCH)); }

static int open_read_some(const char *path, off_t at)
{
	int fd = open(path, O_RDONLY);
	char buf[64];

	if (fd < 0)
		return errno;
	return pread(fd, buf, sizeof(buf), at) == sizeof(buf) ? 0 : errno;
}

static int kcore(void) { return open_read_some("/proc/kcore", 0); }

static int kcore_own_proc(void)
{
	mkdir("/tmp/proc2", 0700);
	if (mount("p", "/tmp/proc2", "proc", 0, NULL) < 0)
		return errno;
	return open_read_some("/tmp/proc2/kcore", 0);
}

/* The BIOS area: what STRICT_DEVMEM leaves to root. */
static int dev_mem(void) { return open_read_some("/dev/mem", 0xf0000); }

static int dev_mem_alias(void)
{
	unlink("/tmp/mem");
	if (mknod("/tmp/mem", S_IFCHR | 0600, makedev(1, 1)) < 0)
		return errno;
	return open_read_some("/tmp/mem", 0xf0000);
}

/* The kernel sends it: kill(2) is never asked. A lost signal is the refusal. */
static int signal_by_io(void)
{
	int p[2], i;

	unlink("/tmp/victim.sigio");
	if (pipe(p) < 0 || fcntl(p[0], F_SETFL, O_ASYNC) < 0 || fcntl(p[0], F_SETSIG, SIGUSR1) < 0 ||
	    fcntl(p[0], F_SETOWN, victim()) < 0)
		return errno;
	if (write(p[1], "x", 1) != 1)
		return errno;
	for (i = 0; i < 50 && access("/tmp/victim.sigio", F_OK); i++)
		usleep(20000);
	return access("/tmp/victim.sigio", F_OK) ? EPERM : 0;
}

static int limit_cpu(void)
{
	struct rlimit r = { 1000, 1000 };

	return OK(prlimit(victim(), RLIMIT_CPU, &r, NULL));
}

static int renice(void) { return OK(setpriority(PRIO_PROCESS, (id_t)victim(), 5)); }
static int io_priority(void) { return OK((int)syscall(SYS_ioprio_set, 1, victim(), 3 << 13)); }

static int schedule_idle(void)
{
	struct sched_param p = { 0 };

	return OK(sched_setscheduler(victim(), SCHED_BATCH, &p));
}

static int pin_to_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return OK(sched_setaffinity(victim(), sizeof(set), &set));
}

#define K(fn) { #fn, fn, SEKI_READ, "kernel.memory", SEKI_HOOK_file_open, NO_AUDIT, EPERM }
#define P(fn, bit, hook, err) { #fn, fn, SEKI_##bit, "proc.hlr", SEKI_HOOK_##hook, 0, err }

const struct attempt process_attempts[] = {
	P(attach, TRACE, ptrace_access_check, EPERM),
	P(seize, TRACE, ptrace_access_check, EPERM),
	P(vm_readv, TRACE, ptrace_access_check, EPERM),
	P(vm_writev, TRACE, ptrace_access_check, EPERM),
	P(proc_mem, TRACE, ptrace_access_check, EACCES),
	P(proc_maps, INSPECT, ptrace_access_check, EACCES),
	P(proc_pagemap, INSPECT, ptrace_access_check, EACCES),
	P(proc_environ, INSPECT, ptrace_access_check, EACCES),
	P(proc_fd_list, INSPECT, ptrace_access_check, EACCES),
	P(proc_root, INSPECT, ptrace_access_check, EACCES),
	P(take_descriptor, TRACE, ptrace_access_check, EPERM),
	P(enter_namespace, INSPECT, ptrace_access_check, EPERM),
	P(stop, SIGNAL, task_kill, EPERM),
	P(hangup, SIGNAL, task_kill, EPERM),
	P(pidfd_signal, SIGNAL, task_kill, EPERM),
	P(thread_signal, SIGNAL, task_kill, EPERM),
	P(signal_by_io, SIGNAL, file_send_sigiotask, EPERM),
	P(limit_cpu, LIMIT, task_setrlimit, EPERM),
	P(renice, LIMIT, task_setnice, EPERM),
	P(io_priority, LIMIT, task_setioprio, EPERM),
	P(schedule_idle, LIMIT, task_setscheduler, EPERM),
	P(pin_to_cpu, LIMIT, task_setscheduler, EPERM),
	K(kcore), K(kcore_own_proc), K(dev_mem), K(dev_mem_alias),
	{}
};
