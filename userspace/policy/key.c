// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/policy/key.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/hex.h"

EVP_PKEY *seki_key_generate(void)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

/* Never ask a terminal for a passphrase. */
static int no_passphrase(char *buf, int size, int rwflag, void *u)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)u;
	return -1;
}

static EVP_PKEY *read_pem(const char *pem, size_t size, bool public)
{
	BIO *bio = size > SEKI_KEY_FILE_MAX ? NULL : BIO_new_mem_buf(pem, (int)size);
	EVP_PKEY *key = NULL;

	if (bio && public)
		key = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	else if (bio)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

EVP_PKEY *seki_key_private(const char *pem, size_t size)
{
	return read_pem(pem, size, false);
}

int seki_key_of(EVP_PKEY *key, struct seki_pubkey *ret)
{
	struct seki_pubkey k = { .file = "" };
	size_t raw = sizeof(k.raw);
	__u8 digest[32];

	if (EVP_PKEY_get_raw_public_key(key, k.raw, &raw) != 1 || raw != sizeof(k.raw) ||
	    !EVP_Digest(k.raw, raw, digest, NULL, EVP_sha256(), NULL))
		return -EINVAL;
	memcpy(k.id, digest, sizeof(k.id));
	*ret = k;
	return 0;
}

int seki_key_public(const char *pem, size_t size, struct seki_pubkey *ret)
{
	EVP_PKEY *key = read_pem(pem, size, true);
	int err = key ? seki_key_of(key, ret) : -EINVAL;

	EVP_PKEY_free(key);
	return err;
}

char *seki_key_pem(EVP_PKEY *key, bool public, size_t *ret_size)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *data, *text = NULL;
	long len;
	int ok;

	if (!bio)
		return NULL;
	ok = public ? PEM_write_bio_PUBKEY(bio, key) :
		      PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	len = BIO_get_mem_data(bio, &data);
	if (ok && len > 0)
		text = malloc((size_t)len);
	if (text) {
		memcpy(text, data, (size_t)len);
		*ret_size = (size_t)len;
	}
	BIO_free(bio);
	return text;
}

static int add(const char *dir, const char *name, struct seki_pubkeys *k)
{
	seki_autofree char *path = NULL, *pem = NULL;
	struct seki_pubkey key, *v;
	size_t size;
	int err;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	err = seki_file_read(path, SEKI_KEY_FILE_MAX, &pem, &size);
	if (!err && seki_key_public(pem, size, &key))
		err = -EBADMSG;
	if (err)
		return err;
	v = realloc(k->v, (k->n + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	snprintf(key.file, sizeof(key.file), "%s", name);
	k->v = v;
	k->v[k->n++] = key;
	return 0;
}

static bool is_public(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && name[0] != '.' && !strcmp(name + n - 4, ".pub");
}

int seki_keys_read(const char *dir, struct seki_pubkeys *ret, char *err, size_t size)
{
	struct seki_pubkeys k = { 0 };
	struct dirent *e;
	DIR *d = opendir(dir);
	int bad = d || errno == ENOENT ? 0 : -errno;

	if (bad)
		snprintf(err, size, "%s: %s", dir, strerror(-bad));
	while (d && !bad && (errno = 0, e = readdir(d))) {
		if (!is_public(e->d_name))
			continue;
		bad = add(dir, e->d_name, &k);
		if (bad)
			snprintf(
				err, size, "%s/%s: %s", dir, e->d_name,
				bad == -EBADMSG ?
					"not an Ed25519 public key in PEM; put the .pub file there that 'sekisho keygen' wrote, or take it away" :
					strerror(-bad));
	}
	if (!bad && d && errno) {
		bad = -errno;
		snprintf(err, size, "%s: %s", dir, strerror(-bad));
	}
	if (d)
		closedir(d);
	if (bad)
		seki_keys_free(&k);
	else
		*ret = k;
	return bad;
}

void seki_keys_free(struct seki_pubkeys *k)
{
	free(k->v);
	*k = (struct seki_pubkeys){ 0 };
}

const struct seki_pubkey *seki_keys_find(const struct seki_pubkeys *k, const __u8 id[SEKI_KEY_ID])
{
	for (size_t i = 0; i < k->n; i++)
		if (!memcmp(k->v[i].id, id, SEKI_KEY_ID))
			return &k->v[i];
	return NULL;
}

void seki_key_id_text(const __u8 id[SEKI_KEY_ID], char ret[SEKI_KEY_ID_TEXT])
{
	seki_hex_text(id, SEKI_KEY_ID, ret);
}
