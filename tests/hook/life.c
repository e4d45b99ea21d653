// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * life.c - what PID 1 can be asked to do to Sekisho's processes: signals, and the
 * knobs of their cgroups.  The host's end must still be able to end them.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNIT "/sys/fs/cgroup/sekishod.service/"
#define OTHER "/sys/fs/cgroup/other.service/"
#define END "/usr/lib/systemd/systemd-shutdown"

/* Last what ends the process that it is done to. */
static const struct {
	const char *file, *text;
} knobs[] = {
	{ "cgroup.freeze", "1" },	{ "cgroup.freeze", "0" },
	{ "memory.max", "1073741824" }, { "memory.high", "1073741824" },
	{ "pids.max", "100" },		{ "cpu.max", "50000 100000" },
	{ "cpu.weight", "1" },		{ "cgroup.max.depth", "5" },
	{ "cgroup.kill", "1" },
};
#define COUNT (sizeof(knobs) / sizeof(*knobs))
static const int signals[] = { SIGCONT, SIGTERM, SIGSTOP, SIGKILL };

static int put(const char *unit, const char *file, const char *text)
{
	char path[96];
	int fd, err;

	snprintf(path, sizeof(path), "%s%s", unit, file);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return errno;
	err = write(fd, text, strlen(text)) < 0 ? errno : 0;
	close(fd);
	return err;
}

static pid_t idle_in(const char *unit)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	if (put(unit, "cgroup.procs", "0"))
		_exit(1);
	execl("/usr/bin/try", "/usr/bin/try", "--idle", NULL);
	_exit(127);
}

/* Into another cgroup, which may be frozen. */
static int move(pid_t pid, const char *unit)
{
	char text[16];

	snprintf(text, sizeof(text), "%d\n", pid);
	return put(unit, "cgroup.procs", text);
}

/* All of it works on a process that is not ours; so it does without Sekisho. */
static void all_on(const char *unit, const char *when)
{
	pid_t pid = idle_in(unit);
	int status = 0, err;
	size_t i;

	usleep(200000);
	err = move(pid, "/sys/fs/cgroup/hlr.service/");
	result(err == 0, "PID 1 moves a process to another unit %s (%s)", when, strerror(err));
	move(pid, unit);
	for (i = 0; i < COUNT; i++) {
		err = put(unit, knobs[i].file, knobs[i].text);
		result(err == 0, "PID 1 sets %s of a unit %s (%s)", knobs[i].file, when,
		       strerror(err));
	}
	waitpid(pid, &status, 0);
	result(WIFSIGNALED(status), "and ends it %s", when);
	pid = idle_in(unit);
	result(kill(pid, SIGKILL) == 0, "PID 1 signals a process of a unit %s", when);
	waitpid(pid, NULL, 0);
	put(unit, "pids.max", "max");
	put(unit, "cpu.max", "max");
	put(unit, "memory.max", "max");
	put(unit, "memory.high", "max");
}

void life_without(void)
{
	all_on(UNIT, "without Sekisho");
}

static bool recorded(__u8 hook, const char *label)
{
	const struct seki_access_event *r;

	records_drain();
	r = record_of(1, SEKI_DENIED);
	return r && r->hook == hook && !strcmp(record_label(r), label) &&
	       r->e.domain == SEKI_DOMAIN_INIT;
}

static pid_t job;

static int as_job(void)
{
	char pid[16];
	int status;

	snprintf(pid, sizeof(pid), "%d", records_reader());
	fflush(NULL);
	job = fork();
	if (!job) {
		execl(END, END, pid, NULL);
		_exit(127);
	}
	waitpid(job, &status, 0);
	return WEXITSTATUS(status);
}

void life_locked(void)
{
	size_t i;
	int err;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		records_drain();
		err = kill(records_reader(), signals[i]) ? errno : 0;
		result(err == EPERM && recorded(SEKI_HOOK_task_kill, "proc.sekisho"),
		       "PID 1 can't send signal %d to the collector, which is recorded (%s)",
		       signals[i], strerror(err));
	}
	for (i = 0; i < COUNT; i++) {
		records_drain();
		err = put(UNIT, knobs[i].file, knobs[i].text);
		result(err == EPERM && recorded(SEKI_HOOK_file_open, "sekisho.cgroup"),
		       "PID 1 can't set %s of its cgroup, which is recorded (%s)", knobs[i].file,
		       strerror(err));
	}
	records_drain();
	err = move(records_reader(), OTHER);
	result(err == EACCES && recorded(SEKI_HOOK_capable, "proc.sekisho"),
	       "PID 1 can't move the collector to another unit, which is recorded (%s)",
	       strerror(err));
	result(kill(records_reader(), 0) == 0, "the collector lives, and PID 1 may ask so");
	result(put(UNIT, "cgroup.subtree_control", "") == 0 || errno != EPERM,
	       "PID 1 may hand out its controllers");
	all_on(OTHER, "beside Sekisho");
	records_drain();
	err = as_job();
	records_drain();
	result(err == EPERM && record_of(job, SEKI_DENIED) &&
		       record_of(job, SEKI_DENIED)->e.domain == SEKI_DOMAIN_OTHER,
	       "the program of the host's end as a job of PID 1 may no more than others (%s)",
	       strerror(err));
}

/* ---- the host's end ------------------------------------------------------- */

void life_as_shutdown(void)
{
	char pid[16], done[16], bad[16];
	int tests, failures;

	judge_count(&tests, &failures);
	records_keep();
	snprintf(pid, sizeof(pid), "%d", records_reader());
	snprintf(done, sizeof(done), "%d", tests);
	snprintf(bad, sizeof(bad), "%d", failures);
	fflush(NULL);
	execl(END, END, pid, done, bad, NULL);
	result(false, "PID 1 becomes the program of the host's end (%s)", strerror(errno));
	judge_end();
}

int life_ended(int argc, char **argv)
{
	pid_t pid = argc > 1 ? atoi(argv[1]) : 0;
	int err = kill(pid, SIGKILL) ? errno : 0, status = 0;

	if (getpid() != 1 || argc < 4)
		return err;
	setvbuf(stdout, NULL, _IOLBF, 0);
	judge_resume(atoi(argv[2]), atoi(argv[3]));
	result(!err && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status),
	       "PID 1, once it runs the program of the host's end, ends the collector (%s)",
	       strerror(err));
	judge_end();
	return 0;
}
