// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * try - the attempts that no installed program makes.
 *
 *	usage: try VERB ARGUMENT...
 *
 * Exit 0 if it worked and reached what it wanted; else 1 and on standard error
 * the call with the text of its errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/vhost.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int fail(const char *call)
{
	fprintf(stderr, "%s: %s\n", call, strerror(errno));
	return 1;
}

static int nothing(const char *what)
{
	fprintf(stderr, "went through, but %s\n", what);
	return 1;
}

/* handle FILE TEXT: open FILE by its handle, find TEXT in it */
static int handle(char **arg)
{
	union {
		struct file_handle h;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h.handle_bytes = MAX_HANDLE_SZ };
	int id, fd, root = open("/", O_RDONLY);
	static char buf[1 << 16];
	ssize_t n;

	if (name_to_handle_at(AT_FDCWD, arg[0], &u.h, &id, 0))
		return fail("name_to_handle_at");
	fd = open_by_handle_at(root, &u.h, O_RDONLY);
	if (fd < 0)
		return fail("open_by_handle_at");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (memmem(buf, (size_t)n, arg[1], strlen(arg[1])))
			return 0;
	return n < 0 ? fail("read") : nothing("the text is not there");
}

/* scan DEVICE TEXT: find TEXT anywhere on a disk */
static int scan(char **arg)
{
	size_t block = 4 << 20, keep = strlen(arg[1]);
	int fd = open(arg[0], O_RDONLY);
	char *buf = malloc(block + keep);
	ssize_t n;

	if (fd < 0)
		return fail("open");
	memset(buf, 0, keep);
	/* The end of each block again before the next: TEXT may lie across. */
	while ((n = read(fd, buf + keep, block)) > 0) {
		if (memmem(buf, (size_t)n + keep, arg[1], keep))
			return 0;
		memmove(buf, buf + n, keep);
	}
	return n < 0 ? fail("read") : nothing("the text is not there");
}

/* The first mapping of a process starts with its program's ELF header. Where
 * maps can't be read any address will do: the right is asked for first.
 */
static unsigned long first_mapping(const char *pid)
{
	unsigned long at = 0x10000;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%lx", &at) != 1)
		at = 0x10000;
	if (f)
		fclose(f);
	return at;
}

static int is_elf(const char *buf)
{
	return memcmp(buf, "\177ELF", 4) ? nothing("that is not its memory") : 0;
}

/* vm PID: process_vm_readv */
static int vm(char **arg)
{
	char buf[4];
	struct iovec to = { buf, sizeof(buf) };
	struct iovec from = { (void *)first_mapping(arg[0]), sizeof(buf) };

	if (process_vm_readv((pid_t)atoi(arg[0]), &to, 1, &from, 1, 0) < 0)
		return fail("process_vm_readv");
	return is_elf(buf);
}

/* mem PID: /proc/PID/mem */
static int mem(char **arg)
{
	char path[64], buf[4];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/mem", arg[0]);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return fail("open");
	if (pread(fd, buf, sizeof(buf), (off_t)first_mapping(arg[0])) < 0)
		return fail("read");
	return is_elf(buf);
}

/* raw: a socket that gets all TCP */
static int raw(char **arg)
{
	(void)arg;
	return socket(AF_INET, SOCK_RAW, IPPROTO_TCP) < 0 ? fail("socket") : 0;
}

/* tap NAME: the end of a tap that a virtual machine would have */
static int tap(char **arg)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR);

	if (fd < 0)
		return fail("open");
	strncpy(ifr.ifr_name, arg[0], sizeof(ifr.ifr_name) - 1);
	return ioctl(fd, TUNSETIFF, &ifr) ? fail("TUNSETIFF") : 0;
}

/* vhost FILE: a vhost device, by whatever name */
static int vhost(char **arg)
{
	int fd = open(arg[0], O_RDWR);

	if (fd < 0)
		return fail("open");
	return ioctl(fd, VHOST_SET_OWNER) ? fail("VHOST_SET_OWNER") : 0;
}

/* getfd PID FILE: the descriptor that the process has of FILE */
static int get_fd(char **arg)
{
	int process = (int)syscall(SYS_pidfd_open, atoi(arg[0]), 0);
	char own[64], file[256];

	if (process < 0)
		return fail("pidfd_open");
	for (int there = 3; there < 256; there++) {
		int fd = (int)syscall(SYS_pidfd_getfd, process, there, 0);
		ssize_t n;

		if (fd < 0 && errno == EBADF)
			continue;
		if (fd < 0)
			return fail("pidfd_getfd");
		snprintf(own, sizeof(own), "/proc/self/fd/%d", fd);
		n = readlink(own, file, sizeof(file) - 1);
		close(fd);
		file[n < 0 ? 0 : n] = '\0';
		if (!strcmp(file, arg[1]))
			return 0;
	}
	return nothing("it has none");
}

/* truncate FILE SIZE */
static int cut(char **arg)
{
	return truncate(arg[0], atol(arg[1])) ? fail("truncate") : 0;
}

/* write FILE TEXT: one open, one write, each with its errno */
static int put(char **arg)
{
	int fd = open(arg[0], O_WRONLY);

	if (fd < 0)
		return fail("open");
	return write(fd, arg[1], strlen(arg[1])) < 0 ? fail("write") : 0;
}

/* now: time since boot in ns, the clock of the records */
static int now(char **arg)
{
	struct timespec t;

	(void)arg;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return printf("%lld%09ld\n", (long long)t.tv_sec, t.tv_nsec) < 0;
}

static volatile sig_atomic_t ended;

static void on_term(int signal)
{
	(void)signal;
	ended = 1;
}

/* hammer FILE SECONDS: open it again and again, till SIGTERM at the latest; 1 if
 * that ever worked.  Prints how often it was refused.
 */
static int hammer(char **arg)
{
	long tried = 0, opened = 0, other = 0;
	time_t end = time(NULL) + atol(arg[1]);

	signal(SIGTERM, on_term);
	while (!ended && time(NULL) < end) {
		int fd = open(arg[0], O_RDONLY);

		tried++;
		other += fd < 0 && errno != EPERM;
		if (fd >= 0) {
			opened++;
			close(fd);
		}
	}
	printf("%ld tries, %ld opened, %ld other errors\n", tried, opened, other);
	return !tried || opened || other;
}

/* opens FILE COUNT PAUSE: so often, with so many microseconds between; tells who it
 * was and what came of it.
 */
static int opens(char **arg)
{
	long count = atol(arg[1]), opened = 0, refused = 0, other = 0;
	useconds_t pause = (useconds_t)atol(arg[2]);

	for (long i = 0; i < count; i++) {
		int fd = open(arg[0], O_RDONLY);

		opened += fd >= 0;
		refused += fd < 0 && errno == EPERM;
		other += fd < 0 && errno != EPERM;
		if (fd >= 0)
			close(fd);
		if (pause)
			usleep(pause);
	}
	printf("pid %d: %ld opened, %ld refused, %ld other errors\n", (int)getpid(), opened,
	       refused, other);
	return 0;
}

/* tire SOCKET SECONDS: ask the collector until its processor time is used up and
 * the kernel kills it: nobody else may.
 */
static int tire(char **arg)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	time_t end = time(NULL) + atol(arg[1]);
	static char buf[1 << 16];
	long asked = 0;

	strncpy(to.sun_path, arg[0], sizeof(to.sun_path) - 1);
	while (time(NULL) < end) {
		int s = socket(AF_UNIX, SOCK_STREAM, 0);

		if (connect(s, (void *)&to, sizeof(to)) ||
		    send(s, "status\n", 7, MSG_NOSIGNAL) != 7) {
			printf("asked %ld times\n", asked);
			return 0;
		}
		while (recv(s, buf, sizeof(buf), 0) > 0)
			;
		close(s);
		asked++;
	}
	return nothing("it answers on");
}

static const struct {
	const char *verb;
	int args;
	int (*run)(char **arg);
} verbs[] = {
	{ "handle", 2, handle }, { "scan", 2, scan },	 { "vm", 1, vm },     { "mem", 1, mem },
	{ "raw", 0, raw },	 { "truncate", 2, cut }, { "write", 2, put }, { "now", 0, now },
	{ "hammer", 2, hammer }, { "opens", 3, opens },	 { "tire", 2, tire }, { "tap", 1, tap },
	{ "vhost", 1, vhost },	 { "getfd", 2, get_fd },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (argc > 1 && !strcmp(argv[1], verbs[i].verb) && argc == verbs[i].args + 2)
			return verbs[i].run(argv + 2);
	fprintf(stderr, "usage: try VERB ARGUMENT...\n");
	return 2;
}
