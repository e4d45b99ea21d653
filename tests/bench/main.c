// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - PID 1 of the bench's guest: the world, the phases, the subjects.
 *
 * The kernel's command line says which guest this is by bench=KIND-N: empty-0
 * (the floor), rules-N or paths-N (Sekisho under that policy).  The image and
 * the sequence are the same for all.
 */
#define _GNU_SOURCE
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int status)
{
	printf("GUEST-EXIT %d\n", status);
	fflush(NULL);
	sync();
	reboot(RB_POWER_OFF);
}

void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("bench: ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
	fflush(stdout);
	if (getpid() == 1)
		end(1);
	_exit(1);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s: %s", path, strerror(errno));
	close(fd);
}

/* ---- the world ---- */

/*
 * As a service manager makes them.  Their memory for each processor fills the kernel's
 * first chunk of it, as it is full on any host.  In a guest with two cgroups there are
 * 3 KB left, which whoever loads programs takes; then each fork is dearer by what the
 * kernel asks about another chunk, and the figure is of how small the guest is.
 */
static void make_cgroups(void)
{
	char path[64];
	unsigned int i;

	for (i = 0; i < CGROUPS; i++) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/unit%03u.service", i);
		mkdir(path, 0755);
	}
}

static void mount_all(void)
{
	static const char *const fs[][2] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "tmpfs", "/tmp" },
		{ "tmpfs", "/run" },
		{ "tmpfs", "/plain" },
		{ "securityfs", "/sys/kernel/security" },
		{ "bpf", "/sys/fs/bpf" },
		{ "cgroup2", "/sys/fs/cgroup" },
	};
	size_t i;

	for (i = 0; i < sizeof(fs) / sizeof(*fs); i++) {
		mkdir(fs[i][1], 0755);
		mount(fs[i][0], fs[i][1], fs[i][0], 0, NULL);
	}
	make_cgroups();
	mkdir(CORE_CGROUP, 0755);
	mkdir(KEEPER_CGROUP, 0755);
}

static void loopback_up(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (ioctl(s, SIOCSIFFLAGS, &r) < 0)
		die("lo: %s", strerror(errno));
	close(s);
	/* or connect() finds an entry of earlier connections, or does not */
	put("/proc/sys/net/ipv4/tcp_no_metrics_save", "1");
}

static void make_directories(const char *path)
{
	char part[256];
	const char *p;

	for (p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(p - path), path);
		mkdir(part, 0755);
	}
}

static void make_file(const char *path)
{
	static const char page[4096];
	int fd;

	make_directories(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (fd < 0 || write(fd, page, sizeof(page)) != sizeof(page))
		die("%s: %s", path, strerror(errno));
	close(fd);
}

static void copy(const char *from, const char *to)
{
	int in, out;
	struct stat st;

	make_directories(to);
	in = open(from, O_RDONLY);
	if (in < 0 || fstat(in, &st))
		die("%s: %s", from, strerror(errno));
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (out < 0 || sendfile(out, in, NULL, (size_t)st.st_size) != st.st_size)
		die("%s: %s", to, strerror(errno));
	close(in);
	close(out);
}

/* What the policy names must be there when it is loaded. */
static void make_named(const char *kind, unsigned int n)
{
	char path[64];
	unsigned int i;

	make_directories("/srv/fill/");
	for (i = 0; i < 256; i++) {
		snprintf(path, sizeof(path), "/srv/prog/f%03u", i);
		make_file(path);
	}
	make_file("/srv/prog/book");
	make_file("/srv/prog/bulk");
	for (i = 0; i < n && !strcmp(kind, "paths"); i++) {
		snprintf(path, sizeof(path), "/srv/bulk/%03u/%06u", i / 1000, i);
		if (i % 1000 == 0)
			make_directories(path);
		close(open(path, O_WRONLY | O_CREAT, 0644));
	}
}

static void make_files(void)
{
	char path[64];
	unsigned int i;

	make_file(FREE FILE_NAME);
	make_file(DATA FILE_NAME);
	make_file(BOOK FILE_NAME);
	make_file(PLAIN FILE_NAME);
	for (i = 0; i < N_OPS; i++) {
		snprintf(path, sizeof(path), FREE "%03u", i);
		make_file(path);
	}
	copy("/init", PROGRAM);
	copy("/init", CORE_PROGRAM);
	copy("/init", COLLECTOR);
	copy("/sekisho-load", LOADER);
	make_directories("/etc/sekisho/");
}

/* ---- subjects: what the child is before its exec makes the difference ---- */

/* The same pids in every phase: a longer pid costs kill() a step more. */
static void rewind_pids(void)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);

	if (fd < 0 || write(fd, "500", 3) != 3)
		die("ns_last_pid: %s", strerror(errno));
	close(fd);
}

static pid_t start(const char *cgroup, const char *program, const char *verb, const char *a,
		   const char *b)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	if (cgroup) {
		char path[128];

		snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
		put(path, "0");
	}
	if (b && !strcmp(b, "operator"))
		put("/proc/self/loginuid", "1000");
	execl(program, program, verb, a, b, NULL);
	die("%s: %s", program, strerror(errno));
}

static void finish(pid_t pid, const char *what)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		die("%s failed (status %x)", what, status);
}

static void run_as(const char *name, const char *verb, const char *phase)
{
	bool core = !strcmp(name, "core");

	rewind_pids();
	finish(start(core ? CORE_CGROUP : NULL, core ? CORE_PROGRAM : PROGRAM, verb, phase, name),
	       name);
}

static void subject(const char *phase, const char *name)
{
	int i;

	run_as(name, "--measure", phase);
	for (i = 0; i < SPAWNERS; i++)
		run_as(name, "--spawn", phase);
}

static void phase(const char *name)
{
	char text[16];
	pid_t core;

	rewind_pids();
	core = start(CORE_CGROUP, CORE_PROGRAM, "--idle", NULL, NULL);
	snprintf(text, sizeof(text), "%d", core);
	put(CORE_PID, text);
	subject(name, "other");
	subject(name, "operator");
	subject(name, "core");
	kill(core, SIGKILL);
	waitpid(core, NULL, 0);
}

static void attach(const char *prefix)
{
	finish(start(NULL, PROGRAM, "--attach", prefix, NULL), prefix);
}

static void show_rows(void)
{
	FILE *f = fopen(ROWS, "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		fputs(line, stdout);
}

static void floor_of(void)
{
	attach("empty_");
	phase("empty");
}

static void sekisho(const char *set)
{
	char bundle[64];

	snprintf(bundle, sizeof(bundle), "/%s.bundle", set);
	copy(bundle, "/etc/sekisho/policy.bundle");
	finish(start(NULL, LOADER, bundle, NULL, NULL), LOADER);
	phase("sekisho");
	finish(start(KEEPER_CGROUP, COLLECTOR, "--losses", NULL, NULL), COLLECTOR);
}

static void run(const char *set)
{
	unsigned int n = 0;
	char kind[16] = "";

	if (sscanf(set, "%15[a-z]-%u", kind, &n) != 2)
		die("bench=%s: not KIND-N", set);
	mount_all();
	loopback_up();
	make_files();
	make_named(kind, n);
	phase("base");
	attach("control_");
	phase("control");
	object_detach();
	if (!strcmp(kind, "empty"))
		floor_of();
	else
		sekisho(set);
	show_rows();
	end(0);
}

/*
 * The program's first instructions: an exec ends here.  The C library's own
 * start does more when the kernel sets AT_SECURE, which is not to be counted.
 * (An executable's start need not keep rdx, but finds 0 there.)
 */
__attribute__((used)) static uint64_t entered;
__asm__(".globl bench_start\n"
	"bench_start:\n"
	"	rdtsc\n"
	"	shlq $32, %rdx\n"
	"	orq %rdx, %rax\n"
	"	movq %rax, entered(%rip)\n"
	"	xorl %edx, %edx\n"
	"	jmp _start\n");

static int child(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "--chain") && argc == 4)
		return chain_link(entered, argv);
	if (!strcmp(verb, "--measure") && argc == 4)
		return measure(argv[2], argv[3], false);
	if (!strcmp(verb, "--spawn") && argc == 4)
		return measure(argv[2], argv[3], true);
	if (!strcmp(verb, "--attach") && argc == 3)
		return object_attach(argv[2]);
	if (!strcmp(verb, "--losses"))
		return object_losses();
	while (!strcmp(verb, "--idle"))
		pause();
	return 2;
}

int main(int argc, char **argv)
{
	const char *set = getenv("bench");

	if (getpid() != 1)
		return child(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	run(set ? set : "");
	return 0;
}
