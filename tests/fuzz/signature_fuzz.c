// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes after a whole bundle, and any bytes as a public key.  With the
 * lowest bit of the first byte magic, format and key id are made right.
 */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/bundle_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seki_pubkeys keys;
static void *image;
static size_t image_size;

static void prepare(void)
{
	struct seki_builder *b = seki_builder_new();
	struct seki_bundle_meta m = { .version = 1 };
	EVP_PKEY *key = seki_key_generate();

	m.name = seki_builder_string(b, "fuzz");
	seki_builder_add(b, SEKI_SECTION_META, &m);
#define X(upper, number, word)                                       \
	seki_builder_add(b, SEKI_SECTION_DOMAINS,                    \
			 &(struct seki_bundle_domain){ .id = number, \
						       .name = seki_builder_string(b, word) });
	SEKI_DOMAIN_LIST(X)
#undef X
#define X(upper, number, word)                                      \
	seki_builder_add(b, SEKI_SECTION_LABELS,                    \
			 &(struct seki_bundle_label){ .id = number, \
						      .name = seki_builder_string(b, word) });
	SEKI_LABEL_LIST(X)
#undef X
	keys.v = calloc(1, sizeof(*keys.v));
	keys.n = 1;
	if (!keys.v || seki_builder_finish(b, &image, &image_size) || seki_key_of(key, keys.v))
		abort();
	seki_builder_free(b);
	EVP_PKEY_free(key);
}

static void make_right(char *trailer, size_t size)
{
	struct seki_trailer t;

	if (size < sizeof(t))
		return;
	memcpy(&t, trailer, sizeof(t));
	memcpy(t.magic, SEKI_TRAILER_MAGIC, sizeof(t.magic));
	t.format = SEKI_TRAILER_FORMAT;
	t.size = sizeof(t);
	memcpy(t.key, keys.v[0].id, sizeof(t.key));
	memcpy(trailer, &t, sizeof(t));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seki_bundle b;
	struct seki_pubkey key;
	const char *why;
	char *file;

	if (!image)
		prepare();
	if (!size)
		return 0;
	seki_key_public((const char *)data, size, &key);
	file = malloc(image_size + size - 1);
	memcpy(file, image, image_size);
	memcpy(file + image_size, data + 1, size - 1);
	if (data[0] & 1)
		make_right(file + image_size, size - 1);
	if (!seki_bundle_parse(file, image_size + size - 1, &b, &why) && b.trailer) {
		struct seki_signed s = seki_bundle_signed(&b);

		/* Nobody has the key. */
		if (!seki_signature_check(&s, &keys, NULL))
			abort();
	}
	free(file);
	return 0;
}
