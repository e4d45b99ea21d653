// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/evidence/hasher.h"

#include <string.h>

#include "userspace/lib/log.h"

/* NIST's examples of one block and of two, and of no bytes. */
static const struct {
	const char *message;
	struct seki_hash answer;
} known[] = {
	{ "abc", { { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
		     0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
		     0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad } } },
	{ "", { { 0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
		  0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
		  0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55 } } },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  { { 0x24, 0x8d, 0x6a, 0x61, 0xd2, 0x06, 0x38, 0xb8, 0xe5, 0xc0, 0x26,
	      0x93, 0x0c, 0x3e, 0x60, 0x39, 0xa3, 0x3c, 0xe4, 0x59, 0x64, 0xff,
	      0x21, 0x67, 0xf6, 0xec, 0xed, 0xd4, 0x19, 0xdb, 0x06, 0xc1 } } },
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

/* Odd, and more than any processor has lanes. */
#define MESSAGES 37

bool seki_hasher_sound(const struct seki_hasher *h)
{
	struct seki_message m[MESSAGES];
	struct seki_hash is[MESSAGES];
	bool sound;

	memset(is, 0, sizeof(is));
	for (size_t i = 0; i < MESSAGES; i++) {
		const char *text = known[i % KNOWN].message;

		m[i] = (struct seki_message){ text, strlen(text) };
	}
	sound = h->many(h->of, m, MESSAGES, is);
	for (size_t i = 0; i < MESSAGES; i++)
		sound &= seki_hash_same(&is[i], &known[i % KNOWN].answer);
	return sound;
}

static bool agree(struct seki_hasher *h, const struct seki_message *m, size_t count,
		  const struct seki_hash *ret)
{
	size_t at = h->turn++ % count;
	struct seki_hash is;

	seki_hash_message(m[at].data, m[at].size, &is);
	return seki_hash_same(&is, &ret[at]);
}

void seki_hash_many(struct seki_hasher *h, const struct seki_message *m, size_t count,
		    struct seki_hash *ret)
{
	if (h && !h->dropped && count >= SEKI_HASHER_LEAST) {
		if (h->many(h->of, m, count, ret) && agree(h, m, count, ret))
			return;
		h->dropped = true;
		seki_warnx("SHA-256 side by side differs from OpenSSL's, which hashes alone now");
	}
	for (size_t i = 0; i < count; i++)
		seki_hash_message(m[i].data, m[i].size, &ret[i]);
}
