// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/evidence/moment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int seki_moment_parse(const struct seki_checkpoint *c, struct seki_moment_line *ret)
{
	unsigned long long epoch, note, bt, t;
	char line[512], clock[8];
	const char *text;
	size_t size;
	int end = 0;

	if (!seki_checkpoint_field(c, "sekisho", &text, &size) || size >= sizeof(line))
		return -EBADMSG;
	memcpy(line, text, size);
	line[size] = '\0';
	if (sscanf(line,
		   "boot=%32[0-9a-f] epoch=%20llu note=%20llu bt=%20llu t=%20llu clock=%7[a-z] "
		   "why=%15[a-z]%n",
		   ret->boot, &epoch, &note, &bt, &t, clock, ret->why, &end) != 7 ||
	    (size_t)end != size)
		return -EBADMSG;
	ret->epoch = epoch;
	ret->note = note;
	ret->at = (struct seki_log_moment){ bt, t, !strcmp(clock, "sync") };
	return 0;
}
