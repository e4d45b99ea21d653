// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cgroup.c - whoever moves a process out of its cgroup is asked for a capability.
 *
 * The kernel asks no hook for it, but wants the right to write cgroup.procs of the
 * nearest directory above both cgroups.  Without its write bit root is asked for
 * CAP_DAC_OVERRIDE, has it, and bpf/power.bpf.c sees whom it moves.  The collector
 * runs beside this loader, so the directories above both are the same.
 */
#include "loader/loader.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

/* The path of our cgroup below the root, "" for the root itself. */
static int own_cgroup(char *ret, int size)
{
	seki_autofclose FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && fgets(ret, size, f))
		if (!strncmp(ret, "0::/", 4)) {
			ret[strcspn(ret, "\n")] = '\0';
			memmove(ret, ret + 3, strlen(ret + 3) + 1);
			return 0;
		}
	seki_warnx("/proc/self/cgroup: names no cgroup of the unified hierarchy");
	return -1;
}

static void set_mode(const char *cgroup, mode_t write)
{
	char path[PATH_MAX];
	struct stat st;
	mode_t mode;

	snprintf(path, sizeof(path), SEKI_CGROUP "%s/cgroup.procs", cgroup);
	if (stat(path, &st) == 0) {
		mode = (st.st_mode & 0577) | write;
		if (mode == (st.st_mode & 0777) || chmod(path, mode) == 0)
			return;
	}
	seki_warn("%s: its mode cannot be set, so the collector could be moved away", path);
}

/* A host where this fails is better off with the rest than without. */
void seki_moves_ask(bool ask)
{
	char cgroup[PATH_MAX - 64], *slash;

	if (own_cgroup(cgroup, sizeof(cgroup)))
		return;
	while ((slash = strrchr(cgroup, '/'))) {
		*slash = '\0';
		set_mode(cgroup, ask ? 0 : 0200);
	}
}
