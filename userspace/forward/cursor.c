// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/forward/cursor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"

#define FORM "sekisho-cursor 1\nnext %" PRIu64 "\nid %s\nsize %" PRIu64 "\n"
#define CURSOR_MAX 512

int seki_cursor_parse(const char *text, struct seki_cursor *ret)
{
	char again[CURSOR_MAX];

	memset(ret, 0, sizeof(*ret));
	if (sscanf(text, "sekisho-cursor 1 next %" SCNu64 " id %127s size %" SCNu64, &ret->next,
		   ret->id, &ret->mark.size) != 3)
		return -EBADMSG;
	/* What sscanf() forgives was not written by us. */
	snprintf(again, sizeof(again), FORM, ret->next, ret->id, ret->mark.size);
	if (strcmp(again, text))
		return -EBADMSG;
	if (!strcmp(ret->id, "-"))
		ret->id[0] = '\0';
	return 0;
}

int seki_cursor_load(const char *path, struct seki_cursor *ret)
{
	seki_autofree char *text = NULL;
	size_t size;
	int err = seki_file_read(path, CURSOR_MAX, &text, &size);

	memset(ret, 0, sizeof(*ret));
	if (err == -ENOENT)
		return 0;
	if (err)
		return err;
	return strlen(text) == size ? seki_cursor_parse(text, ret) : -EBADMSG;
}

int seki_cursor_save(const char *path, const struct seki_cursor *c)
{
	char text[CURSOR_MAX];
	int n = snprintf(text, sizeof(text), FORM, c->next, c->id[0] ? c->id : "-", c->mark.size);

	return seki_file_write(path, text, (size_t)n, 0600);
}
