// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * held.c - a process that holds the database open, and another file of it mapped,
 * since before the load: the lock names it, in records and in a list.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LIST "/run/sekisho/held"
#define MAPPED DATA "/cold.db"
#define FD 77

static pid_t holder;

/* In the process: a descriptor and a mapping without one, and of a file beside. */
int held_serve(void)
{
	int fd = open(MAPPED, O_RDONLY);

	if (fd < 0 || mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		return 1;
	close(fd);
	fd = open(DB, O_RDWR);
	if (fd < 0 || dup2(fd, FD) < 0 || close(fd) || open("/usr/bin/try", O_RDONLY) < 0)
		return 1;
	close(open("/tmp/holder.ready", O_WRONLY | O_CREAT, 0600));
	return pause();
}

void held_start(void)
{
	int i;

	holder = act_start("/usr/bin/try", "--hold", -1, -1);
	for (i = 0; i < 500 && access("/tmp/holder.ready", F_OK); i++)
		usleep(20000);
}

/* Lines of the list that begin so. */
static int listed(const char *begin)
{
	FILE *f = fopen(LIST, "r");
	char line[256];
	int n = 0;

	while (f && fgets(line, sizeof(line), f)) {
		printf("# %s", line);
		n += !strncmp(line, begin, strlen(begin));
	}
	if (f)
		fclose(f);
	return n;
}

/* Its record, by the loader; its access and the process in it. */
static bool told(__u8 hook, __u32 want, const char *file)
{
	size_t i;

	for (i = 0; i < records_count(); i++) {
		const struct seki_access_event *r = record_at(i);

		if (r->hook == hook && r->target_pid == (__u32)holder && r->want == want &&
		    !strcmp(record_label(r), "hlr.data") && !strcmp(r->path.names[0], file) &&
		    r->verdict == SEKI_WOULD_DENY && r->reason == SEKI_BY_EARLIER &&
		    r->e.domain == SEKI_DOMAIN_LOADER)
			return true;
	}
	return false;
}

/* records_open() took what the lock left. */
void held_locked(void)
{
	char line[128];

	snprintf(line, sizeof(line), "%d\t%d\twrite\thlr.data\tother\ttry\n", holder, FD);
	result(listed(line) == 1, "the lock lists a descriptor from before the policy");
	snprintf(line, sizeof(line), "%d\tmap\tread\thlr.data\tother\ttry\n", holder);
	result(listed(line) == 1, "and a mapping");
	snprintf(line, sizeof(line), "%d\t", holder);
	result(listed(line) == 2, "and nothing else of that process");
	snprintf(line, sizeof(line), "%d\t", victim());
	result(listed(line) == 0, "and nothing of the core function");
	result(told(SEKI_HOOK_held_descriptor, SEKI_READ | SEKI_WRITE, "hlr.db"),
	       "a record tells of the descriptor");
	result(told(SEKI_HOOK_held_mapping, SEKI_READ, "cold.db"), "and of the mapping");
	result(act_program("/usr/bin/try", "--list") == 0, "everybody may read the list");
}
