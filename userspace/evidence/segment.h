/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * segment.h - the files of records: their names, which there are, their lines
 * whether compressed or not.
 */
#ifndef SEKI_EVIDENCE_SEGMENT_H
#define SEKI_EVIDENCE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEKI_SEGMENT_NAME 64
enum seki_segment_kind {
	SEKI_SEGMENT_PLAIN,
	SEKI_SEGMENT_PACKED,
	SEKI_SEGMENT_NOTES,
	SEKI_SEGMENT_KINDS,
};

struct seki_segment {
	uint64_t first; /* number of its first record */
	bool has[SEKI_SEGMENT_KINDS];
};

struct seki_segments {
	struct seki_segment *v; /* by number */
	size_t n;
};

void seki_segment_name(uint64_t first, enum seki_segment_kind kind, char ret[SEKI_SEGMENT_NAME]);
int seki_segments_list(int dir, struct seki_segments *ret);
void seki_segments_free(struct seki_segments *s);
/* Those with records; notes alone are none. */
bool seki_segment_has_records(const struct seki_segment *s);

/* Lines of one segment, in order. */
struct seki_lines_of;
/* 0, or -ENOENT: neither file is there. */
int seki_segment_open(int dir, uint64_t first, struct seki_lines_of **ret);
void seki_segment_close(struct seki_lines_of *l);
/* 1: a line without its newline, NUL terminated, until the next call.  0: no whole line more; one
 * that grows may have more later.  -EBADMSG: longer than a record, or no valid
 * compression.
 */
int seki_segment_line(struct seki_lines_of *l, const char **ret, size_t *ret_size);
/* Bytes of the lines given so far, newlines included. */
uint64_t seki_segment_offset(const struct seki_lines_of *l);
/* Bytes behind the last newline, once seki_segment_line() returned 0. */
size_t seki_segment_rest(const struct seki_lines_of *l);

#endif /* SEKI_EVIDENCE_SEGMENT_H */
