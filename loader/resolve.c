// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * resolve.c - the paths of a bundle, on this host, as objects.
 *
 * Each path gives: a row for the object it leads to; a row for its name in its
 * directory, so that a replaced or later created file is labelled too; anchors
 * for the directories above, which may then not move; rows for files below that
 * have further names elsewhere, and for filesystems mounted below; the raw
 * devices that hold the same bytes.
 *
 * Where a directory on the way is missing too, the first that is gets the label: a
 * name below it could not be told from its namesakes before somebody made it.
 */
#include "loader/loader.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

struct target {
	const struct seki_bundle_path *row;
	const char *path; /* canonical; NULL: cannot be guarded now */
	size_t place;
};

struct resolver {
	struct sekisho_bpf *s;
	const struct seki_bundle *b;
	const char *pins;
	struct seki_rows *rows;
	struct seki_places places;
	struct target *targets;
};

/* The part before the last slash, "/" at least. */
static char *parent_of(struct seki_arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return seki_arena_copy(a, path, slash == path ? 1 : (size_t)(slash - path));
}

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* Named in the policy, not following from it. */
static bool is_named(const struct resolver *r, const struct seki_bundle_path *p)
{
	__u32 i;

	for (i = 0; i < r->b->n_labels; i++)
		if (r->b->labels[i].id == p->label)
			return r->b->labels[i].kind != SEKI_KIND_UNIT &&
			       r->b->labels[i].kind != SEKI_KIND_CODE &&
			       !(p->flags & SEKI_PATH_SELF);
	return false;
}

/* The directory with symbolic links followed, and the name in it that is missing. */
static const char *not_yet(struct resolver *r, const char *path, bool higher)
{
	char real[PATH_MAX], *parent = parent_of(&r->places.text, path);
	const char *at = path;
	struct stat st;

	while (!realpath(parent, real)) {
		if (!higher || errno != ENOENT || lstat(parent, &st) == 0)
			return NULL;
		at = parent;
		parent = parent_of(&r->places.text, at);
	}
	return seki_arena_printf(&r->places.text, "%s/%s", strcmp(real, "/") ? real : "",
				 name_of(at));
}

static const char *canonical(struct resolver *r, const struct seki_bundle_path *p)
{
	const char *path = seki_bundle_string(r->b, p->path);
	bool is_link = p->flags & SEKI_PATH_LINK;
	char real[PATH_MAX];
	struct stat st;

	if (!strcmp(path, SEKI_PINS))
		return r->pins;
	if (!is_link && realpath(path, real))
		return seki_arena_copy(&r->places.text, real, strlen(real));
	if (!is_link && (errno != ENOENT || lstat(path, &st) == 0))
		return NULL;
	return not_yet(r, path, p->flags & SEKI_PATH_OPTIONAL && is_named(r, p));
}

static void add_with_ancestors(struct resolver *r, struct target *t)
{
	const char *p = t->path;

	t->place = seki_place_add(&r->places, p);
	r->places.v[t->place].target = true;
	while (strcmp(p, "/")) {
		p = parent_of(&r->places.text, p);
		seki_place_add(&r->places, p);
	}
}

static int collect(struct resolver *r)
{
	__u32 i, errors = 0;

	r->targets = calloc(r->b->n_paths + 1, sizeof(*r->targets));
	if (!r->targets)
		seki_diex("out of memory");
	for (i = 0; i < r->b->n_paths; i++) {
		struct target *t = &r->targets[i];
		const char *path;

		t->row = &r->b->paths[i];
		path = seki_bundle_string(r->b, t->row->path);
		t->path = canonical(r, t->row);
		if (t->path) {
			add_with_ancestors(r, t);
		} else if (is_named(r, t->row) && t->row->flags & SEKI_PATH_OPTIONAL) {
			seki_warnx(
				"%s: leads nowhere, so it is not guarded; make what its links name, then load again",
				path);
		} else if (!(t->row->flags & SEKI_PATH_OPTIONAL)) {
			seki_warnx(
				"%s: its directory is missing, or it is a dangling link; make it first, or mark it optional in the policy",
				path);
			errors++;
		}
	}
	return errors ? -1 : 0;
}

static struct seki_place *find(struct resolver *r, const char *path)
{
	__u32 i;

	return seki_table_find(&r->places.by_path, path, strlen(path), &i) ? &r->places.v[i] : NULL;
}

/* Directories above an asset may not move; their filesystems are guarded.  Brokers
 * are no assets: whoever moves them away asks nobody any more.
 */
static int anchor(struct resolver *r, const struct target *t)
{
	const char *p = t->row->label == SEKI_LABEL_BROKER ? "/" : t->path;

	while (strcmp(p, "/")) {
		struct seki_place *place;
		struct seki_root *row;

		p = parent_of(&r->places.text, p);
		place = find(r, p);
		row = seki_rows_root(r->rows, &place->object.id);
		if (!row->anchors)
			row->anchors = t->row->label;
		if (seki_rows_guard(r->rows, place->object.id.dev))
			return -1;
	}
	return 0;
}

static int name_row(struct resolver *r, const struct target *t)
{
	struct seki_root value = { .label = t->row->label };
	struct seki_name_key key = {};
	struct seki_place *dir;

	if (!strcmp(t->path, "/"))
		return 0;
	dir = find(r, parent_of(&r->places.text, t->path));
	if (strlen(name_of(t->path)) >= SEKI_NAME_MAX) {
		seki_warnx("%s: its last name is longer than %d bytes; name its directory instead",
			   t->path, SEKI_NAME_MAX - 1);
		return -1;
	}
	key.dir = dir->object.id;
	strcpy(key.name, name_of(t->path));
	seki_rows_name(r->rows, &key, &value);
	seki_rows_root(r->rows, &dir->object.id)->flags |= SEKI_ROOT_HAS_NAMES;
	return seki_rows_guard(r->rows, dir->object.id.dev);
}

static bool is_device(const struct seki_object *o)
{
	return S_ISBLK(o->mode) || S_ISCHR(o->mode);
}

static int object_row(struct resolver *r, const struct target *t)
{
	const struct seki_object *o = &r->places.v[t->place].object;
	struct seki_root *row;

	if (is_device(o)) {
		seki_rows_device(r->rows, o->rdev, S_ISBLK(o->mode), t->row->label);
		return 0;
	}
	row = seki_rows_root(r->rows, &o->id);
	if (row->label && row->label != t->row->label) {
		seki_warnx("%s: the same object already has label %s, and %s here; name it once",
			   t->path, seki_bundle_label_name(r->b, row->label),
			   seki_bundle_label_name(r->b, t->row->label));
		return -1;
	}
	row->label = t->row->label;
	if (t->row->flags & SEKI_PATH_ENTRY)
		row->entry = t->row->entry;
	if (seki_rows_guard(r->rows, o->id.dev))
		return -1;
	return t->row->device_label ? seki_devices_below(r->rows, o->id.dev, t->row->device_label) :
				      0;
}

/* What is not there yet is told at each load: a name written wrong looks the same. */
static void tell_missing(struct resolver *r, const struct target *t)
{
	const char *path = seki_bundle_string(r->b, t->row->path);

	if (!is_named(r, t->row))
		return;
	if (access(parent_of(&r->places.text, path), F_OK) == 0)
		seki_warnx("%s: missing; guarded from the moment it is made", path);
	else
		seki_warnx(
			"%s: missing, and %s too, which only its owner may make now; make it, then load again",
			path, t->path);
}

static int apply(struct resolver *r, const struct target *t)
{
	bool exists = t->path && r->places.v[t->place].exists;

	if (!t->path)
		return 0;
	if (!exists && !(t->row->flags & SEKI_PATH_OPTIONAL)) {
		seki_warnx("%s: missing; make it first, or mark it optional in the policy",
			   t->path);
		return -1;
	}
	if (!exists)
		tell_missing(r, t);
	if (anchor(r, t) || name_row(r, t))
		return -1;
	return exists ? object_row(r, t) : 0;
}

/* A row for a place found below a root, unless it has a label of its own. */
static int add_below(struct resolver *r, const char *path, __u16 label)
{
	size_t i = seki_place_add(&r->places, path);
	struct seki_root *row;

	if (seki_places_read(r->s, &r->places))
		return -1;
	if (!r->places.v[i].exists || is_device(&r->places.v[i].object))
		return 0;
	row = seki_rows_root(r->rows, &r->places.v[i].object.id);
	if (!row->label)
		row->label = label;
	return seki_rows_guard(r->rows, r->places.v[i].object.id.dev);
}

/* A directory with a label of its own has a walk of its own. */
static bool is_target(struct resolver *r, const FTSENT *e)
{
	const struct seki_place *p;

	if (e->fts_info != FTS_D || e->fts_level == FTS_ROOTLEVEL)
		return false;
	p = find(r, e->fts_path);
	return p && p->target;
}

static int one_link(struct resolver *r, const struct target *t, const FTSENT *e)
{
	if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR) {
		errno = e->fts_errno;
		seki_warn("%s: cannot be listed, so a second name of a file in it could be missed",
			  e->fts_path);
		return -1;
	}
	if (e->fts_info == FTS_F && e->fts_statp->st_nlink > 1)
		return add_below(r, e->fts_path, t->row->label);
	return 0;
}

/* Files below with a second name: the other name may lie outside. */
static int scan_links(struct resolver *r, const struct target *t)
{
	char *roots[] = { (char *)t->path, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	FTSENT *e;
	int err = 0;

	while (fts && !err && (e = fts_read(fts))) {
		if (is_target(r, e))
			fts_set(fts, e, FTS_SKIP);
		else
			err = one_link(r, t, e);
	}
	if (fts)
		fts_close(fts);
	return err;
}

/* mountinfo writes space, tab, newline and backslash as \ooo. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] && s[2] && s[3]) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = 0;
}

static int scan_mounts(struct resolver *r, const struct target *t)
{
	seki_autofclose FILE *f = fopen("/proc/self/mountinfo", "re");
	seki_autofree char *line = NULL;
	size_t room = 0, len = strlen(t->path);
	char point[PATH_MAX];

	while (f && getline(&line, &room, f) > 0) {
		if (sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1)
			continue;
		unescape(point);
		if (strncmp(point, t->path, len) || point[len] != '/')
			continue;
		if (add_below(r, point, t->row->label))
			return -1;
	}
	return 0;
}

/* Brokers hold no secrets.  The log's keys are closed to this loader too while a
 * policy is in force; and then nobody gives them a second name.
 */
static bool is_walked(const struct target *t)
{
	if (t->row->label == SEKI_LABEL_SECRET)
		return !seki_is_loaded();
	return t->row->label != SEKI_LABEL_BROKER;
}

static int below(struct resolver *r, const struct target *t)
{
	const struct seki_place *p;

	if (!t->path || !is_walked(t))
		return 0;
	p = &r->places.v[t->place];
	if (!p->exists || !S_ISDIR(p->object.mode))
		return 0;
	return scan_links(r, t) || scan_mounts(r, t) ? -1 : 0;
}

/* Names without a directory: abstract unix sockets. */
static void abstract_names(struct resolver *r)
{
	__u32 i;

	for (i = 0; i < r->b->n_addrs; i++) {
		const struct seki_bundle_addr *a = &r->b->addrs[i];
		struct seki_name_key key = { .dir = { .dev = SEKI_ABSTRACT_DEV } };
		struct seki_root value = { .label = a->label };
		const char *name = strchr(seki_bundle_string(r->b, a->text), '@');

		if (a->key.kind != SEKI_ADDR_ABSTRACT || !name || strlen(name) > SEKI_NAME_MAX)
			continue;
		memcpy(key.name, name + 1, strlen(name + 1));
		seki_rows_name(r->rows, &key, &value);
	}
}

/* Every explicit row first: what lies below must not take a name given explicitly. */
int seki_resolve(struct sekisho_bpf *s, const struct seki_bundle *b, const char *pins,
		 struct seki_rows *ret)
{
	struct resolver r = { .s = s, .b = b, .pins = pins, .rows = ret };
	__u32 i, errors = 0;

	if (collect(&r) || seki_places_read(s, &r.places))
		return -1;
	for (i = 0; i < b->n_paths; i++)
		errors += apply(&r, &r.targets[i]) != 0;
	for (i = 0; i < b->n_paths && !errors; i++)
		errors += below(&r, &r.targets[i]) != 0;
	abstract_names(&r);
	seki_classes_close(ret);
	return errors ? -1 : 0;
}
