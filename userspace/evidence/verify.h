/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verify.h - is a log what was signed?  From its files and public keys alone.
 *
 * What does not fit is told one by one, with segment and record where the files
 * still tell: the hash tiles, once they fit a signed root, have the hash that
 * each record had.
 */
#ifndef SEKI_EVIDENCE_VERIFY_H
#define SEKI_EVIDENCE_VERIFY_H

#include "userspace/evidence/log.h"

#define SEKI_VERIFY_KEYS 16
#define SEKI_VERIFY_NOTE 240

struct seki_verify;

struct seki_verify_options {
	int dir;
	struct seki_verifier key[SEKI_VERIFY_KEYS]; /* trusted; a name of "" fits every log */
	size_t keys;
	const char *held; /* checkpoints kept elsewhere, one after the other, or NULL */
	size_t held_size;
	bool one; /* only the segment that holds .record */
	uint64_t record;
	/* Called for each thing that does not fit. */
	void (*wrong)(void *of, const char *text);
	/* Called for each record that is there; its signature may still fail. */
	void (*seen)(void *of, uint64_t index, const char *data, size_t size);
	/* Optional: for each checkpoint kept elsewhere that the log goes on from. */
	void (*held_fits)(void *of, const struct seki_note *n, const struct seki_checkpoint *c);
	void *of;
};

/* What was found right. */
struct seki_verified {
	char origin[SEKI_NOTE_NAME];
	uint64_t first, size; /* records that are there: [first, size) */
	uint64_t signed_;     /* those below are signed */
	uint64_t segments, checkpoints, wrong;
	uint64_t clock_sets;		 /* told in checkpoints */
	struct seki_hash root;		 /* at signed_ */
	struct seki_log_moment from, to; /* of the first and the last checkpoint */
	uint64_t epochs, boots;
	uint64_t held; /* checkpoints kept elsewhere that are of this log */
	bool stopped;  /* the last checkpoint is that of a stop */
};

/* 0 with .wrong == 0: it is what was signed.  Negative errno: it could not be read. */
int seki_verify_log(const struct seki_verify_options *o, struct seki_verified *ret);

#endif /* SEKI_EVIDENCE_VERIFY_H */
