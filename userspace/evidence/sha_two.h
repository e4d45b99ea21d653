/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sha_two.h - SHA-256 of two messages at once.
 *
 * The processor's instructions for SHA-256 wait for each other: one message keeps
 * them half busy, and two take the time of one.  OpenSSL has no such call for others.
 * The writer of a log hashes so; who verifies it uses OpenSSL.
 */
#ifndef SEKI_EVIDENCE_SHA_TWO_H
#define SEKI_EVIDENCE_SHA_TWO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/evidence/tree.h"

struct seki_sha_message {
	uint8_t first; /* a byte before the data */
	const void *data;
	size_t size;
};

/* False: not on this processor, and nothing is done. */
bool seki_sha_two(const struct seki_sha_message of[2], struct seki_hash ret[2]);

#endif /* SEKI_EVIDENCE_SHA_TWO_H */
