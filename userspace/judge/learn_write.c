// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lessons into the text of a policy: a few lines put in, the rest as it stands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "userspace/judge/explain.h"
#include "userspace/judge/learn.h"
#include "userspace/policy/policy.h"

/* Lines to put behind a line of the text, in the order they come. */
struct put {
	unsigned int after;
	const char *text;
};

struct writing {
	struct seki_learn *l;
	const struct seki_node *root;
	struct seki_diag *d;
	const char *text;
	struct put *put;
	unsigned int n;
	const struct seki_node *version;
};

static const struct seki_node *value_of(const struct seki_node *map, const char *name,
					const struct seki_node **ret_key)
{
	for (const struct seki_node *k = map->first; k && k->next; k = k->next->next)
		if (k->kind == SEKI_NODE_SCALAR && !strcmp(k->text, name)) {
			*ret_key = k;
			return k->next;
		}
	return NULL;
}

static void put(struct writing *w, unsigned int after, const char *text)
{
	w->put[w->n++] = (struct put){ after, text };
}

/* Column where the entries of a list or mapping stand; 0: they stand on one line, and
 * none can be put between them.
 */
static unsigned int entries_column(struct writing *w, const struct seki_node *key,
				   const struct seki_node *value)
{
	const char *s = w->text, *dash;
	unsigned int line = 1;

	if (value->kind != SEKI_NODE_SCALAR && value->first &&
	    value->first->pos.line > key->pos.line) {
		if (value->kind == SEKI_NODE_MAP)
			return value->first->pos.col;
		for (; line < value->first->pos.line; line++)
			s = strchr(s, '\n') + 1;
		dash = s + strspn(s, " ");
		if (*dash == '-')
			return (unsigned int)(dash - s) + 1;
	}
	seki_error(w->d, key->pos,
		   "entries of '%s' stand on its line; write one per line, so that some can be "
		   "added",
		   key->text);
	return 0;
}

static unsigned int last_line(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n + 1;
}

/* Where the entries of a key of the policy go: behind its line, or at the end with the
 * key before them.
 */
struct place {
	unsigned int after, column;
};

static struct place place_of(struct writing *w, const char *name)
{
	const struct seki_node *key, *value = value_of(w->root, name, &key);

	if (value)
		return (struct place){ key->pos.line, entries_column(w, key, value) };
	put(w, last_line(w->text), seki_arena_printf(&w->l->arena, "%s:\n", name));
	return (struct place){ last_line(w->text), 3 };
}

static const char *evidence(struct writing *w, const struct seki_lesson *x)
{
	return seki_arena_printf(&w->l->arena, "# learnt: %lu record%s, the last %.19s", x->count,
				 x->count == 1 ? "" : "s", x->last);
}

/* Lessons are sorted, so two programs of one name get theirs in the same order. */
static unsigned int namesakes_before(const struct writing *w, const char *program)
{
	const char *name = strrchr(program, '/'), *last = "";
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->l->n; i++) {
		const char *p = w->l->lesson[i].program;

		if (!p || !strcmp(p, last))
			continue;
		if (!strcmp(p, program))
			break;
		last = p;
		n += !strcasecmp(strrchr(p, '/'), name);
	}
	return n;
}

/* The name of a program that has none yet: its own, if that is a name. */
static const char *name_of(struct writing *w, const char *program)
{
	unsigned int before = namesakes_before(w, program);
	char *name = seki_arena_copy(&w->l->arena, strrchr(program, '/') + 1,
				     strlen(strrchr(program, '/') + 1));

	for (char *p = name; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
		else if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *p))
			*p = '-';
	}
	if (strlen(name) > 24)
		name[24] = '\0';
	if (!seki_name_ok(name) || seki_view_domain_named(w->l->v, name))
		name = seki_arena_printf(&w->l->arena, "p-%s", name);
	if (before)
		name = seki_arena_printf(&w->l->arena, "%s-%u", name, before + 1);
	return name;
}

/* Of the lessons of one program, or of its code. */
static bool is_first(const struct writing *w, unsigned int i)
{
	const struct seki_lesson *x = &w->l->lesson[i], *y;

	for (unsigned int j = 0; j < i; j++) {
		y = &w->l->lesson[j];
		if (!strcmp(x->who, y->who) && !x->path == !y->path)
			return false;
	}
	return true;
}

static void write_domains(struct writing *w)
{
	struct place p = { 0 };

	for (unsigned int i = 0; i < w->l->n; i++) {
		const struct seki_lesson *x = &w->l->lesson[i];

		if (!x->program || !is_first(w, i))
			continue;
		if (!p.after)
			p = place_of(w, "domains");
		put(w, p.after,
		    seki_arena_printf(&w->l->arena, "%*s%s: { exec: %s } # learnt; name its unit\n",
				      (int)p.column - 1, "", name_of(w, x->program), x->program));
	}
}

/* A rule of the policy names the pair already, and so do records. */
static bool is_named(const struct writing *w, const struct seki_lesson *x)
{
	struct seki_decision d;

	seki_view_decide(w->l->v, x->domain, x->label, x->access, &d);
	return seki_view_rule_written(w->l->v, d.rule);
}

static void write_rules(struct writing *w)
{
	char what[SEKI_ACCESS_TEXT_MAX], label[64];
	struct place p = { 0 };

	for (unsigned int i = 0; i < w->l->n; i++) {
		const struct seki_lesson *x = &w->l->lesson[i];

		if (x->path)
			continue;
		if (!p.after)
			p = place_of(w, "rules");
		if (!x->program && is_named(w, x))
			put(w, p.after,
			    seki_arena_printf(&w->l->arena, "%*s# accept W16: learnt; join them\n",
					      (int)p.column - 1, ""));
		put(w, p.after,
		    seki_arena_printf(&w->l->arena, "%*s- { allow: %s, to: %s, on: %s } %s\n",
				      (int)p.column - 1, "",
				      x->program ? name_of(w, x->program) : x->who,
				      seki_access_list(x->access, what, sizeof(what)),
				      seki_label_word(w->l->v, x->label, label, sizeof(label)),
				      evidence(w, x)));
	}
}

/* Files of one directory, from three on, are the directory. */
static const char *generalise(struct writing *w, const struct seki_lesson *x)
{
	size_t dir = (size_t)(strrchr(x->path, '/') - x->path);
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->l->n; i++) {
		const struct seki_lesson *y = &w->l->lesson[i];

		n += y->path && !strcmp(y->who, x->who) && !strncmp(y->path, x->path, dir + 1) &&
		     !strchr(y->path + dir + 1, '/');
	}
	return n > 2 && dir > strlen("/usr/lib") ? seki_arena_copy(&w->l->arena, x->path, dir) :
						   x->path;
}

static void write_code_of(struct writing *w, const char *function, const struct seki_node *key,
			  const struct seki_node *body)
{
	const struct seki_node *code_key, *code = value_of(body, "code", &code_key);
	unsigned int column = entries_column(w, code ? code_key : key, code ?: body);
	unsigned int after = code ? code_key->pos.line : key->pos.line;
	const char *said[64];
	unsigned int n = 0;

	if (!code) {
		put(w, after,
		    seki_arena_printf(&w->l->arena, "%*scode:\n", (int)column - !!column, ""));
		column += 2;
	}
	for (unsigned int i = 0; column && i < w->l->n && n < 64; i++) {
		const struct seki_lesson *x = &w->l->lesson[i];
		const char *path;
		bool again = false;

		if (!x->path || strcmp(x->who, function))
			continue;
		path = generalise(w, x);
		for (unsigned int k = 0; k < n; k++)
			again |= !strcmp(said[k], path);
		if (again)
			continue;
		said[n++] = path;
		put(w, after,
		    seki_arena_printf(&w->l->arena, "%*s- %s %s\n", (int)column - 1, "", path,
				      evidence(w, x)));
	}
}

static void write_code(struct writing *w)
{
	const struct seki_node *key, *functions = value_of(w->root, "functions", &key);

	for (unsigned int i = 0; i < w->l->n; i++) {
		const struct seki_lesson *x = &w->l->lesson[i];
		const struct seki_node *name, *body;

		if (!x->path || !is_first(w, i))
			continue;
		body = functions ? value_of(functions, x->who, &name) : NULL;
		if (body)
			write_code_of(w, x->who, name, body);
		else
			seki_error(w->d, functions ? key->pos : w->root->pos,
				   "code of '%s' was learnt, which an included file describes; "
				   "describe it here",
				   x->who);
	}
}

/* The number of the version counts up. */
static void copy_line(struct writing *w, const char *s, size_t len, unsigned int line, FILE *out)
{
	const struct seki_node *v = w->version;

	if (!v || v->pos.line != line) {
		fwrite(s, 1, len, out);
		return;
	}
	fwrite(s, 1, v->pos.col - 1, out);
	fprintf(out, "%lu", strtoul(v->text, NULL, 10) + 1);
	s += v->pos.col - 1 + strlen(v->text);
	fwrite(s, 1, len - (v->pos.col - 1) - strlen(v->text), out);
}

static void copy(struct writing *w, FILE *out)
{
	const char *s = w->text;

	for (unsigned int line = 1;; line++) {
		size_t len = strcspn(s, "\n");

		copy_line(w, s, len, line, out);
		s += len;
		if (*s || len)
			fputc('\n', out);
		for (unsigned int i = 0; i < w->n; i++)
			if (w->put[i].after == line)
				fputs(w->put[i].text, out);
		if (!*s++)
			return;
	}
}

static int by_who(const void *va, const void *vb)
{
	const struct seki_lesson *a = va, *b = vb;

	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (strcmp(a->who, b->who))
		return strcmp(a->who, b->who);
	if (a->label != b->label)
		return a->label < b->label ? -1 : 1;
	return strcmp(a->path ?: "", b->path ?: "");
}

static bool compose(struct seki_learn *l, const char *text, size_t size, struct seki_diag *d,
		    char **ret, size_t *ret_size)
{
	struct writing w = { .l = l, .d = d, .text = text };
	const struct seki_node *key;
	FILE *out;

	d->text = text;
	d->size = size;
	w.root = seki_yaml_parse(text, size, &l->arena, d, SEKI_POLICY_BEGIN);
	if (!w.root || w.root->kind != SEKI_NODE_MAP)
		return false;
	/* of a lesson come at most a domain and two lines; keys besides */
	w.put = seki_arena_array(&l->arena, 4 * l->n + 8, sizeof(*w.put));
	w.version = value_of(w.root, "version", &key);
	write_code(&w);
	write_domains(&w);
	write_rules(&w);
	if (d->errors)
		return false;
	out = open_memstream(ret, ret_size);
	if (!out)
		return false;
	copy(&w, out);
	return !fclose(out);
}

static bool compiles(const char *file, const char *text, size_t size)
{
	struct seki_options o = { .offline = true };
	struct seki_diag d = { .file = file };
	struct seki_summary s;
	void *image = NULL;
	size_t n;
	bool ok = !seki_compile(text, size, &o, &d, &image, &n, &s);

	seki_diag_free(&d);
	free(image);
	return ok;
}

/* Names in records are chosen by others: only those that are a word in YAML and in a
 * comment are taken.
 */
static bool is_plain(const char *s)
{
	static const char ok[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+@:-";

	return !s || !*s || (!s[strspn(s, ok)] && !strstr(s, ":/") && s[strlen(s) - 1] != ':');
}

/* Does the policy take this lesson, alone? */
static bool fits(struct seki_learn *l, struct seki_lesson x, const char *file, const char *text,
		 size_t size)
{
	struct seki_learn one = { .v = l->v, .lesson = &x, .n = 1 };
	struct seki_diag d = { .file = file };
	char *trial = NULL;
	size_t n;
	bool ok = is_plain(x.program) && is_plain(x.path) && is_plain(x.last);

	/* a policy that nothing can be added to is said when all is written */
	if (ok && compose(&one, text, size, &d, &trial, &n))
		ok = compiles(file, trial, n);
	free(trial);
	seki_diag_free(&d);
	seki_arena_free(&one.arena);
	return ok;
}

static bool is_taken(const struct seki_learn *l, unsigned int n, const struct seki_lesson *x)
{
	for (unsigned int i = 0; x->path && i < n; i++)
		if (l->lesson[i].path && !strcmp(l->lesson[i].path, x->path))
			return true;
	return false;
}

static void drop_unfit(struct seki_learn *l, const char *file, const char *text, size_t size)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < l->n; i++) {
		struct seki_lesson x = l->lesson[i];

		if (is_taken(l, kept, &x) || !fits(l, x, file, text, size))
			l->unfit += x.count;
		else
			l->lesson[kept++] = x;
	}
	l->n = kept;
}

bool seki_learn_write(struct seki_learn *l, const char *text, size_t size, struct seki_diag *d,
		      char **ret, size_t *ret_size)
{
	if (l->n)
		qsort(l->lesson, l->n, sizeof(*l->lesson), by_who);
	drop_unfit(l, d->file, text, size);
	return compose(l, text, size, d, ret, ret_size);
}
