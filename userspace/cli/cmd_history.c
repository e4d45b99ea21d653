// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho history - which policies were in force, who signed them, who asked.
 *
 * The loader is started by PID 1, so its own records name nobody.  Who asked PID 1
 * left a record of the broker just before; it is shown as what it is, a guess.
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/line.h"
#include "userspace/cli/records.h"
#include "userspace/lib/log.h"
#include "userspace/reader/time.h"
#include "userspace/reader/whole.h"

#define NS 1000000000ull
#define ASKED_WITHIN 60 /* s */
#define SHORT 16	/* digits of a digest or a key that people read */

static const struct option table[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho history [--json] [LOG]\n"
		     "What the loader put in force or refused, with digest and key, and who asked\n"
		     "for it, from the records of LOG (" SEKI_LOG_DIR ").\n\n"
		     "  --json  the records as they are\n");
}

struct history {
	bool json;
	json_t *asked; /* last record of an operator who asked a broker */
	unsigned long count;
};

static uint64_t when(json_t *r)
{
	uint64_t ns = 0;

	return r && seki_time_parse(seki_field(r, "t"), &ns) ? ns : 0;
}

static void show_bundle(json_t *r)
{
	if (!json_object_get(r, "bundle"))
		return;
	printf("    ");
	seki_print_safe(stdout, seki_field(r, "bundle.name"));
	printf(" version %lld, %.*s, ", (long long)seki_field_int(r, "bundle.version"), SHORT,
	       seki_field(r, "bundle.digest"));
	if (*seki_field(r, "bundle.key"))
		printf("signed by %.*s\n", SHORT, seki_field(r, "bundle.key"));
	else
		printf("not signed\n");
}

static void show_rule(json_t *r)
{
	if (!json_object_get(r, "rule"))
		return;
	printf("    rule %lld: ", (long long)seki_field_int(r, "rule.n"));
	seki_print_safe(stdout, seki_field(r, "rule.text"));
	putchar('\n');
}

static void show_asked(const struct history *h, json_t *r)
{
	uint64_t then = when(h->asked), now = when(r);

	if (!then || then > now || now - then > ASKED_WITHIN * NS)
		return;
	printf("    asked by ");
	seki_print_safe(stdout, seki_field(h->asked, "who.name"));
	if (*seki_field(h->asked, "who.from"))
		printf("@");
	seki_print_safe(stdout, seki_field(h->asked, "who.from"));
	printf(", it seems: ");
	seki_print_safe(stdout, seki_field(h->asked, "proc.comm"));
	printf("[%lld], %llu s before\n", (long long)seki_field_int(h->asked, "proc.pid"),
	       (unsigned long long)((now - then) / NS));
}

static void show(const struct history *h, json_t *r)
{
	seki_print_safe(stdout, seki_field(r, "t"));
	printf("  ");
	seki_print_safe(stdout, seki_field(r, "act"));
	if (*seki_field(r, "reason"))
		printf(": ");
	seki_print_safe(stdout, seki_field(r, "reason"));
	putchar('\n');
	show_bundle(r);
	show_rule(r);
	/* Of what the kernel did by itself nobody is to be asked. */
	if (!json_is_true(json_object_get(json_object_get(r, "proc"), "kthread")))
		show_asked(h, r);
}

static bool asks_a_broker(json_t *r)
{
	return json_is_true(json_object_get(json_object_get(r, "who"), "mark")) &&
	       !strcmp(seki_field(r, "obj.label"), "kernel.broker");
}

static void take(struct history *h, const char *line)
{
	json_t *r;

	if (!strstr(line, "\"policy\"") && !strstr(line, "\"kernel.broker\""))
		return;
	r = seki_whole_read(NULL, line, strlen(line));
	if (!strcmp(seki_field(r, "class"), "policy")) {
		h->count++;
		if (h->json)
			puts(line);
		else
			show(h, r);
	} else if (asks_a_broker(r)) {
		json_decref(h->asked);
		h->asked = json_incref(r);
	}
	json_decref(r);
}

static int read_all(const char *path, struct history *h)
{
	struct seki_lines l;
	int err = seki_lines_open(&l, path), got = 0;
	char *line;
	size_t size;

	while (!err && (got = seki_lines_each(&l, &line, &size)) > 0)
		take(h, line);
	err = err ? err : got;
	seki_lines_close(&l);
	json_decref(h->asked);
	if (!err)
		return SEKI_EXIT_OK;
	seki_warnx("%s: %s; name a log or a file of records", path, strerror(-err));
	return SEKI_EXIT_FAILED;
}

int cmd_history(int argc, char **argv)
{
	struct history h = { .json = false };
	int opt, err;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		if (opt != 'j')
			return SEKI_EXIT_USAGE;
		h.json = true;
	}
	if (argc - optind > 1) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	err = read_all(optind < argc ? argv[optind] : SEKI_LOG_DIR, &h);
	if (!err && !h.count && !h.json)
		printf("no record of a policy\n");
	return err ? err : seki_flush_stdout();
}
