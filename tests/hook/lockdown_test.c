// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lockdown_test.c - the same gate under lockdown=confidentiality, where
 * bpf_probe_read_kernel() is refused.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

static const char *const refused[] = {
	"open_read",	    "below",	     "second_name",    "single_file",	"create_late",
	"move_over_single", "vm_readv",	     "stop",	       "packet_raw",	"vty",
	"vty_mapped",	    "vty_fast_open", "control_socket", "ftrace_switch", "exec_core",
	"raw_device",
};

static const struct attempt *const groups[] = {
	file_attempts, inode_attempts, process_attempts, net_attempts, seal_attempts,
};

static int run(const char *name)
{
	const struct attempt *a;
	size_t g;

	for (g = 0; g < sizeof(groups) / sizeof(*groups); g++)
		for (a = groups[g]; a->name; a++)
			if (!strcmp(a->name, name))
				return a->run();
	return 127;
}

static int child(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--serve"))
		return guest_serve();
	if (argc > 1 && !strcmp(argv[1], "--setup"))
		return guest_fixture(), 0;
	if (argc > 2 && !strcmp(argv[1], "--as"))
		return from_child(argv[2] + strlen("from="));
	return argc > 2 && !strcmp(argv[1], "--try") ? run(argv[2]) : 0;
}

/* What the kernel sees of a login is read without that helper, too. */
static int logins(int *tests)
{
	static const struct {
		const char *how;
		int error;
	} row[] = {
		{ "from=4000:-:127.0.0.2", 0 },
		{ "from=4000:-:127.0.0.3", EPERM },
		{ "from=4001:in:/dev/tty5", 0 },
		{ "from=4001:in:/dev/null", EPERM },
	};
	int failures = 0, err;

	act("hlr", "--setup", "", NULL);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		err = act("other", "--as", row[i].how, NULL);
		printf("%s %d - a login %s %s (%s)\n", err == row[i].error ? "ok" : "not ok",
		       ++*tests, row[i].how, row[i].error ? "does not read" : "reads",
		       strerror(err));
		failures += err != row[i].error;
	}
	return failures;
}

int main(int argc, char **argv)
{
	int tests = 0, failures = 0, fd, err;
	size_t i;

	if (getpid() != 1)
		return child(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	fd = open("/sys/kernel/security/lockdown", O_WRONLY);
	err = fd < 0 || write(fd, "confidentiality", 15) != 15;
	printf("%s %d - the kernel is locked down\n", err ? "not ok" : "ok", ++tests);
	failures += err;
	err = act_program("/usr/sbin/sekisho-load", "/enforce.bundle");
	printf("%s %d - the policy is loaded\n", err ? "not ok" : "ok", ++tests);
	failures += err != 0;
	act_start("/usr/bin/hlr", "--serve", -1, -1);
	for (i = 0; i < 500 && !victim(); i++)
		usleep(20000);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		act("hlr", "--setup", "", NULL);
		err = act("other", "--try", refused[i], NULL);
		printf("%s %d - %s is refused (%s)\n", err == EPERM ? "ok" : "not ok", ++tests,
		       refused[i], strerror(err));
		failures += err != EPERM;
	}
	failures += logins(&tests);
	act("hlr", "--setup", "", NULL);
	err = act("hlr", "--try", "open_read", NULL);
	printf("%s %d - the core function reads its data\n", err ? "not ok" : "ok", ++tests);
	failures += err != 0;
	printf("1..%d\nGUEST-EXIT %d\n", tests, failures ? 1 : 0);
	fflush(NULL);
	reboot(RB_POWER_OFF);
	return 0;
}
