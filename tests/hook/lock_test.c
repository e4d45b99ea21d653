// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lock_test.c - powers of the kernel: open without Sekisho, open until the lock,
 * closed after it; ordinary work goes on.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct attempt *const groups[] = { power_attempts, NULL };

/* A daemon of the host: attempts find it by its pid. */
static void start_stranger(void)
{
	FILE *f = fopen("/tmp/stranger.pid", "w");

	if (!f)
		return;
	fprintf(f, "%d", act_start("/usr/bin/try", "--idle", -1, -1));
	fclose(f);
}

/* Who asks for a module has this program run. */
static void be_modprobe(void)
{
	FILE *f = fopen("/proc/sys/kernel/modprobe", "w");

	if (!f)
		return;
	fputs("/usr/bin/try", f);
	fclose(f);
}

static void open_still(const struct attempt *a)
{
	int err;

	ready("hlr");
	err = act("other", "--try", a->name, NULL);
	result(err == 0, "%s is open until the lock (%s)", a->name, strerror(err));
}

static void locked(const struct attempt *a)
{
	enforced(a, "other");
	enforced(a, "operator");
}

static int child(int argc, char **argv)
{
	const char *verb = argv[1], *what = argc > 2 ? argv[2] : "";

	if (!strcmp(verb, "-q")) /* as modprobe */
		return close(open("/tmp/autoloaded", O_WRONLY | O_CREAT, 0600));
	if (!strcmp(verb, "--early"))
		return early_child(what);
	if (!strcmp(verb, "--hold"))
		return held_serve();
	if (!strcmp(verb, "--list"))
		return access("/run/sekisho/held", R_OK);
	if (!strcmp(verb, "--idle"))
		return pause();
	return judge_child(verb, what);
}

int main(int argc, char **argv)
{
	judge_begin(groups);
	if (!strcmp(argv[0], "/usr/lib/systemd/systemd-shutdown"))
		return life_ended(argc, argv);
	if (getpid() != 1)
		return argc > 1 ? child(argc, argv) : 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	be_modprobe();
	core_start();
	start_stranger();
	each(without);
	life_without();
	held_start();
	result(act_program("/usr/sbin/sekisho-load", "--lock") == 1,
	       "nothing to lock without a policy");
	early_load();
	result(act_program("/usr/sbin/sekisho-load", "/enforce.bundle") == 0,
	       "the policy is loaded");
	early_over();
	core_start();
	each(open_still);
	result(act_program("/usr/sbin/sekisho-load", "--lock") == 0, "the host is locked");
	records_open();
	held_locked();
	core_start();
	each(locked);
	twin_all();
	life_locked();
	result(act_program("/usr/sbin/sekisho-load", "--lock") == 0,
	       "to lock again changes nothing");
	life_as_shutdown();
	return 0;
}
