// SPDX-License-Identifier: GPL-2.0-or-later
/* allowed.c - the daily work that must stay allowed, loaded and locked. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static int reads(const char *path)
{
	char buf[512];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return errno;
	n = read(fd, buf, sizeof(buf));
	close(fd);
	return n < 0 ? errno : 0;
}

/* ---- looking ---- */

/* What ps and top read of every process; they live with what is not theirs to see. */
static int ps(void)
{
	static const char *const names[] = { "stat", "status", "statm", "cmdline", "comm", "cgroup", "oom_score", "limits" };
	DIR *d = opendir("/proc");
	struct dirent *e;
	char path[320];
	int seen = 0, err = 0;
	size_t i;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		for (i = 0; i < sizeof(names) / sizeof(*names) && !err; i++) {
			snprintf(path, sizeof(path), "/proc/%s/%s", e->d_name, names[i]);
			if (atoi(e->d_name) == victim() && !strcmp(names[i], "cmdline"))
				continue;
			err = reads(path);
			if (err == ENOENT || err == ESRCH)
				err = 0;
			seen++;
		}
	}
	return err ? err : seen < 8 ? ENODATA : 0;
}

static int top(void) { int e = reads("/proc/stat"); e = e ? e : reads("/proc/meminfo"); e = e ? e : reads("/proc/loadavg"); return e ? e : reads("/proc/uptime"); }
static int df(void) { struct statvfs s; return OK(statvfs("/srv", &s)); }
static int mount_table(void) { return reads("/proc/self/mountinfo"); }
static int own_maps(void) { return reads("/proc/self/maps"); }
static int read_sysctl(void) { int e = reads("/proc/sys/kernel/core_pattern"); return e ? e : reads("/proc/sys/vm/swappiness"); }
static int read_sysfs(void) { int e = reads("/sys/class/net/lo/mtu"); return e ? e : reads("/sys/block/vda/size"); }
static int read_cgroup(void) { int e = reads("/sys/fs/cgroup/hlr.service/cgroup.procs"); return e ? e : reads("/sys/fs/cgroup/cgroup.controllers"); }
static int read_modules(void) { return reads("/proc/modules"); }
static int read_log(void) { static char buf[4096]; return OK(klogctl(3, buf, sizeof(buf))); }
static int read_lsm(void) { return reads("/sys/kernel/security/lsm"); }
static int read_policy(void) { return reads("/etc/sekisho/policy.bundle"); }
static int read_net(void) { int e = reads("/proc/net/tcp"); return e ? e : reads("/proc/net/dev"); }
static int stat_asset(void) { struct stat st; return OK(stat(DB, &st)); }
static int list_srv(void) { DIR *d = opendir("/srv"); return d ? closedir(d) : errno; }
static int priority_of_core(void) { errno = 0; getpriority(PRIO_PROCESS, (id_t)victim()); return errno; }
static int names(void) { struct utsname u; return OK(uname(&u)); }
static int clock_read(void) { struct timespec t; return OK(clock_gettime(CLOCK_REALTIME, &t)); }

static int dump(int protocol, int type, const void *body, size_t len)
{
	struct { struct nlmsghdr h; char body[128]; } m = { .h = { .nlmsg_len = (__u32)(NLMSG_HDRLEN + len),
		.nlmsg_type = (__u16)type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP } };
	union { struct nlmsghdr h; char bytes[16384]; } answer;
	int s = socket(AF_NETLINK, SOCK_RAW, protocol);
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	memcpy(m.body, body, len);
	if (sendto(s, &m, m.h.nlmsg_len, 0, (void *)&to, sizeof(to)) < 0 || recv(s, &answer, sizeof(answer), 0) < 0)
		return errno;
	return answer.h.nlmsg_type == NLMSG_ERROR ? -((struct nlmsgerr *)NLMSG_DATA(&answer.h))->error : 0;
}

static int ip_link(void) { struct ifinfomsg m = {}; return dump(NETLINK_ROUTE, RTM_GETLINK, &m, sizeof(m)); }
static int ip_address(void) { struct ifaddrmsg m = {}; return dump(NETLINK_ROUTE, RTM_GETADDR, &m, sizeof(m)); }
static int ip_route(void) { struct rtmsg m = {}; return dump(NETLINK_ROUTE, RTM_GETROUTE, &m, sizeof(m)); }
static int ss(void)
{
	struct inet_diag_req_v2 r = { .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u };
	int err = dump(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, &r, sizeof(r));

	return err == ENOENT ? 0 : err; /* without the module there is nothing to list */
}

/* ---- own processes ---- */

static int strace_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, NULL, 0) != pid)
		return errno;
	return OK(ptrace(PTRACE_CONT, pid, 0, 0)) ? errno : OK(waitpid(pid, NULL, 0));
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static int end(pid_t pid, int err)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err;
}

static int gdb_attach(void)
{
	pid_t pid = sleeper();

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0)
		return end(pid, errno);
	return end(pid, 0);
}

/* From another branch of the same login, as strace -p in a second window does. */
static int strace_own_other(void)
{
	pid_t target = sleeper();

	pid_t tracer = fork();
	int status;

	if (!tracer)
		_exit(OK(ptrace(PTRACE_SEIZE, target, 0, 0)));
	waitpid(tracer, &status, 0);
	return end(target, WEXITSTATUS(status));
}

static int own_memory(void) { pid_t pid = sleeper(); return end(pid, open_only(proc_path(pid, "mem"), O_RDWR)); }
static int own_kill(void) { pid_t pid = sleeper(); int e = OK(kill(pid, SIGSTOP)); return end(pid, e ? e : OK(kill(pid, SIGCONT))); }
static int own_nice(void) { pid_t pid = sleeper(); return end(pid, OK(setpriority(PRIO_PROCESS, (id_t)pid, 10))); }
static int own_limit(void) { struct rlimit r = { 64, 64 }; pid_t pid = sleeper(); return end(pid, OK(prlimit(pid, RLIMIT_NOFILE, &r, NULL))); }
static int own_scheduler(void) { struct sched_param p = {}; pid_t pid = sleeper(); return end(pid, OK(sched_setscheduler(pid, SCHED_BATCH, &p))); }
static int own_processors(void) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(0, &s); return OK(sched_setaffinity(0, sizeof(s), &s)); }
static int own_oom(void) { return send_text("/proc/self/oom_score_adj", "100"); }
static int daemon_alive(void) { return OK(kill(bystander(), 0)); }
static int core_alive(void) { return OK(kill(victim(), 0)); }
static int daemon_reloaded(void) { return OK(kill(bystander(), SIGWINCH)); }
static int threads(void) { pid_t pid = fork(); if (!pid) _exit(0); return OK(waitpid(pid, NULL, 0)); }

static int fork_storm(void)
{
	int i, left = 200;
	pid_t pid;

	for (i = 0; i < left; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid < 0)
			return errno;
	}
	while (left && wait(NULL) > 0)
		left--;
	return left ? ENODATA : 0;
}

static int runs(const char *path)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl(path, path, "--version", NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int exec_program(void) { return runs("/usr/bin/try"); }

static int su_user(void)
{
	if (setgroups(0, NULL) < 0 || setgid(1000) < 0 || setuid(1000) < 0)
		return errno;
	return getuid() == 1000 ? runs("/usr/bin/try") : ENODATA;
}

static int comm_named(void) { return send_text("/proc/self/comm", "mine"); }
static int new_session(void) { pid_t p = fork(); int st; if (!p) _exit(setsid() < 0 ? errno : 0); waitpid(p, &st, 0); return WEXITSTATUS(st); }

/* ---- own files, on the filesystem of the asset ---- */

#define MINE OWN "/mine.d"

static int own_file(void)
{
	int fd, err;

	mkdir(MINE, 0700);
	fd = open(MINE "/a", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fchmod(fd, 0640) < 0 || fchown(fd, 1000, 1000) < 0 || fsync(fd) < 0)
		return errno;
	close(fd);
	if (link(MINE "/a", MINE "/b") < 0 || rename(MINE "/b", MINE "/c") < 0 || setxattr(MINE "/c", "user.x", "1", 1, 0) < 0)
		return errno;
	if (symlink("a", MINE "/s") < 0 || truncate(MINE "/a", 0) < 0 || removexattr(MINE "/c", "user.x") < 0)
		return errno;
	err = unlink(MINE "/s") || unlink(MINE "/c") || unlink(MINE "/a") || rmdir(MINE);
	return err ? errno : 0;
}

static int beside_asset(void)
{
	if (mkdir("/srv/mine", 0700) < 0)
		return errno;
	if (open_only("/srv/mine/note", O_RDWR | O_CREAT) || rename("/srv/mine", "/srv/mine2") < 0 || unlink("/srv/mine2/note") < 0)
		return errno;
	return OK(rmdir("/srv/mine2"));
}

static int beside_config(void) { int e = open_only("/srv/etc/other.cfg", O_WRONLY | O_CREAT); return e ? e : OK(unlink("/srv/etc/other.cfg")); }
static int temporary(void) { char t[] = "/tmp/x.XXXXXX"; int fd = mkstemp(t); return fd < 0 ? errno : OK(unlink(t)); }
static int job_file(void) { mkdir("/etc/logrotate.d", 0755); int e = open_only("/etc/logrotate.d/mine", O_WRONLY | O_CREAT); return e ? e : OK(unlink("/etc/logrotate.d/mine")); }
static int own_watch(void) { return OK(inotify_add_watch(inotify_init1(0), OWN, IN_ALL_EVENTS)); }
static int parent_again(void)
{
	struct stat st;

	if (stat("/srv/etc", &st) < 0 || chmod("/srv/etc", st.st_mode & 07777) < 0 || chown("/srv/etc", 0, 0) < 0)
		return errno;
	return OK(utimensat(AT_FDCWD, "/srv/etc", NULL, 0));
}

static int parent_watch(void) { return OK(inotify_add_watch(inotify_init1(0), "/srv/etc", IN_ALL_EVENTS)); }
static int own_hold(void) { int f = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY); return OK(fanotify_mark(f, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_EVENT_ON_CHILD, AT_FDCWD, OWN)); }
static int own_flags(void) { long flags; int fd = open(OWN, O_RDONLY); return ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0 ? errno : OK(ioctl(fd, FS_IOC_SETFLAGS, &flags)); }
static int own_trim(void) { __u64 range[3] = { 0, ~0ull, 0 }; int fd = open("/srv", O_RDONLY); return ioctl(fd, FITRIM, range) < 0 && errno == EPERM ? EPERM : 0; }
static int own_queue(void) { int q = (int)syscall(SYS_mq_open, "mine", O_RDWR | O_CREAT, 0600, NULL); return q < 0 ? errno : OK((int)syscall(SYS_mq_unlink, "mine")); }
static int own_node(void) { unlink("/tmp/null"); return mknod("/tmp/null", S_IFCHR | 0600, 0x103) < 0 ? errno : open_only("/tmp/null", O_RDWR); }
static int own_lock(void) { struct flock l = { .l_type = F_WRLCK }; int fd = open(OWN "/lock", O_RDWR | O_CREAT, 0600); return OK(fcntl(fd, F_SETLK, &l)); }

static int own_tmpfs(void)
{
	mkdir("/tmp/mytmp", 0700);
	if (mount("t", "/tmp/mytmp", "tmpfs", 0, NULL) < 0)
		return errno;
	return OK(umount("/tmp/mytmp"));
}

static int own_bind(void)
{
	mkdir("/tmp/mybind", 0700);
	if (mount(OWN, "/tmp/mybind", NULL, MS_BIND, NULL) < 0)
		return errno;
	return OK(umount("/tmp/mybind"));
}

static int own_remount(void)
{
	mkdir("/tmp/myro", 0700);
	if (mount("t", "/tmp/myro", "tmpfs", 0, NULL) < 0 || mount(NULL, "/tmp/myro", NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return errno;
	return OK(umount("/tmp/myro"));
}

/* ---- own sockets and memory ---- */

static int pair_of(int type, const char *peer)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, type, 0), s = socket(AF_INET, type, 0);

	inet_pton(AF_INET, peer, &a.sin_addr);
	if (bind(l, (void *)&a, sizeof(a)) < 0 || getsockname(l, (void *)&a, &len) < 0)
		return errno;
	if (type == SOCK_STREAM && listen(l, 1) < 0)
		return errno;
	if (connect(s, (void *)&a, sizeof(a)) < 0)
		return errno;
	return write(s, "x", 1) == 1 ? 0 : errno;
}

static int own_tcp(void) { return pair_of(SOCK_STREAM, "127.0.0.1"); }
static int own_udp(void) { return pair_of(SOCK_DGRAM, "127.0.0.1"); }

static int own_unix(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "/tmp/my.sock" };
	int l = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(a.sun_path);
	if (bind(l, (void *)&a, sizeof(a)) < 0 || listen(l, 1) < 0)
		return errno;
	return OK(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof(a)));
}

static int beside_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(SPARE_PORT) };

	inet_pton(AF_INET, "127.0.0.9", &a.sin_addr);
	return OK(bind(socket(AF_INET, SOCK_STREAM, 0), (void *)&a, sizeof(a)));
}

static int own_abstract(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0hlr-spare2" };

	return OK(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof(sa_family_t) + 11));
}

static int ping(void) { int s = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP); return s < 0 && errno != EACCES ? errno : 0; }

static int own_shm(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	void *p = shmat(id, NULL, 0);

	shmctl(id, IPC_RMID, NULL);
	return p == (void *)-1 ? errno : OK(shmdt(p));
}

static int own_code(void)
{
	int fd = memfd_create("code", 0);
	void *p;

	if (ftruncate(fd, 4096) < 0)
		return errno;
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int own_uring(void)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)"/etc/sekisho/policy.bundle", .open_flags = O_RDONLY };
	int ret = uring_do(&s, 0);

	return ret < 0 ? -ret : 0;
}

static int own_terminal(void)
{
	struct winsize w = { 24, 80, 0, 0 };
	int m, unlock = 0;

	m = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
	return m < 0 || ioctl(m, TIOCSPTLCK, &unlock) < 0 ? errno : OK(ioctl(m, TIOCSWINSZ, &w));
}

static int log_line(void) { return send_text("/dev/kmsg", "<6>a line of the operator\n"); }

/* ---- what the core function does all day ---- */

static int core_reads(void) { return read_path(DB); }

static int core_rotates(void)
{
	int fd = open(DATA "/hlr.tmp", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, SECRET, sizeof(SECRET) - 1) < 0 || fsync(fd) < 0)
		return errno;
	close(fd);
	return OK(rename(DATA "/hlr.tmp", DB));
}

static int core_makes(void)
{
	if (mkdir(DATA "/day", 0700) < 0 || open_only(DATA "/day/a", O_RDWR | O_CREAT) || unlink(DATA "/day/a") < 0)
		return errno;
	return OK(rmdir(DATA "/day"));
}

static int core_listens(void) { return pair_of(SOCK_STREAM, "127.0.0.1"); }

static int core_shares(void) { return own_shm(); }
static int core_maps(void)
{
	int fd = open(DB, O_RDWR);
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? errno : OK(msync(p, 4096, MS_SYNC));
}

static int core_locks(void) { struct flock l = { .l_type = F_WRLCK }; int fd = open(DB, O_RDWR); return fd < 0 ? errno : OK(fcntl(fd, F_SETLK, &l)); }
static int core_watches(void) { return OK(inotify_add_watch(inotify_init1(0), DATA, IN_ALL_EVENTS)); }
static int core_looks_at_itself(void) { int e = reads("/proc/self/maps"); return e ? e : reads("/proc/self/status"); }
static int core_forks(void) { return threads(); }
static int core_limits_itself(void) { struct rlimit r; return getrlimit(RLIMIT_NOFILE, &r) < 0 ? errno : OK(setrlimit(RLIMIT_NOFILE, &r)); }
static int core_truncates(void) { return OK(truncate(CFG, 3)); }
static int core_waits(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(SPARE_PORT) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return OK(bind(s, (void *)&a, sizeof(a))) ? errno : OK(listen(s, 1));
}

static int program_shared(void) { return OK(flock(open("/usr/bin/hlr", O_RDONLY), LOCK_SH)); }
/* SQLite(3) reads so. */
static int backup_locks(void) { struct flock l = { .l_type = F_RDLCK }; int fd = open(DB, O_RDONLY); return fd < 0 ? errno : OK(fcntl(fd, F_SETLK, &l)); }
static int backup_reads(void) { return read_path(DB); }

#define T(fn) { "operator", #fn, fn }
#define H(fn) { "hlr", #fn, fn }

const struct twin attack_twins[] = {
	T(ps), T(top), T(df), T(mount_table), T(own_maps), T(read_sysctl), T(read_sysfs), T(read_cgroup),
	T(read_modules), T(read_log), T(read_lsm), T(read_policy), T(read_net), T(stat_asset), T(list_srv),
	T(priority_of_core), T(names), T(clock_read), T(ip_link), T(ip_address), T(ip_route), T(ss),
	T(strace_child), T(gdb_attach), T(strace_own_other), T(own_memory), T(own_kill), T(own_nice), T(own_limit),
	T(own_scheduler), T(own_processors), T(own_oom), T(daemon_alive), T(core_alive), T(daemon_reloaded),
	T(fork_storm), T(exec_program), T(su_user), T(comm_named), T(new_session),
	T(own_file), T(beside_asset), T(beside_config), T(temporary), T(job_file), T(own_watch), T(parent_watch), T(parent_again), T(own_hold), T(own_flags), T(own_trim), T(own_queue), T(own_node), T(own_lock), T(program_shared),
	T(own_tmpfs), T(own_bind), T(own_remount), T(own_tcp), T(own_udp), T(own_unix), T(beside_port), T(own_abstract), T(ping), T(own_shm), T(own_code),
	T(own_uring), T(own_terminal), T(log_line),
	H(core_reads), H(core_rotates), H(core_makes), H(core_listens), H(core_waits), H(core_shares), H(core_maps), H(core_locks),
	H(core_watches), H(core_looks_at_itself), H(core_forks), H(core_limits_itself), H(core_truncates),
	{ "backup", "backup_reads", backup_reads },
	{ "backup", "backup_locks", backup_locks },
	{}
};
