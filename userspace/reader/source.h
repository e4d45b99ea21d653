/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the records of a log directory by number, from 0 on, also while
 * the log grows.  Everything that reads records in order goes through here.
 */
#ifndef SEKI_READER_SOURCE_H
#define SEKI_READER_SOURCE_H

#include <stddef.h>
#include <jansson.h>
#include <stdint.h>

struct seki_source;

struct seki_source_record {
	uint64_t index;
	const char *data; /* a JSON object, NUL terminated; until the next call */
	size_t size;
};

/* Records from index on; it may be one that is still to come.  0 or negative
 * errno; -ENODATA: it was removed, seki_source_first() tells what is left.
 */
int seki_source_open(const char *dir, uint64_t index, struct seki_source **ret);
void seki_source_close(struct seki_source *s);
/* 1: *ret is the next record; 0: none yet; or negative errno. */
int seki_source_read(struct seki_source *s, struct seki_source_record *ret);
/* That record with all its fields, see whole.h; a new reference, NULL: no JSON. */
json_t *seki_source_whole(struct seki_source *s, const struct seki_source_record *r);
/* Number of the record that is read next. */
uint64_t seki_source_index(const struct seki_source *s);
/* 1: there may be more; 0: timeout, in ms. */
int seki_source_wait(struct seki_source *s, int timeout);

/* First record that is there, and one behind the last that may be read. */
int seki_source_first(const char *dir, uint64_t *ret);
int seki_source_size(const char *dir, uint64_t *ret);

#endif /* SEKI_READER_SOURCE_H */
