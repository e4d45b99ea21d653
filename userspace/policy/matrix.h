/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix.h - who may do what to which label, before it becomes a bundle.
 */
#ifndef SEKI_MATRIX_H
#define SEKI_MATRIX_H

#include "userspace/policy/policy.h"

struct seki_draft {
	__u32 allow, record;
	__u32 waive;	 /* of record, bits that some rule wants best-effort */
	__u32 each;	 /* of waive, bits that some rule wants each time */
	__u32 denied;	 /* by a rule, to find what contradicts it */
	__u32 silent;	 /* bits some rule wants without a record */
	__u32 by_preset; /* bits open before any rule */
	__u32 uses;	 /* newest rule that touched it, index + 1 into uses */
	__u32 rule;
	__u16 rate;	/* number of the rate of some of .waive */
	__u8 mode;	/* enum seki_mode */
	__u8 mode_said; /* by a rule */
};

struct seki_matrix_use {
	__u32 rule; /* index in the policy */
	__u32 next; /* index + 1 */
};

/* What stands in the rule table for a number. */
struct seki_matrix_rule {
	const char *text;
	__u32 line;
	const char *controls;
	__u32 severity;
	struct seki_rate_said rate;
	__u32 thin;			    /* accesses that have the rate */
	const struct seki_description *why; /* NULL: nobody says */
};

struct seki_matrix {
	struct seki_compilation *c;
	struct seki_draft *cell; /* domain * SEKI_LABEL_MAX + label */
	__u32 *lend;		 /* of each cell, bits a grant may lend; NULL: no rule says so */
	struct seki_matrix_use *use;
	__u32 n_uses, room_uses;
	struct seki_matrix_rule *rule; /* [0] is rule 1 */
	__u32 n_rules, room_rules;
	__u16 n_rates; /* rules with one, and the accesses that they name */
	__u32 thin[SEKI_RATES_MAX];
};

/* Never NULL; contradictions are errors in the compilation's diag. */
struct seki_matrix *seki_matrix_build(struct seki_compilation *c);
void seki_matrix_free(struct seki_matrix *m);

struct seki_draft *seki_matrix_cell(const struct seki_matrix *m, __u16 domain, __u16 label);
/* Bits of the cell that a grant may lend. */
__u32 seki_matrix_lend(const struct seki_matrix *m, __u16 domain, __u16 label);
/* Number of a new row of the rule table. */
__u32 seki_matrix_add_rule(struct seki_matrix *m, struct seki_matrix_rule rule);
/* A cell that says what its absence would not. */
bool seki_matrix_matters(const struct seki_matrix *m, __u16 domain, __u16 label);

/* check_lend.c: what a rule calls lendable must be closed. */
void seki_check_lent(const struct seki_matrix *m, const struct seki_rule *r, __u16 domain,
		     __u16 label);

/* preset.c: what naming a function or a domain opens. */
void seki_presets_apply(struct seki_matrix *m);
/* check_reach.c: what the matrix as a whole leaves open or out of reach. */
void seki_check_reach(const struct seki_matrix *m);

#endif /* SEKI_MATRIX_H */
