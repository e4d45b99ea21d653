/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * records.h - the log as its readers need it: lines.
 */
#ifndef SEKI_RECORDS_H
#define SEKI_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/reader/field.h"
#include "userspace/reader/whole.h"

#define SEKI_LOG_DIR "/var/log/sekisho"

struct seki_log_reader;

/* A file or a log directory read line by line, also while it grows. */
struct seki_lines {
	int fd;			     /* -1: closed */
	struct seki_log_reader *log; /* of a directory */
	unsigned long number;	     /* of the last line given */
	struct seki_whole told;	     /* by lines given, and by those before them in their segment */
	char *buf;
	size_t begin, len, cap;
	bool end; /* nothing more for now */
};

/* "-" is standard input.  0 or negative errno. */
int seki_lines_open(struct seki_lines *l, const char *path);
/* Begin so many records before the end, if it is a directory and tells. */
void seki_lines_near_end(struct seki_lines *l, uint64_t count);
/* True after timeout ms, or before it if there may be more. */
void seki_lines_wait(struct seki_lines *l, int timeout);
void seki_lines_close(struct seki_lines *l);
/* Each record there is and, for so many ms, each that comes, until take() has what it
 * looks for.  1: it has; 0: not in time; negative errno.
 */
int seki_lines_watch(struct seki_lines *l, unsigned int ms,
		     bool (*take)(json_t *record, uint64_t number, void *of), void *of);
/* 1: *ret is a line without its newline, NUL terminated, until the next call.
 * 0: no whole line more.  Negative errno.
 */
int seki_lines_next(struct seki_lines *l, char **ret, size_t *ret_len);
/* A line as a record with all its fields: a new reference; NULL: no JSON. */
json_t *seki_lines_whole(struct seki_lines *l, const char *line, size_t len);
/* What is left behind the last newline: 1 or 0. */
int seki_lines_rest(struct seki_lines *l, char **ret, size_t *ret_len);
/* As next, and at the end the rest: all of a log that nobody waits for. */
int seki_lines_each(struct seki_lines *l, char **ret, size_t *ret_len);

/* ms since the boot: what records have as "bt", in ns. */
uint64_t seki_boot_ms(void);

#endif /* SEKI_RECORDS_H */
