/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - the state of the one who writes a log; log.h is for all others.
 */
#ifndef SEKI_EVIDENCE_WRITER_H
#define SEKI_EVIDENCE_WRITER_H

#include "userspace/evidence/io.h"
#include "userspace/evidence/log.h"
#include "userspace/evidence/segment.h"
#include "userspace/evidence/tiles.h"

#define SEKI_CHECKPOINT "checkpoint"
#define SEKI_CHECKPOINT_NEW "checkpoint.new"

struct seki_log {
	struct seki_log_options o;
	const struct seki_log_io *io;
	int dir;
	/* the segment that grows */
	int fd;
	uint64_t first, bytes;
	struct seki_frontier tree; /* of all that was written */
	struct seki_tiles tiles;
	/* what a sync made durable */
	struct seki_frontier durable;
	uint64_t durable_bytes;
	bool dirty;
	int broken; /* errno of a sync that failed; 0: none */
	uint64_t lost;
	/* what was signed */
	int notes;
	uint64_t notes_bytes;
	uint64_t signed_, epoch, note;
	bool any; /* a checkpoint was made or found */
	/* the closed segment that is compressed */
	struct seki_packing *packing;
	bool waiting; /* there may be more of them */
};

/* log_sign.c: one checkpoint, appended to the notes and published.  With
 * the words of a further extension line, or NULL; with both keys if the log's
 * changes.  0 or negative errno.
 */
int seki_log_sign(struct seki_log *l, enum seki_log_why why, const struct seki_log_moment *now);
/* The same as text; length or negative errno. */
int seki_log_sign_text(struct seki_log *l, enum seki_log_why why, const struct seki_log_moment *now,
		       char ret[SEKI_NOTE_MAX]);
/* Replace checkpoint. */
int seki_log_publish(struct seki_log *l, const char *note, size_t size);

/* log_open.c: tiles made again from the records of this segment. */
int seki_log_retile(struct seki_log *l);
/* frontier of a note's extension line; 0 or -EBADMSG. */
int seki_log_frontier(const struct seki_checkpoint *c, struct seki_frontier *ret);

/* log_pack.c */
void seki_log_pack_end(struct seki_log *l);

#endif /* SEKI_EVIDENCE_WRITER_H */
