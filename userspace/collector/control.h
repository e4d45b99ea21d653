/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - stage 5: which control items a record is evidence for.
 *
 * The engine knows no item: rules and ids are data, sekisho.controls(5).
 */
#ifndef SEKI_CONTROL_H
#define SEKI_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a rule can ask about a record. */
struct seki_control_key {
	unsigned int class;   /* enum seki_class */
	unsigned int hook;    /* enum seki_hook */
	uint32_t access;      /* enum seki_access bits */
	unsigned int verdict; /* enum seki_verdict; 0: none */
	unsigned int kind;    /* enum seki_label_kind */
	bool marked;
	const char *label;  /* NULL: none */
	const char *domain; /* NULL: none */
	const char *act;
};

#define SEKI_IDS_MAX 24
struct seki_ids {
	size_t count;
	struct {
		const char *text;
		size_t len;
	} id[SEKI_IDS_MAX];
};

struct seki_control_memo;
struct seki_controls {
	struct seki_control_rule *rules;
	size_t count;
	struct seki_control_memo *memo; /* what was answered lately; NULL: nothing is kept */
};

/* Rules from path, the items they serve from mapping.tsv beside it.
 * 0 or negative errno with a sentence in err.
 */
int seki_controls_load(const char *path, struct seki_controls *ret, char *err, size_t err_size);
void seki_controls_free(struct seki_controls *c);
/* Adds the ids of every rule that fits; an id is added once. */
void seki_controls_match(const struct seki_controls *c, const struct seki_control_key *key,
			 struct seki_ids *ids);

/* For who asks which rules a record fits, whatever they stamp: all rules, in the
 * order of the file, at most SEKI_RULES_MAX.
 */
#define SEKI_RULES_MAX 64
int seki_controls_rules(const char *path, struct seki_controls *ret, char *err, size_t err_size);
/* The set of rules that fit: bit 0 is the first. */
uint64_t seki_controls_which(const struct seki_controls *c, const struct seki_control_key *key);
bool seki_controls_find(const struct seki_controls *c, const char *name, size_t len, size_t *ret);
/* The set of those named, parted by blanks; names of none are passed over. */
uint64_t seki_controls_set(const struct seki_controls *c, const char *names);
const char *seki_controls_name(const struct seki_controls *c, size_t rule);

/* Adds ids parted by blanks: those a rule of the policy carries. */
void seki_ids_add_text(struct seki_ids *ids, const char *text);

#endif /* SEKI_CONTROL_H */
