// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho diff - what a next policy would decide otherwise.
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>

#include "userspace/cli/policy_view.h"
#include "userspace/cli/replay.h"
#include "userspace/judge/diff.h"
#include "userspace/lib/log.h"

static const struct option table[] = {
	{ "root", required_argument, NULL, 'r' },
	{ "log", required_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho diff [--root DIR] [--log LOG] OLD NEW\n"
		     "Say what the policy or bundle NEW decides otherwise than OLD: who can be\n"
		     "somebody, what is guarded, what is allowed, refused and recorded.\n\n"
		     "  --log LOG   how many acts of a log each change meets\n"
		     "  --root DIR  look for the policies' files below DIR; / is this host\n");
}

static void print_name(const struct seki_policy_view *p)
{
	printf("%s version %u", seki_bundle_string(&p->b, p->b.meta->name), p->b.meta->version);
}

static int count_acts(const struct seki_view *a, const struct seki_view *b, const char *log)
{
	struct seki_replay r;
	int err;

	if (seki_replay_begin(&r, b, a))
		seki_diex("out of memory");
	err = seki_replay_log(&r, log);
	if (!err) {
		printf("%llu acts of the log, %u kinds of them would end otherwise\n",
		       (unsigned long long)r.acts, r.changes);
		seki_replay_print_changes(&r, 0, stdout);
	}
	seki_replay_end(&r);
	return err ? SEKI_EXIT_FAILED : SEKI_EXIT_OK;
}

static int diff(const char *root, const char *log, const char *old, const char *new)
{
	struct seki_policy_view a, b;
	int code = SEKI_EXIT_OK;

	if (seki_policy_view_open(old, root, &a))
		return SEKI_EXIT_FAILED;
	if (seki_policy_view_open(new, root, &b)) {
		seki_policy_view_close(&a);
		return SEKI_EXIT_FAILED;
	}
	print_name(&a);
	fputs(" -> ", stdout);
	print_name(&b);
	fputc('\n', stdout);
	if (!seki_diff_print(&a.v, &b.v, stdout))
		fputs("they mean the same\n", stdout);
	if (log)
		code = count_acts(&a.v, &b.v, log);
	seki_policy_view_close(&a);
	seki_policy_view_close(&b);
	return code ? code : seki_flush_stdout();
}

int cmd_diff(int argc, char **argv)
{
	const char *root = NULL, *log = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'r')
			root = optarg;
		else if (opt == 'l')
			log = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (argc - optind != 2) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return diff(root, log, argv[optind], argv[optind + 1]);
}
