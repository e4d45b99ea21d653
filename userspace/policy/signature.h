/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signature.h - who stands for a bundle or an order.
 *
 * The trailer follows the image (a bundle as head.size says, or an order) as
 * the last 128 bytes of the file; nothing may follow it.  Little endian:
 *
 *	offset bytes
 *	     0     8  magic "SEKISIGN"
 *	     8     4  format, 1
 *	    12     4  size of the trailer in bytes, 128
 *	    16    16  key id: first bytes of the SHA-256 of the raw public key
 *	    32    32  host: machine id, 32 lower case hex digits; all NUL: any host
 *	    64    64  signature: Ed25519 as in RFC 8032, section 5.1 (not Ed25519ph)
 *
 * Signed are, one after the other: 16 bytes that say what is signed (the
 * purposes below, NUL padded), the first 64 bytes of the trailer, the image.
 * So an order is never a bundle, and no byte of the file is without a signature.
 */
#ifndef SEKI_SIGNATURE_H
#define SEKI_SIGNATURE_H

#include "userspace/policy/key.h"

#define SEKI_TRAILER_MAGIC "SEKISIGN"
#define SEKI_TRAILER_FORMAT 1
#define SEKI_HOST_LEN 32
#define SEKI_PURPOSE_LEN 16
#define SEKI_FOR_BUNDLE "sekisho bundle 1"
#define SEKI_FOR_ORDER "sekisho order 1"

struct seki_trailer {
	char magic[8];
	__u32 format;
	__u32 size;
	__u8 key[SEKI_KEY_ID];
	char host[SEKI_HOST_LEN];
	__u8 signature[64];
};
_Static_assert(sizeof(struct seki_trailer) == 128, "trailer");

struct seki_signed {
	const char *purpose;
	const void *image;
	size_t size;
	const struct seki_trailer *trailer; /* NULL: none */
};

/* NULL, or what is wrong with the bytes after an image; what would be right. */
const char *seki_trailer_check(const void *data, size_t size);

/* 32 lower case hex digits: machine ids, and boot ids without their hyphens. */
bool seki_hex_id(const char *text, size_t size);

/* host: as in the trailer, or NULL for any.  0, -EINVAL or -ENOMEM. */
int seki_sign(struct evp_pkey_st *key, const char *purpose, const char *host, const void *image,
	      size_t size, struct seki_trailer *ret);

/* 0, or enum seki_refused.  host: this host's machine id, or NULL for every. */
int seki_signature_check(const struct seki_signed *s, const struct seki_pubkeys *keys,
			 const char *host);
/* What is wrong; what would be right. */
const char *seki_signature_text(int refused);

#endif /* SEKI_SIGNATURE_H */
