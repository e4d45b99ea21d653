// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho ticket - say under which ticket this session works.
 *
 * Being started with these arguments is the saying: the kernel tells the collector of
 * it, with the session.  What is left to do here is to look whether it is on record.
 */
#include "userspace/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/records.h"
#include "userspace/collector/ticket.h"
#include "userspace/lib/log.h"

#define NEAR 2000u /* records: those of the last moments */
#define WAIT 5000u /* ms */

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho ticket NUMBER | none\n"
		     "Say under which ticket this operator session works from now on, or that the\n"
		     "work under it has ended.  Each later record of the session names it; nobody\n"
		     "approved it by that.  NUMBER: " SEKI_TICKET_RIGHT "\n");
}

/* Of this very process: its number may have been another's before. */
static bool is_ours(json_t *r, uint64_t since)
{
	const char *act = seki_field(r, "act");

	return !strcmp(seki_field(r, "class"), "session") &&
	       (!strcmp(act, SEKI_TICKET_SAID) || !strcmp(act, SEKI_TICKET_ENDS)) &&
	       seki_field_int(r, "proc.pid") == getpid() &&
	       (uint64_t)seki_field_int(r, "bt") / 1000000 >= since;
}

static void tell(json_t *r, uint64_t number)
{
	printf("%s", seki_field(r, "act"));
	if (*seki_field(r, "ticket")) {
		printf(": ");
		seki_print_safe(stdout, seki_field(r, "ticket"));
	}
	printf(", session %s, record %llu\n", seki_field(r, "who.session"),
	       (unsigned long long)number);
}

static bool look(json_t *record, uint64_t number, void *since)
{
	bool ours = is_ours(record, *(const uint64_t *)since);

	if (ours)
		tell(record, number);
	return ours;
}

static int find(const char *log)
{
	/* The start itself was a moment ago. */
	uint64_t now = seki_boot_ms(), since = now > 10000 ? now - 10000 : 0;
	struct seki_lines l;
	int ret = seki_lines_open(&l, log);

	if (!ret) {
		seki_lines_near_end(&l, NEAR);
		ret = seki_lines_watch(&l, WAIT, look, &since);
		seki_lines_close(&l);
	}
	if (ret < 0)
		seki_warnx("%s: %s; whether it is on record can't be seen", log, strerror(-ret));
	else if (!ret)
		seki_warnx("no record of it: this is no operator session, or no collector works");
	return ret == 1 ? SEKI_EXIT_OK : SEKI_EXIT_FAILED;
}

int cmd_ticket(int argc, char **argv)
{
	int ret;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage(stdout), SEKI_EXIT_OK;
	if (argc != 2) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	if (!seki_ticket_fits(argv[1])) {
		seki_warnx("%s; right would be %s", argv[1], SEKI_TICKET_RIGHT);
		return SEKI_EXIT_USAGE;
	}
	ret = find(SEKI_LOG_DIR);
	if (seki_flush_stdout())
		return SEKI_EXIT_FAILED;
	return ret;
}
