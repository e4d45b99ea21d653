/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * key.h - Ed25519 keys (RFC 8032) in PEM files: the private one PKCS #8
 * (RFC 8410), the public one SubjectPublicKeyInfo.
 */
#ifndef SEKI_KEY_H
#define SEKI_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/abi.h"

#define SEKI_KEY_FILE_MAX 4096
#define SEKI_KEYS_DIR "/etc/sekisho/keys"
#define SEKI_KEY_ID_TEXT (2 * SEKI_KEY_ID + 1)

struct seki_pubkey {
	__u8 id[SEKI_KEY_ID]; /* first bytes of the SHA-256 of raw */
	__u8 raw[32];
	char file[256]; /* name in its directory */
};

struct seki_pubkeys {
	struct seki_pubkey *v;
	size_t n;
};

struct evp_pkey_st;

/* A private key, freed with EVP_PKEY_free(); NULL: pem holds none. */
struct evp_pkey_st *seki_key_private(const char *pem, size_t size);
/* A fresh private key, or NULL. */
struct evp_pkey_st *seki_key_generate(void);
/* The public half; 0 or -EINVAL. */
int seki_key_of(struct evp_pkey_st *private, struct seki_pubkey *ret);
int seki_key_public(const char *pem, size_t size, struct seki_pubkey *ret);
/* PEM text, malloc'ed; NULL: out of memory. */
char *seki_key_pem(struct evp_pkey_st *private, bool public, size_t *ret_size);

/* Every *.pub of a directory; none if it is missing.  One that holds no key is
 * an error: whoever enrolled it counts on it.  0, or negative errno with the
 * place and the reason in err.
 */
int seki_keys_read(const char *dir, struct seki_pubkeys *ret, char *err, size_t size);
void seki_keys_free(struct seki_pubkeys *k);
const struct seki_pubkey *seki_keys_find(const struct seki_pubkeys *k, const __u8 id[SEKI_KEY_ID]);

void seki_key_id_text(const __u8 id[SEKI_KEY_ID], char ret[SEKI_KEY_ID_TEXT]);

#endif /* SEKI_KEY_H */
