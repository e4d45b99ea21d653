// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/log.h"
#include "userspace/policy/bundle.h"

static const struct option options[] = {
	{ "keys", required_argument, NULL, 'k' },
	{ "host", required_argument, NULL, 'H' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho verify [--keys DIR] [--host MACHINE-ID] BUNDLE\n"
		     "Judge a bundle's signature as sekisho-load would.\n\n"
		     "  --keys DIR   enrolled public keys (" SEKI_KEYS_DIR ")\n"
		     "  --host ID    refuse it if it is signed for another host\n");
}

static int judge(const char *path, const struct seki_bundle *b, const struct seki_pubkeys *keys,
		 const char *host)
{
	struct seki_signed s = seki_bundle_signed(b);
	int refused = seki_signature_check(&s, keys, host);

	if (refused) {
		seki_warnx("%s: %s", path, seki_signature_text(refused));
		return SEKI_EXIT_FAILED;
	}
	printf("%s: %s version %u, signed by %s for %.32s\n", path,
	       seki_bundle_string(b, b->meta->name), b->meta->version,
	       seki_keys_find(keys, b->trailer->key)->file,
	       b->trailer->host[0] ? b->trailer->host : "every host");
	return seki_flush_stdout();
}

static int verify(const char *path, const char *dir, const char *host)
{
	struct seki_pubkeys keys = { 0 };
	struct seki_bundle b;
	const char *why;
	char err[512];
	int ret;

	if (seki_keys_read(dir, &keys, err, sizeof(err))) {
		seki_warnx("%s", err);
		return SEKI_EXIT_FAILED;
	}
	if (seki_bundle_read(path, &b, &why)) {
		seki_warnx("%s: %s", path, why);
		seki_keys_free(&keys);
		return SEKI_EXIT_FAILED;
	}
	ret = judge(path, &b, &keys, host);
	seki_bundle_close(&b);
	seki_keys_free(&keys);
	return ret;
}

int cmd_verify(int argc, char **argv)
{
	const char *keys = SEKI_KEYS_DIR, *host = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'k')
			keys = optarg;
		else if (opt == 'H')
			host = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (argc - optind != 1 || (host && !seki_hex_id(host, strlen(host)))) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return verify(argv[optind], keys, host);
}
