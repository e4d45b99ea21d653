/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * piece.h - parts of records as they were written lately.
 *
 * What one session does with one program on one label makes records that are the
 * same but for numbers, times and names of files.  A piece is the text of what is the
 * same, kept under all that it was made of: numbers of the event, and the count of
 * changes to what gives them words.  A piece in which something is told whole
 * (said.h) is of no use to a later record: the telling is such a change.
 */
#ifndef SEKI_PIECE_H
#define SEKI_PIECE_H

#include "userspace/collector/buf.h"
#include "userspace/collector/enrich.h"
#include "userspace/collector/said.h"

enum seki_piece_of {
	SEKI_PIECE_ACT,	 /* from class to policy; label; control items */
	SEKI_PIECE_WHO,	 /* who */
	SEKI_PIECE_PROC, /* name, domain and program of proc */
	SEKI_PIECE_KINDS,
};

#define SEKI_PIECES 64 /* of each kind; a power of two */
#define SEKI_PIECE_PARTS 3
#define SEKI_PIECE_TEXT 480

/* No holes: it is compared as bytes. */
struct seki_piece_key {
	uint64_t changes;
	uint64_t number[5];
};

struct seki_piece {
	struct seki_piece_key key; /* .changes 0: free */
	uint16_t end[SEKI_PIECE_PARTS];
	char text[SEKI_PIECE_TEXT];
};

struct seki_pieces {
	uint64_t changes; /* as of now; not 0 */
	struct seki_piece piece[SEKI_PIECE_KINDS][SEKI_PIECES];
	/* Of each kind the one that is being written. */
	struct seki_piece fresh[SEKI_PIECE_KINDS];
	size_t len[SEKI_PIECE_KINDS];
};

/* Before each record. */
void seki_pieces_now(struct seki_pieces *p, const struct seki_knowledge *k,
		     const struct seki_said *s);

void seki_piece_key(const struct seki_pieces *p, enum seki_piece_of kind,
		    const struct seki_decoded *in, struct seki_piece_key *ret);
/* NULL: to be written, and kept. */
const struct seki_piece *seki_piece_find(const struct seki_pieces *p, enum seki_piece_of kind,
					 const struct seki_piece_key *key);
/* The next part, right behind its writing: the close of an object takes its last comma. */
void seki_piece_part(struct seki_pieces *p, enum seki_piece_of kind, unsigned int part,
		     const char *text, size_t len);
/* The parts since part 0.  What does not fit is not kept. */
void seki_piece_keep(struct seki_pieces *p, enum seki_piece_of kind,
		     const struct seki_piece_key *key);

static inline void seki_piece_put(struct seki_buf *b, const struct seki_piece *p, unsigned int part)
{
	size_t from = part ? p->end[part - 1] : 0;

	seki_buf_mem(b, p->text + from, p->end[part] - from);
}

#endif /* SEKI_PIECE_H */
