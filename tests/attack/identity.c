// SPDX-License-Identifier: GPL-2.0-or-later
/* identity.c - ways to become somebody else, or to have somebody else do it. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the login uid ---- */

static int set_loginuid(const char *path, const char *value)
{
	char now[32];
	int err = send_text(path, value);

	if (err)
		return err;
	return read_text("/proc/self/loginuid", now, sizeof(now)) || strcmp(now, value) ? ENODATA : 0;
}

static int loginuid_unset(void) { return set_loginuid("/proc/self/loginuid", "4294967295"); }
static int loginuid_other(void) { return set_loginuid("/proc/self/loginuid", "0"); }
static int loginuid_thread(void) { return set_loginuid("/proc/thread-self/loginuid", "1001"); }

static int loginuid_own_proc(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/self/loginuid", own_proc());
	return set_loginuid(path, "1002");
}

static int loginuid_reopen(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("/proc/self/loginuid", O_PATH));
	return set_loginuid(path, "1003");
}

/* ---- cgroups ---- */

static bool in_core_cgroup(void)
{
	char now[128] = "";

	read_text("/proc/self/cgroup", now, sizeof(now));
	return strstr(now, "/hlr.service") != NULL;
}

static int join(const char *path)
{
	int err = send_text(path, "0");

	if (err)
		return err;
	return in_core_cgroup() ? 0 : ENODATA;
}

static int cgroup_join(void) { return join("/sys/fs/cgroup/hlr.service/cgroup.procs"); }

static int cgroup_join_reopen(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("/sys/fs/cgroup/hlr.service/cgroup.procs", O_PATH));
	return join(path);
}

static int cgroup_join_own_mount(void)
{
	int err;

	mkdir("/tmp/cg", 0700);
	if (mount("c", "/tmp/cg", "cgroup2", 0, NULL) < 0)
		return errno;
	err = join("/tmp/cg/hlr.service/cgroup.procs");
	umount2("/tmp/cg", MNT_DETACH);
	return err;
}

static int cgroup_join_parent(void)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/fs/cgroup/hlr.service/cgroup.procs");
	if (fork() == 0) {
		char pid[16];

		snprintf(pid, sizeof(pid), "%d", getppid());
		_exit(send_text(path, pid));
	}
	int status;

	wait(&status);
	if (WEXITSTATUS(status))
		return WEXITSTATUS(status);
	return in_core_cgroup() ? 0 : ENODATA;
}

static int born_in(int dir)
{
	struct clone_args a = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (__u64)dir };
	pid_t pid;
	int status;

	if (dir < 0)
		return errno;
	pid = (pid_t)syscall(SYS_clone3, &a, sizeof(a));
	if (pid == 0)
		_exit(in_core_cgroup() ? 0 : ENODATA);
	if (pid < 0)
		return errno;
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int clone_into_cgroup(void) { return born_in(open("/sys/fs/cgroup/hlr.service", O_RDONLY | O_DIRECTORY)); }
static int clone_into_cgroup_opath(void) { return born_in(open("/sys/fs/cgroup/hlr.service", O_PATH | O_DIRECTORY)); }

/* ---- namespaces that give another self ---- */

static int fresh(int (*enter)(int), int flag, const char *name)
{
	char path[48], a[64] = "", b[64] = "";

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	if (readlink(path, a, sizeof(a) - 1) < 0)
		return cannot("no such namespace in this kernel");
	if (enter(flag) < 0)
		return errno;
	if (readlink(path, b, sizeof(b) - 1) < 0)
		return ENODATA;
	return strcmp(a, b) ? 0 : ENODATA;
}

static int by_int80(int flag)
{
	int ret = int80(310, flag, 0, 0, 0, 0);

	errno = ret < 0 ? -ret : 0;
	return ret;
}

static int unshare_user(void) { return fresh(unshare, CLONE_NEWUSER, "user"); }
static int unshare_user_int80(void) { return fresh(by_int80, CLONE_NEWUSER, "user"); }
static int unshare_cgroup(void) { return fresh(unshare, CLONE_NEWCGROUP, "cgroup"); }
static int first(void) { return getpid() == 1 ? 0 : ENODATA; }
static int unshare_pid(void) { return unshare(CLONE_NEWPID) < 0 ? errno : in_child(first); }

static int new_self(__u64 flags)
{
	struct clone_args a = { .flags = flags, .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &a, sizeof(a));
	int status;

	if (pid == 0)
		_exit(flags & CLONE_NEWPID && getpid() != 1 ? ENODATA : 0);
	if (pid < 0)
		return errno;
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int clone_user(void) { return new_self(CLONE_NEWUSER); }
static int clone_pid(void) { return new_self(CLONE_NEWPID); }

static int clone_old_user(void)
{
	int status;
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(getuid() == 65534 ? 0 : ENODATA);
	if (pid < 0)
		return errno;
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

/* ---- another root process ---- */

static int seize_daemon(void) { return OK(ptrace(PTRACE_SEIZE, bystander(), 0, 0)); }

static int attach_daemon(void)
{
	if (ptrace(PTRACE_ATTACH, bystander(), 0, 0) < 0)
		return errno;
	waitpid(bystander(), NULL, __WALL);
	return OK(ptrace(PTRACE_DETACH, bystander(), 0, 0));
}

static int attach_daemon_int80(void)
{
	int err = old80(26, PTRACE_ATTACH, bystander(), 0, 0, 0);

	if (err)
		return err;
	waitpid(bystander(), NULL, __WALL);
	return OK(ptrace(PTRACE_DETACH, bystander(), 0, 0));
}

static int seize_init(void) { return OK(ptrace(PTRACE_SEIZE, 1, 0, 0)); }
static int daemon_mem(void) { return open_only(proc_path(bystander(), "mem"), O_RDWR); }
static int init_mem(void) { return open_only("/proc/1/mem", O_RDWR); }
static int daemon_descriptor(void) { return OK((int)syscall(SYS_pidfd_getfd, (int)syscall(SYS_pidfd_open, bystander(), 0), 3, 0)); }

/* The same string lies at the same place: a static program. */
static char here[8] = "here";

static int daemon_write_memory(void)
{
	struct iovec l = { here, sizeof(here) }, r = { here, sizeof(here) };

	return OK((int)process_vm_writev(bystander(), &l, 1, &r, 1, 0));
}

static int daemon_read_memory(void)
{
	char buf[8] = "";
	struct iovec l = { buf, sizeof(buf) }, r = { here, sizeof(here) };

	if (process_vm_readv(bystander(), &l, 1, &r, 1, 0) < 0)
		return errno;
	return memcmp(buf, here, sizeof(here)) ? ENODATA : 0;
}

static int daemon_read_int80(void)
{
	static char buf[8];
	static unsigned int l[2], r[2];
	int ret;

	l[0] = (unsigned int)(unsigned long)buf;
	r[0] = (unsigned int)(unsigned long)here;
	l[1] = r[1] = sizeof(here);
	ret = int80(347, bystander(), (long)l, 1, (long)r, 1);
	return ret < 0 ? -ret : memcmp(buf, here, sizeof(here)) ? ENODATA : 0;
}

/* ---- what the kernel starts for us ---- */

static int core_pattern(void) { return poke("/proc/sys/kernel/core_pattern", "|/usr/bin/try --read " DB); }
static int modprobe_path(void) { return poke("/proc/sys/kernel/modprobe", "/tmp/x"); }

static int core_pattern_reopen(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("/proc/sys/kernel/core_pattern", O_PATH));
	return poke(path, "|/tmp/x");
}

static int core_pattern_own_proc(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/sys/kernel/core_pattern", own_proc());
	return poke(path, "|/tmp/y");
}

static int usermodehelper_caps(void)
{
	char old[64];
	int err = read_text("/proc/sys/kernel/usermodehelper/bset", old, sizeof(old));

	return err ? err : send_text("/proc/sys/kernel/usermodehelper/bset", "4294967295 511");
}

static int binfmt_register(void)
{
	int err;

	mkdir("/tmp/binfmt", 0700);
	if (mount("b", "/tmp/binfmt", "binfmt_misc", 0, NULL) < 0)
		return errno == ENODEV ? cannot("no binfmt_misc in this kernel") : errno;
	err = send_text("/tmp/binfmt/register", ":seki:E::seki::/usr/bin/try:");
	if (!err && access("/tmp/binfmt/seki", F_OK))
		err = ENODATA;
	send_text("/tmp/binfmt/seki", "-1");
	umount2("/tmp/binfmt", MNT_DETACH);
	return err;
}

static int release_agent(void)
{
	int err;

	mkdir("/tmp/cg1", 0700);
	if (mount("c", "/tmp/cg1", "cgroup", 0, "none,name=seki") < 0)
		return errno == EINVAL || errno == ENODEV ? cannot("no cgroup v1 in this kernel") : errno;
	err = poke("/tmp/cg1/release_agent", "/tmp/agent");
	umount2("/tmp/cg1", MNT_DETACH);
	return err;
}

/* ---- who else would read it for us: no mark, no rights either ---- */

static int ask_job(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "\0jobs" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	unsigned char answer;

	if (connect(s, (void *)&to, sizeof(sa_family_t) + 6) < 0)
		return errno;
	return read(s, &answer, 1) == 1 ? answer : ENODATA;
}

static int read_as_uid(uid_t uid)
{
	if (setgroups(0, NULL) < 0 || setgid(uid) < 0 || setuid(uid) < 0)
		return errno;
	return read_path(DB);
}

static int ask_broker(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = BROKER };

	return OK(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&to, sizeof(to)));
}

/* PID 1 does what a signal says, whoever sent it. */
static int init_does(int err)
{
	int i;

	if (err)
		return err;
	for (i = 0; i < 100 && access("/tmp/init.asked", F_OK); i++)
		usleep(10000);
	return OK(unlink("/tmp/init.asked"));
}

static int ask_init(void) { return init_does(OK(kill(1, SIGUSR2))); }
static int ask_init_int80(void) { return init_does(old80(37, 1, SIGUSR2, 0, 0, 0)); }
static int ask_init_pidfd(void) { return init_does(OK((int)syscall(SYS_pidfd_send_signal, (int)syscall(SYS_pidfd_open, 1, 0), SIGUSR2, NULL, 0))); }
static int ask_init_thread(void) { return init_does(OK((int)syscall(SYS_tgkill, 1, 1, SIGUSR2))); }

static int ask_init_by_io(void)
{
	int p[2], err;

	if (pipe(p) < 0 || fcntl(p[0], F_SETFL, O_ASYNC | O_NONBLOCK) < 0 || fcntl(p[0], F_SETOWN, 1) < 0 || fcntl(p[0], 10 /* F_SETSIG */, SIGUSR2) < 0)
		return errno;
	if (write(p[1], "x", 1) != 1)
		return errno;
	err = init_does(0);
	return err == ENOENT ? ENODATA : err;
}

/* A job for a daemon, as its file; the directory may not be there yet. */
static int leave_job(const char *dir, const char *file)
{
	int fd;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return errno;
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	return OK(unlink(file));
}

static int cron_spool(void) { return leave_job("/var/spool/cron", "/var/spool/cron/root"); }
static int cron_table(void) { return leave_job("/etc/cron.d", "/etc/cron.d/job"); }
static int cron_line(void) { return leave_job("/etc", "/etc/crontab"); }
static int at_spool(void) { return leave_job("/var/spool/at", "/var/spool/at/a00001"); }
static int cron_daily(void) { return leave_job("/etc/cron.daily", "/etc/cron.daily/job"); }
static int anacron_table(void) { return leave_job("/etc", "/etc/anacrontab"); }
static int key_helper(void) { return leave_job("/etc/request-key.d", "/etc/request-key.d/job.conf"); }

static int cron_moved_in(void)
{
	int fd = open("/etc/job.new", O_WRONLY | O_CREAT, 0600);

	close(fd);
	return OK(rename("/etc/job.new", "/etc/crontab"));
}

static int as_owner(void) { return seteuid(0) || setresuid(0, 0, 0) ? errno : read_as_uid(0); }

static int after_setsid(void)
{
	setsid();
	return in_child(ask_job) == CANNOT ? ENODATA : read_path(DB);
}

static int read_db(void) { return read_path(DB); }
static int daemon_inside(void) { return in_child(read_db); }
static int double_fork(void) { setsid(); return in_child(daemon_inside); }

static int read_by_exec(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl("/usr/bin/try", "hlr", "--read", DB, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int named_as_core(void)
{
	return send_text("/proc/self/comm", "hlr") ? ENODATA : read_path(DB);
}

/* A copy has the program's bytes but is another inode. */
static int copied_program(void)
{
	char buf[65536];
	int in = open("/usr/bin/try", O_RDONLY), out = open(OWN "/hlr", O_WRONLY | O_CREAT | O_TRUNC, 0755), status;
	ssize_t n;
	pid_t pid;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			return ENODATA;
	close(out);
	pid = fork();
	if (!pid) {
		execl(OWN "/hlr", "/usr/bin/hlr", "--read", DB, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	unlink(OWN "/hlr");
	return WEXITSTATUS(status);
}

/* The core function's own program, started by us: not its lineage. */
static int program_itself(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl("/usr/bin/hlr", "/usr/bin/hlr", "--read", DB, NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int program_by_descriptor(void)
{
	char *argv[] = { "hlr", "--read", DB, NULL }, *envp[] = { NULL };
	int status, fd = open("/usr/bin/hlr", O_PATH);
	pid_t pid = fork();

	if (!pid) {
		syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

#define X(fn, label, access, err, fl) { "identity", #fn, fn, label, access, err, fl, NULL }

const struct attack identity_attacks[] = {
	X(loginuid_unset, "kernel.audit", "use", 0, 0),
	X(loginuid_other, "kernel.audit", "use", 0, 0),
	X(loginuid_thread, "kernel.audit", "use", 0, 0),
	X(loginuid_own_proc, "kernel.audit", "use", 0, 0),
	X(loginuid_reopen, "kernel.audit", "use", 0, 0),
	X(cgroup_join, "kernel.cgroup", "write", 0, 0),
	X(cgroup_join_reopen, "kernel.cgroup", "write", 0, 0),
	X(cgroup_join_own_mount, "kernel.cgroup", "write", 0, 0),
	X(cgroup_join_parent, "kernel.cgroup", "write", 0, 0),
	X(clone_into_cgroup, "kernel.cgroup", "use", 0, 0),
	X(clone_into_cgroup_opath, "kernel.cgroup", "use", 0, 0),
	X(unshare_user, "kernel.namespace", "use", 0, 0),
	X(unshare_user_int80, "kernel.namespace", "use", 0, 0),
	X(unshare_cgroup, "kernel.namespace", "use", 0, 0),
	X(unshare_pid, "kernel.namespace", "use", 0, 0),
	X(clone_user, "kernel.namespace", "use", 0, 0),
	X(clone_pid, "kernel.namespace", "use", 0, 0),
	X(clone_old_user, "kernel.namespace", "use", 0, 0),
	X(seize_daemon, "proc.host", "trace", 0, 0),
	X(attach_daemon, "proc.host", "trace", 0, 0),
	X(attach_daemon_int80, "proc.host", "trace", 0, 0),
	X(seize_init, "proc.init|proc.host", "trace", 0, 0),
	X(daemon_mem, "proc.host", "trace", EACCES, 0),
	X(init_mem, "proc.init|proc.host", "trace", EACCES, 0),
	X(daemon_descriptor, "proc.host", "trace", 0, 0),
	X(daemon_write_memory, "proc.host", "trace", 0, 0),
	X(daemon_read_memory, "proc.host", "trace", 0, 0),
	X(daemon_read_int80, "proc.host", "trace", 0, 0),
	X(core_pattern, "kernel.helper", "write", 0, 0),
	X(core_pattern_reopen, "kernel.helper", "write", 0, 0),
	X(core_pattern_own_proc, "kernel.helper", "write", 0, 0),
	X(modprobe_path, "kernel.helper", "write", 0, 0),
	X(usermodehelper_caps, "kernel.helper|kernel.sysctl", "write", 0, 0),
	X(binfmt_register, "kernel.helper", "*", 0, 0),
	X(release_agent, "kernel.helper|kernel.cgroup", "*", 0, 0),
	X(ask_broker, "kernel.broker", "connect", 0, 0),
	X(cron_spool, "kernel.broker", "*", 0, 0),
	X(cron_table, "kernel.broker", "*", 0, 0),
	X(cron_line, "kernel.broker", "*", 0, 0),
	X(cron_moved_in, "kernel.broker", "*", 0, 0),
	X(at_spool, "kernel.broker", "*", 0, 0),
	X(key_helper, "kernel.broker", "*", 0, 0),
	X(cron_daily, "kernel.broker", "*", 0, 0),
	X(anacron_table, "kernel.broker", "*", 0, 0),
	X(ask_init, "kernel.broker", "signal", 0, 0),
	X(ask_init_int80, "kernel.broker", "signal", 0, 0),
	X(ask_init_pidfd, "kernel.broker", "signal", 0, 0),
	X(ask_init_thread, "kernel.broker", "signal", 0, 0),
	X(ask_init_by_io, "proc.host", "signal", 0, CLOSES),
	X(ask_job, "hlr.data", "read", 0, BROKERED),
	X(as_owner, "hlr.data", "read", 0, 0),
	X(after_setsid, "hlr.data", "read", 0, 0),
	X(double_fork, "hlr.data", "read", 0, 0),
	X(read_by_exec, "hlr.data", "read", 0, 0),
	X(named_as_core, "hlr.data", "read", 0, 0),
	X(copied_program, "hlr.data", "read", 0, 0),
	X(program_itself, "hlr.exec", "exec", 0, 0),
	X(program_by_descriptor, "hlr.exec", "exec", 0, 0),
	{}
};
