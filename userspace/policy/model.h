/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.h - readers of one value each, between value.c and the tables of
 * model.c.  A reader that does not like the value reports and leaves the field.
 */
#ifndef SEKI_MODEL_H
#define SEKI_MODEL_H

#include "userspace/policy/policy.h"

struct seki_model {
	struct seki_policy *policy;
	struct seki_arena *arena;
	struct seki_diag *diag;
	const struct seki_node *key; /* the key whose value is read, for messages */
};

void seki_wrong_type(struct seki_model *m, const struct seki_node *n, const char *right);

/* value.c: the index of the word, or -1 with an error that says what is right. */
int seki_read_word(struct seki_model *m, const struct seki_node *n, const char *const *words,
		   int count, const char *right);
typedef void seki_reader(struct seki_model *m, const struct seki_node *n, void *field);
seki_reader seki_read_before;	    /* nothing: it was read before */
seki_reader seki_read_variables;    /* nothing but its type: variable.c was before */
seki_reader seki_include_map;	    /* struct seki_node *: the policy that it joins */
seki_reader seki_include_list;	    /* the same */
seki_reader seki_read_text;	    /* struct seki_text: one line, not empty */
seki_reader seki_read_prose;	    /* struct seki_text: line breaks become blanks */
seki_reader seki_read_path;	    /* struct seki_text: absolute, canonical */
seki_reader seki_read_texts;	    /* struct seki_texts: one or a list */
seki_reader seki_read_argv;	    /* struct seki_texts: a list, may hold "" */
seki_reader seki_read_container;    /* struct seki_bundle_said */
seki_reader seki_read_pairs;	    /* struct seki_pairs: texts by name */
seki_reader seki_read_files;	    /* struct seki_files */
seki_reader seki_read_number;	    /* struct seki_number: 1 to 2147483647 */
seki_reader seki_read_language;	    /* struct seki_number: 1 */
seki_reader seki_read_flag;	    /* __u32: true, false */
seki_reader seki_read_permit;	    /* __u32: deny, allow */
seki_reader seki_read_mode;	    /* struct seki_number: enum seki_mode */
seki_reader seki_read_rule_mode;    /* struct seki_number: enum seki_mode + 1 */
seki_reader seki_read_severity;	    /* struct seki_number: of a bundle, + 1 */
seki_reader seki_read_record;	    /* struct seki_number: enum seki_record */
seki_reader seki_read_rate;	    /* struct seki_rate */
seki_reader seki_read_roles;	    /* struct seki_role *: role.c */
seki_reader seki_read_power;	    /* struct seki_power: deny, allow, domains */
seki_reader seki_read_broker_power; /* struct seki_power: record, deny, domains */
seki_reader seki_read_bpf_power;    /* struct seki_power: sekisho-only, allow, domains */

extern const struct seki_key_table *const seki_fragment_keys;

/* model.c: a mapping by its table into object; pos is where a missing key is
 * reported.  False: it is no mapping, and nothing was read.
 */
bool seki_read_map(struct seki_model *m, const struct seki_node *map,
		   const struct seki_key_table *t, struct seki_pos pos, void *object);
void seki_read_file(struct seki_model *m, const struct seki_node *n, struct seki_file *ret);

#endif /* SEKI_MODEL_H */
