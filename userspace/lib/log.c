// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/lib/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One write per line: two programs share a journal or a terminal. */
__attribute__((format(printf, 2, 0))) static void say(int err, const char *fmt, va_list ap)
{
	char line[1024];
	int n;

	n = vsnprintf(line, sizeof(line), fmt, ap);
	if (n < 0)
		strcpy(line, "(message unprintable)");
	if (err)
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, line, strerror(err));
	else
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, line);
}

void seki_warn(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, fmt);
	say(err, fmt, ap);
	va_end(ap);
	errno = err;
}

void seki_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(0, fmt, ap);
	va_end(ap);
}

void seki_die(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, fmt);
	say(err, fmt, ap);
	va_end(ap);
	exit(EXIT_FAILURE);
}

void seki_diex(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(0, fmt, ap);
	va_end(ap);
	exit(EXIT_FAILURE);
}
