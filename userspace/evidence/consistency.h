/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * consistency.h - a checkpoint, and the proof that its log begins with an older
 * one, in a text: what c2sp.org/tlog-witness calls an add-checkpoint request.
 *
 *	old N
 *	hash, base64		as many as the proof has
 *	(empty line)
 *	checkpoint
 */
#ifndef SEKI_EVIDENCE_CONSISTENCY_H
#define SEKI_EVIDENCE_CONSISTENCY_H

#include "userspace/evidence/note.h"

#define SEKI_CONSISTENCY_MAX (SEKI_NOTE_MAX + 64 * SEKI_PROOF_MAX)

struct seki_consistency {
	uint64_t old;
	struct seki_proof path;
	struct seki_note note; /* in the text that was parsed */
	struct seki_checkpoint c;
};

/* From the tiles of a log and a checkpoint of it.  Text, malloc'ed, NUL
 * terminated.  0 or negative errno; -ERANGE: the checkpoint is older than old.
 */
int seki_consistency_make(int dir, uint64_t old, const char *checkpoint, size_t size, char **ret);
/* The same from the newest checkpoint of a log that may be growing. */
int seki_consistency_newest(int dir, uint64_t old, char **ret);
/* 0 or -EBADMSG.  The proof is not checked. */
int seki_consistency_parse(const char *text, size_t size, struct seki_consistency *ret);
/* True: the log of the checkpoint begins with the tree of .old leaves and that
 * root.  Every log begins with the empty one.
 */
bool seki_consistency_check(const struct seki_consistency *c, const struct seki_hash *old_root);

#endif /* SEKI_EVIDENCE_CONSISTENCY_H */
