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

static const struct option table[] = {
	{ "key", required_argument, NULL, 'k' },    { "unload", no_argument, NULL, 'u' },
	{ "rollback", no_argument, NULL, 'r' },	    { "mode", required_argument, NULL, 'm' },
	{ "boot", required_argument, NULL, 'b' },   { "load", required_argument, NULL, 'l' },
	{ "digest", required_argument, NULL, 'd' }, { "rule", required_argument, NULL, 'R' },
	{ "host", required_argument, NULL, 'H' },   { "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },	    { 0 },
};

struct options {
	const char *key, *host, *output, *boot, *load, *mode, *digest, *rule;
	bool unload, rollback;
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho sign --key FILE [--host MACHINE-ID] BUNDLE [-o OUT]\n"
		"       sekisho sign --unload --key FILE --host MACHINE-ID --boot ID --load N -o OUT\n"
		"       sekisho sign --rollback --digest D --key FILE --host MACHINE-ID --boot ID --load N -o OUT\n"
		"       sekisho sign --mode audit|enforce [--rule N] --digest D --key FILE --host MACHINE-ID --boot ID --load N -o OUT\n"
		"Sign a bundle, in place or as OUT.  A signature it had is replaced.\n"
		"Or sign an order, good once: take the policy out, go back to the one before,\n"
		"or change the mode of the one in force.\n\n"
		"  --key FILE   private key, from 'sekisho keygen'\n"
		"  --host ID    good on this host only; see /etc/machine-id there\n"
		"  --boot ID    its /proc/sys/kernel/random/boot_id\n"
		"  --load N     policy.loaded_ns of its 'sekisho status --json'\n"
		"  --digest D   of the bundle: the one to go back to, or the one in force\n"
		"  --mode audit|enforce\n"
		"               what refusals do\n"
		"  --rule N     of this rule only, a number of 'sekisho show'\n"
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

/* A number from 1. */
static bool read_number(const char *text, __u64 *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return *text >= '1' && *text <= '9' && !*end && !errno;
}

static bool read_digest(const char *text, __u8 ret[32])
{
	if (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64)
		return false;
	for (int i = 0; i < 32; i++)
		sscanf(text + 2 * i, "%2hhx", &ret[i]);
	return true;
}

static int bad(const char *option, const char *text, const char *right)
{
	seki_warnx("--%s %s: right would be %s", option, text, right);
	return SEKI_EXIT_USAGE;
}

/* What an order says of a policy. */
static int read_policy(const struct options *o, struct seki_order *ret)
{
	__u64 rule = 0;

	if (o->digest && !read_digest(o->digest, ret->digest))
		return bad("digest", o->digest, "the 64 digits that 'sekisho show' prints");
	if (o->mode && strcmp(o->mode, "audit") && strcmp(o->mode, "enforce"))
		return bad("mode", o->mode, "audit or enforce");
	if (o->rule && (!read_number(o->rule, &rule) || rule > UINT16_MAX))
		return bad("rule", o->rule, "a number of 'sekisho show'");
	if (o->mode)
		ret->mode = o->mode[0] == 'a' ? SEKI_MODE_AUDIT : SEKI_MODE_ENFORCE;
	ret->rule = (__u32)rule;
	return SEKI_EXIT_OK;
}

static int sign_order(const struct options *o)
{
	struct seki_order order = { .format = SEKI_ORDER_FORMAT,
				    .act = o->unload   ? SEKI_ORDER_UNLOAD :
					   o->rollback ? SEKI_ORDER_ROLLBACK :
							 SEKI_ORDER_MODE };
	char id[SEKI_HOST_LEN + 1];
	int err = read_policy(o, &order);

	if (err)
		return err;
	if (seki_order_boot(o->boot, id)) {
		seki_warnx("--boot %s: not a boot id; right would be what "
			   "/proc/sys/kernel/random/boot_id has on that host",
			   o->boot);
		return SEKI_EXIT_USAGE;
	}
	if (!read_number(o->load, &order.load)) {
		seki_warnx("--load %s: not a load; right would be policy.loaded_ns of "
			   "'sekisho status --json' on that host",
			   o->load);
		return SEKI_EXIT_USAGE;
	}
	memcpy(order.magic, SEKI_ORDER_MAGIC, sizeof(order.magic));
	memcpy(order.boot, id, sizeof(order.boot));
	return sign_image(o->key, o->host,
			  (struct seki_signed){ SEKI_FOR_ORDER, &order, sizeof(order), NULL },
			  o->output);
}

static bool is_order(const struct options *o)
{
	bool about = o->rollback || o->mode;

	return o->unload + o->rollback + !!o->mode == 1 && about == !!o->digest &&
	       (!o->rule || o->mode) && o->host && o->boot && o->load && o->output;
}

static bool is_plain(const struct options *o)
{
	return !o->unload && !o->rollback && !o->mode && !o->boot && !o->load && !o->digest &&
	       !o->rule;
}

/* Where the value of an option goes. */
static const char **place(struct options *o, int opt)
{
	switch (opt) {
	case 'k':
		return &o->key;
	case 'H':
		return &o->host;
	case 'o':
		return &o->output;
	case 'b':
		return &o->boot;
	case 'l':
		return &o->load;
	case 'm':
		return &o->mode;
	case 'd':
		return &o->digest;
	case 'R':
		return &o->rule;
	default:
		return NULL;
	}
}

static bool read_option(struct options *o, int opt)
{
	const char **value = place(o, opt);

	if (value)
		*value = optarg;
	o->unload |= opt == 'u';
	o->rollback |= opt == 'r';
	return value || opt == 'u' || opt == 'r';
}

int cmd_sign(int argc, char **argv)
{
	struct options o = { .key = NULL };
	int opt;

	while ((opt = getopt_long(argc, argv, "k:o:h", table, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		if (!read_option(&o, opt))
			return SEKI_EXIT_USAGE;
	}
	if (o.host && !seki_hex_id(o.host, strlen(o.host))) {
		seki_warnx("--host %s: not a machine id; right would be the 32 digits of "
			   "/etc/machine-id",
			   o.host);
		return SEKI_EXIT_USAGE;
	}
	if (o.key && is_order(&o) && argc == optind)
		return sign_order(&o);
	if (argc - optind != 1 || !o.key || !is_plain(&o)) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return sign_bundle(o.key, o.host, argv[optind], o.output ?: argv[optind]);
}
