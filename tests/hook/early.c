// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * early.c - the load by an initramfs: the host's root is mounted in a directory, its
 * file systems are not all there, and its unit loads the policy once more.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST "/host"
#define LOADER "/usr/sbin/sekisho-load"

/* What the boot does: a file system over a directory of an asset, and a remount. */
static int mount_some(void)
{
	if (mount("t", DATA, "tmpfs", 0, NULL) < 0)
		return errno;
	umount2(DATA, MNT_DETACH);
	return mount(NULL, "/srv", NULL, MS_REMOUNT, NULL) < 0 ? errno : 0;
}

int early_child(const char *what)
{
	return strcmp(what, "mount") ? read_path(DB) : mount_some();
}

static unsigned int mounts(void)
{
	FILE *f = fopen("/proc/self/mounts", "r");
	unsigned int n = 0;
	int c;

	while (f && (c = getc(f)) != EOF)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static void early_expect(const char *subject, const char *what, int error, const char *text)
{
	int err = act(subject, "--early", what, NULL);

	result(err == error, "loaded from an initramfs: %s (%s)", text, strerror(err));
}

void early_load(void)
{
	unsigned int before;

	mkdir(HOST, 0755);
	result(mount("/", HOST, NULL, MS_BIND, NULL) == 0 &&
		       mount("/srv", HOST "/srv", NULL, MS_BIND, NULL) == 0,
	       "the host's root is elsewhere");
	before = mounts();
	early_expect("other", "mount", 0, "before it the boot mounts what it likes");
	result(act_program(LOADER, "--root=" HOST) == 0, "the policy of that root is loaded");
	result(mounts() == before, "and no mount of the loader is left");
	early_expect("other", "read", EPERM, "the database is closed");
	early_expect("hlr", "read", 0, "but not to the core function");
	early_expect("other", "mount", 0, "the boot goes on mounting");
	early_expect("operator", "mount", EPERM, "an operator does not");
	result(act_program(LOADER, "--root=" HOST) == 1, "it is the first load only");
	umount2(HOST "/srv", 0);
	umount2(HOST, 0);
}

void early_over(void)
{
	early_expect("other", "read", EPERM, "after the unit's load the database is closed");
	early_expect("other", "mount", EPERM, "and so are mounts");
}
