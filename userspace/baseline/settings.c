// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * settings.c - what of the kernel can be set by sysctl(8).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/baseline/baseline.h"
#include "userspace/lib/cleanup.h"

#define TOP "/proc/sys"
#define DEPTH_MAX 12

/* Written by the kernel or by every start of a program, or told elsewhere. */
static bool restless(const char *path)
{
	static const char *const names[] = { "/kernel/ns_last_pid",
					     "/kernel/perf_event_max_sample_rate",
					     "/kernel/random/",
					     "/kernel/tainted",
					     "/kernel/osrelease",
					     "/kernel/version",
					     "/kernel/hostname",
					     "/fs/binfmt_misc/",
					     "/net/netfilter/nf_conntrack_count" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(path + strlen(TOP), names[i], strlen(names[i])))
			return true;
	return false;
}

static void setting(struct seki_section *s, const char *path)
{
	const char *text;
	int err = seki_posture_read(s->p, path, &text);

	/* -EIO and its like: a device that is gone, a key that was never set. */
	if (!err)
		seki_section_put(s, path + strlen(TOP) + 1, "%s", text);
	else if (err == -EACCES || err == -EPERM)
		seki_section_unseen(s, path, err);
}

static void walk(struct seki_section *s, const char *dir, int depth)
{
	char **names;
	int n = depth < DEPTH_MAX ? seki_posture_list(s->p, dir, "*", &names) : 0;

	for (int i = 0; i < n; i++) {
		const char *path = seki_arena_printf(&s->p->arena, "%s/%s", dir, names[i]);
		seki_autoclose int fd = seki_posture_open_at(s->p, path, O_PATH | O_NOFOLLOW);
		struct stat st;

		if (fd < 0 || fstat(fd, &st))
			continue;
		if (S_ISDIR(st.st_mode))
			walk(s, path, depth + 1);
		else if (st.st_mode & 0222 && st.st_mode & 0444 && !restless(path))
			setting(s, path);
	}
}

void seki_baseline_settings(struct seki_section *s)
{
	if (seki_posture_exists(s->p, TOP))
		walk(s, TOP, 0);
	else
		seki_section_unseen(s, TOP, -ENOENT);
}
