// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/forward/target.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int seki_target_fail(struct seki_target *t, int err, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->why, sizeof(t->why), fmt, ap);
	va_end(ap);
	if (err && n >= 0 && (size_t)n < sizeof(t->why))
		snprintf(t->why + n, sizeof(t->why) - (size_t)n, ": %s", strerror(err));
	return err ? -err : -EIO;
}
