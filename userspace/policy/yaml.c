// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libfyaml's event stream into our own tree.  Events, not its documents: depth
 * and number of nodes are bounded while reading, aliases never multiply, and
 * keys that occur twice are found without comparing each with each.
 */
#include "userspace/policy/yaml.h"

#include <libfyaml.h>
#include <stdint.h>
#include <string.h>

#include "userspace/lib/table.h"

/* libfyaml scans a flow collection or a scalar to its end before the first
 * event comes out, at some 350 bytes of memory per bracket.  It gets no more
 * text than this ahead of the last event.
 */
#define AHEAD_MAX (256u << 10)

struct reader {
	struct seki_arena *arena;
	const char *text;
	size_t size, given;
	size_t event_at; /* text given when the last event came */
	bool starved;
	struct seki_pos last;
	struct seki_diag *diag;
	struct seki_node *stack[SEKI_DEPTH_MAX];
	unsigned int depth;
	unsigned int nodes;
	unsigned int documents;
	struct seki_node *root;
	bool stop;
};

static void give_up(struct reader *r, struct seki_pos pos, const char *why)
{
	seki_error(r->diag, pos, "%s", why);
	r->stop = true;
}

/* A value that is not there has no mark: the key before it is the place. */
static struct seki_pos place(const struct reader *r, struct fy_event *e)
{
	const struct fy_mark *m = fy_event_start_mark(e);

	if (!m)
		return r->last;
	return (struct seki_pos){ (unsigned int)m->line + 1, (unsigned int)m->column + 1,
				  r->diag->source };
}

/* In a map the next child is a key when keys and values are even. */
static bool expects_key(const struct seki_node *map, unsigned int children)
{
	return map->kind == SEKI_NODE_MAP && children % 2 == 0;
}

static void attach(struct reader *r, struct seki_node *n)
{
	struct seki_node *parent = r->depth ? r->stack[r->depth - 1] : NULL;

	if (!parent) {
		if (!r->root)
			r->root = n;
		return;
	}
	if (expects_key(parent, parent->count) && n->kind != SEKI_NODE_SCALAR) {
		if (n->kind != SEKI_NODE_BAD)
			seki_error(r->diag, n->pos,
				   "list or mapping as a key; "
				   "a key is a word followed by ':'");
		/* stays in place so that keys and values still alternate */
	}
	if (parent->last)
		parent->last->next = n;
	else
		parent->first = n;
	parent->last = n;
	parent->count++; /* of a map: children until it is closed */
}

static struct seki_node *add(struct reader *r, struct fy_event *e, enum seki_node_kind kind)
{
	struct seki_node *n;

	if (++r->nodes > SEKI_NODES_MAX) {
		give_up(r, place(r, e), "more than 2000000 values; a policy is smaller");
		return NULL;
	}
	n = seki_arena_alloc(r->arena, sizeof(*n));
	n->kind = kind;
	n->pos = place(r, e);
	return n;
}

/* Anchors multiply and tags convert; a reviewer should see what is meant.  After an
 * anchor come its aliases: one error is enough for all of them.
 */
static bool refuse_marks(struct reader *r, struct fy_event *e)
{
	if (fy_event_get_anchor_token(e))
		give_up(r, place(r, e), "anchor (&); write the value out where it is used");
	else if (fy_event_get_tag_token(e))
		seki_error(r->diag, place(r, e),
			   "tag (!); remove it, types are known from the key");
	else
		return false;
	return true;
}

static void scalar(struct reader *r, struct fy_event *e)
{
	struct fy_token *t = e->scalar.value;
	struct seki_node *n;
	const char *s;
	size_t len = 0;

	n = add(r, e, SEKI_NODE_SCALAR);
	if (!n)
		return;
	s = t ? fy_token_get_text(t, &len) : "";
	if (!s)
		s = "";
	n->quoted = t && fy_token_scalar_style(t) != FYSS_PLAIN;
	n->text = seki_arena_copy(r->arena, s, len);
	if (refuse_marks(r, e)) {
		n->kind = SEKI_NODE_BAD;
	} else if (!seki_value_printable(s, len)) {
		seki_error(r->diag, n->pos, "control character in a value; remove the escape");
		n->kind = SEKI_NODE_BAD;
	}
	attach(r, n);
}

static void alias(struct reader *r, struct fy_event *e)
{
	struct seki_node *n = add(r, e, SEKI_NODE_BAD);

	if (!n)
		return;
	seki_error(r->diag, n->pos, "alias (*); write the value out, or quote it if '*' is meant");
	attach(r, n);
}

static void begin(struct reader *r, struct fy_event *e, enum seki_node_kind kind)
{
	struct seki_node *n;

	if (r->depth == SEKI_DEPTH_MAX) {
		give_up(r, place(r, e), "nested deeper than 16; a policy is flatter");
		return;
	}
	n = add(r, e, kind);
	if (!n)
		return;
	refuse_marks(r, e);
	attach(r, n);
	r->stack[r->depth++] = n;
}

static void note_twice(struct seki_diag *d, const struct seki_node *key,
		       const struct seki_node *before)
{
	seki_error(d, key->pos, "key '%.64s' given twice; keep one", key->text);
	seki_note(d, before->pos, "first given here");
}

void seki_keys_check(const struct seki_node *map, bool across, struct seki_arena *arena,
		     struct seki_diag *d)
{
	const struct seki_node **seen = seki_arena_array(arena, map->count + 1, sizeof(*seen));
	struct seki_table t = { 0 };
	uint32_t n = 0, old;

	for (const struct seki_node *k = map->first; k; k = k->next->next) {
		if (k->kind != SEKI_NODE_SCALAR)
			continue;
		if (seki_table_add(&t, k->text, strlen(k->text), n, &old))
			seen[n++] = k;
		else if (across == (k->pos.source != seen[old]->pos.source))
			note_twice(d, k, seen[old]);
	}
	seki_table_free(&t);
}

static void end(struct reader *r)
{
	struct seki_node *n = r->stack[--r->depth];

	if (n->kind != SEKI_NODE_MAP)
		return;
	n->count /= 2;
	if (n->count > 1)
		seki_keys_check(n, false, r->arena, r->diag);
}

static void document(struct reader *r, struct fy_event *e)
{
	if (r->documents++)
		give_up(r, place(r, e), "second document; a file holds one policy");
}

static void take(struct reader *r, struct fy_event *e)
{
	switch (e->type) {
	case FYET_DOCUMENT_START:
		document(r, e);
		break;
	case FYET_SCALAR:
		scalar(r, e);
		break;
	case FYET_ALIAS:
		alias(r, e);
		break;
	case FYET_MAPPING_START:
		begin(r, e, SEKI_NODE_MAP);
		break;
	case FYET_SEQUENCE_START:
		begin(r, e, SEKI_NODE_LIST);
		break;
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		end(r);
		break;
	default:
		break;
	}
}

/* libfyaml's own findings, in our shape. */
static void report(struct reader *r, struct fy_diag *fd)
{
	struct fy_diag_error *e;
	void *iter = NULL;
	bool any = false;

	while ((e = fy_diag_errors_iterate(fd, &iter))) {
		struct seki_pos pos = { 1, 1, r->diag->source };

		if (e->line > 0)
			pos = (struct seki_pos){ (unsigned int)e->line,
						 e->column > 0 ? (unsigned int)e->column : 1,
						 r->diag->source };
		seki_error(r->diag, pos, "YAML: %s; see sekisho.policy(5)", e->msg);
		any = true;
	}
	if (!any)
		seki_error(r->diag, (struct seki_pos){ .source = r->diag->source },
			   "YAML: not readable; see sekisho.policy(5)");
	r->root = NULL;
}

static void silent(struct fy_diag *fd, void *user, const char *buf, size_t len)
{
	(void)fd;
	(void)user;
	(void)buf;
	(void)len;
}

static ssize_t feed(void *user, void *buf, size_t count)
{
	struct reader *r = user;
	size_t n = r->size - r->given;

	if (n > count)
		n = count;
	if (n && r->given + n > r->event_at + AHEAD_MAX) {
		r->starved = true;
		return 0;
	}
	memcpy(buf, r->text + r->given, n);
	r->given += n;
	return (ssize_t)n;
}

static void run(struct reader *r, struct fy_parser *p, struct fy_diag *fd)
{
	struct fy_event *e;

	while (!r->stop && !r->starved && (e = fy_parser_parse(p))) {
		r->event_at = r->given;
		r->last = place(r, e);
		take(r, e);
		fy_parser_event_free(p, e);
	}
	if (!r->stop && r->starved)
		give_up(r, r->last,
			"no value ends within 256 KiB from here; "
			"write one element per line");
	if (!r->stop && (fy_parser_get_stream_error(p) || fy_diag_got_error(fd)))
		report(r, fd);
	if (r->stop)
		r->root = NULL;
}

struct seki_node *seki_yaml_parse(const char *text, size_t size, struct seki_arena *arena,
				  struct seki_diag *d, const char *begin)
{
	struct reader r = {
		.arena = arena, .diag = d, .text = text, .size = size, .last = { 1, 1, d->source }
	};
	struct fy_diag_cfg quiet = { .output_fn = silent, .level = FYET_ERROR, .module_mask = ~0u };
	struct fy_diag *fd = fy_diag_create(&quiet);
	struct fy_parse_cfg cfg = { .flags = FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2,
				    .diag = fd };
	struct fy_parser *p = NULL;
	unsigned int errors = d->errors;

	if (fd) {
		fy_diag_set_collect_errors(fd, true);
		p = fy_parser_create(&cfg);
	}
	if (!p || fy_parser_set_input_callback(p, &r, feed))
		report(&r, fd);
	else
		run(&r, p, fd);
	fy_parser_destroy(p);
	fy_diag_destroy(fd);
	if (!r.root && d->errors == errors)
		seki_error(d, (struct seki_pos){ .source = d->source },
			   "nothing in it; start with '%s'", begin);
	return r.root;
}
