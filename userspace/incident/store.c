// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store.c - the file of incidents, and its chain of digests.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "userspace/incident/incident.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

#define FILE_MAX_ (64u << 20)

static int altered(struct seki_incidents *i, const char *path, const char *what,
		   struct seki_complaint *why)
{
	snprintf(why->text, sizeof(why->text),
		 "%s:%llu: %s; somebody altered the file, so nothing is added to it", path,
		 (unsigned long long)i->lines + 1, what);
	return -EBADMSG;
}

static int take_line(struct seki_incidents *i, const char *path, const char *line, size_t len,
		     struct seki_complaint *why)
{
	json_t *j = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

	json_array_append_new(i->list, j ? j : json_null());
	if (!json_is_object(j))
		return altered(i, path, "no JSON object", why);
	if (seki_field_int(j, "n") != (json_int_t)i->lines + 1)
		return altered(i, path, "its number is not the next one", why);
	if (strcmp(seki_field(j, "prev"), i->head) != 0)
		return altered(i, path, "its prev is not the digest of the line before", why);
	if (seki_digest_memory(line, len, i->head)) {
		snprintf(why->text, sizeof(why->text), "%s: no digest of a line", path);
		return -EIO;
	}
	i->lines++;
	return 0;
}

static int read_all(struct seki_incidents *i, const char *path, struct seki_complaint *why)
{
	seki_autofree char *text = NULL;
	size_t size = 0;
	int err = seki_file_read(path, FILE_MAX_, &text, &size);

	if (err && err != -ENOENT)
		snprintf(why->text, sizeof(why->text), "%s: %s", path, strerror(-err));
	for (char *at = text; !err && at < text + size;) {
		char *end = memchr(at, '\n', (size_t)(text + size - at));

		if (!end)
			return altered(i, path, "the last line is cut", why);
		err = take_line(i, path, at, (size_t)(end - at), why);
		at = end + 1;
	}
	return err == -ENOENT ? 0 : err;
}

int seki_incidents_open(struct seki_incidents *i, const char *path, bool write,
			struct seki_complaint *why)
{
	*i = (struct seki_incidents){ .list = json_array(), .fd = -1 };
	memset(i->head, '0', SEKI_DIGEST_TEXT - 1);
	if (write) {
		i->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (i->fd < 0 || flock(i->fd, LOCK_EX)) {
			int err = -errno;

			snprintf(why->text, sizeof(why->text), "%s: %s", path, strerror(-err));
			return err;
		}
	}
	return read_all(i, path, why);
}

int seki_incidents_add(struct seki_incidents *i, json_t *line)
{
	seki_autofree char *text = NULL;
	size_t len;

	json_object_set_new(line, "n", json_integer((json_int_t)i->lines + 1));
	json_object_set_new(line, "prev", json_string(i->head));
	text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
	json_array_append_new(i->list, line);
	if (!text)
		return -ENOMEM;
	len = strlen(text);
	if (seki_digest_memory(text, len, i->head))
		return -EIO;
	i->lines++;
	text[len] = '\n';
	if (write(i->fd, text, len + 1) != (ssize_t)len + 1)
		return errno ? -errno : -EIO;
	return fsync(i->fd) ? -errno : 0;
}

void seki_incidents_close(struct seki_incidents *i)
{
	json_decref(i->list);
	if (i->fd >= 0)
		close(i->fd);
}

/* ---- one of them --------------------------------------------------------------------- */

static void take(struct seki_incident *one, json_t *line)
{
	const char *act = seki_field(line, "act"), *done = seki_field(line, "done");

	one->lines++;
	if (!strcmp(act, "open"))
		one->open = line;
	else if (!strcmp(act, "close"))
		one->close = line;
	for (enum seki_step s = 0; s < SEKI_STEPS; s++)
		if (!strcmp(done, seki_step_word(s)) && !one->done[s])
			one->done[s] = line;
	if (json_object_get(line, "users"))
		one->users = (uint64_t)seki_field_int(line, "users");
	if (json_object_get(line, "minutes"))
		one->minutes = (uint64_t)seki_field_int(line, "minutes");
}

bool seki_incident_find(const struct seki_incidents *i, const char *id, struct seki_incident *ret)
{
	json_t *line;
	size_t n;

	*ret = (struct seki_incident){ .lines = 0 };
	json_array_foreach(i->list, n, line)
		if (!strcmp(seki_field(line, "incident"), id))
			take(ret, line);
	if (!ret->open)
		return false;
	seki_time_parse(seki_field(ret->open, "began"), &ret->began);
	seki_time_parse(seki_field(ret->open, "known"), &ret->known);
	return true;
}
