// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho replay - recorded acts through another policy.
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <time.h>

#include "userspace/cli/policy_view.h"
#include "userspace/cli/replay.h"
#include "userspace/lib/log.h"

#define SHOWN 20

struct options {
	const char *root;
	bool all, time;
};

static const struct option table[] = {
	{ "root", required_argument, NULL, 'r' },
	{ "all", no_argument, NULL, 'a' },
	{ "time", no_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho replay [--root DIR] [--all] [--time] POLICY LOG\n"
		"Judge the acts that a log recorded by another policy: per rule how they would\n"
		"end, and which would end otherwise than they did.  LOG may be a file of records.\n\n"
		"  --root DIR  look for the policy's files below DIR; / is this host\n"
		"  --all       every kind of change, not the 20 most frequent\n"
		"  --time      say how long it took\n");
}

static void print_row(const struct seki_replay_row *row, const char *line, const char *text,
		      const char *file)
{
	if (row->allowed + row->would_deny + row->denied)
		printf("%10llu %10llu %10llu %10llu %10llu  %6s  %s%s%s\n",
		       (unsigned long long)row->allowed, (unsigned long long)row->would_deny,
		       (unsigned long long)row->denied, (unsigned long long)row->opened,
		       (unsigned long long)row->closed, line, text, file ? "  in " : "",
		       file ?: "");
}

static void print_table(const struct seki_replay *r)
{
	char line[16];

	printf("%10s %10s %10s %10s %10s  %6s  %s\n", "allowed", "would-deny", "denied", "opened",
	       "closed", "line", "rule");
	for (__u32 i = 1; i <= r->v->b->n_rules; i++) {
		const struct seki_bundle_rule *rule = seki_bundle_rule(r->v->b, i);

		snprintf(line, sizeof(line), "%u", seki_where_line(rule->line));
		print_row(&r->row[i], rule->line ? line : "-",
			  seki_bundle_string(r->v->b, rule->text),
			  seki_bundle_file(r->v->b, rule->line));
	}
	print_row(&r->row[0], "-", "default: no rule names the pair", NULL);
	print_row(&r->unguarded, "-", "not guarded", NULL);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int replay(const struct options *o, const char *policy, const char *log)
{
	struct seki_policy_view p;
	struct seki_replay r;
	double began = now();
	int err;

	if (seki_policy_view_open(policy, o->root, &p))
		return SEKI_EXIT_FAILED;
	if (seki_replay_begin(&r, &p.v, NULL))
		seki_diex("out of memory");
	err = seki_replay_log(&r, log);
	if (!err) {
		printf("%llu records, %llu acts judged by %s version %u\n",
		       (unsigned long long)r.records, (unsigned long long)r.acts,
		       seki_bundle_string(&p.b, p.b.meta->name), p.b.meta->version);
		if (o->time)
			printf("%.1f s\n", now() - began);
		printf("\n");
		print_table(&r);
		seki_replay_print_changes(&r, o->all ? 0 : SHOWN, stdout);
	}
	seki_replay_end(&r);
	seki_policy_view_close(&p);
	return err ? SEKI_EXIT_FAILED : seki_flush_stdout();
}

int cmd_replay(int argc, char **argv)
{
	struct options o = { 0 };
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'r')
			o.root = optarg;
		else if (opt == 'a')
			o.all = true;
		else if (opt == 't')
			o.time = true;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (argc - optind != 2) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return replay(&o, argv[optind], argv[optind + 1]);
}
