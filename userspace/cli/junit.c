// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/junit.h"

#include <errno.h>
#include <stdlib.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

/* Control characters are no part of XML 1.0. */
static void put(FILE *out, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '<':
			fputs("&lt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc((unsigned char)*s < ' ' ? ' ' : *s, out);
		}
}

void seki_junit_case(struct seki_junit *j, const char *file, unsigned int line, const char *name,
		     const char *wrong)
{
	if (!j->body)
		j->body = open_memstream(&j->text, &j->size);
	if (!j->body)
		seki_diex("out of memory");
	j->tests++;
	j->failures += !!wrong;
	fputs("  <testcase classname=\"", j->body);
	put(j->body, file);
	fputs("\" name=\"", j->body);
	put(j->body, name);
	fprintf(j->body, "\" line=\"%u\"", line);
	if (wrong) {
		fputs(">\n    <failure message=\"", j->body);
		put(j->body, wrong);
		fputs("\"/>\n  </testcase>\n", j->body);
	} else {
		fputs("/>\n", j->body);
	}
}

int seki_junit_write(struct seki_junit *j, const char *path)
{
	seki_autofree char *whole = NULL;
	size_t size;
	FILE *out = open_memstream(&whole, &size);
	int err;

	if (!out || (j->body && fclose(j->body)))
		seki_diex("out of memory");
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"sekisho test\" tests=\"%u\" failures=\"%u\">\n%s</testsuite>\n",
		j->tests, j->failures, j->text ?: "");
	fclose(out);
	free(j->text);
	err = seki_file_write(path, whole, size, 0644);
	errno = -err;
	return err ? -1 : 0;
}
