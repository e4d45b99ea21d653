// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_keep.c - the oldest segment, and how it goes.  Its hashes stay in the tree:
 * what is left is verified as before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "userspace/evidence/notes.h"
#include "userspace/evidence/writer.h"

static uint64_t size_of(int dir, const struct seki_segment *s)
{
	char name[SEKI_SEGMENT_NAME];
	uint64_t sum = 0;
	struct stat st;

	for (enum seki_segment_kind kind = 0; kind < SEKI_SEGMENT_KINDS; kind++) {
		seki_segment_name(s->first, kind, name);
		if (s->has[kind] && !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
			sum += (uint64_t)st.st_size;
	}
	return sum;
}

int seki_log_oldest(const struct seki_log *l, struct seki_log_oldest *ret)
{
	struct seki_segments s;
	int err = seki_segments_list(l->dir, &s);

	*ret = (struct seki_log_oldest){ .total = 0 };
	if (!err && (s.n < 2 || s.v[0].first >= l->first))
		err = -ENOENT;
	for (size_t i = 0; !err && i < s.n; i++)
		ret->total += size_of(l->dir, &s.v[i]);
	if (!err) {
		ret->first = s.v[0].first;
		ret->count = s.v[1].first - s.v[0].first;
		ret->wall = seki_notes_last_time(l->dir, ret->first);
	}
	seki_segments_free(&s);
	return err;
}

/* Notes last: without records they are nothing, and removed by the next call. */
int seki_log_remove(struct seki_log *l, uint64_t first)
{
	char name[SEKI_SEGMENT_NAME];

	if (first >= l->first)
		return -EINVAL;
	if (l->packing)
		seki_log_pack_end(l);
	for (enum seki_segment_kind kind = 0; kind < SEKI_SEGMENT_KINDS; kind++) {
		int err;

		seki_segment_name(first, kind, name);
		err = l->io->remove(l->dir, name, 0);
		if (err && err != -ENOENT)
			return err;
	}
	return l->io->sync(l->dir);
}
