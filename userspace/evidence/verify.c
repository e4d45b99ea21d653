// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verify.c - segment by segment: its notes by key, its records by the roots in
 * them, and where those differ by the tiles, which name the record.
 */
#define _GNU_SOURCE
#include "userspace/evidence/verify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/evidence/io.h"
#include "userspace/evidence/moment.h"
#include "userspace/evidence/notes.h"
#include "userspace/evidence/segment.h"
#include "userspace/evidence/tiles.h"
#include "userspace/evidence/writer.h"
#include "userspace/lib/cleanup.h"

#define WRONG_MAX 20	       /* told of one segment */
#define STEP (500 * 1000000ll) /* ns; as the collector judges a clock */

/* A checkpoint whose signature fits. */
struct point {
	uint64_t size;
	struct seki_hash root;
	const char *what;
	const char *held; /* text of one from elsewhere */
	size_t held_size;
};

struct verify {
	const struct seki_verify_options *o;
	struct seki_verified *v;
	struct seki_verifier key[SEKI_VERIFY_KEYS];
	size_t keys;
	struct seki_moment_line last; /* of the checkpoint before */
	bool any;
	uint64_t newest; /* size of "checkpoint" */
	/* the segment at work */
	uint64_t first;
	char name[SEKI_SEGMENT_NAME];
	unsigned int told;
	struct seki_hash *leaf;
	size_t leaves, room;
	struct point *point;
	size_t points;
};

__attribute__((format(printf, 2, 3))) static void wrong(struct verify *v, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	v->v->wrong++;
	if (v->told++ >= WRONG_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	v->o->wrong(v->o->of, text);
}

#define U(n) ((unsigned long long)(n))

/* ---- signatures ---------------------------------------------------------- */

static void trust_next(struct verify *v, const struct seki_checkpoint *c)
{
	struct seki_verifier next;
	const char *text;
	size_t size;

	if (seki_checkpoint_field(c, "next-key", &text, &size) && v->keys < SEKI_VERIFY_KEYS &&
	    !seki_verifier_parse(text, size, &next))
		v->key[v->keys++] = next;
}

/* By one of the trusted keys, and by none of them wrongly. */
static bool trusted(struct verify *v, const struct seki_note *n, const struct seki_checkpoint *c)
{
	bool ok = false;

	for (size_t i = 0; i < v->keys; i++) {
		struct seki_verifier k = v->key[i];
		int64_t got;

		/* A bare key is one of this log. */
		if (!k.name[0])
			seki_verifier_set(&k, c->origin, k.type, k.raw);
		got = seki_note_verify(n, &k);
		if (got == -EKEYREJECTED)
			return false;
		ok |= got == 0;
	}
	if (ok)
		trust_next(v, c);
	return ok;
}

static bool of_this_log(struct verify *v, const struct seki_checkpoint *c, const char *what)
{
	if (!v->v->origin[0] || !strcmp(v->v->origin, c->origin))
		return true;
	wrong(v, "%s: %s of size %llu is of another host or log, %.100s, and not of %.100s",
	      v->name, what, U(c->size), c->origin, v->v->origin);
	return false;
}

/* Of this log and by a key given; without a name to go by, the first names it. */
static bool fits(struct verify *v, const struct seki_note *n, const struct seki_checkpoint *c,
		 const char *what)
{
	if (!of_this_log(v, c, what))
		return false;
	if (!trusted(v, n, c)) {
		wrong(v,
		      "%s: %s of size %llu is not signed by a key given: sealed by somebody else, "
		      "it proves nothing of the records below %llu",
		      v->name, what, U(c->size), U(c->size));
		return false;
	}
	memcpy(v->v->origin, c->origin, sizeof(v->v->origin));
	return true;
}

static int add_point(struct verify *v, const struct seki_checkpoint *c, const char *what,
		     const char *held, size_t held_size)
{
	struct point *p = realloc(v->point, (v->points + 1) * sizeof(*p));
	size_t at = v->points;

	if (!p)
		return -ENOMEM;
	v->point = p;
	while (at && p[at - 1].size > c->size)
		at--;
	memmove(p + at + 1, p + at, (v->points - at) * sizeof(*p));
	p[at] = (struct point){ c->size, c->root, what, held, held_size };
	v->points++;
	return 0;
}

/* ---- order of checkpoints ------------------------------------------------- */

static void judge_clock(struct verify *v, const struct seki_moment_line *m, uint64_t size)
{
	int64_t step =
		(int64_t)((m->at.wall - m->at.boottime) - (v->last.at.wall - v->last.at.boottime));
	bool same = !strcmp(m->boot, v->last.boot);

	v->v->clock_sets += same && (step > STEP || step < -STEP);
	/* Forward is what a host without a battery does at each start. */
	if (same && step < -STEP) {
		wrong(v,
		      "%s: the wall clock was set back by %.1f s before checkpoint %llu (record %llu)",
		      v->name, (double)-step / 1e9, U(m->note), U(size));
	} else if (!same && m->at.wall < v->last.at.wall) {
		v->v->clock_sets++;
		wrong(v,
		      "%s: after a boot, checkpoint %llu (record %llu) is %.1f s earlier than the "
		      "one before",
		      v->name, U(m->note), U(size), (double)(v->last.at.wall - m->at.wall) / 1e9);
	}
}

static void judge_order(struct verify *v, const struct seki_checkpoint *c)
{
	struct seki_moment_line m;

	if (seki_moment_parse(c, &m)) {
		wrong(v, "%s: a checkpoint of size %llu does not say boot and time", v->name,
		      U(c->size));
		return;
	}
	if (!v->any)
		v->v->from = m.at;
	else if (m.note != v->last.note + 1 || m.epoch < v->last.epoch)
		wrong(v,
		      "%s: checkpoint %llu follows %llu (record %llu): some are missing or came back",
		      v->name, U(m.note), U(v->last.note), U(c->size));
	if (v->any)
		judge_clock(v, &m, c->size);
	v->v->epochs += !v->any || m.epoch != v->last.epoch;
	v->v->boots += !v->any || strcmp(m.boot, v->last.boot);
	v->v->to = m.at;
	v->v->stopped = !strcmp(m.why, "stop");
	v->last = m;
	v->any = true;
	v->v->checkpoints++;
}

/* ---- one segment ---------------------------------------------------------- */

static int read_leaves(struct verify *v)
{
	struct seki_lines_of *lines;
	const char *line;
	size_t size;
	int more, err = seki_segment_open(v->o->dir, v->first, &lines);

	if (err)
		return err;
	v->leaves = 0;
	while ((more = seki_segment_line(lines, &line, &size)) > 0) {
		if (v->leaves == v->room) {
			size_t room = v->room ? 2 * v->room : 4096;
			struct seki_hash *h = realloc(v->leaf, room * sizeof(*h));

			if (!h) {
				more = -ENOMEM;
				break;
			}
			v->leaf = h;
			v->room = room;
		}
		seki_hash_leaf(line, size, &v->leaf[v->leaves]);
		if (v->o->seen)
			v->o->seen(v->o->of, v->first + v->leaves, line, size);
		v->leaves++;
	}
	if (!more && seki_segment_rest(lines))
		wrong(v, "%s: %zu bytes behind record %llu are no record", v->name,
		      seki_segment_rest(lines), U(v->first + v->leaves - 1));
	seki_segment_close(lines);
	if (more == -EBADMSG)
		wrong(v, "%s: behind record %llu it can't be read", v->name,
		      U(v->first + v->leaves) - 1);
	return more == -EBADMSG ? 0 : more;
}

/* Every note: its key, its place in the order.  *tree: what the first brings. */
static int read_points(struct verify *v, struct seki_frontier *tree, bool *has_tree)
{
	struct seki_notes n;
	int err = seki_notes_read(v->o->dir, v->first, &n);
	bool begin = true;

	v->points = 0;
	*has_tree = !v->first;
	tree->size = 0;
	if (err == -ENOENT) {
		wrong(v, "%s: its checkpoints (.notes) are missing", v->name);
		return 0;
	}
	while (!err && seki_notes_next(&n)) {
		if (fits(v, &n.note, &n.c, "a checkpoint")) {
			judge_order(v, &n.c);
			if (begin && v->first && n.c.size == v->first &&
			    !seki_log_frontier(&n.c, tree))
				*has_tree = true;
			err = add_point(v, &n.c, "checkpoint", NULL, 0);
		}
		begin = false;
	}
	if (!err && n.at < n.size)
		wrong(v, "%s: bytes behind its last checkpoint are none", v->name);
	free(n.text);
	return err;
}

/* ---- which record --------------------------------------------------------- */

/* Hashes the records had, if the tiles fit this root. */
static struct seki_hash *leaves_of_tiles(struct verify *v, const struct point *p, size_t count)
{
	struct seki_tile_reader tiles = { v->o->dir, v->newest > p->size ? v->newest : p->size };
	struct seki_hashes h = { seki_tile_hash, &tiles };
	struct seki_hash root, *ret;

	if (seki_tree_root(&h, p->size, &root) || !seki_hash_same(&root, &p->root))
		return NULL;
	ret = malloc((count + 1) * sizeof(*ret));
	for (size_t i = 0; ret && i < count; i++)
		if (seki_tile_hash(&tiles, 0, v->first + i, &ret[i])) {
			free(ret);
			ret = NULL;
		}
	return ret;
}

static bool same(const struct seki_hash *a, size_t i, size_t n, const struct seki_hash *b, size_t j,
		 size_t m)
{
	return i < n && j < m && seki_hash_same(&a[i], &b[j]);
}

/* Steps that are skipped over to meet again: 0 if they do not. */
static size_t meet(const struct seki_hash *one, size_t i, const struct seki_hash *many, size_t j,
		   size_t m)
{
	for (size_t d = 1; d < 1000 && j + d < m; d++)
		if (seki_hash_same(&one[i], &many[j + d]))
			return d;
	return 0;
}

static size_t find(const struct seki_hash *h, size_t n, const struct seki_hash *what)
{
	for (size_t i = 0; i < n; i++)
		if (seki_hash_same(&h[i], what))
			return i;
	return n;
}

/* was: as signed; is: as found. */
static void compare(struct verify *v, const struct seki_hash *was, size_t n)
{
	const struct seki_hash *is = v->leaf;
	size_t m = v->leaves, i = 0, j = 0, d;

	while (i < n && j < m) {
		if (seki_hash_same(&was[i], &is[j])) {
			i++;
			j++;
		} else if ((d = find(was, n, &is[j])) < n && d > i &&
			   same(was, i, n, is, j + d - i, m)) {
			wrong(v, "%s: records %llu and %llu are swapped", v->name, U(v->first + i),
			      U(v->first + d));
			/* both are told: take them for what they were */
			v->leaf[j + d - i] = was[d];
			i++;
			j++;
		} else if (same(was, i + 1, n, is, j + 1, m) || (i + 1 == n && j + 1 == m)) {
			wrong(v, "%s: record %llu was altered", v->name, U(v->first + i));
			i++;
			j++;
		} else if ((d = meet(is, j, was, i, n))) {
			wrong(v, "%s: record %llu was removed%s", v->name, U(v->first + i),
			      d > 1 ? ", and more behind it" : "");
			i += d;
		} else if ((d = meet(was, i, is, j, m))) {
			size_t copy = find(was, n, &is[j]);

			if (copy < n)
				wrong(v, "%s: record %llu is there twice, again before record %llu",
				      v->name, U(v->first + copy), U(v->first + i));
			else
				wrong(v, "%s: a record was put in before record %llu", v->name,
				      U(v->first + i));
			j += d;
		} else {
			wrong(v, "%s: record %llu was altered", v->name, U(v->first + i));
			i++;
			j++;
		}
	}
	if (i < n)
		wrong(v, "%s: records %llu to %llu are cut off at the end", v->name,
		      U(v->first + i), U(v->first + n) - 1);
}

static void name_records(struct verify *v, const struct point *p, uint64_t good)
{
	size_t count = (size_t)(p->size - v->first);
	seki_autofree struct seki_hash *was = leaves_of_tiles(v, p, count);

	if (was)
		compare(v, was, count);
	else if (v->first + v->leaves < p->size)
		wrong(v, "%s: records %llu to %llu are missing: the %s of size %llu is signed",
		      v->name, U(v->first + v->leaves), U(p->size) - 1, p->what, U(p->size));
	else
		wrong(v,
		      "%s: records %llu to %llu are not those of the %s of size %llu: one of them "
		      "was altered, and the tiles that would tell which are gone or altered too",
		      v->name, U(good), U(p->size) - 1, p->what, U(p->size));
}

static void held_fits(struct verify *v, const struct point *p)
{
	struct seki_checkpoint c;
	struct seki_note n;

	v->v->held++;
	if (v->o->held_fits && !seki_note_parse(p->held, p->held_size, &n) &&
	    !seki_checkpoint_parse(&n, &c))
		v->o->held_fits(v->o->of, &n, &c);
}

/* The last checkpoint tells most: the tiles fit it best. */
static void judge_points(struct verify *v, struct seki_frontier *tree)
{
	uint64_t good = v->first;
	size_t at = 0;

	for (size_t i = 0; i < v->points; i++) {
		const struct point *p = &v->point[i];
		struct seki_hash root;

		if (i && p->size == p[-1].size && !seki_hash_same(&p->root, &p[-1].root))
			wrong(v, "%s: a fork: two %ss of size %llu have different roots", v->name,
			      p->what, U(p->size));
		while (tree->size < p->size && at < v->leaves)
			seki_frontier_add(tree, &v->leaf[at++], NULL);
		seki_frontier_root(tree, &root);
		if (p->size == tree->size && seki_hash_same(&root, &p->root)) {
			good = p->size;
			if (p->held)
				held_fits(v, p);
			continue;
		}
		if (p->held) {
			wrong(v,
			      "%s: a fork: the checkpoint kept elsewhere, of size %llu, is not of "
			      "these records",
			      v->name, U(p->size));
			continue;
		}
		name_records(v, &v->point[v->points - 1], good);
		return;
	}
	if (good > v->v->signed_ || !v->v->signed_) {
		v->v->signed_ = good;
		if (v->points)
			v->v->root = v->point[v->points - 1].root;
	}
}

/* Kept elsewhere, or "checkpoint": judged with those of its segment. */
static int add_other(struct verify *v, const char *text, size_t size, const char *what,
		     uint64_t next, bool last, bool held)
{
	struct seki_checkpoint c;
	struct seki_note n;

	if (seki_note_parse(text, size, &n) || seki_checkpoint_parse(&n, &c)) {
		if (last)
			wrong(v, "%s is no checkpoint", what);
		return 0;
	}
	if (c.size < v->first || (c.size >= next && !last) ||
	    (v->o->one && c.size > v->first + v->leaves))
		return 0;
	if (!fits(v, &n, &c, what))
		return 0;
	if (!held && c.size > v->newest)
		v->newest = c.size;
	if (last && c.size > v->first + v->leaves && !held)
		wrong(v,
		      "%s: records %llu to %llu are cut off at the end: a checkpoint of size %llu "
		      "is signed",
		      v->name, U(v->first + v->leaves), U(c.size) - 1, U(c.size));
	else if (last && c.size > v->first + v->leaves)
		wrong(v,
		      "%s: the log ends before record %llu; the checkpoint kept elsewhere says it "
		      "had %llu records",
		      v->name, U(v->first + v->leaves), U(c.size));
	else
		return add_point(v, &c, what, held ? text : NULL, size);
	return 0;
}

static int add_held(struct verify *v, uint64_t next, bool last)
{
	struct seki_notes n = { .text = (char *)v->o->held, .size = v->o->held_size };
	const char *what = "checkpoint kept elsewhere";
	size_t at = 0;
	int err = 0;

	while (!err && seki_notes_next(&n)) {
		err = add_other(v, n.text + at, n.at - at, what, next, last, true);
		at = n.at;
	}
	if (!err && last && (n.at < n.size || !n.at))
		wrong(v, "%s is no checkpoint", what);
	return err;
}

static int add_others(struct verify *v, uint64_t next, bool last)
{
	seki_autofree char *text = NULL;
	size_t size;
	int err = seki_io_get(v->o->dir, SEKI_CHECKPOINT, SEKI_NOTE_MAX, &text, &size);

	if (err == -ENOENT) {
		if (last)
			wrong(v, "the newest checkpoint (file checkpoint) is missing");
		err = 0;
	} else if (!err) {
		err = add_other(v, text, size, "checkpoint", next, last, false);
	}
	if (!err && v->o->held)
		err = add_held(v, next, last);
	return err;
}

static int judge_segment(struct verify *v, const struct seki_segment *s, uint64_t next, bool last,
			 uint64_t *expected)
{
	struct seki_frontier tree;
	bool has_tree;
	int err;

	v->first = s->first;
	v->told = 0;
	seki_segment_name(s->first,
			  s->has[SEKI_SEGMENT_PLAIN] ? SEKI_SEGMENT_PLAIN : SEKI_SEGMENT_PACKED,
			  v->name);
	if (*expected != UINT64_MAX && *expected != s->first)
		wrong(v, "%s: begins with record %llu, and record %llu comes next", v->name,
		      U(s->first), U(*expected));
	err = read_leaves(v);
	if (!err)
		err = read_points(v, &tree, &has_tree);
	if (!err)
		err = add_others(v, next, last && !v->o->one);
	if (err)
		return err;
	if (has_tree)
		judge_points(v, &tree);
	else
		wrong(v, "%s: no signed checkpoint says what came before record %llu", v->name,
		      U(s->first));
	*expected = s->first + v->leaves;
	v->v->size = *expected;
	v->v->segments++;
	return 0;
}

/* ---- the log -------------------------------------------------------------- */

/* The size of "checkpoint" before anything else: the tiles are those of it. */
static void look_at_newest(struct verify *v)
{
	if (seki_log_signed(v->o->dir, &v->newest))
		v->newest = 0;
}

static bool wanted(const struct seki_verify_options *o, uint64_t first, uint64_t next)
{
	return !o->one || (o->record >= first && o->record < next);
}

int seki_verify_log(const struct seki_verify_options *o, struct seki_verified *ret)
{
	struct verify v = { .o = o, .v = ret, .keys = o->keys };
	uint64_t expected = UINT64_MAX;
	struct seki_segments s;
	int err = seki_segments_list(o->dir, &s);
	size_t last = s.n;
	bool any = false;

	*ret = (struct seki_verified){ .first = UINT64_MAX };
	memcpy(v.key, o->key, sizeof(v.key));
	snprintf(v.name, sizeof(v.name), "log");
	for (size_t i = 0; i < o->keys && !ret->origin[0]; i++)
		memcpy(ret->origin, o->key[i].name, sizeof(ret->origin));
	look_at_newest(&v);
	for (size_t i = 0; !err && i < s.n; i++)
		if (seki_segment_has_records(&s.v[i]))
			last = i;
	for (size_t i = 0; !err && i < s.n; i++) {
		uint64_t next = i < last ? s.v[i + 1].first : UINT64_MAX;

		if (!seki_segment_has_records(&s.v[i])) {
			if (i < last || last == s.n)
				wrong(&v,
				      "records.%012llu: the segment is missing, its checkpoints are "
				      "there",
				      U(s.v[i].first));
			continue;
		}
		if (!wanted(o, s.v[i].first, next))
			continue;
		if (ret->first == UINT64_MAX)
			ret->first = s.v[i].first;
		any = true;
		err = judge_segment(&v, &s.v[i], next, i == last, &expected);
	}
	if (!err && !any)
		err = -ENOENT;
	seki_segments_free(&s);
	free(v.leaf);
	free(v.point);
	return err;
}
