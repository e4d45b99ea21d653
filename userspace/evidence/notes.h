/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes.h - the checkpoints of one segment, one after the other. */
#ifndef SEKI_EVIDENCE_NOTES_H
#define SEKI_EVIDENCE_NOTES_H

#include "userspace/evidence/note.h"

#define SEKI_NOTES_MAX (1u << 30) /* bytes of such a file */

struct seki_notes {
	char *text;
	size_t size, at; /* .at: behind the note given last */
	struct seki_note note;
	struct seki_checkpoint c;
};

/* 0 or negative errno; free with free(n->text). */
int seki_notes_read(int dir, uint64_t segment, struct seki_notes *ret);
/* 1: .note and .c are the next one; 0: the end, or what is no note. */
int seki_notes_next(struct seki_notes *n);
/* Wall time of the last checkpoint of a segment, ns since 1970; 0: none. */
uint64_t seki_notes_last_time(int dir, uint64_t segment);

#endif /* SEKI_EVIDENCE_NOTES_H */
