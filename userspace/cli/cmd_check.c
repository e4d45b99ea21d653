// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>

#include "userspace/cli/policy_file.h"
#include "userspace/lib/cleanup.h"

static const struct option options[] = {
	{ "root", required_argument, NULL, 'r' },
	{ "offline", no_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho check [--root DIR] [--offline] FILE...\n"
		     "Say everything that is wrong with each policy; exit 1 if anything is.\n\n"
		     "  --root DIR   look for its files below DIR\n"
		     "  --offline    don't look for its files\n");
}

static const char *plural(unsigned int n)
{
	return n == 1 ? "" : "s";
}

static int check(const char *path, const struct seki_options *o)
{
	seki_autofree void *image = NULL;
	struct seki_summary s;
	size_t size;

	if (seki_policy_file(path, o, &image, &size, &s))
		return SEKI_EXIT_FAILED;
	printf("%s: ok, %u function%s, %u domain%s, %u rule%s, %u paths\n", path, s.functions,
	       plural(s.functions), s.domains, plural(s.domains), s.rules, plural(s.rules),
	       s.paths);
	if (s.accepted)
		printf("%s: %u warning%s accepted\n", path, s.accepted, plural(s.accepted));
	return SEKI_EXIT_OK;
}

int cmd_check(int argc, char **argv)
{
	struct seki_options o = { 0 };
	int opt, failed = 0;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'r')
			o.root = optarg;
		else if (opt == 'o')
			o.offline = true;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (optind == argc) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	for (int i = optind; i < argc; i++)
		failed |= check(argv[i], &o);
	return seki_flush_stdout() || failed ? SEKI_EXIT_FAILED : SEKI_EXIT_OK;
}
