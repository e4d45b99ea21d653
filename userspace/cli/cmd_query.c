// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho query - the records of a person, a session, an asset...
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "userspace/cli/find.h"
#include "userspace/cli/line.h"
#include "userspace/cli/records.h"
#include "userspace/lib/log.h"
#include "userspace/reader/time.h"

struct options {
	struct seki_find find;
	struct seki_question q;
	bool json, count, colour;
};

struct asked {
	const struct options *o;
	unsigned long records;
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho query [OPTION...]\n"
		"Show the records of the log that all of the options fit.\n\n"
		"  --person NAME      login name or its number\n"
		"  --session ID       as records show it, or the audit session's number\n"
		"  --asset LABEL      hlr.data; hlr for all its parts; a path and what is below it\n"
		"  --verdict WORD     denied, would-deny, allowed\n"
		"  --class WORD       access, exec, session, policy, loss, integrity, change,\n"
		"                     heartbeat, lifecycle\n"
		"  --rule N|TEXT      line of the rule, or part of its text\n"
		"  --ticket T         under which a session said it works\n"
		"  --control ITEM     control item, MIC3-IV.1.1.12\n"
		"  --from, --to TIME  2026-01-31, 2026-01-31T12:00, 2026-01-31T12:00:00+09:00\n"
		"  --limit N          the last N of them\n"
		"  --json             the records as they are\n"
		"  --count            only how many\n"
		"  --log DIR          (" SEKI_LOG_DIR ")\n"
		"  --index FILE       (" SEKI_INDEX_FILE ")\n"
		"  --rebuild          make the index anew\n");
}

static int take(void *to, uint64_t n, const char *line, size_t size, json_t *record)
{
	struct asked *a = to;

	(void)n;
	a->records++;
	if (a->o->count)
		return 0;
	if (!a->o->json)
		seki_print_line(record, a->o->colour);
	else if (fwrite(line, 1, size, stdout) != size || putchar('\n') == EOF)
		return 1; /* told when standard output is flushed */
	return 0;
}

static bool read_time(const char *option, const char *text, uint64_t *ret)
{
	if (seki_time_parse(text, ret))
		return true;
	seki_warnx("%s: not a time: %s; right would be 2026-01-31 or 2026-01-31T12:00", option,
		   text);
	return false;
}

static bool read_limit(const char *text, uint64_t *ret)
{
	char *end;

	*ret = strtoull(text, &end, 10);
	if (!*end && end != text && text[0] != '-' && *ret)
		return true;
	seki_warnx("--limit: not a number of records: %s", text);
	return false;
}

static bool read_option(struct options *o, int opt)
{
	switch (opt) {
	case 'p':
		o->q.person = optarg;
		return true;
	case 's':
		o->q.session = optarg;
		return true;
	case 'a':
		o->q.asset = optarg;
		return true;
	case 'v':
		o->q.verdict = optarg;
		return true;
	case 'c':
		o->q.class = optarg;
		return true;
	case 'r':
		o->q.rule = optarg;
		return true;
	case 'k':
		o->q.ticket = optarg;
		return true;
	case 'i':
		o->q.control = optarg;
		return true;
	case 'f':
		return read_time("--from", optarg, &o->q.from);
	case 't':
		return read_time("--to", optarg, &o->q.to);
	case 'n':
		return read_limit(optarg, &o->q.limit);
	case 'j':
		return o->json = true;
	case 'C':
		return o->count = true;
	case 'l':
		o->find.log = optarg;
		return true;
	case 'x':
		o->find.index = optarg;
		return true;
	case 'R':
		return o->find.rebuild = true;
	default:
		return false;
	}
}

static const struct option table[] = {
	{ "person", required_argument, NULL, 'p' }, { "session", required_argument, NULL, 's' },
	{ "asset", required_argument, NULL, 'a' },  { "verdict", required_argument, NULL, 'v' },
	{ "class", required_argument, NULL, 'c' },  { "rule", required_argument, NULL, 'r' },
	{ "ticket", required_argument, NULL, 'k' }, { "control", required_argument, NULL, 'i' },
	{ "from", required_argument, NULL, 'f' },   { "to", required_argument, NULL, 't' },
	{ "limit", required_argument, NULL, 'n' },  { "json", no_argument, NULL, 'j' },
	{ "count", no_argument, NULL, 'C' },	    { "log", required_argument, NULL, 'l' },
	{ "index", required_argument, NULL, 'x' },  { "rebuild", no_argument, NULL, 'R' },
	{ "help", no_argument, NULL, 'h' },	    { 0 },
};

int cmd_query(int argc, char **argv)
{
	struct options o = { .find.log = SEKI_LOG_DIR, .q.to = UINT64_MAX };
	struct asked a = { .o = &o };
	int opt, code;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			return SEKI_EXIT_OK;
		}
		if (!read_option(&o, opt))
			return SEKI_EXIT_USAGE;
	}
	if (optind < argc) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	o.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	code = seki_find(&o.find, &o.q, take, &a);
	if (o.count && code == SEKI_EXIT_OK)
		printf("%lu\n", a.records);
	return code ? code : seki_flush_stdout();
}
