/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - the evidence log: an append-only list of records, numbered from 0,
 * under a Merkle tree whose root is signed.  sekisho-log(5) tells the format.
 *
 * One writer (the collector) and any number of readers, in one directory.
 * Functions return 0 or a count, or a negative errno; the ones that are
 * particular are named where they are returned.
 *
 *	acknowledged	seki_log_sync() or seki_log_checkpoint() returned 0 after
 *			the append: it survives a power cut
 *	signed		below the size of a checkpoint: it can't change unseen
 *
 * Sources: RFC 6962 (tree), c2sp.org/signed-note, tlog-checkpoint, tlog-tiles.
 */
#ifndef SEKI_EVIDENCE_LOG_H
#define SEKI_EVIDENCE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "userspace/evidence/note.h"

/* ---- reading -------------------------------------------------------------- */

struct seki_log_reader;

struct seki_log_record {
	uint64_t index;
	const char *data; /* one JSON object without newline, NUL terminated; until the next call */
	size_t size;	  /* 1 to SEKI_LOG_RECORD_MAX bytes */
};

#define SEKI_LOG_RECORD_MAX 65535u /* bytes: what an entry of tlog-tiles can hold */

/* How far a reader may go.  What is only written may be gone after a power cut,
 * and another record then has its number: who sends records away or keeps a
 * cursor reads what is signed.
 */
enum seki_log_extent {
	SEKI_LOG_SIGNED,  /* below the size of the newest checkpoint; where there is none, as
			   * beside records that were copied alone, every whole record
			   */
	SEKI_LOG_WRITTEN, /* every whole record */
};

/* Read records from index on; index may be one that is still to come.  dir is a
 * descriptor of the log directory and stays the caller's; it must outlive the
 * reader.  The directory may be empty.
 * -ENODATA: removed by retention; seki_log_first() tells what is left.
 */
int seki_log_reader_open(int dir, uint64_t index, enum seki_log_extent extent,
			 struct seki_log_reader **ret);
void seki_log_reader_close(struct seki_log_reader *r);

/* Records of a segment are read from its beginning: who wants to see those before
 * index too, for what they tell of the ones behind it.  Before the first read.
 */
typedef void seki_log_passed(void *of, const char *data, size_t size);
void seki_log_reader_passed(struct seki_log_reader *r, seki_log_passed *passed, void *of);

/* 1: *ret is the next record, and the reader stands behind it.  0: none yet.
 * -ENODATA: retention was faster; -EBADMSG: the files are not what a writer
 * leaves.  After an error the reader stands where it stood.
 */
int seki_log_read(struct seki_log_reader *r, struct seki_log_record *ret);
/* Number of the record that seki_log_read() gives next: the cursor to keep. */
uint64_t seki_log_reader_index(const struct seki_log_reader *r);

/* A descriptor for poll(2), POLLIN, when the log may have grown (inotify); -1
 * where there is none: ask again after half a second.  seki_log_read() returning 0
 * takes back its readiness.
 */
int seki_log_reader_fd(struct seki_log_reader *r);
/* The same with the waiting: 1 may have grown, 0 after timeout ms. */
int seki_log_reader_wait(struct seki_log_reader *r, int timeout);

/* Number of the first record that is there; 0 in an empty directory. */
int seki_log_first(int dir, uint64_t *ret);
/* Size of the newest checkpoint; 0 if there is none.  Not verified. */
int seki_log_signed(int dir, uint64_t *ret);

/* ---- writing -------------------------------------------------------------- */

struct seki_log;
struct seki_log_io; /* io.h; tests inject failures there */
struct seki_hasher; /* hasher.h */

struct seki_log_options {
	int dir;		       /* taken over on success */
	const struct seki_log_io *io;  /* NULL: the system's */
	const char *origin;	       /* of the checkpoints: host and log; no blanks, no '+' */
	const struct seki_signer *key; /* signs */
	const struct seki_signer *old; /* the key before it, or NULL: see seki_log_open() */
	const char *boot;	       /* 32 hex digits */
	uint64_t segment;	       /* bytes after which seki_log_turn() begins the next one */
	struct seki_hasher *hasher;    /* of many records, or NULL; stays the caller's */
};

/* What seki_log_open() found and mended. */
struct seki_log_found {
	uint64_t size;	    /* records */
	uint64_t unsigned_; /* of them behind the last checkpoint */
	uint64_t cut;	    /* bytes of an unfinished last record, removed */
	bool unclean;	    /* the last checkpoint is not that of a stop */
	bool tiles;	    /* hash tiles had to be left incomplete */
	bool key;	    /* the key changed, and both have signed that */
};

/* Reasons of a checkpoint; seki_log_why_text() has the words. */
enum seki_log_why {
	SEKI_LOG_TIME, /* the interval is over; nothing is signed if nothing is new */
	SEKI_LOG_START,
	SEKI_LOG_STOP,
	SEKI_LOG_POLICY,
	SEKI_LOG_CLOCK, /* the wall clock stepped */
	SEKI_LOG_TURN,	/* a segment is full */
	SEKI_LOG_KEY,	/* the key changes */
};
const char *seki_log_why_text(unsigned int why);

/* When a checkpoint is made.  Bound with boot and epoch into what is signed. */
struct seki_log_moment {
	uint64_t boottime; /* ns since boot */
	uint64_t wall;	   /* ns since 1970, UTC */
	bool sync;	   /* the kernel holds the wall clock synchronised */
};

/* Open or begin the log, mend what a crash left, sign a start.
 * -EWOULDBLOCK: another writer; -EKEYREJECTED: the last checkpoint is by neither
 * key; -EBADMSG: the records are not those that were signed, and going on would
 * be a fork.
 */
int seki_log_open(const struct seki_log_options *o, const struct seki_log_moment *now,
		  struct seki_log **ret, struct seki_log_found *found);
void seki_log_close(struct seki_log *l);

/* Whole lines, each a record and a newline.  Bytes taken (whole lines, at least
 * one) or negative errno; after an error the same bytes can be given again.
 */
ssize_t seki_log_append(struct seki_log *l, const char *lines, size_t len);
/* Stable storage.  After an error (EIO) the bytes are written anew by the next
 * call, and nothing is signed until that went well.
 */
int seki_log_sync(struct seki_log *l);
/* Sync, sign, publish.  0, also when there was nothing to sign. */
int seki_log_checkpoint(struct seki_log *l, enum seki_log_why why,
			const struct seki_log_moment *now);
/* 1: the segment was full and the next one began; 0: not full. */
int seki_log_turn(struct seki_log *l, const struct seki_log_moment *now);
/* Some milliseconds of housekeeping: compress closed segments.  1: there is
 * more to do; 0: nothing.
 */
int seki_log_tidy(struct seki_log *l);

/* The oldest closed segment, for who decides what is kept. */
struct seki_log_oldest {
	uint64_t first, count; /* records */
	uint64_t wall;	       /* of its last checkpoint, ns since 1970; 0: unknown */
	uint64_t total;	       /* bytes of all segments */
};
/* -ENOENT: none is closed. */
int seki_log_oldest(const struct seki_log *l, struct seki_log_oldest *ret);
/* Delete a closed segment.  That it goes is to be a record, and signed, before. */
int seki_log_remove(struct seki_log *l, uint64_t first);

struct seki_log_state {
	uint64_t size, signed_, epoch;
	uint64_t segment, bytes; /* number of its first record; bytes in it */
	uint64_t lost;		 /* records that a failing disk did not keep, never signed */
};
void seki_log_state(const struct seki_log *l, struct seki_log_state *ret);

#endif /* SEKI_EVIDENCE_LOG_H */
