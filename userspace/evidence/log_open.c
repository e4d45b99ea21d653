// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_open.c - find the end of a log, whatever a crash left of it.
 *
 * Where to begin is the last segment: its first note has the tree before it.
 * Then every record is hashed again, and every checkpoint met on the way must
 * have the root that comes out.  So the writer goes on only behind exactly what
 * was signed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "userspace/evidence/moment.h"
#include "userspace/evidence/notes.h"
#include "userspace/evidence/writer.h"
#include "userspace/lib/cleanup.h"

int seki_log_frontier(const struct seki_checkpoint *c, struct seki_frontier *ret)
{
	const char *text, *end;
	struct seki_hash root;
	size_t size;

	ret->size = c->size;
	if (!seki_checkpoint_field(c, "frontier", &text, &size))
		return -EBADMSG;
	end = text + size;
	for (unsigned int i = 0; i < seki_frontier_count(ret); i++) {
		const char *blank = memchr(text, ' ', (size_t)(end - text)) ?: end;

		if (seki_base64_bytes(text, (size_t)(blank - text), ret->hash[i].b, 32) != 32)
			return -EBADMSG;
		text = blank < end ? blank + 1 : end;
	}
	seki_frontier_root(ret, &root);
	return text == end && seki_hash_same(&root, &c->root) ? 0 : -EBADMSG;
}

/* ---- which segment ------------------------------------------------------- */

static void remove_kind(struct seki_log *l, uint64_t first, enum seki_segment_kind kind)
{
	char name[SEKI_SEGMENT_NAME];

	seki_segment_name(first, kind, name);
	l->io->remove(l->dir, name, 0);
}

static bool is_empty(struct seki_log *l, uint64_t first)
{
	struct seki_lines_of *lines;
	const char *line;
	size_t size;
	bool ret;

	if (seki_segment_open(l->dir, first, &lines))
		return true;
	ret = !seki_segment_line(lines, &line, &size);
	seki_segment_close(lines);
	return ret;
}

/* A turn that did not come to its end leaves notes, or an empty segment too. */
static void choose(struct seki_log *l, struct seki_segments *s)
{
	while (s->n > 1) {
		const struct seki_segment *last = &s->v[s->n - 1], *before = last - 1;

		if (!before->has[SEKI_SEGMENT_PLAIN] ||
		    (last->has[SEKI_SEGMENT_PLAIN] && !is_empty(l, last->first)))
			break;
		remove_kind(l, last->first, SEKI_SEGMENT_PLAIN);
		remove_kind(l, last->first, SEKI_SEGMENT_NOTES);
		s->n--;
	}
	l->first = s->n ? s->v[s->n - 1].first : 0;
	l->waiting = s->n > 1;
}

static int open_files(struct seki_log *l)
{
	char name[SEKI_SEGMENT_NAME];

	seki_segment_name(l->first, SEKI_SEGMENT_PLAIN, name);
	l->fd = l->io->open(l->dir, name, O_RDWR | O_CREAT);
	if (l->fd < 0)
		return l->fd;
	seki_segment_name(l->first, SEKI_SEGMENT_NOTES, name);
	l->notes = l->io->open(l->dir, name, O_RDWR | O_CREAT);
	return l->notes < 0 ? l->notes : l->io->sync(l->dir);
}

/* ---- its notes ----------------------------------------------------------- */

static int begin_tree(struct seki_log *l, struct seki_notes *n)
{
	int err = 0;

	if (l->first) {
		if (!seki_notes_next(n) || n->c.size != l->first)
			return -EBADMSG;
		err = seki_log_frontier(&n->c, &l->tree);
	}
	n->at = 0;
	l->durable = l->tree;
	if (!err && seki_tiles_begin(&l->tiles, l->first))
		l->tiles.size = l->first; /* it keeps its error: incomplete */
	return err;
}

/* ---- its records --------------------------------------------------------- */

static int check_root(const struct seki_log *l, const struct seki_checkpoint *c)
{
	struct seki_hash root;

	seki_frontier_root(&l->tree, &root);
	return c->size == l->tree.size && seki_hash_same(&root, &c->root) ? 0 : -EBADMSG;
}

/* Records until the tree has this size, or to the end. */
static int hash_until(struct seki_log *l, struct seki_lines_of *lines, uint64_t size)
{
	const struct seki_hash_taker taker = { seki_tiles_take, &l->tiles };
	struct seki_hash leaf;
	const char *line;
	size_t len;
	int more = 0;

	while (l->tree.size < size && (more = seki_segment_line(lines, &line, &len)) > 0) {
		seki_hash_leaf(line, len, &leaf);
		seki_frontier_add(&l->tree, &leaf, &taker);
	}
	return more < 0 ? more : 0;
}

static void remember(struct seki_log *l, const struct seki_checkpoint *c)
{
	struct seki_moment_line m;

	l->any = true;
	l->signed_ = c->size;
	if (!seki_moment_parse(c, &m)) {
		l->epoch = m.epoch;
		l->note = m.note + 1;
	}
}

/* What a power cut leaves behind the last sync may be anything, also zeros. */
static bool is_record(const char *line, size_t size)
{
	if (size < 2 || line[0] != '{' || line[size - 1] != '}')
		return false;
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)line[i] < ' ')
			return false;
	return true;
}

/* Records behind the last checkpoint, up to the first that is none. */
static void take_tail(struct seki_log *l, struct seki_lines_of *lines)
{
	const struct seki_hash_taker taker = { seki_tiles_take, &l->tiles };
	struct seki_hash leaf;
	const char *line;
	size_t len;

	l->bytes = seki_segment_offset(lines);
	while (seki_segment_line(lines, &line, &len) > 0 && is_record(line, len)) {
		seki_hash_leaf(line, len, &leaf);
		seki_frontier_add(&l->tree, &leaf, &taker);
		l->bytes += len + 1;
	}
}

static int replay(struct seki_log *l, struct seki_notes *n, struct seki_lines_of *lines)
{
	int err = 0;

	while (!err && seki_notes_next(n)) {
		err = hash_until(l, lines, n->c.size);
		if (!err)
			err = check_root(l, &n->c);
		if (!err)
			remember(l, &n->c);
	}
	l->notes_bytes = n->at;
	if (!err)
		take_tail(l, lines);
	return err;
}

static int cut(struct seki_log *l, struct seki_log_found *found)
{
	off_t end = lseek(l->fd, 0, SEEK_END);

	if (end < 0)
		return -errno;
	found->cut = (uint64_t)end - l->bytes;
	return found->cut ? l->io->truncate(l->fd, l->bytes) : 0;
}

static int read_records(struct seki_log *l, struct seki_notes *n, struct seki_log_found *found)
{
	struct seki_lines_of *lines;
	int err = seki_segment_open(l->dir, l->first, &lines);

	if (err)
		return err;
	err = replay(l, n, lines);
	if (!err && l->notes_bytes < n->size)
		err = l->io->truncate(l->notes, l->notes_bytes);
	if (!err)
		err = cut(l, found);
	seki_segment_close(lines);
	return err;
}

int seki_log_retile(struct seki_log *l)
{
	struct seki_frontier tree = l->tree;
	struct seki_lines_of *lines;
	uint64_t shown = l->tiles.shown;
	struct seki_notes n;
	int err = seki_segment_open(l->dir, l->first, &lines);

	if (err)
		return err;
	err = seki_notes_read(l->dir, l->first, &n);
	if (!err) {
		l->tree = (struct seki_frontier){ .size = 0 };
		if (l->first && seki_notes_next(&n))
			err = seki_log_frontier(&n.c, &l->tree);
		if (!err)
			err = seki_tiles_begin(&l->tiles, l->first);
		if (!err)
			err = hash_until(l, lines, tree.size);
		if (!err)
			err = l->tiles.error;
	}
	l->tree = tree;
	l->tiles.shown = shown;
	free(n.text);
	seki_segment_close(lines);
	return err;
}

/* ---- keys ---------------------------------------------------------------- */

static int64_t signed_by(const struct seki_note *n, const struct seki_signer *s)
{
	struct seki_verifier v;

	return s && !seki_verifier_of(s, &v) ? seki_note_verify(n, &v) : -ENOKEY;
}

/* The last note: by this key, or by the one before it. */
static int judge_key(struct seki_log *l, const struct seki_notes *n, struct seki_log_found *found)
{
	if (!l->any)
		return 0;
	if (!signed_by(&n->note, l->o.key))
		return 0;
	if (signed_by(&n->note, l->o.old))
		return -EKEYREJECTED;
	found->key = true;
	return 0;
}

/* ---- order --------------------------------------------------------------- */

static int recover(struct seki_log *l, struct seki_log_found *found)
{
	struct seki_moment_line last = { .why = "" };
	struct seki_segments s;
	struct seki_notes n = { 0 };
	int err = seki_segments_list(l->dir, &s);

	if (err)
		return err;
	choose(l, &s);
	seki_segments_free(&s);
	err = open_files(l);
	if (!err)
		err = seki_notes_read(l->dir, l->first, &n);
	if (!err)
		err = begin_tree(l, &n);
	if (!err)
		err = read_records(l, &n, found);
	if (!err)
		err = judge_key(l, &n, found);
	if (!err && l->any)
		seki_moment_parse(&n.c, &last);
	free(n.text);
	found->size = l->tree.size;
	found->unsigned_ = l->tree.size - l->signed_;
	found->unclean = l->any && strcmp(last.why, "stop");
	return err;
}

static int start(struct seki_log *l, const struct seki_log_moment *now,
		 struct seki_log_found *found)
{
	int err = 0;

	l->epoch++;
	/* Read back from memory: it may not have reached the disk before. */
	l->dirty = true;
	l->durable_bytes = l->bytes;
	l->durable = l->tree;
	if (found->key)
		err = seki_log_checkpoint(l, SEKI_LOG_KEY, now);
	if (!err)
		err = seki_log_checkpoint(l, SEKI_LOG_START, now);
	found->tiles = l->tiles.error;
	return err;
}

int seki_log_open(const struct seki_log_options *o, const struct seki_log_moment *now,
		  struct seki_log **ret, struct seki_log_found *found)
{
	struct seki_log *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	*found = (struct seki_log_found){ 0 };
	l->o = *o;
	l->io = o->io ?: &seki_log_io_system;
	l->dir = o->dir;
	l->fd = l->notes = -1;
	l->tiles.io = l->io;
	l->tiles.dir = l->dir;
	/* Two writers would make two halves of one log. */
	err = flock(o->dir, LOCK_EX | LOCK_NB) ? -errno : 0;
	if (!err)
		err = recover(l, found);
	if (!err)
		err = start(l, now, found);
	if (err) {
		l->dir = -1;
		seki_log_close(l);
		return err;
	}
	*ret = l;
	return 0;
}
