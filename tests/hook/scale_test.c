// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scale_test.c - 10,000 tasks and 1,000,000 files: nobody unmarked, nothing without its
 * label, nothing refused wrongly, what is lost counted, and the memory it takes.
 *
 * Not one of "make test": "make scale" runs it.  Its files lie on a tmpfs.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PINS "/sys/fs/bpf/sekisho/"
#define TASKS 10000
#define FILES 1000000
#define FEW 50000 /* without a policy, for the memory of a file alone */
#define IN_DIRECTORY 10000

/* ---- files ---- */

static void name(char path[64], int i)
{
	snprintf(path, 64, DATA "/many/%d/%d", i / IN_DIRECTORY, i);
}

/* How many could not be made. */
static int make_files(int n)
{
	char path[64];
	int i, fd, failed = 0;

	mkdir(DATA "/many", 0755);
	for (i = 0; i < n; i++) {
		if (i % IN_DIRECTORY == 0) {
			snprintf(path, sizeof(path), DATA "/many/%d", i / IN_DIRECTORY);
			mkdir(path, 0755);
		}
		name(path, i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
		failed += fd < 0;
		close(fd);
	}
	return failed;
}

static int remove_files(int n)
{
	char path[64];
	int i, failed = 0;

	for (i = 0; i < n; i++) {
		name(path, i);
		failed += unlink(path) < 0;
	}
	return failed;
}

/* How many opens did not end so. */
static int open_files(int n, int error)
{
	char path[64];
	int i, fd, failed = 0;

	for (i = 0; i < n; i++) {
		name(path, i);
		fd = open(path, O_RDONLY);
		failed += (fd < 0 ? errno : 0) != error;
		close(fd);
	}
	return failed;
}

/* ---- tasks ---- */

/* The tasks of a family, all alive at once until the pipe at 60 is closed. */
static int storm(void)
{
	int i, family = 100;
	char c;

	for (i = 0; i < family; i++)
		if (!fork())
			break;
	if (i < family) { /* one of the first hundred */
		for (i = 1; i < TASKS / family; i++)
			if (!fork())
				break;
		if (write(61, ".", 1) != 1)
			return 1;
	}
	return read(60, &c, 1) == 0 ? 0 : 1;
}

static int login_of(int pid)
{
	char path[64], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/loginuid", pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return atoi(text);
}

/* As the collector, which may read our maps: tasks with a login uid, and marked ones. */
static int count_marks(void)
{
	int map = bpf_obj_get(PINS "tasks"), pid, pidfd, all = 0, marked = 0;
	DIR *d = opendir("/proc");
	struct seki_task task;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		pid = atoi(e->d_name);
		if (pid <= 1 || login_of(pid) != 1000)
			continue;
		all++;
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		marked += !bpf_map_lookup_elem(map, &pidfd, &task) && task.marked;
		close(pidfd);
	}
	printf("# %d tasks of the operator, %d marked\n", all, marked);
	return all >= TASKS && marked == all ? 0 : 1;
}

/* ---- what it takes ---- */

/* Kilobytes of a line of /proc/meminfo. */
static long memory(const char *line)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char key[64];
	long n;

	while (f && fscanf(f, "%63s %ld%*[^\n]", key, &n) == 2)
		if (!strcmp(key, line))
			break;
	if (f)
		fclose(f);
	return n;
}

static long kernel_memory(void)
{
	return memory("Slab:") + memory("Percpu:") + memory("KernelStack:");
}

static void sum_counters(struct seki_stats *ret)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF), i, j;
	int map = bpf_obj_get(PINS "stats");
	struct seki_stats *s = mmap(NULL, (size_t)cpus * sizeof(*s), PROT_READ, MAP_SHARED, map, 0);

	memset(ret, 0, sizeof(*ret));
	for (i = 0; s != MAP_FAILED && i < cpus; i++) {
		ret->denied += s[i].denied;
		for (j = 0; j < SEKI_LOSS_COUNT; j++)
			ret->loss[j] += s[i].loss[j];
	}
}

/* As the collector. The sizes of maps are what the kernel says of them. */
static int count_maps(void)
{
	DIR *d = opendir(PINS);
	char path[320], line[128];
	long sum = 0, n;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		FILE *f;
		int fd;

		snprintf(path, sizeof(path), PINS "%s", e->d_name);
		fd = bpf_obj_get(path);
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
		f = fopen(path, "r");
		n = 0;
		while (f && fgets(line, sizeof(line), f))
			if (sscanf(line, "memlock:\t%ld", &n) == 1 && n >= 65536)
				printf("# map %s: %ld KiB\n", e->d_name, n / 1024);
		sum += n;
		if (f)
			fclose(f);
		close(fd);
	}
	printf("# maps and programs: %ld KiB\n", sum / 1024);
	return sum && sum < 64l << 20 ? 0 : 1;
}

static int count_losses(int refused)
{
	struct seki_stats s;
	bool whole;

	sum_counters(&s);
	printf("# %llu refused; records lost for a full ring: %llu, tasks not made: %llu, objects not made: %llu\n",
	       s.denied, s.loss[SEKI_LOSS_EVIDENCE_FULL], s.loss[SEKI_LOSS_TASK_STORAGE],
	       s.loss[SEKI_LOSS_OBJECT_STORAGE]);
	whole = s.denied >= (__u64)refused && s.loss[SEKI_LOSS_EVIDENCE_FULL];
	return whole && !s.loss[SEKI_LOSS_TASK_STORAGE] && !s.loss[SEKI_LOSS_OBJECT_STORAGE] ? 0 :
											       1;
}

/* ---- PID 1 ---- */

static void per_thing(const char *what, long before, long after, int n)
{
	printf("# kernel memory for %d %s: %ld KiB, %ld bytes each\n", n, what, after - before,
	       (after - before) * 1024 / n);
}

static void tasks(const char *when, bool policy)
{
	int hold[2], up[2], n, before = (int)kernel_memory();
	pid_t pid;
	char c;

	if (pipe(hold) || pipe(up))
		return;
	dup2(hold[0], 60);
	dup2(up[1], 61);
	close(hold[0]);
	close(up[1]);
	pid = fork();
	if (!pid) {
		FILE *f = fopen("/proc/self/loginuid", "w");

		fputs("1000", f);
		fclose(f);
		close(hold[1]);
		close(up[0]);
		execl("/usr/bin/try", "/usr/bin/try", "--storm", NULL);
		_exit(127);
	}
	close(60);
	close(61);
	for (n = 0; n < TASKS && read(up[0], &c, 1) == 1; n++)
		;
	result(n == TASKS, "%s: %d tasks are forked and live", when, n);
	per_thing("tasks", before, kernel_memory(), TASKS);
	if (policy)
		result(act_program("/usr/sbin/sekishod", "--marks") == 0,
		       "each of them carries the operator mark");
	close(hold[1]);
	waitpid(pid, NULL, 0);
	while (waitpid(-1, NULL, 0) > 0)
		;
	close(up[0]);
}

static int act_for(const char *path, const char *verb)
{
	int status;
	pid_t pid = act_start(path, verb, -1, -1);

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void files(void)
{
	long before = kernel_memory();

	result(act_for("/usr/bin/hlr", "--make") == 0, "the core function makes %d files", FILES);
	per_thing("files with a label", before, kernel_memory(), FILES);
	result(act_for("/usr/bin/hlr", "--open") == 0, "none of them is refused to it");
	result(act_for("/usr/bin/try", "--open-refused") == 0,
	       "each of them is refused to another root process");
	result(act_for("/usr/bin/hlr", "--one") != 0,
	       "while the ring is full nobody enters the core function's domain unrecorded");
	result(act_program("/usr/sbin/sekishod", "--losses") == 0,
	       "each refusal is counted, what the ring could not take too, nothing else is lost");
	result(act_program("/usr/sbin/sekishod", "--maps") == 0, "the maps have bounds");
}

static int child(const char *verb)
{
	if (!strcmp(verb, "--storm"))
		return storm();
	if (!strcmp(verb, "--marks"))
		return count_marks();
	if (!strcmp(verb, "--maps"))
		return count_maps();
	if (!strcmp(verb, "--losses"))
		return count_losses(FILES);
	if (!strcmp(verb, "--make"))
		return make_files(FILES) != 0;
	if (!strcmp(verb, "--open"))
		return open_files(FILES, 0) != 0;
	if (!strcmp(verb, "--one"))
		return open_files(1, 0) != 0;
	if (!strcmp(verb, "--open-refused"))
		return open_files(FILES, EPERM) != 0;
	return strcmp(verb, "--serve") ? 2 : guest_serve();
}

int main(int argc, char **argv)
{
	long before;

	if (getpid() != 1)
		return argc > 1 ? child(argv[1]) : 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	result(mount("t", DATA, "tmpfs", 0, "size=90%,nr_inodes=0") == 0,
	       "a file system of memory");
	guest_fixture();
	tasks("without Sekisho", false);
	before = kernel_memory();
	result(make_files(FEW) == 0, "%d files without Sekisho", FEW);
	per_thing("files", before, kernel_memory(), FEW);
	result(remove_files(FEW) == 0, "removed");
	result(act_program("/usr/sbin/sekisho-load", "/enforce.bundle") == 0,
	       "the policy is loaded");
	tasks("with Sekisho", true);
	files();
	judge_end();
	return 0;
}
