/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * yaml.h - policy text to a tree of nodes that know their place.
 */
#ifndef SEKI_YAML_H
#define SEKI_YAML_H

#include "userspace/policy/diag.h"

/* Far above any real policy (100,000 rules are 6 MB), and bounds on what a
 * hostile one costs.
 */
#define SEKI_TEXT_MAX (16u << 20)
#define SEKI_DEPTH_MAX 16
#define SEKI_NODES_MAX 2000000

enum seki_node_kind {
	SEKI_NODE_SCALAR,
	SEKI_NODE_LIST,
	SEKI_NODE_MAP, /* children alternate: key, value */
	SEKI_NODE_BAD, /* refused already; readers pass over it */
};

struct seki_node {
	enum seki_node_kind kind;
	struct seki_pos pos;
	bool quoted;
	unsigned int count; /* list: elements; map: pairs */
	const char *text;   /* scalar, NUL terminated, none inside */
	struct seki_node *first, *last, *next;
};

#define SEKI_POLICY_BEGIN "sekisho: 1"

/* The root, or NULL when d got an error that leaves no tree.
 * begin: what such a file starts with, for who wrote nothing.
 */
struct seki_node *seki_yaml_parse(const char *text, size_t size, struct seki_arena *arena,
				  struct seki_diag *d, const char *begin);

/* Keys of a map that stand twice: in one file, or across files. */
void seki_keys_check(const struct seki_node *map, bool across, struct seki_arena *arena,
		     struct seki_diag *d);

/* text.c: UTF-8 without NUL and control characters, or an error at its place. */
bool seki_text_check(const char *text, size_t size, struct seki_diag *d);
bool seki_value_printable(const char *s, size_t len);

#endif /* SEKI_YAML_H */
