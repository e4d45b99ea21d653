// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/key_file.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/policy/bundle.h"
#include "userspace/policy/order.h"

static const struct option options[] = {
	{ "key", required_argument, NULL, 'k' },  { "unload", no_argument, NULL, 'u' },
	{ "boot", required_argument, NULL, 'b' }, { "load", required_argument, NULL, 'l' },
	{ "host", required_argument, NULL, 'H' }, { "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },	  { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho sign --key FILE [--host MACHINE-ID] BUNDLE [-o OUT]\n"
		"       sekisho sign --unload --key FILE --host MACHINE-ID --boot ID --load N -o OUT\n"
		"Sign a bundle, in place or as OUT.  A signature it had is replaced.\n"
		"Or sign an order that takes the policy out, once.\n\n"
		"  --key FILE   private key, from 'sekisho keygen'\n"
		"  --host ID    good on this host only; see /etc/machine-id there\n"
		"  --boot ID    its /proc/sys/kernel/random/boot_id\n"
		"  --load N     policy.loaded_ns of its 'sekisho status --json'\n"
		"  -o OUT       replace this file, as a whole\n");
}

/* Image and trailer as one file. */
static int write_signed(const char *path, const struct seki_signed *s)
{
	size_t size = s->size + sizeof(*s->trailer);
	seki_autofree char *file = malloc(size);
	int err;

	if (!file) {
		seki_warnx("out of memory");
		return SEKI_EXIT_FAILED;
	}
	memcpy(file, s->image, s->size);
	memcpy(file + s->size, s->trailer, sizeof(*s->trailer));
	err = seki_file_write(path, file, size, 0644);
	if (!err)
		return SEKI_EXIT_OK;
	seki_warnx("%s: %s; nothing was written", path, strerror(-err));
	return SEKI_EXIT_FAILED;
}

static int sign_image(const char *key_path, const char *host, struct seki_signed s,
		      const char *output)
{
	EVP_PKEY *key = seki_key_file(key_path);
	struct seki_trailer t;
	int err;

	if (!key)
		return SEKI_EXIT_FAILED;
	err = seki_sign(key, s.purpose, host, s.image, s.size, &t);
	EVP_PKEY_free(key);
	if (err) {
		seki_warnx("%s: libcrypto does not sign: %s", key_path, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	s.trailer = &t;
	return write_signed(output, &s);
}

static int sign_bundle(const char *key, const char *host, const char *path, const char *output)
{
	struct seki_bundle b;
	const char *why;
	int err;

	if (seki_bundle_read(path, &b, &why)) {
		seki_warnx("%s: %s", path, why);
		return SEKI_EXIT_FAILED;
	}
	err = sign_image(key, host, seki_bundle_signed(&b), output);
	seki_bundle_close(&b);
	return err;
}

static bool read_load(const char *text, __u64 *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return *text >= '1' && *text <= '9' && !*end && !errno;
}

static int sign_order(const char *key, const char *host, const char *boot, const char *load,
		      const char *output)
{
	struct seki_order o = { .format = SEKI_ORDER_FORMAT, .act = SEKI_ORDER_UNLOAD };
	char id[SEKI_HOST_LEN + 1];

	if (seki_order_boot(boot, id)) {
		seki_warnx("--boot %s: not a boot id; right would be what "
			   "/proc/sys/kernel/random/boot_id has on that host",
			   boot);
		return SEKI_EXIT_USAGE;
	}
	if (!read_load(load, &o.load)) {
		seki_warnx("--load %s: not a load; right would be policy.loaded_ns of "
			   "'sekisho status --json' on that host",
			   load);
		return SEKI_EXIT_USAGE;
	}
	memcpy(o.magic, SEKI_ORDER_MAGIC, sizeof(o.magic));
	memcpy(o.boot, id, sizeof(o.boot));
	return sign_image(key, host, (struct seki_signed){ SEKI_FOR_ORDER, &o, sizeof(o), NULL },
			  output);
}

int cmd_sign(int argc, char **argv)
{
	const char *key = NULL, *host = NULL, *output = NULL, *boot = NULL, *load = NULL;
	bool unload = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "k:o:h", options, NULL)) != -1) {
		if (opt == 'k')
			key = optarg;
		else if (opt == 'u')
			unload = true;
		else if (opt == 'b')
			boot = optarg;
		else if (opt == 'l')
			load = optarg;
		else if (opt == 'H')
			host = optarg;
		else if (opt == 'o')
			output = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (host && !seki_hex_id(host, strlen(host))) {
		seki_warnx("--host %s: not a machine id; right would be the 32 digits of "
			   "/etc/machine-id",
			   host);
		return SEKI_EXIT_USAGE;
	}
	if (unload && key && host && boot && load && output && argc == optind)
		return sign_order(key, host, boot, load, output);
	if (argc - optind != 1 || !key || unload || boot || load) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return sign_bundle(key, host, argv[optind], output ?: argv[optind]);
}
