// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>

#include "userspace/cli/policy_view.h"
#include "userspace/judge/restore.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/policy.h"

static const struct option options[] = {
	{ "policy", no_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho show [--policy] [BUNDLE]\n"
		"Print the domains, labels, paths and allowed accesses of a bundle, or of the\n"
		"one in force (" SEKI_POLICY_IN_FORCE ").\n\n"
		"  --policy  a policy that compiles to the same meaning\n");
}

static int show_policy(const struct seki_bundle *b, const char *path)
{
	seki_autofree char *text = NULL;
	struct seki_view v;
	size_t size;
	int err;

	if (seki_view_open(b, &v))
		seki_diex("out of memory");
	err = seki_restore(&v, &text, &size, stderr);
	seki_view_close(&v);
	if (err) {
		seki_warnx("%s: holds what no policy text says, see above; print it without "
			   "--policy",
			   path);
		return SEKI_EXIT_FAILED;
	}
	fwrite(text, 1, size, stdout);
	return SEKI_EXIT_OK;
}

static int show(const char *path, bool policy)
{
	struct seki_bundle b;
	const char *why;
	char key[SEKI_KEY_ID_TEXT];
	int code;

	if (seki_bundle_read(path, &b, &why)) {
		seki_warnx("%s: %s", path, why);
		return SEKI_EXIT_FAILED;
	}
	if (policy) {
		code = show_policy(&b, path);
		seki_bundle_close(&b);
		return code;
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
	bool policy = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		if (opt != 'p')
			return SEKI_EXIT_USAGE;
		policy = true;
	}
	if (argc - optind > 1) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	if (show(optind < argc ? argv[optind] : SEKI_POLICY_IN_FORCE, policy))
		return SEKI_EXIT_FAILED;
	return seki_flush_stdout();
}
