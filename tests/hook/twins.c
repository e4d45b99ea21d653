// SPDX-License-Identifier: GPL-2.0-or-later
/* twins.c - what must stay allowed while the policy is enforced. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)

static int read_some(const char *path)
{
	char buf[64];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return errno;
	n = read(fd, buf, sizeof(buf));
	close(fd);
	return n < 0 ? errno : 0;
}

static int own_files(void)
{
	int fd = open(OWN "/note", O_RDWR | O_CREAT, 0600);

	if (fd < 0 || write(fd, "x", 1) != 1 || fchmod(fd, 0644) < 0)
		return errno;
	close(fd);
	if (rename(OWN "/note", OWN "/note2") < 0 || truncate(OWN "/note2", 0) < 0)
		return errno;
	return OK(unlink(OWN "/note2"));
}

static int own_directories(void)
{
	if (mkdir(OWN "/d", 0700) < 0 || rename(OWN "/d", OWN "/d2") < 0)
		return errno;
	return OK(rmdir(OWN "/d2"));
}

static int ps(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", victim());
	return read_some(path);
}

static int cmdline(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", victim());
	return read_some(path);
}

static int signal_nought(void) { return OK(kill(victim(), 0)); }

static int strace_own_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, NULL, 0) != pid)
		return errno;
	return OK(ptrace(PTRACE_KILL, pid, 0, 0));
}

static int kill_own_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	return OK(kill(pid, SIGKILL));
}

static int mount_tmpfs(void)
{
	mkdir("/tmp/t", 0700);
	if (mount("t", "/tmp/t", "tmpfs", 0, NULL) < 0)
		return errno;
	return OK(umount("/tmp/t"));
}

static int udp_socket(void) { return OK(socket(AF_INET, SOCK_DGRAM, 0)); }
static int netlink_socket(void) { return OK(socket(AF_NETLINK, SOCK_RAW, 0)); }

/* As ss(8) does: it asks for a power it can do without, and leaves no record. */
static int list_sockets(void)
{
	struct { struct nlmsghdr h; struct inet_diag_req_v2 r; } q = {
		{ sizeof(q), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 },
		{ .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u } };
	struct nlmsghdr answer[512];
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);

	if (send(s, &q, sizeof(q), 0) < 0 || recv(s, answer, sizeof(answer), 0) < 0)
		return errno;
	return answer->nlmsg_type == SOCK_DIAG_BY_FAMILY ? 0 : ENODATA;
}

/* A port that nobody guards, of the row that VTY_PORT wants (bpf/near.h). */
static int connect_elsewhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(4189),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int l = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(l, (void *)&a, sizeof(a)) < 0 || listen(l, 1) < 0)
		return errno;
	return OK(connect(s, (void *)&a, sizeof(a)));
}

/* The port of another protocol, and a neighbour of an abstract name. */
static int other_datagrams(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(VTY_PORT),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (sendto(s, "x", 1, 0, (void *)&a, sizeof(a)) < 0)
		return errno;
	a.sin_port = htons(53);
	return OK(sendto(s, "x", 1, 0, (void *)&a, sizeof(a)));
}

static int own_abstract(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0hlr-control2" };
	int l = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(l, (void *)&a, sizeof(sa_family_t) + 13) < 0 || listen(l, 1) < 0)
		return errno;
	return OK(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof(sa_family_t) + 13));
}

static int read_ftrace(void) { return read_some("/proc/sys/kernel/ftrace_enabled"); }
static int read_id(void) { return read_some("/etc/machine-id"); }
static int read_program(void) { return read_some("/usr/bin/hlr"); }
static int read_device(void) { return read_some("/dev/zero"); }

static int stat_db(void)
{
	struct stat st;

	return OK(stat(DB, &st));
}

static int exec_other(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl("/usr/bin/try", "/usr/bin/try", "--version", NULL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static int read_db(void) { return read_path(DB); }
static int read_log_config(void) { return read_some("/etc/sekisho/policy.bundle"); }

/* A core function replaces its database by rename, as databases do. */
static int replace_by_rename(void)
{
	int fd = open(DATA "/hlr.tmp", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, SECRET, sizeof(SECRET) - 1) < 0)
		return errno;
	close(fd);
	return OK(rename(DATA "/hlr.tmp", DB));
}

/* ... and its configuration through a new file beside it, outside the label. */
static int save_config(void)
{
	int fd = open("/srv/etc/hlr.cfg.tmp", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, SECRET, sizeof(SECRET) - 1) < 0)
		return errno;
	close(fd);
	return OK(rename("/srv/etc/hlr.cfg.tmp", CFG));
}

static int map_code(int prot, int later)
{
	int fd = open(ONE_LIB, O_RDONLY), err;
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);

	if (fd < 0 || p == MAP_FAILED)
		return errno;
	err = later ? OK(mprotect(p, 4096, later)) : 0;
	munmap(p, 4096);
	close(fd);
	return err;
}

static int map_sealed(void) { return map_code(PROT_READ | PROT_EXEC, 0); }
static int map_sealed_later(void) { return map_code(PROT_READ, PROT_READ | PROT_EXEC); }
static int memory_kept(void) { void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); return OK(mprotect(p, 4096, PROT_READ)); }
static int own_machine_code(void) { return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0; }

/* Shared memory with a name and without one, passed on as code by a JIT of one's own. */
static int own_shared(void)
{
	int fd = open("/dev/shm/mine", O_RDWR | O_CREAT, 0600), m = memfd_create("mine", 0);
	int err = fd < 0 || ftruncate(fd, 4096) < 0 || ftruncate(m, 4096) < 0 ? errno : 0;

	if (!err && mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0) == MAP_FAILED)
		err = errno;
	return err ? err : OK(unlink("/dev/shm/mine"));
}

static int other_user(void) { return OK(setuid(1000)); }

/* What dpkg(1) does to each file: a new one beside it, a second name for the old. */
static int install_code(void)
{
	int fd = open(ONE_LIB ".new", O_RDWR | O_CREAT | O_EXCL, 0755);

	if (fd < 0 || ftruncate(fd, 8192) < 0 || fchmod(fd, 0755) < 0 || fchown(fd, 0, 0) < 0)
		return errno;
	close(fd);
	unlink(ONE_LIB ".tmp");
	if (link(ONE_LIB, ONE_LIB ".tmp") < 0 || rename(ONE_LIB ".new", ONE_LIB) < 0)
		return errno;
	return OK(unlink(ONE_LIB ".tmp"));
}

/* The table of them has room for 4096; they are forgotten when the kernel frees them,
 * a moment after they are removed.
 */
#define MANY 4200

static int made(int (*make)(void), int (*drop)(int))
{
	int i, id, tries;

	for (i = 0; i < MANY; i++) {
		for (tries = 0; (id = make()) < 0 && errno == ENOMEM && tries < 100; tries++)
			usleep(20000);
		if (id < 0 || drop(id) < 0)
			return errno;
	}
	return 0;
}

static int make_queue(void) { return msgget(IPC_PRIVATE, 0600); }
static int drop_queue(int id) { return msgctl(id, IPC_RMID, NULL); }
static int make_semaphore(void) { return semget(IPC_PRIVATE, 1, 0600); }
static int drop_semaphore(int id) { return semctl(id, 0, IPC_RMID); }
static int make_memory(void) { return shmget(IPC_PRIVATE, 4096, 0600); }
static int drop_memory(int id) { return shmctl(id, IPC_RMID, NULL); }
static int queues_again(void) { return made(make_queue, drop_queue); }
static int semaphores_again(void) { return made(make_semaphore, drop_semaphore); }
static int segments_again(void) { return made(make_memory, drop_memory); }

/* A full table makes no more: nothing is without a guard. */
static int queues_bounded(void)
{
	static int id[MANY];
	int n = 0, err;

	while (n < MANY && (id[n] = make_queue()) >= 0)
		n++;
	err = n < MANY ? errno : 0;
	while (n)
		drop_queue(id[--n]);
	return err == ENOMEM ? 0 : err ? err : ENODATA;
}

/* Where the core function's queues were, others are now. */
static int own_queues(void)
{
	static int id[MANY];
	struct msqid_ds d;
	int n = 0, err = 0;

	while (!err && n < MANY / 2) {
		id[n] = make_queue();
		err = id[n] < 0 || msgctl(id[n], IPC_STAT, &d) < 0 ? errno : 0;
		n += id[n] >= 0;
	}
	while (n)
		drop_queue(id[--n]);
	return err;
}

#define T(subject, fn) { subject, #fn, fn }

const struct twin twins[] = {
	T("other", own_files), T("other", own_directories), T("other", ps),
	T("other", cmdline), T("other", signal_nought), T("other", strace_own_child),
	T("other", kill_own_child), T("other", mount_tmpfs), T("other", udp_socket),
	T("other", netlink_socket), T("other", connect_elsewhere), T("other", read_ftrace),
	T("other", read_program), T("other", read_device), T("other", read_id),
	T("other", list_sockets), T("operator", list_sockets), T("other", stat_db), T("other", exec_other), T("other", read_log_config),
	T("operator", own_files), T("operator", own_directories), T("operator", ps),
	T("operator", strace_own_child), T("operator", exec_other), T("operator", mount_tmpfs),
	T("backup", read_db), T("hlr", replace_by_rename), T("hlr", save_config),
	T("other", map_sealed), T("hlr", map_sealed), T("hlr", map_sealed_later), T("hlr", memory_kept),
	T("other", own_machine_code), T("operator", own_machine_code), T("backup", own_machine_code),
	T("other", own_shared), T("operator", own_shared), T("hlr", own_shared), T("other", other_user), T("operator", other_user),
	T("hlr", queues_again), T("hlr", semaphores_again), T("hlr", segments_again), T("hlr", queues_bounded), T("other", own_queues), T("operator", own_queues),
	T("other", other_datagrams), T("operator", other_datagrams), T("other", own_abstract), T("operator", own_abstract),
	T("pkg", install_code), T("hlr", map_sealed), T("hlr", map_sealed_later),
	{}
};
