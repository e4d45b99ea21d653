// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fault_test.c - descriptors run out while the programs are loaded, attached, pinned
 * or upgraded: nothing of the new set stays, and the old one does.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned int programs(void)
{
	unsigned int n = 0;
	__u32 id;

	for (id = 0; bpf_prog_get_next_id(id, &id) == 0;)
		n++;
	return n;
}

/* What has ended may be seen a moment longer. */
static bool programs_settle(unsigned int want)
{
	for (int i = 0; i < 1000 && programs() != want; i++)
		usleep(20000);
	return programs() == want;
}

static bool guarded(void)
{
	return act("other", "--try", "", NULL) == EPERM;
}

/* The loader with that many descriptors; what it says is kept. */
static int limited(rlim_t descriptors, const char *arg)
{
	struct rlimit before, now;
	int status;

	getrlimit(RLIMIT_NOFILE, &before);
	now = (struct rlimit){ descriptors, before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &now);
	status = loader(arg, NULL);
	setrlimit(RLIMIT_NOFILE, &before);
	return status;
}

static bool untouched(unsigned int programs_before)
{
	struct stat st;
	bool open_ = !guarded(), pins = stat("/sys/fs/bpf/sekisho", &st) == 0,
	     half = stat("/sys/fs/bpf/sekisho_new", &st) == 0;
	bool same = programs_settle(programs_before);

	if (!open_ || pins || half || !same)
		printf("# open %d, pins %d, half %d, programs %u not %u; it said: %s\n", open_,
		       pins, half, programs(), programs_before, loader_said);
	return open_ && !pins && !half && same;
}

/* From few to enough, so that map, program, attachment and pin fail in turn. */
static void load_fails(void)
{
	unsigned int before = programs(), failed = 0;
	bool nothing = true;
	rlim_t n;

	for (n = 8; n < 1024 && limited(n, "/enforce.bundle") != 0; n += 34, failed++)
		nothing = untouched(before) && nothing;
	result(failed > 3 && nothing,
	       "a load that fails, at %u places, leaves no program, no pin, nothing enforced",
	       failed);
	result(guarded(), "with enough descriptors (%lu) it is in force", (unsigned long)n);
}

static void upgrade_fails(void)
{
	unsigned int before = programs(), failed = 0;
	bool same = true;
	rlim_t n;

	for (n = 8; n < 1024 && limited(n, "--upgrade") != 0; n += 60, failed++) {
		bool held = guarded(), settled = programs_settle(before);

		if (!held || !settled)
			printf("# held %d, programs %u not %u; it said: %s\n", held, programs(),
			       before, loader_said);
		same = same && held && settled;
	}
	result(failed > 2 && same,
	       "an upgrade that fails, at %u places, leaves the old programs and no new one",
	       failed);
	result(guarded() && programs_settle(before), "with enough descriptors (%lu) it succeeds",
	       (unsigned long)n);
}

static int child(const char *verb)
{
	return !strcmp(verb, "--try") ? read_path(DB) : 0;
}

int main(int argc, char **argv)
{
	if (getpid() != 1)
		return argc > 1 ? child(argv[1]) : 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	load_fails();
	upgrade_fails();
	judge_end();
	return 0;
}
