// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/keys.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/policy/key.h"

void seki_log_origin(const char *host, char ret[SEKI_NOTE_NAME])
{
	snprintf(ret, SEKI_NOTE_NAME, "sekisho.log/%s", host);
}

static char *key_path(const char *dir, unsigned int number)
{
	char *path;

	return asprintf(&path, "%s/log.%u.key", dir, number) < 0 ? NULL : path;
}

/* Number of the newest key; 0: none. */
static int newest(const char *dir, unsigned int *ret)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	*ret = 0;
	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		unsigned int n;
		int end = 0;

		if (sscanf(e->d_name, "log.%9u.key%n", &n, &end) == 1 && end && !e->d_name[end] &&
		    n > *ret)
			*ret = n;
	}
	closedir(d);
	return 0;
}

static int read_key(const char *dir, unsigned int number, const char *origin,
		    struct seki_signer *ret)
{
	seki_autofree char *path = key_path(dir, number);
	char *pem;
	size_t size;
	int err = path ? seki_file_read(path, SEKI_KEY_FILE_MAX, &pem, &size) : -ENOMEM;

	if (err)
		return err;
	snprintf(ret->name, sizeof(ret->name), "%s", origin);
	ret->key = seki_key_private(pem, size);
	OPENSSL_cleanse(pem, size);
	free(pem);
	return ret->key ? 0 : -EBADMSG;
}

static int make_key(const char *dir, unsigned int number)
{
	seki_autofree char *path = key_path(dir, number);
	EVP_PKEY *key = seki_key_generate();
	size_t size = 0;
	char *pem = key ? seki_key_pem(key, false, &size) : NULL;
	int err = path && pem ? seki_file_write(path, pem, size, 0600) : -ENOMEM;

	if (pem)
		OPENSSL_cleanse(pem, size);
	free(pem);
	EVP_PKEY_free(key);
	return err;
}

static bool older(const char *dir, unsigned int number, uint64_t max_age)
{
	seki_autofree char *path = key_path(dir, number);
	struct stat st;

	return max_age && path && !stat(path, &st) && time(NULL) > st.st_mtime &&
	       (uint64_t)(time(NULL) - st.st_mtime) > max_age;
}

static int make_directory(const char *dir)
{
	seki_autofree char *parent = strdup(dir);
	char *slash = parent ? strrchr(parent, '/') : NULL;

	if (slash && slash != parent) {
		*slash = '\0';
		if (mkdir(parent, 0755) && errno != EEXIST)
			return -errno;
	}
	return mkdir(dir, 0700) && errno != EEXIST ? -errno : 0;
}

static int open_keys(const char *dir, const char *origin, uint64_t max_age,
		     struct seki_log_keys *ret)
{
	unsigned int number;
	int err = make_directory(dir);

	if (!err)
		err = newest(dir, &number);
	if (!err && (!number || older(dir, number, max_age))) {
		err = make_key(dir, ++number);
		ret->made = !err;
	}
	if (!err)
		err = read_key(dir, number, origin, &ret->key);
	if (!err && number > 1) {
		err = read_key(dir, number - 1, origin, &ret->old);
		ret->has_old = !err;
	}
	return err;
}

int seki_log_keys_open(const char *dir, const char *origin, uint64_t max_age,
		       struct seki_log_keys *ret, char *err, size_t size)
{
	int bad;

	*ret = (struct seki_log_keys){ .made = false };
	bad = open_keys(dir, origin, max_age, ret);
	if (!bad)
		return 0;
	snprintf(err, size, "%s: %s", dir,
		 bad == -EBADMSG ? "a log.N.key in it is no Ed25519 private key in PEM" :
				   strerror(-bad));
	seki_log_keys_close(ret);
	return bad;
}

void seki_log_keys_close(struct seki_log_keys *k)
{
	EVP_PKEY_free(k->key.key);
	EVP_PKEY_free(k->old.key);
	k->key.key = k->old.key = NULL;
}

size_t seki_log_keys_text(const struct seki_log_keys *k, char ret[2 * SEKI_VKEY_TEXT])
{
	const struct seki_signer *const all[] = { k->has_old ? &k->old : NULL, &k->key };
	char text[SEKI_VKEY_TEXT];
	struct seki_verifier v;
	size_t len = 0;

	for (int i = 0; i < 2; i++) {
		if (!all[i] || seki_verifier_of(all[i], &v))
			continue;
		seki_verifier_text(&v, text);
		len += (size_t)snprintf(ret + len, 2 * SEKI_VKEY_TEXT - len, "%s\n", text);
	}
	return len;
}
