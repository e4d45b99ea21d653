// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/canary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

static uint64_t counted(const struct seki_stats *stats, unsigned int cpus)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < cpus; i++)
		sum += __atomic_load_n(&stats[i].canary, __ATOMIC_RELAXED);
	return sum;
}

enum seki_canary_state seki_canary_look(const char *path, const struct seki_stats *stats,
					unsigned int cpus)
{
	uint64_t before = stats ? counted(stats, cpus) : 0;
	seki_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0)
		return SEKI_CANARY_LOST;
	if (errno == ENOENT)
		return SEKI_CANARY_MISSING;
	if (errno != EPERM)
		return SEKI_CANARY_UNREADABLE;
	if (stats && counted(stats, cpus) == before)
		return SEKI_CANARY_UNCOUNTED;
	return SEKI_CANARY_HELD;
}

const char *seki_canary_word(enum seki_canary_state state)
{
	static const char *const words[] = {
		[SEKI_CANARY_UNKNOWN] = "unknown", [SEKI_CANARY_HELD] = "held",
		[SEKI_CANARY_LOST] = "lost",	   [SEKI_CANARY_UNCOUNTED] = "uncounted",
		[SEKI_CANARY_MISSING] = "missing", [SEKI_CANARY_UNREADABLE] = "unreadable",
	};

	return words[state];
}

void seki_canary_ftrace(const char *path, char *ret, int size)
{
	seki_autofclose FILE *f = fopen(path, "re");

	if (!f || !fgets(ret, size, f))
		snprintf(ret, (size_t)size, "unreadable");
	ret[strcspn(ret, "\n")] = '\0';
}
