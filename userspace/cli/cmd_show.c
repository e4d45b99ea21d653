// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>

#include "userspace/lib/log.h"
#include "userspace/policy/policy.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho show BUNDLE\n"
		     "Print the domains, labels, paths and allowed accesses of a bundle.\n");
}

static int show(const char *path)
{
	struct seki_bundle b;
	const char *why;
	char key[SEKI_KEY_ID_TEXT];

	if (seki_bundle_read(path, &b, &why)) {
		seki_warnx("%s: %s", path, why);
		return SEKI_EXIT_FAILED;
	}
	printf("sha256 ");
	for (size_t i = 0; i < sizeof(b.head->digest); i++)
		printf("%02x", b.head->digest[i]);
	printf("\n");
	if (b.trailer) {
		seki_key_id_text(b.trailer->key, key);
		printf("signed by key %s, host %.32s\n", key,
		       b.trailer->host[0] ? b.trailer->host : "any");
	}
	seki_bundle_print(&b, stdout);
	seki_bundle_close(&b);
	return SEKI_EXIT_OK;
}

int cmd_show(int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt != 'h')
			return SEKI_EXIT_USAGE;
		usage(stdout);
		return SEKI_EXIT_OK;
	}
	if (argc - optind != 1) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	if (show(argv[optind]))
		return SEKI_EXIT_FAILED;
	return seki_flush_stdout();
}
