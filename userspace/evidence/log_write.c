// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_write.c - append, synchronise, sign, and go on in the next segment.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/evidence/writer.h"
#include "userspace/lib/cleanup.h"

/* Bytes of whole records at the beginning; -EINVAL for what is none. */
static ssize_t whole_records(const char *lines, size_t len)
{
	const char *at = lines, *end = lines + len, *newline;

	while (at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		if (newline == at || newline - at > SEKI_LOG_RECORD_MAX)
			return -EINVAL;
		at = newline + 1;
	}
	return at == lines ? -EINVAL : at - lines;
}

static size_t find_records(const char **at, const char *end, struct seki_message ret[SEKI_LEAVES])
{
	size_t count = 0;

	for (; *at < end && count < SEKI_LEAVES; count++) {
		const char *newline = memchr(*at, '\n', (size_t)(end - *at));

		ret[count] = (struct seki_message){ *at, (size_t)(newline - *at) };
		*at = newline + 1;
	}
	return count;
}

static void add_records(struct seki_log *l, const char *lines, size_t len)
{
	const struct seki_hash_taker taker = { seki_tiles_take, &l->tiles };
	struct seki_message record[SEKI_LEAVES];
	struct seki_hash leaf[SEKI_LEAVES];
	const char *at = lines;
	size_t count;

	while ((count = find_records(&at, lines + len, record)) > 0) {
		seki_hash_leaves(l->o.hasher, record, count, leaf);
		seki_frontier_add_many(&l->tree, leaf, count, l->o.hasher, &taker);
	}
}

ssize_t seki_log_append(struct seki_log *l, const char *lines, size_t len)
{
	ssize_t whole = whole_records(lines, len), n;
	const char *newline;

	if (whole < 0 || l->broken)
		return whole < 0 ? whole : -l->broken;
	n = l->io->write(l->fd, lines, (size_t)whole, l->bytes);
	if (n <= 0)
		return n ? n : -EIO;
	/* A part of a record is written over by the next attempt. */
	newline = memrchr(lines, '\n', (size_t)n);
	if (!newline)
		return -ENOSPC;
	whole = newline + 1 - lines;
	add_records(l, lines, (size_t)whole);
	l->bytes += (uint64_t)whole;
	l->dirty = true;
	return whole;
}

/* ---- stable storage ------------------------------------------------------ */

/* The log ends where it was last durable; what came after is lost, and counted. */
static void fall_back(struct seki_log *l)
{
	l->lost += l->tree.size - l->durable.size;
	l->tree = l->durable;
	l->bytes = l->durable_bytes;
	l->tiles.error = -EIO;
}

/* After a failed sync the kernel may take pages for clean that never reached the
 * disk: what is in them is written once more, if it is still what was hashed.
 */
static int write_again(struct seki_log *l)
{
	size_t size = (size_t)(l->bytes - l->durable_bytes), done = 0;
	seki_autofree char *data = malloc(size + 1);
	struct seki_frontier tree = l->durable;
	struct seki_hash leaf, want, is;

	if (!data)
		return -ENOMEM;
	while (done < size) {
		ssize_t n =
			pread(l->fd, data + done, size - done, (off_t)(l->durable_bytes + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	for (char *at = data, *newline; at < data + done; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(data + done - at));
		if (!newline)
			break;
		seki_hash_leaf(at, (size_t)(newline - at), &leaf);
		seki_frontier_add(&tree, &leaf, NULL);
	}
	seki_frontier_root(&tree, &is);
	seki_frontier_root(&l->tree, &want);
	if (done != size || tree.size != l->tree.size || !seki_hash_same(&want, &is)) {
		fall_back(l);
		return l->io->truncate(l->fd, l->bytes);
	}
	return seki_io_write(l->io, l->fd, data, size, l->durable_bytes);
}

int seki_log_sync(struct seki_log *l)
{
	int err = 0;

	if (!l->dirty)
		return 0;
	if (l->broken)
		err = write_again(l);
	if (!err)
		err = l->io->sync(l->fd);
	l->broken = -err;
	if (err)
		return err;
	l->durable = l->tree;
	l->durable_bytes = l->bytes;
	l->dirty = false;
	return 0;
}

/* ---- checkpoints --------------------------------------------------------- */

int seki_log_checkpoint(struct seki_log *l, enum seki_log_why why,
			const struct seki_log_moment *now)
{
	int err = seki_log_sync(l);

	if (err || (why == SEKI_LOG_TIME && l->any && l->durable.size == l->signed_))
		return err;
	/* Tiles can be made again at any time: they hold up no signature. */
	if (l->tiles.error)
		seki_log_retile(l);
	seki_tiles_show(&l->tiles);
	return seki_log_sign(l, why, now);
}

/* ---- segments ------------------------------------------------------------ */

/* The files of the next segment, notes before records: where there are records
 * there is the frontier that they begin with.
 */
static int make_next(struct seki_log *l, const char *note, size_t size, int *ret_notes, int *ret_fd)
{
	char name[SEKI_SEGMENT_NAME];
	int err;

	seki_segment_name(l->durable.size, SEKI_SEGMENT_NOTES, name);
	*ret_notes = l->io->open(l->dir, name, O_RDWR | O_CREAT | O_TRUNC);
	if (*ret_notes < 0)
		return *ret_notes;
	err = seki_io_write(l->io, *ret_notes, note, size, 0);
	if (!err)
		err = l->io->sync(*ret_notes);
	if (!err)
		err = l->io->sync(l->dir);
	if (err)
		return err;
	seki_segment_name(l->durable.size, SEKI_SEGMENT_PLAIN, name);
	*ret_fd = l->io->open(l->dir, name, O_RDWR | O_CREAT | O_EXCL);
	if (*ret_fd < 0)
		return *ret_fd;
	return l->io->sync(l->dir);
}

static void take_back(struct seki_log *l, int notes, int fd)
{
	char name[SEKI_SEGMENT_NAME];

	seki_segment_name(l->durable.size, SEKI_SEGMENT_PLAIN, name);
	if (fd >= 0) {
		close(fd);
		l->io->remove(l->dir, name, 0);
	}
	seki_segment_name(l->durable.size, SEKI_SEGMENT_NOTES, name);
	if (notes >= 0) {
		close(notes);
		l->io->remove(l->dir, name, 0);
	}
}

static void go_over(struct seki_log *l, int notes, int fd, size_t note_size)
{
	close(l->fd);
	close(l->notes);
	l->fd = fd;
	l->notes = notes;
	l->first = l->durable.size;
	l->bytes = l->durable_bytes = 0;
	l->notes_bytes = note_size;
	l->waiting = true;
	seki_tiles_keep(&l->tiles);
}

int seki_log_turn(struct seki_log *l, const struct seki_log_moment *now)
{
	char note[SEKI_NOTE_MAX];
	int err, size, notes = -1, fd = -1;

	if (l->bytes < l->o.segment)
		return 0;
	err = seki_log_checkpoint(l, SEKI_LOG_TURN, now);
	/* The next segment begins with this edge.  Tiles that are gone hold up nothing. */
	if (!err && l->tiles.error != -ENOENT && l->tiles.error != -EBADMSG)
		err = l->tiles.error;
	/* What a failed append left behind the last record. */
	if (!err)
		err = l->io->truncate(l->fd, l->bytes);
	if (!err)
		err = l->io->sync_all(l->dir);
	size = err ? err : seki_log_sign_text(l, SEKI_LOG_TURN, now, note);
	if (size < 0)
		return size;
	err = make_next(l, note, (size_t)size, &notes, &fd);
	if (err) {
		take_back(l, notes, fd);
		return err;
	}
	l->note++;
	go_over(l, notes, fd, (size_t)size);
	return 1;
}

/* ---- the rest ------------------------------------------------------------ */

void seki_log_state(const struct seki_log *l, struct seki_log_state *ret)
{
	*ret = (struct seki_log_state){
		.size = l->tree.size,
		.signed_ = l->signed_,
		.epoch = l->epoch,
		.segment = l->first,
		.bytes = l->bytes,
		.lost = l->lost,
	};
}

void seki_log_close(struct seki_log *l)
{
	if (!l)
		return;
	seki_log_pack_end(l);
	if (l->fd >= 0)
		close(l->fd);
	if (l->notes >= 0)
		close(l->notes);
	if (l->dir >= 0)
		close(l->dir);
	free(l);
}
