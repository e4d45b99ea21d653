/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact.h - secrets in arguments, out before a record is made of them.
 *
 * What is hidden is hidden for good: the log can't be altered afterwards.
 */
#ifndef SEKI_REDACT_H
#define SEKI_REDACT_H

#include <stdbool.h>
#include <stddef.h>

/* More of the host than the built-in rules; sekishod(8) tells the file. */
struct seki_redact;

/* 0; -ENOENT: there is no file; -EINVAL: *err says where and what. */
int seki_redact_load(const char *path, struct seki_redact **ret, char *err, size_t err_size);
int seki_redact_parse(const char *file, char *text, struct seki_redact **ret, char *err,
		      size_t err_size);
void seki_redact_free(struct seki_redact *r);

/* One command line, argument by argument.  Zeroed but for more (may be NULL). */
struct seki_redactor {
	const struct seki_redact *more;
	char program[32]; /* that gives flags their meaning */
	bool next;	  /* the next argument is a secret */
	bool script;	  /* the next argument is a script */
	bool hidden;	  /* something was */
};

/* The argument as it may be stored: to out, at most cap bytes; its length. */
#define SEKI_REDACT_ROOM(len) (2 * (len) + 8)
size_t seki_redact(struct seki_redactor *r, const char *arg, size_t len, char *out, size_t cap);

#endif /* SEKI_REDACT_H */
