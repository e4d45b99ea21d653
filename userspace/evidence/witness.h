/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * witness.h - somebody beside the host who cosigns checkpoints, of each log only
 * such that go on from the one before: c2sp.org/tlog-witness.
 */
#ifndef SEKI_EVIDENCE_WITNESS_H
#define SEKI_EVIDENCE_WITNESS_H

#include "userspace/evidence/consistency.h"

#define SEKI_WITNESS_LOGS 256

struct seki_witness {
	const char *dir; /* a file for each log: the checkpoint cosigned last */
	struct seki_signer key;
	struct seki_verifier log[SEKI_WITNESS_LOGS]; /* names are origins */
	size_t logs;
};

/* Answers of add-checkpoint, by their HTTP status. */
enum seki_witness_status {
	SEKI_WITNESS_OK = 200,
	SEKI_WITNESS_MALFORMED = 400,
	SEKI_WITNESS_NOT_SIGNED = 403,
	SEKI_WITNESS_UNKNOWN_LOG = 404,
	SEKI_WITNESS_OTHER_SIZE = 409, /* with the size of the checkpoint cosigned last */
	SEKI_WITNESS_FORK = 422,
	SEKI_WITNESS_BROKEN = 500, /* what was cosigned last can't be read or kept */
};

/* Judge a request; a checkpoint is cosigned after it was kept.  Text of the answer,
 * one line.
 */
enum seki_witness_status seki_witness_add(const struct seki_witness *w, const char *request,
					  size_t size, uint64_t now, char ret[SEKI_NOTE_LINE]);

#endif /* SEKI_EVIDENCE_WITNESS_H */
