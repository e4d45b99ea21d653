/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan.h - members of a JSON object as they stand, without making a tree: for those
 * who look at a few fields of millions of records.  It finds where values begin and
 * end; whether they are right is for a parser to say.
 */
#ifndef SEKI_READER_SCAN_H
#define SEKI_READER_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct seki_slice {
	const char *s;
	size_t len;
};

struct seki_scan {
	const char *at, *end;
	bool begun;
};

/* Members of the object that text is. */
void seki_scan_begin(struct seki_scan *s, struct seki_slice text);
/* 1: a member, the key without its quotes; 0: the object ended, and the text with
 * it; -1: it is no object, or cut.
 */
int seki_scan_next(struct seki_scan *s, struct seki_slice *ret_key, struct seki_slice *ret_value);

#endif /* SEKI_READER_SCAN_H */
