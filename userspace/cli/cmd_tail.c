// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho tail - records as lines that people can read, as they come.
 */
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "userspace/cli/line.h"
#include "userspace/cli/records.h"
#include "userspace/lib/log.h"

struct options {
	long count;
	bool follow, json, colour;
	const char *verdict, *class;
};

static const struct option table[] = {
	{ "lines", required_argument, NULL, 'n' },
	{ "follow", no_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ "verdict", required_argument, NULL, 'v' },
	{ "class", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho tail [-n N] [-f] [--json] [--verdict WORD] [--class WORD] [DIR|FILE]\n"
		"Show the last records of the log (" SEKI_LOG_DIR ").\n\n"
		"  -n, --lines N    how many, 10 without it\n"
		"  -f, --follow     go on with new ones, into the next file too\n"
		"      --json       the records as they are\n"
		"      --verdict W  denied, would-deny, allowed\n"
		"      --class W    access, exec, session, policy, loss, integrity, change,\n"
		"                   heartbeat, lifecycle\n");
}

/* ---- which lines --------------------------------------------------------- */

static bool wanted(json_t *r, const struct options *o)
{
	return (!o->verdict || !strcmp(o->verdict, seki_field(r, "verdict"))) &&
	       (!o->class || !strcmp(o->class, seki_field(r, "class")));
}

static void put(struct seki_lines *l, const char *line, unsigned long number,
		const struct options *o)
{
	json_t *r = seki_lines_whole(l, line, strlen(line));

	if (!json_is_object(r))
		seki_warnx("line %lu is no record: %s", number, r ? "not an object" : "no JSON");
	else if (wanted(r, o) && o->json)
		puts(line);
	else if (wanted(r, o))
		seki_print_line(r, o->colour);
	json_decref(r);
}

static bool matches(const char *line, const struct options *o)
{
	json_t *r;
	bool ret;

	if (!o->verdict && !o->class)
		return true;
	r = json_loads(line, 0, NULL);
	ret = r && wanted(r, o);
	json_decref(r);
	return ret;
}

struct last {
	char **line;
	unsigned long *number;
	long next, count;
};

static int keep_last(struct seki_lines *l, const struct options *o, struct last *last)
{
	char *line;
	size_t len;
	int got;

	while ((got = seki_lines_next(l, &line, &len)) > 0 ||
	       (!got && !o->follow && seki_lines_rest(l, &line, &len))) {
		if (!o->count || !matches(line, o))
			continue;
		free(last->line[last->next]);
		last->line[last->next] = strdup(line);
		last->number[last->next] = l->number;
		last->next = (last->next + 1) % o->count;
		last->count += last->count < o->count;
	}
	return got;
}

static int show_last(struct seki_lines *l, const struct options *o)
{
	size_t size = (size_t)(o->count ? o->count : 1);
	struct last last = { .line = calloc(size, sizeof(char *)),
			     .number = calloc(size, sizeof(unsigned long)) };
	int err = last.line && last.number ? keep_last(l, o, &last) : -ENOMEM;

	for (long i = 0; !err && i < last.count; i++) {
		long at = (last.next - last.count + i + o->count) % o->count;

		if (last.line[at])
			put(l, last.line[at], last.number[at], o);
	}
	for (size_t i = 0; last.line && i < size; i++)
		free(last.line[i]);
	free(last.line);
	free(last.number);
	return err;
}

/* ---- what comes ---------------------------------------------------------- */

static bool replaced(const struct seki_lines *l, const char *path)
{
	struct stat here, there;

	return !fstat(l->fd, &here) && !stat(path, &there) &&
	       (here.st_ino != there.st_ino || here.st_dev != there.st_dev);
}

static int follow(struct seki_lines *l, const char *path, const struct options *o)
{
	char *line;
	size_t len;
	int got;

	for (;;) {
		/* Asked before reading: what comes between the two is read next. */
		bool next = replaced(l, path);

		while ((got = seki_lines_next(l, &line, &len)) > 0)
			put(l, line, l->number, o);
		if (got < 0)
			return got;
		if (fflush(stdout))
			return -errno;
		if (!next) {
			seki_lines_wait(l, 200);
			continue;
		}
		seki_lines_close(l);
		got = seki_lines_open(l, path);
		if (got)
			return got;
	}
}

static int run(const char *path, const struct options *o)
{
	struct seki_lines l;
	int err = seki_lines_open(&l, path);

	/* Who looks for some kinds only may find them far back. */
	if (!err && !o->verdict && !o->class)
		seki_lines_near_end(&l, (uint64_t)o->count);
	if (!err)
		err = show_last(&l, o);
	if (!err && o->follow)
		err = follow(&l, path, o);
	seki_lines_close(&l);
	if (err) {
		seki_warnx("%s: %s", path, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	return seki_flush_stdout();
}

int cmd_tail(int argc, char **argv)
{
	struct options o = { .count = 10 };
	char *end = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "n:fh", table, NULL)) != -1) {
		switch (opt) {
		case 'n':
			o.count = strtol(optarg, &end, 10);
			if (*end || end == optarg || o.count < 0 || o.count > 10000000) {
				seki_warnx("-n: not a number of lines: %s", optarg);
				return SEKI_EXIT_USAGE;
			}
			break;
		case 'f':
			o.follow = true;
			break;
		case 'j':
			o.json = true;
			break;
		case 'v':
			o.verdict = optarg;
			break;
		case 'c':
			o.class = optarg;
			break;
		case 'h':
			usage(stdout);
			return SEKI_EXIT_OK;
		default:
			return SEKI_EXIT_USAGE;
		}
	}
	if (argc - optind > 1) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	o.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	return run(optind < argc ? argv[optind] : SEKI_LOG_DIR, &o);
}
