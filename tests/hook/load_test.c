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

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/enroll.h"
#include "bpf/sekisho.skel.h"

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

/* ---- what the verifier walks: 6.1 gives up at 1,000,000 instructions ---- */

#define VERIFIED_MAX 250000
#define HEAVIEST 10

struct walked {
	char name[64];
	__u32 insns;
};

static int heavier(const void *a, const void *b)
{
	const struct walked *x = a, *y = b;

	return x->insns < y->insns ? 1 : x->insns > y->insns ? -1 : 0;
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	return 0;
}

struct walks {
	struct walked v[256];
	unsigned int n;
};

static void add(struct walks *all, struct sekisho_bpf *s)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, s->obj) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);
		struct walked *w = &all->v[all->n];

		if (!bpf_program__autoload(p) ||
		    bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &len) < 0)
			continue;
		snprintf(w->name, sizeof(w->name), "%s", bpf_program__name(p));
		w->insns = info.verified_insns;
		all->n++;
	}
}

/* Those that every kernel has, or with a name one of the others alone, which this kernel
 * may not have. */
static bool walk(struct walks *all, const char *name)
{
	struct sekisho_bpf *s = sekisho_bpf__open();
	struct bpf_program *p;
	bool taken;

	bpf_object__for_each_program(p, s->obj)
		if (name)
			bpf_program__set_autoload(p, !strcmp(bpf_program__name(p), name));
	taken = !sekisho_bpf__load(s);
	if (taken)
		add(all, s);
	sekisho_bpf__destroy(s);
	return taken;
}

static void far_from_the_limit(void)
{
	struct sekisho_bpf *s = sekisho_bpf__open();
	struct walks all = { .n = 0 };
	struct bpf_program *p;
	bool taken = walk(&all, NULL);
	unsigned int i;

	libbpf_set_print(silent);
	bpf_object__for_each_program(p, s->obj)
		if (!bpf_program__autoload(p))
			walk(&all, bpf_program__name(p));
	sekisho_bpf__destroy(s);
	qsort(all.v, all.n, sizeof(*all.v), heavier);
	for (i = 0; i < all.n && i < HEAVIEST; i++)
		printf("# %7u instructions walked: %s\n", all.v[i].insns, all.v[i].name);
	result(taken && all.v[0].insns <= VERIFIED_MAX,
	       "the verifier takes %u programs, each within %d instructions", all.n, VERIFIED_MAX);
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
	far_from_the_limit();
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
