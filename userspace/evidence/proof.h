/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proof.h - one record and all that proves it, in a text: c2sp.org/tlog-proof.
 * Its "extra" line holds the record itself.
 */
#ifndef SEKI_EVIDENCE_PROOF_H
#define SEKI_EVIDENCE_PROOF_H

#include "userspace/evidence/note.h"

struct seki_tlog_proof {
	uint64_t index;
	char *record; /* NUL terminated; NULL: the proof brings none */
	size_t size;
	struct seki_proof path;
	struct seki_note note; /* in the text that was parsed */
	struct seki_checkpoint c;
};

/* Text, malloc'ed, NUL terminated.  0 or negative errno. */
int seki_proof_text(const struct seki_proof *path, uint64_t index, const char *record, size_t size,
		    const char *checkpoint, size_t checkpoint_size, char **ret);
/* 0, -EBADMSG or -ENOMEM.  The path is not checked. */
int seki_proof_parse(const char *text, size_t size, struct seki_tlog_proof *ret);
void seki_proof_free(struct seki_tlog_proof *p);

#endif /* SEKI_EVIDENCE_PROOF_H */
