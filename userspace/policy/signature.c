// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/signature.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"

#define HEAD offsetof(struct seki_trailer, signature)

bool seki_hex_id(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
			return false;
	return size == SEKI_HOST_LEN;
}

static bool host_ok(const char *host)
{
	static const char any[SEKI_HOST_LEN];

	return !memcmp(host, any, sizeof(any)) || seki_hex_id(host, SEKI_HOST_LEN);
}

const char *seki_trailer_check(const void *data, size_t size)
{
	struct seki_trailer t;

	if (size != sizeof(t))
		return "what follows the end has not the size of a signature; the file was cut or added to, copy it again";
	memcpy(&t, data, sizeof(t));
	if (memcmp(t.magic, SEKI_TRAILER_MAGIC, sizeof(t.magic)))
		return "what follows the end is no signature; copy the file again";
	if (t.format != SEKI_TRAILER_FORMAT || t.size != sizeof(t))
		return "another format of signature; sign with this release";
	if (!host_ok(t.host))
		return "the host in the signature is no machine id; sign it again";
	return NULL;
}

/* Ed25519 takes its message in one piece. */
static __u8 *message(const struct seki_signed *s, size_t *ret_size)
{
	size_t size = SEKI_PURPOSE_LEN + HEAD + s->size;
	__u8 *m = calloc(1, size);

	if (!m)
		return NULL;
	memcpy(m, s->purpose, strnlen(s->purpose, SEKI_PURPOSE_LEN));
	memcpy(m + SEKI_PURPOSE_LEN, s->trailer, HEAD);
	memcpy(m + SEKI_PURPOSE_LEN + HEAD, s->image, s->size);
	*ret_size = size;
	return m;
}

int seki_sign(EVP_PKEY *key, const char *purpose, const char *host, const void *image, size_t size,
	      struct seki_trailer *ret)
{
	struct seki_trailer t = { .format = SEKI_TRAILER_FORMAT, .size = sizeof(t) };
	struct seki_signed s = { purpose, image, size, &t };
	size_t len, sig = sizeof(t.signature);
	seki_autofree __u8 *m = NULL;
	struct seki_pubkey pub;
	EVP_MD_CTX *ctx;
	int ok;

	if (seki_key_of(key, &pub) || (host && !seki_hex_id(host, strlen(host))))
		return -EINVAL;
	memcpy(t.magic, SEKI_TRAILER_MAGIC, sizeof(t.magic));
	memcpy(t.key, pub.id, sizeof(t.key));
	if (host)
		memcpy(t.host, host, sizeof(t.host));
	m = message(&s, &len);
	ctx = EVP_MD_CTX_new();
	ok = m && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	     EVP_DigestSign(ctx, t.signature, &sig, m, len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return -ENOMEM;
	*ret = t;
	return 0;
}

static bool verifies(const struct seki_signed *s, const struct seki_pubkey *key)
{
	EVP_PKEY *pkey =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->raw, sizeof(key->raw));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len;
	seki_autofree __u8 *m = message(s, &len);
	bool ok = pkey && ctx && m && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		  EVP_DigestVerify(ctx, s->trailer->signature, sizeof(s->trailer->signature), m,
				   len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok;
}

/* The host last: what it says is believed only with the signature. */
int seki_signature_check(const struct seki_signed *s, const struct seki_pubkeys *keys,
			 const char *host)
{
	const struct seki_pubkey *key;

	if (!s->trailer)
		return SEKI_REFUSED_UNSIGNED;
	key = seki_keys_find(keys, s->trailer->key);
	if (!key)
		return SEKI_REFUSED_UNKNOWN_KEY;
	if (!verifies(s, key))
		return SEKI_REFUSED_BAD_SIGNATURE;
	if (host && s->trailer->host[0] && memcmp(s->trailer->host, host, SEKI_HOST_LEN))
		return SEKI_REFUSED_OTHER_HOST;
	return 0;
}

const char *seki_signature_text(int refused)
{
	switch (refused) {
	case SEKI_REFUSED_UNSIGNED:
		return "is not signed; sign it with 'sekisho sign' and an enrolled key";
	case SEKI_REFUSED_UNKNOWN_KEY:
		return "is signed by a key that is not enrolled; sign it with one that is";
	case SEKI_REFUSED_BAD_SIGNATURE:
		return "the signature does not fit; the file was altered after it was signed, copy it again";
	case SEKI_REFUSED_OTHER_HOST:
		return "is signed for another host; sign it for the machine id of this one";
	default:
		return "is refused";
	}
}
