// SPDX-License-Identifier: GPL-2.0-or-later
/* guest.c - mounts, programs, files and the core function of a hook-test guest. */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static void must(int ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! guest: %s: %s\n", what, strerror(errno));
	printf("GUEST-EXIT 1\n");
	exit(1);
}

static void mount_all(void)
{
	static const char *const fs[][2] = {
		{ "proc", "/proc" },	  { "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },	  { "tmpfs", "/tmp" },
		{ "tmpfs", "/run" },	  { "securityfs", "/sys/kernel/security" },
		{ "bpf", "/sys/fs/bpf" }, { "cgroup2", "/sys/fs/cgroup" },
		{ "tmpfs", "/dev/shm" },
	};
	size_t i;

	for (i = 0; i < sizeof(fs) / sizeof(*fs); i++) {
		mkdir(fs[i][1], 0755);
		mount(fs[i][0], fs[i][1], fs[i][0], 0, NULL);
	}
}

static void load_modules(void)
{
	FILE *f = fopen("/modules/order", "r");
	char name[128], path[256];
	int fd;

	while (f && fscanf(f, "%127s", name) == 1) {
		snprintf(path, sizeof(path), "/modules/%s", name);
		fd = open(path, O_RDONLY);
		if (fd >= 0)
			syscall(SYS_finit_module, fd, "", 0);
		close(fd);
	}
	if (f)
		fclose(f);
}

static void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	struct stat st;

	must(in >= 0 && out >= 0 && fstat(in, &st) == 0, to);
	must(sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size, to);
	close(in);
	close(out);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		printf("# %s: %s\n", path, strerror(errno));
	close(fd);
}

static void loopback_up(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	ioctl(s, SIOCSIFFLAGS, &r);
	close(s);
	write_text("/proc/sys/net/ipv4/tcp_fastopen", "3");
}

static void disk(void)
{
	int i;

	mkdir("/srv", 0755);
	for (i = 0; i < 200 && access("/dev/vda", F_OK); i++)
		usleep(50000);
	must(mount("/dev/vda", "/srv", "ext4", 0, NULL) == 0, "mount of the disk");
}

void guest_prepare(void)
{
	static const char *const dirs[] = {
		"/usr",	    "/usr/bin", "/usr/sbin",  "/etc",	   "/etc/sekisho",
		"/var",	    "/var/lib", "/var/spool", "/srv/data", "/srv/keys",
		"/srv/etc", "/srv/run", OWN,	      CODE,	   "/srv/lib",
	};
	size_t i;

	mount_all();
	load_modules();
	disk();
	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		mkdir(dirs[i], 0755);
	copy("/init", "/usr/bin/try");
	copy("/init", "/usr/bin/hlr");
	copy("/init", "/usr/bin/backup");
	copy("/init", "/usr/bin/pkg");
	copy("/init", "/usr/bin/box");
	copy("/init", "/usr/bin/svc");
	copy("/init", "/usr/sbin/sekishod");
	copy("/sekisho-load", "/usr/sbin/sekisho-load");
	copy("/enforce.bundle", "/etc/sekisho/policy.bundle");
	loopback_up();
	mkdir("/sys/fs/cgroup/hlr.service", 0755);
	mkdir("/sys/fs/cgroup/sekisho.service", 0755);
	mkdir("/sys/fs/cgroup/sekishod.service", 0755);
	mkdir("/sys/fs/cgroup/other.service", 0755);
	write_text("/sys/fs/cgroup/cgroup.subtree_control", "+memory +pids +cpu");
	mkdir("/usr/lib", 0755);
	mkdir("/usr/lib/systemd", 0755);
	copy("/init", "/usr/lib/systemd/systemd-shutdown");
	guest_fixture();
	unlink(LINKED);
	must(link(DATA "/linked.db", LINKED) == 0, LINKED);
}

static void library(const char *path)
{
	if (access(path, F_OK) == 0)
		return;
	write_text(path, SECRET);
	if (truncate(path, 8192) < 0 || chmod(path, 0755) < 0)
		printf("# %s: %s\n", path, strerror(errno));
}

/* Only where there is no policy yet: with one nobody gets this far. */
static void code_fixture(void)
{
	rename("/srv/code2", CODE);
	unlink(CODE "/planted.so");
	unlink(CODE "/linked.so");
	library(LIB);
	library(ONE_LIB);
}

static void remove_leftovers(void)
{
	static const char *const gone[] = {
		LATE,	      DATA "/new",     DATA "/node",	DATA "/sym",
		DATA "/twin", DATA "/planted", DATA "/hlr.old", OWN "/out",
		OWN "/out2",  OWN "/stolen",   OWN "/forged",
	};
	size_t i;

	for (i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		unlink(gone[i]);
	if (unlink(LATER) < 0)
		rmdir(LATER);
	rmdir(OWN "/way");
	rmdir(DATA "/dir");
	rename("/srv/elsewhere", DATA);
	rename("/srv/etc2", "/srv/etc");
	rename(OWN "/a", DATA "/a");
}

/* Another queue, made when others of the same filesystem were opened already. */
static void queue_fixture(void)
{
	syscall(SYS_mq_unlink, QUEUE_LATER);
	close((int)syscall(SYS_mq_open, QUEUE_LATER, O_RDWR | O_CREAT | O_EXCL, 0666, NULL));
}

/* Run by whoever may: without a policy anyone, with one the core function. */
void guest_fixture(void)
{
	remove_leftovers();
	if (access("/etc/machine-id", F_OK))
		write_text("/etc/machine-id", SIGN_HOST "\n");
	code_fixture();
	queue_fixture();
	mkdir(DATA "/a", 0700);
	mkdir(DATA "/a/b", 0700);
	mkdir(DATA "/a/b/c", 0700);
	mkdir(DATA "/empty", 0700);
	write_text(DB, SECRET);
	write_text(DATA "/a/b/c/deep.db", SECRET);
	write_text(DATA "/cold.db", SECRET);
	write_text(DATA "/linked.db", SECRET);
	write_text(DATA "/acl", "");
	write_text(CFG, SECRET);
	chmod(DB, 0600);
	setxattr(DB, "user.keep", "1", 1, 0);
	removexattr(DB, "system.posix_acl_access");
	setxattr(DATA "/acl", "system.posix_acl_access",
		 "\2\0\0\0\1\0\6\0\377\377\377\377\2\0\6\0\350\3\0\0\4\0\0\0\377\377\377\377"
		 "\20\0\6\0\377\377\377\377\40\0\0\0\377\377\377\377",
		 44, 0);
}

/* A POSIX message queue; names have no slash below the library. */
static void make_queue(void)
{
	int q;

	syscall(SYS_mq_unlink, QUEUE);
	q = (int)syscall(SYS_mq_open, QUEUE, O_RDWR | O_CREAT | O_EXCL, 0666, NULL);
	if (q < 0 || syscall(SYS_mq_timedsend, q, SECRET, sizeof(SECRET) - 1, 0, NULL) < 0)
		perror("# core function: queue");
}

static int listen_tcp(in_port_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_STREAM, 0), one = 1, queue = 8;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(s, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue));
	if (bind(s, (void *)&a, sizeof(a)) < 0 || listen(s, 8) < 0)
		perror("# core function: VTY");
	return s;
}

static int listen_unix(const char *path, size_t len)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path, path, len);
	if (path[0])
		unlink(path);
	if (bind(s, (void *)&a, (socklen_t)(sizeof(sa_family_t) + len)) < 0 || listen(s, 8) < 0)
		perror("# core function: socket");
	return s;
}

static void receive_datagrams(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = DGRAM_PATH };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	unlink(DGRAM_PATH);
	if (bind(s, (void *)&a, sizeof(a)) < 0)
		perror("# core function: datagram socket");
}

/* Answers that a datagram came by. */
static int receive_udp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(UDP_PORT),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(s, (void *)&a, sizeof(a)) < 0)
		perror("# core function: UDP");
	return s;
}

static int listen_sctp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(SCTP_PORT),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);

	if (s < 0 || bind(s, (void *)&a, sizeof(a)) < 0 || listen(s, 8) < 0)
		perror("# core function: SCTP");
	return s;
}

static void answer_udp(int s)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char c;

	if (recvfrom(s, &c, 1, 0, (void *)&from, &len) == 1)
		sendto(s, "VTY", 3, 0, (void *)&from, len);
}

static void send_descriptor(int s, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	sendmsg(s, &msg, 0);
}

/* Take what came with the connection first: closing over it would reset it. */
static void greet(int s)
{
	char buf[16];

	recv(s, buf, sizeof(buf), MSG_DONTWAIT);
	if (write(s, "VTY\n", 4) != 4)
		perror("# core function: write");
}

static void tell(const char *path, unsigned long n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", n);
	write_text(path, text);
}

/* Memory of its own that has a name, and some that only a descriptor leads to. */
static int share_memory(int fd)
{
	if (fd < 0 || ftruncate(fd, 4096) < 0 ||
	    pwrite(fd, SECRET, sizeof(SECRET) - 1, 0) != sizeof(SECRET) - 1)
		perror("# core function: memory");
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void note_signal(int sig)
{
	(void)sig;
	close(open("/tmp/victim.sigio", O_WRONLY | O_CREAT, 0600));
}

int guest_serve(void)
{
	static char secret[] = SECRET;
	int handed[] = { open(DATA "/a/b/c/deep.db", O_RDONLY),
			 share_memory(memfd_create("hlr", 0)) };
	struct pollfd p[] = {
		{ listen_tcp(VTY_PORT), POLLIN, 0 },
		{ listen_unix(CTRL_PATH, sizeof(CTRL_PATH)), POLLIN, 0 },
		{ listen_unix("\0hand-over", 10), POLLIN, 0 },
		{ listen_unix("\0hand-memory", 12), POLLIN, 0 },
		{ listen_unix("\0hlr-control", 12), POLLIN, 0 },
		{ listen_unix(BROKER, sizeof(BROKER)), POLLIN, 0 },
		{ listen_tcp(SECOND_PORT), POLLIN, 0 },
		{ listen_sctp(), POLLIN, 0 },
		{ receive_udp(), POLLIN, 0 },
	};
	const int n = sizeof(p) / sizeof(*p);
	int i, s;

	signal(SIGUSR1, note_signal);
	signal(SIGPIPE, SIG_IGN); /* clients that did not wait for an answer */
	unlink(SHM);
	close(share_memory(open(SHM, O_RDWR | O_CREAT | O_EXCL, 0666)));
	make_queue();
	receive_datagrams();
	ipc_serve();
	tell("/tmp/victim.secret", (unsigned long)secret);
	tell("/tmp/victim.pid", (unsigned long)getpid());
	for (;;) {
		if (poll(p, n, -1) < 0)
			continue;
		for (i = 0; i < n; i++) {
			if (!(p[i].revents & POLLIN))
				continue;
			if (i == n - 1) {
				answer_udp(p[i].fd);
				continue;
			}
			s = accept(p[i].fd, NULL, NULL);
			if (i == 2 || i == 3)
				send_descriptor(s, handed[i - 2]);
			else
				greet(s);
			close(s);
		}
	}
}
