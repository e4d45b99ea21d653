// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load_test.c - the loader, interrupted and refused: the host is untouched or
 * fully guarded, never in between.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUNDLE "/enforce.bundle"

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("# %s: %s\n", path, strerror(errno));
	close(fd);
}

static bool guarded(void)
{
	return act("other", "--try", "", NULL) == EPERM;
}

static bool untouched(void)
{
	return act("other", "--try", "", NULL) == 0;
}

static void refused(const char *what, const char *bundle, const char *remedy)
{
	struct stat st;
	int status = loader(bundle, NULL);

	result(status == 1 && strstr(loader_said, remedy), "%s: refused, and says \"%s\"", what,
	       remedy);
	if (!strstr(loader_said, remedy))
		printf("# it said: %s\n", loader_said);
	result(untouched() && stat("/sys/fs/bpf/sekisho", &st) < 0, "%s: nothing is changed", what);
}

static void alter(const char *from, const char *to, off_t at)
{
	char buf[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ssize_t n = read(in, buf, sizeof(buf));

	if (n > at)
		buf[at] ^= 1;
	if (write(out, buf, (size_t)n) != n)
		perror("# alter");
	close(in);
	close(out);
}

static void bad_input(void)
{
	alter(BUNDLE, "/altered.bundle", 200);
	refused("an altered bundle", "/altered.bundle", "/altered.bundle: ");
	refused("a missing bundle", "/none.bundle", "/none.bundle: ");
	put("/proc/sys/kernel/ftrace_enabled", "0");
	refused("kernel.ftrace_enabled=0", BUNDLE, "write 1 to /proc/sys/kernel/ftrace_enabled");
	put("/proc/sys/kernel/ftrace_enabled", "1");
	rename("/srv/keys", "/srv/keys.away");
	refused("a missing directory of keys", BUNDLE, "/srv/keys: missing");
	rename("/srv/keys.away", "/srv/keys");
}

/* Killed after each step; the next load must find its way. */
static void killed_after_steps(void)
{
	static const char *const steps[] = { "verified", "loaded", "filled", "adopted", "pinned" };
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		setenv("SEKISHO_TEST_DIE_AFTER", steps[i], 1);
		result(loader(BUNDLE, NULL) == 70 && untouched(),
		       "dead after %s: nothing is enforced", steps[i]);
	}
	unsetenv("SEKISHO_TEST_DIE_AFTER");
}

/* Killed at any moment: never half. */
static void killed_any_time(void)
{
	int i, status, devnull = open("/dev/null", O_WRONLY);
	bool whole = true, is;

	for (i = 0; i < 12; i++) {
		pid_t pid = loader_start(devnull, BUNDLE, NULL);

		usleep((useconds_t)(100000 + i * 300000));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		is = guarded();
		whole = whole && (is || untouched());
		if (is)
			break;
	}
	result(whole, "killed at 12 moments: untouched or guarded, nothing between");
	close(devnull);
}

int main(int argc, char **argv)
{
	if (getpid() != 1) {
		if (argc > 1 && !strcmp(argv[1], "--serve"))
			return guest_serve();
		return argc > 1 && !strcmp(argv[1], "--try") ? read_path(DB) : 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	result(untouched(), "the database is readable without Sekisho");
	bad_input();
	killed_after_steps();
	killed_any_time();
	result(loader(BUNDLE, NULL) == 0 && guarded(),
	       "after all that the policy is loaded and enforced");
	result(strstr(loader_said, LATE ": missing; guarded from the moment it is made") &&
		       strstr(loader_said, LATER "/deep/hlr.db: missing, and " LATER " too"),
	       "it says which paths of the policy are missing");
	if (!guarded())
		printf("# it said: %s\n", loader_said);
	judge_end();
	return 0;
}
