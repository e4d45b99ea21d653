// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"

enum { PID, FD, WANT, LABEL, DOMAIN, COMM, FIELDS };

/* A row has all fields; the last line has one, their number. */
static unsigned int split(char *line, char *field[FIELDS])
{
	unsigned int n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *p = line; n < FIELDS; n++) {
		char *tab = strchr(p, '\t');

		field[n] = p;
		if (!tab)
			return n + 1;
		*tab = '\0';
		p = tab + 1;
	}
	return n;
}

static void put_row(char *field[FIELDS], struct seki_buf *b)
{
	seki_buf_char(b, '{');
	seki_put_str(b, "pid", field[PID]);
	seki_put_str(b, "fd", field[FD]);
	seki_put_str(b, "want", field[WANT]);
	seki_put_str(b, "label", field[LABEL]);
	seki_put_str(b, "domain", field[DOMAIN]);
	seki_put_str(b, "comm", field[COMM]);
	seki_put_close(b, '}');
}

void seki_held_put(const char *path, struct seki_buf *b)
{
	seki_autofclose FILE *f = fopen(path, "re");
	char line[512], *field[FIELDS];
	uint64_t count = 0;

	if (!f)
		return;
	seki_put_open(b, "held", '{');
	seki_put_open(b, "list", '[');
	while (fgets(line, sizeof(line), f)) {
		unsigned int n = split(line, field);

		if (n == FIELDS)
			put_row(field, b);
		else if (n == 1)
			count = strtoull(line, NULL, 10);
	}
	seki_put_close(b, ']');
	seki_put_u64(b, "count", count);
	seki_put_close(b, '}');
}
