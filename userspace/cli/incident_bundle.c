// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/cli/incident_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/evidence/keys.h"
#include "userspace/evidence/notes.h"
#include "userspace/evidence/segment.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/digest.h"
#include "userspace/lib/file.h"

/* ---- the log ---------------------------------------------------------------------- */

static int copy(int from, int to, const char *name)
{
	seki_autoclose int in = openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	seki_autoclose int out =
		in < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	if (in < 0 || out < 0)
		return -errno;
	do
		n = copy_file_range(in, NULL, out, NULL, 1u << 30, 0);
	while (n > 0);
	return n < 0 ? -errno : fsync(out) ? -errno : 0;
}

/* Checkpoints before records: the collector may be writing, and what a checkpoint
 * signs is to be there.
 */
static int copy_segment(int from, int to, const struct seki_segment *s)
{
	static const enum seki_segment_kind order[] = { SEKI_SEGMENT_NOTES, SEKI_SEGMENT_PACKED,
							SEKI_SEGMENT_PLAIN };
	char name[SEKI_SEGMENT_NAME];
	int err = 0;

	for (size_t i = 0; !err && i < SEKI_SEGMENT_KINDS; i++) {
		seki_segment_name(s->first, order[i], name);
		if (s->has[order[i]])
			err = copy(from, to, name);
		/* Packed since it was listed: the other one is there. */
		if (err == -ENOENT && order[i] == SEKI_SEGMENT_PLAIN)
			err = 0;
	}
	return err;
}

static int copy_segments(int from, int to, uint64_t begin)
{
	struct seki_segments s;
	size_t first = 0;
	int err = seki_segments_list(from, &s);

	while (!err && first + 1 < s.n && seki_notes_last_time(from, s.v[first].first) < begin)
		first++;
	for (size_t i = first; !err && i < s.n; i++)
		err = copy_segment(from, to, &s.v[i]);
	if (!err && !s.n)
		err = -ENODATA;
	seki_segments_free(&s);
	return err;
}

int seki_bundle_log(const char *log, uint64_t from, const char *dir)
{
	seki_autofree char *path = NULL;
	seki_autoclose int in = open(log, O_RDONLY | O_DIRECTORY | O_CLOEXEC), out = -1;
	int err;

	if (in < 0)
		return -errno;
	if (asprintf(&path, "%s/log", dir) < 0)
		return path = NULL, -ENOMEM;
	if (mkdir(path, 0700))
		return -errno;
	out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out < 0)
		return -errno;
	err = copy(in, out, "checkpoint");
	if (!err)
		err = copy_segments(in, out, from);
	if (err)
		return err == -ENOENT ? -ENODATA : err;
	/* What the host says its keys are; nobody has to believe it. */
	err = copy(in, out, SEKI_LOG_KEYS);
	return err == -ENOENT ? 0 : err;
}

/* ---- the manifest ----------------------------------------------------------------- */

static json_t *files; /* nftw(3) takes no argument */
static size_t skip;
static int failed;

static int add(const char *path, const struct stat *st, int type, struct FTW *at)
{
	seki_autoclose int fd = -1;
	char digest[SEKI_DIGEST_TEXT];

	(void)at;
	if (type != FTW_F)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	failed = fd < 0 ? -errno : seki_digest_fd(fd, digest);
	if (failed)
		return 1;
	json_object_set_new(files, path + skip,
			    json_pack("{sI ss}", "size", (json_int_t)st->st_size, "sha256",
				      digest));
	return 0;
}

int seki_bundle_manifest(const char *dir, json_t *head)
{
	seki_autofree char *path = NULL, *text = NULL;
	int err;

	files = json_object();
	skip = strlen(dir) + 1;
	failed = 0;
	err = nftw(dir, add, 16, FTW_PHYS) < 0 ? -errno : failed;
	json_object_set_new(head, "files", files);
	text = json_dumps(head, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_decref(head);
	if (!text || asprintf(&path, "%s/manifest.json", dir) < 0)
		return path = NULL, -ENOMEM;
	return err ? err : seki_file_write(path, text, strlen(text), 0600);
}

static int away(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void seki_bundle_remove(const char *dir)
{
	nftw(dir, away, 16, FTW_PHYS | FTW_DEPTH);
}
