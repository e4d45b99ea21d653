// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/policy_file.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/bundle_write.h"

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "root", required_argument, NULL, 'r' },
	{ "offline", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho compile [--root DIR] [--offline] FILE -o BUNDLE\n"
		     "Write the bundle that sekisho-load loads.  Nothing is written while\n"
		     "anything is wrong with the policy.\n\n"
		     "  -o BUNDLE    replace this file, as a whole\n"
		     "  --root DIR   look for the policy's files below DIR\n"
		     "  --offline    don't look for the policy's files\n");
}

static int compile(const char *path, const char *output, const struct seki_options *o)
{
	seki_autofree void *image = NULL;
	struct seki_summary s;
	size_t size;
	int err;

	if (seki_policy_file(path, o, &image, &size, &s))
		return SEKI_EXIT_FAILED;
	err = seki_bundle_write(output, image, size);
	if (err) {
		seki_warnx("%s: %s; nothing was written", output,
			   err == -EINVAL ? "not a regular file" : strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	if (s.unsealed)
		seki_warnx(
			"%u function%s without sealed code: libraries are not looked up with --offline; compile on the host or with --root, or name them under 'code'",
			s.unsealed, s.unsealed == 1 ? "" : "s");
	return SEKI_EXIT_OK;
}

int cmd_compile(int argc, char **argv)
{
	struct seki_options o = { 0 };
	const char *output = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		if (opt == 'o')
			output = optarg;
		else if (opt == 'r')
			o.root = optarg;
		else if (opt == 'f')
			o.offline = true;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (argc - optind != 1 || !output) {
		if (argc - optind == 1)
			seki_warnx("no output named; add -o BUNDLE");
		else
			usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return compile(argv[optind], output, &o);
}
