// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Included files, put into the tree of the policy before anything is judged: what
 * comes after sees one policy, whose nodes know their file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/policy/model.h"

#define DEPTH_MAX 8

/* A file that was opened; many names may lead to it. */
struct opened {
	dev_t dev;
	ino_t ino;
	struct seki_pos by; /* the word that included it */
};

struct including {
	struct seki_compilation *c;
	struct seki_diag *d;
	struct seki_node *root;
	struct opened opened[SEKI_INCLUDED_MAX + 1]; /* by source */
	unsigned int reading[DEPTH_MAX + 1];	     /* sources, each included by the one before */
	unsigned int depth;
	size_t bytes;
};

/* A word, and where it leads. */
struct found {
	struct seki_text word;
	const char *file, *name;
	char *text;
	size_t size;
};

static struct seki_node *value_of(const struct seki_node *map, const char *key)
{
	for (struct seki_node *k = map->first; k; k = k->next->next)
		if (k->kind == SEKI_NODE_SCALAR && !strcmp(k->text, key))
			return k->next;
	return NULL;
}

static struct seki_node *append(struct seki_arena *arena, struct seki_node *map,
				const struct seki_node *n)
{
	struct seki_node *copy = seki_arena_alloc(arena, sizeof(*copy));

	*copy = *n;
	copy->next = NULL;
	if (map->last)
		map->last->next = copy;
	else
		map->first = copy;
	map->last = copy;
	return copy;
}

/* The value of a key of an included file joins the policy's own. */
static void join(struct seki_model *m, const struct seki_node *n, struct seki_node *root)
{
	struct seki_node *own = value_of(root, m->key->text);

	if (!own) {
		append(m->arena, root, m->key);
		append(m->arena, root, n);
		root->count++;
	} else if (own->kind == n->kind && n->first) {
		if (own->last)
			own->last->next = n->first;
		else
			own->first = n->first;
		own->last = n->last;
		own->count += n->count;
	} /* own of another kind: reported where it is read */
}

void seki_include_map(struct seki_model *m, const struct seki_node *n, void *field)
{
	if (n->kind == SEKI_NODE_MAP)
		join(m, n, *(struct seki_node **)field);
	else
		seki_wrong_type(m, n, "a mapping");
}

void seki_include_list(struct seki_model *m, const struct seki_node *n, void *field)
{
	if (n->kind == SEKI_NODE_LIST)
		join(m, n, *(struct seki_node **)field);
	else
		seki_wrong_type(m, n, "a list");
}

/* ---- where a word leads ---- */

/* What stands before the last '/' of path, with it. */
static const char *beside(struct including *in, const char *path, const char *word)
{
	const char *slash = strrchr(path, '/');

	return seki_arena_printf(&in->d->arena, "%.*s%s", slash ? (int)(slash + 1 - path) : 0, path,
				 word);
}

static int look(struct including *in, struct found *f, const char *file, const char *name)
{
	f->file = file;
	f->name = name;
	return seki_file_read(file, SEKI_TEXT_MAX - in->bytes, &f->text, &f->size);
}

static int search(struct including *in, unsigned int from, struct found *f)
{
	const struct seki_source *s = from ? &in->d->included[from - 1] : NULL;
	const char *word = f->word.s, *name;
	int err;

	if (*word == '/') { /* diagnostics outlive the tree */
		word = seki_arena_copy(&in->d->arena, word, strlen(word));
		return look(in, f, word, word);
	}
	err = look(in, f, beside(in, s ? s->file : in->d->file, word),
		   beside(in, s ? s->name : "", word));
	if (err != -ENOENT && err != -ENOTDIR)
		return err;
	name = seki_arena_printf(&in->d->arena, SEKI_POLICY_DIR "/%s", word);
	return look(in, f,
		    seki_arena_printf(&in->d->arena, "%s%s", in->c->options.root ?: "", name),
		    name);
}

static void complain(struct including *in, const struct found *f, int err)
{
	struct seki_pos pos = f->word.pos;

	if (err == -ENOENT || err == -ENOTDIR)
		seki_error(in->d, pos,
			   "no file '%s' here or in " SEKI_POLICY_DIR "; name one that is there",
			   f->word.s);
	else if (err == -EFBIG)
		seki_error(in->d, pos,
			   "with '%s' the policy has more than 16 MiB; a policy is smaller",
			   f->word.s);
	else if (err == -EISDIR || err == -EINVAL)
		seki_error(in->d, pos, "'%s' is no plain file; name a file", f->word.s);
	else
		seki_error(in->d, pos, "'%s': %s; name a file that can be read", f->word.s,
			   strerror(-err));
}

/* ---- each file once ---- */

static bool is_read(const struct including *in, const struct stat *st, unsigned int *ret)
{
	for (*ret = 0; *ret <= in->d->n_included; ++*ret)
		if (in->opened[*ret].ino == st->st_ino && in->opened[*ret].dev == st->st_dev)
			return true;
	return false;
}

/* Includes that lead back to a file that is not read to its end. */
static bool is_cyclic(struct including *in, const struct found *f, unsigned int source)
{
	for (unsigned int i = 0; i <= in->depth; i++) {
		if (in->reading[i] != source)
			continue;
		seki_error(in->d, f->word.pos,
			   "'%s' includes this file again; take one of the two out", f->word.s);
		if (source)
			seki_note(in->d, in->opened[source].by, "included here");
		return true;
	}
	return false;
}

static bool has_room(struct including *in, const struct found *f)
{
	if (in->depth == DEPTH_MAX)
		seki_error(in->d, f->word.pos,
			   "included over more than %d files; include it higher up", DEPTH_MAX);
	else if (in->d->n_included == SEKI_INCLUDED_MAX)
		seki_error(in->d, f->word.pos, "more than %d files are included; join some",
			   SEKI_INCLUDED_MAX);
	else
		return true;
	return false;
}

static unsigned int enter(struct including *in, const struct found *f, const struct stat *st)
{
	struct seki_diag *d = in->d;
	const char *text = seki_arena_copy(&d->arena, f->text, f->size);

	if (!d->included)
		d->included = seki_arena_array(&d->arena, SEKI_INCLUDED_MAX, sizeof(*d->included));
	d->included[d->n_included++] = (struct seki_source){ f->file, f->name, text, f->size };
	in->opened[d->n_included] = (struct opened){ st->st_dev, st->st_ino, f->word.pos };
	in->bytes += f->size;
	return d->n_included;
}

/* ---- reading ---- */

static void include_all(struct including *in, const struct seki_node *n);

static void take(struct including *in, unsigned int source)
{
	const struct seki_source *s = &in->d->included[source - 1];
	struct seki_model m = { &in->c->policy, &in->c->arena, in->d, NULL };
	struct seki_fragment f = { .root = in->root };
	unsigned int before = in->d->source;
	struct seki_node *n = NULL;

	in->d->source = source;
	if (seki_text_check(s->text, s->size, in->d)) {
		seki_accept_read(in->d, s->text, s->size);
		n = seki_yaml_parse(s->text, s->size, &in->c->arena, in->d, SEKI_POLICY_BEGIN);
	}
	in->d->source = before;
	if (!n)
		return;
	m.key = n;
	if (!seki_read_map(&m, n, seki_fragment_keys, n->pos, &f))
		return;
	n = value_of(n, "include");
	if (!n)
		return;
	in->reading[++in->depth] = source;
	include_all(in, n);
	in->depth--;
}

static void include(struct including *in, const struct seki_text *word)
{
	struct found f = { .word = *word };
	struct stat st;
	unsigned int source;
	int err;

	if (strstr(word->s, "${")) {
		seki_error(in->d, word->pos, "variable in an include; write the name out");
		return;
	}
	err = search(in, in->reading[in->depth], &f);
	if (!err && stat(f.file, &st))
		err = -errno;
	if (err)
		complain(in, &f, err);
	else if (is_read(in, &st, &source))
		is_cyclic(in, &f, source); /* or somebody else includes it as well */
	else if (has_room(in, &f))
		take(in, enter(in, &f, &st));
	free(f.text);
}

static void include_all(struct including *in, const struct seki_node *n)
{
	struct seki_model m = { &in->c->policy, &in->c->arena, in->d, n };
	struct seki_texts words = { 0 };

	seki_read_texts(&m, n, &words);
	for (unsigned int i = 0; i < words.n; i++)
		include(in, &words.v[i]);
}

bool seki_include(struct seki_compilation *c, struct seki_node *root)
{
	struct including in = { .c = c, .d = c->diag, .root = root, .bytes = c->diag->size };
	const struct seki_node *n = root->kind == SEKI_NODE_MAP ? value_of(root, "include") : NULL;
	unsigned int errors = c->diag->errors;
	struct stat st;

	if (!n)
		return true;
	if (!stat(c->diag->file, &st))
		in.opened[0] = (struct opened){ .dev = st.st_dev, .ino = st.st_ino };
	include_all(&in, n);
	for (const struct seki_node *k = root->first; k; k = k->next->next)
		if (k->next->kind == SEKI_NODE_MAP)
			seki_keys_check(k->next, true, &c->arena, c->diag);
	return c->diag->errors == errors;
}
