// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Variables: ${NAME} in a value is the text of that name under 'variables', and alone
 * may be a list.  They are put in before anything is judged, and what is wrong is
 * reported where they are used.
 */
#include <stdio.h>
#include <string.h>

#include "userspace/policy/model.h"

#define VALUE_MAX 4095
#define GROWTH_MAX (64u << 20) /* bytes: what a hostile file costs */

struct variable {
	const struct seki_node *key, *value;
	bool used;
};

struct variables {
	struct seki_arena *arena;
	struct seki_diag *d;
	struct variable *v;
	unsigned int n;
	size_t growth;
	bool full;
};

static bool is_text(const struct seki_node *n)
{
	return n->kind == SEKI_NODE_SCALAR && (*n->text || n->quoted);
}

static void check_value(struct variables *vs, const struct seki_node *n, const char *right)
{
	if (n->kind == SEKI_NODE_BAD)
		return;
	if (!is_text(n))
		seki_error(vs->d, n->pos, "not a text; give %s", right);
	else if (strstr(n->text, "${"))
		seki_error(vs->d, n->pos, "variable in a variable; write its text out");
}

static void declare(struct variables *vs, const struct seki_node *key)
{
	const struct seki_node *value = key->next;

	if (key->kind != SEKI_NODE_SCALAR)
		return;
	if (!seki_name_ok(key->text))
		seki_error(vs->d, key->pos,
			   "'%.64s' is not a name; use up to 31 lower-case "
			   "letters, digits and '-', a letter first",
			   key->text);
	if (value->kind == SEKI_NODE_LIST)
		for (const struct seki_node *e = value->first; e; e = e->next)
			check_value(vs, e, "a list of texts");
	else
		check_value(vs, value, "a text or a list of texts");
	vs->v[vs->n++] = (struct variable){ .key = key, .value = value };
}

static const struct variable *find(struct variables *vs, const char *name, size_t len)
{
	for (unsigned int i = 0; i < vs->n; i++)
		if (strlen(vs->v[i].key->text) == len && !memcmp(vs->v[i].key->text, name, len)) {
			vs->v[i].used = true;
			return &vs->v[i];
		}
	return NULL;
}

static void unknown(struct variables *vs, const struct seki_node *at, const char *name, size_t len)
{
	const char **known, *meant;

	known = seki_arena_array(vs->arena, vs->n + 1, sizeof(*known));
	for (unsigned int i = 0; i < vs->n; i++)
		known[i] = vs->v[i].key->text;
	name = seki_arena_copy(vs->arena, name, len);
	meant = seki_closest(name, known, vs->n);
	if (meant)
		seki_error(vs->d, at->pos, "unknown variable '%.64s'; did you mean '%s'?", name,
			   meant);
	else
		seki_error(vs->d, at->pos,
			   "unknown variable '%.64s'; give it under 'variables', or write $${ for "
			   "the characters",
			   name);
}

/* Every copy counts, or a small file would fill the memory. */
static bool may_grow(struct variables *vs, const struct seki_node *at, size_t bytes)
{
	vs->growth += bytes;
	if (vs->growth > GROWTH_MAX && !vs->full) {
		vs->full = true;
		seki_error(vs->d, at->pos, "variables make more than 64 MiB; use fewer");
	}
	return !vs->full;
}

/* "${NAME}" and nothing else. */
static bool is_alone(const char *s, size_t *ret_len)
{
	if (strncmp(s, "${", 2))
		return false;
	*ret_len = strcspn(s + 2, "}");
	return s[2 + *ret_len] == '}' && !s[3 + *ret_len];
}

/* The text of the variable that *at, behind "${", names; NULL: it is wrong. */
static const char *text_of(struct variables *vs, const struct seki_node *n, const char **at)
{
	const char *name = *at;
	size_t len = strcspn(name, "}");
	const struct variable *v;

	if (!name[len]) {
		seki_error(vs->d, n->pos, "'${' without '}'; write ${NAME}");
		return NULL;
	}
	*at = name + len + 1;
	v = find(vs, name, len);
	if (!v)
		unknown(vs, n, name, len);
	else if (v->value->kind == SEKI_NODE_LIST)
		seki_error(vs->d, n->pos, "'%.*s' is a list; use it alone, not inside a text",
			   (int)len, name);
	else if (v->value->kind == SEKI_NODE_SCALAR)
		return v->value->text;
	return NULL; /* of another kind: reported where it stands */
}

/* One piece of a text from *at on; false: it is wrong. */
static bool piece(struct variables *vs, const struct seki_node *n, const char **at, char *out,
		  size_t *used)
{
	const char *from = *at;
	size_t len = 1;

	if (!strncmp(from, "$${", 3)) {
		from++;
		len = 2;
		*at += 3;
	} else if (strncmp(from, "${", 2)) {
		*at += 1;
	} else {
		*at += 2;
		from = text_of(vs, n, at);
		if (!from)
			return false;
		len = strlen(from);
	}
	if (*used + len > VALUE_MAX) {
		seki_error(vs->d, n->pos, "longer than %d bytes with its variables; shorten it",
			   VALUE_MAX);
		return false;
	}
	memcpy(out + *used, from, len);
	*used += len;
	return true;
}

static void expand_text(struct variables *vs, struct seki_node *n)
{
	char out[VALUE_MAX + 1];
	const char *at = n->text;
	size_t used = 0;

	while (*at)
		if (!piece(vs, n, &at, out, &used)) {
			n->kind = SEKI_NODE_BAD;
			return;
		}
	if (!may_grow(vs, n, used))
		return;
	n->text = seki_arena_copy(vs->arena, out, used);
}

/* The elements of a list, as if they stood where it is used. */
static struct seki_node *copy_list(struct variables *vs, const struct seki_node *list,
				   struct seki_pos pos, struct seki_node **ret_last)
{
	struct seki_node *first = NULL, **link = &first;

	*ret_last = NULL;
	for (const struct seki_node *e = list->first; e; e = e->next) {
		if (!may_grow(vs, list, sizeof(*e)))
			break;
		*link = seki_arena_alloc(vs->arena, sizeof(*e));
		**link = *e;
		(*link)->pos = pos;
		(*link)->next = NULL;
		*ret_last = *link;
		link = &(*link)->next;
	}
	return first;
}

/* The list that a value alone stands for, or NULL. */
static const struct seki_node *list_of(struct variables *vs, const struct seki_node *n)
{
	const struct variable *v;
	size_t len;

	if (n->kind != SEKI_NODE_SCALAR || !is_alone(n->text, &len))
		return NULL;
	v = find(vs, n->text + 2, len);
	return v && v->value->kind == SEKI_NODE_LIST ? v->value : NULL;
}

static void expand(struct variables *vs, struct seki_node *n);

static void expand_elements(struct variables *vs, struct seki_node *list)
{
	struct seki_node **link = &list->first, *e, *last;

	list->last = NULL;
	while ((e = *link)) {
		const struct seki_node *from = list_of(vs, e);

		if (!from) {
			expand(vs, e);
			list->last = e;
			link = &e->next;
			continue;
		}
		*link = copy_list(vs, from, e->pos, &last);
		list->count += from->count - 1;
		if (!last) {
			*link = e->next;
			continue;
		}
		last->next = e->next;
		list->last = last;
		link = &last->next;
	}
}

static void expand(struct variables *vs, struct seki_node *n)
{
	const struct seki_node *list;

	if (n->kind == SEKI_NODE_SCALAR && strstr(n->text, "${")) {
		list = list_of(vs, n);
		if (list) {
			n->kind = SEKI_NODE_LIST;
			n->count = list->count;
			n->first = copy_list(vs, list, n->pos, &n->last);
		} else {
			expand_text(vs, n);
		}
	} else if (n->kind == SEKI_NODE_LIST) {
		expand_elements(vs, n);
	} else if (n->kind == SEKI_NODE_MAP) {
		for (struct seki_node *k = n->first; k; k = k->next->next)
			expand(vs, k->next);
	}
}

static void read_all(struct variables *vs, const struct seki_node *map)
{
	if (map->kind != SEKI_NODE_MAP)
		return; /* reported by the reader of the key */
	vs->v = seki_arena_array(vs->arena, map->count + 1, sizeof(*vs->v));
	for (const struct seki_node *k = map->first; k; k = k->next->next)
		declare(vs, k);
}

bool seki_variables_expand(struct seki_node *root, struct seki_arena *arena, struct seki_diag *d)
{
	struct variables vs = { .arena = arena, .d = d };

	if (root->kind != SEKI_NODE_MAP)
		return true; /* reported by its reader */
	for (struct seki_node *k = root->first; k; k = k->next->next)
		if (k->kind == SEKI_NODE_SCALAR && !strcmp(k->text, "variables") && !vs.v)
			read_all(&vs, k->next);
	for (struct seki_node *k = root->first; k; k = k->next->next)
		if (k->kind != SEKI_NODE_SCALAR || strcmp(k->text, "variables"))
			expand(&vs, k->next);
	for (unsigned int i = 0; i < vs.n; i++)
		if (!vs.v[i].used && !vs.v[i].key->pos.source) /* a file may serve several */
			seki_warning(d, SEKI_W_VARIABLE, vs.v[i].key->pos,
				     "variable '%.64s' is never used; remove it",
				     vs.v[i].key->text);
	return !vs.full;
}

void seki_read_variables(struct seki_model *m, const struct seki_node *n, void *field)
{
	(void)field; /* they are in their places already */
	if (n->kind != SEKI_NODE_MAP)
		seki_wrong_type(m, n, "a mapping of names to texts or lists of texts");
}
