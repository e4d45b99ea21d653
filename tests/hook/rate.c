// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rate.c - a rule with a rate of 25 an hour, met a hundred times by four processes at
 * once: 25 records, 75 counted, and no access refused.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RULE "allow pkg to read on hlr.keys"
#define LABEL "hlr.keys"
#define RATE 25
#define PROCESSES 4
#define READS 25

static int read_keys(void)
{
	for (int i = 0; i < READS; i++) {
		int fd = open("/srv/keys", O_RDONLY | O_DIRECTORY);

		if (fd < 0)
			return errno;
		close(fd);
	}
	return 0;
}

/* In the domain. */
int rate_reads(void)
{
	int status, failed = 0;

	for (int i = 0; i < PROCESSES; i++)
		if (!fork())
			_exit(read_keys());
	while (wait(&status) > 0)
		failed |= status;
	return failed ? ENODATA : 0;
}

static void reads_are_thinned(void)
{
	struct seki_hits was[2] = { 0 }, now[2] = { 0 };
	struct seki_stats before, after;
	bool asked = records_hits(RULE, LABEL, was);
	pid_t pid;
	int err;

	records_drain();
	records_stats(&before);
	err = act("pkg", "--as", "many", &pid);
	records_drain();
	records_stats(&after);
	asked = asked && records_hits(RULE, LABEL, now);
	result(!err, "what is beyond the rate of its records happens (%s)", strerror(err));
	result(records_allowed(pid, LABEL) == RATE, "%zu records were made of %d reads",
	       records_allowed(pid, LABEL), PROCESSES * READS);
	result(after.left_out - before.left_out == PROCESSES * READS - RATE &&
		       after.recorded - before.recorded == RATE,
	       "the others are counted: %llu",
	       (unsigned long long)(after.left_out - before.left_out));
	result(asked &&
		       now[0].count[SEKI_ALLOWED] - was[0].count[SEKI_ALLOWED] ==
			       PROCESSES * READS &&
		       now[0].count[SEKI_LEFT_OUT] - was[0].count[SEKI_LEFT_OUT] ==
			       PROCESSES * READS - RATE,
	       "and told of the rule");
	result(!memcmp(before.loss, after.loss, sizeof(before.loss)), "none of them is a loss");
}

/* A rate is of what is allowed. */
static void refusals_are_not(void)
{
	const struct seki_access_event *r;
	pid_t pid;
	int err;

	records_drain();
	err = act("pkg", "--try", "open_read", &pid);
	records_drain();
	r = record_of(pid, SEKI_DENIED);
	result(err == EPERM && r, "what the same domain is refused then leaves its record");
	err = act("backup", "--as", "best-effort", &pid);
	records_drain();
	result(!err && record_of(pid, SEKI_ALLOWED), "and so does another rule of the same label");
}

void rate_enforced(void)
{
	ready("hlr");
	reads_are_thinned();
	refusals_are_not();
}
