/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor.h - how far a sink has come, on stable storage.
 */
#ifndef SEKI_FORWARD_CURSOR_H
#define SEKI_FORWARD_CURSOR_H

#include "userspace/forward/target.h"

struct seki_cursor {
	uint64_t next;	      /* number of the first record that is not certain */
	char id[SEKI_ID_MAX]; /* of the record before it, or "" */
	struct seki_mark mark;
};

/* Text of a cursor file.  0 or -EBADMSG. */
int seki_cursor_parse(const char *text, struct seki_cursor *ret);
/* A file that is not there is a cursor at 0.  0 or negative errno; -EBADMSG: it is
 * not one of ours, and to begin anew would send everything twice.
 */
int seki_cursor_load(const char *path, struct seki_cursor *ret);
int seki_cursor_save(const char *path, const struct seki_cursor *c);

#endif /* SEKI_FORWARD_CURSOR_H */
