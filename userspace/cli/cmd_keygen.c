// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/key.h"

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho keygen -o NAME\n"
		     "Write a new Ed25519 key to NAME.key (private, mode 0600) and NAME.pub.\n"
		     "Neither may exist.  Enroll the .pub file in " SEKI_KEYS_DIR ".\n");
}

/* A key that is overwritten is lost, and so are the hosts that trust it. */
static int write_new(const char *path, const char *text, size_t size, mode_t mode)
{
	seki_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0) {
		seki_warn("%s%s", path, errno == EEXIST ? ": keys are never replaced" : "");
		return -1;
	}
	if (write(fd, text, size) == (ssize_t)size && !fchmod(fd, mode) && !fsync(fd))
		return 0;
	seki_warn("%s", path);
	unlink(path);
	return -1;
}

static int write_pair(EVP_PKEY *key, const char *private_path, const char *public_path)
{
	size_t private_size, public_size;
	char *private = seki_key_pem(key, false, &private_size);
	seki_autofree char *public = seki_key_pem(key, true, &public_size);
	int err = -1;

	if (!private || !public) {
		seki_warnx("out of memory");
	} else if (!access(public_path, F_OK)) {
		seki_warnx("%s: exists; keys are never replaced", public_path);
	} else if (!write_new(private_path, private, private_size, 0600)) {
		err = write_new(public_path, public, public_size, 0644);
		if (err)
			unlink(private_path);
	}
	if (private)
		OPENSSL_cleanse(private, private_size);
	free(private);
	return err;
}

static int keygen(const char *name)
{
	seki_autofree char *private = NULL, *public = NULL;
	EVP_PKEY *key = seki_key_generate();
	char text[SEKI_KEY_ID_TEXT];
	struct seki_pubkey k;
	int err = -1;

	if (!key || seki_key_of(key, &k))
		seki_warnx("libcrypto makes no Ed25519 key; see its installation");
	else if (asprintf(&private, "%s.key", name) >= 0 && asprintf(&public, "%s.pub", name) >= 0)
		err = write_pair(key, private, public);
	EVP_PKEY_free(key);
	if (err)
		return SEKI_EXIT_FAILED;
	seki_key_id_text(k.id, text);
	printf("%s.pub: key %s\n", name, text);
	return seki_flush_stdout();
}

int cmd_keygen(int argc, char **argv)
{
	const char *name = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		if (opt == 'o')
			name = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (optind < argc || !name) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return keygen(name);
}
