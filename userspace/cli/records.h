/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * records.h - the log as its readers need it: lines, fields, safe text.
 */
#ifndef SEKI_RECORDS_H
#define SEKI_RECORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SEKI_LOG_DIR "/var/log/sekisho"
#define SEKI_LOG_FILE SEKI_LOG_DIR "/records.jsonl"

/* A file read line by line, also while it grows. */
struct seki_lines {
	int fd;		      /* -1: closed */
	unsigned long number; /* of the last line given */
	char *buf;
	size_t begin, len, cap;
	bool end; /* nothing more for now */
};

/* "-" is standard input.  0 or negative errno. */
int seki_lines_open(struct seki_lines *l, const char *path);
void seki_lines_close(struct seki_lines *l);
/* 1: *ret is a line without its newline, NUL terminated, until the next call.
 * 0: no whole line more.  Negative errno.
 */
int seki_lines_next(struct seki_lines *l, char **ret, size_t *ret_len);
/* What is left behind the last newline: 1 or 0. */
int seki_lines_rest(struct seki_lines *l, char **ret, size_t *ret_len);

/* Text at a path of keys, "who.name"; "" if there is none. */
const char *seki_field(json_t *record, const char *path);
json_int_t seki_field_int(json_t *record, const char *path);

/* Print text that somebody else chose: controls and what hides text or turns
 * its direction come out as \u{XXXX}.
 */
void seki_print_safe(FILE *out, const char *text);

#endif /* SEKI_RECORDS_H */
