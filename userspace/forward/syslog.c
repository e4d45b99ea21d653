// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/forward/syslog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/forward/ocsf.h"
#include "userspace/reader/field.h"

#define FACILITY 13 /* log audit */
#define SEQUENCE_MAX 2147483647u

static int priority(json_t *r)
{
	static const int severity[] = { 6, 6, 5, 4, 3, 2 }; /* by seki_severity() */

	return FACILITY * 8 + severity[seki_severity(r)];
}

/* RFC 5424 has at most six digits of a second; ours are nine. */
static void timestamp(json_t *r, char ret[40])
{
	const char *t = seki_field(r, "t"), *dot = strchr(t, '.');

	if (strlen(t) == 35 && dot && dot - t == 19)
		snprintf(ret, 40, "%.26s%s", t, t + 29);
	else
		strcpy(ret, "-");
}

/* Printable ASCII without a blank, or the nil value. */
static const char *word(const char *text, size_t max)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] < 33 || text[i] > 126)
			return "-";
	return len && len <= max ? text : "-";
}

char *seki_syslog_frame(const struct seki_parcel *p, const char *host, size_t *ret_size)
{
	json_t *r = p->json;
	char *message = NULL, *frame = NULL, t[40];
	bool sync = !strcmp(seki_field(r, "clock"), "sync");
	int n, m;

	timestamp(r, t);
	/* JSON in UTF-8: the byte order mark says so. */
	n = asprintf(&message,
		     "<%d>1 %s %s sekisho - %s [meta sequenceId=\"%" PRIu64
		     "\"][origin software=\"sekisho\"][timeQuality tzKnown=\"1\" isSynced=\"%d\"] "
		     "\xef\xbb\xbf%s",
		     priority(r), t, word(host, 255), word(seki_field(r, "class"), 32),
		     p->index % SEQUENCE_MAX + 1, sync, p->body);
	if (n < 0)
		return NULL;
	m = asprintf(&frame, "%d %s", n, message);
	free(message);
	*ret_size = (size_t)m;
	return m < 0 ? NULL : frame;
}
