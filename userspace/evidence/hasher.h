/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hasher.h - SHA-256 of many messages at once by somebody who is watched.
 *
 * The hash of a record is what the log proves, so nobody but OpenSSL is believed: a
 * hasher has to know the known answers, of each batch OpenSSL hashes one message too,
 * and after the first difference OpenSSL hashes all of them, that batch included.
 */
#ifndef SEKI_EVIDENCE_HASHER_H
#define SEKI_EVIDENCE_HASHER_H

#include "userspace/evidence/tree.h"

struct seki_hasher {
	/* False: it could not. */
	bool (*many)(void *of, const struct seki_message *m, size_t count, struct seki_hash *ret);
	void *of;
	bool dropped; /* not asked any more */
	size_t turn;  /* which message of a batch OpenSSL hashes too */
};

/* Of fewer, what is set up for them costs more than they save. */
#define SEKI_HASHER_LEAST 8

/* It gives NIST's known answers. */
bool seki_hasher_sound(const struct seki_hasher *h);
/* By OpenSSL where h is NULL, there are few or it was dropped. */
void seki_hash_many(struct seki_hasher *h, const struct seki_message *m, size_t count,
		    struct seki_hash *ret);

#endif /* SEKI_EVIDENCE_HASHER_H */
