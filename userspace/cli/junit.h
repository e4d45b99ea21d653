/* SPDX-License-Identifier: GPL-2.0-or-later */
/* junit.h - results of tests as the XML that build servers read. */
#ifndef SEKI_JUNIT_H
#define SEKI_JUNIT_H

#include <stdio.h>

struct seki_junit {
	FILE *body;
	char *text;
	size_t size;
	unsigned int tests, failures;
};

/* wrong NULL: it passed. */
void seki_junit_case(struct seki_junit *j, const char *file, unsigned int line, const char *name,
		     const char *wrong);
/* Writes the whole file and frees; 0, or -1 with errno. */
int seki_junit_write(struct seki_junit *j, const char *path);

#endif /* SEKI_JUNIT_H */
