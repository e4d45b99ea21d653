/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - a policy as the kernel would judge by it, on any machine.
 *
 * The cells of a bundle lie in the array that the loader gives the kernel, and
 * the decision is made by bpf/decide.h, the kernel's own lines.  What the kernel
 * finds by inode and lineage is found here by the names in the bundle: who acts
 * (subject.c), on what (object.c).  The host counts as locked.
 */
#ifndef SEKI_VIEW_H
#define SEKI_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "bpf/decide.h"
#include "userspace/policy/bundle.h"

struct seki_view {
	const struct seki_bundle *b;
	struct seki_cell *cell;
	__u32 n_cells;
};

/* 0 or -ENOMEM.  b is borrowed. */
int seki_view_open(const struct seki_bundle *b, struct seki_view *ret);
void seki_view_close(struct seki_view *v);

/* label 0: nobody guards it, all is allowed and nothing recorded. */
void seki_view_decide(const struct seki_view *v, __u16 domain, __u16 label, __u32 want,
		      struct seki_decision *ret);
struct seki_subject;
/* The same of somebody: what only operators are asked for is open to others. */
void seki_subject_decide(const struct seki_view *v, const struct seki_subject *who, __u16 label,
			 __u32 want, struct seki_decision *ret);
/* A decision in one word: allowed, denied, would-deny. */
const char *seki_decision_word(const struct seki_decision *d);

const struct seki_bundle_domain *seki_view_domain(const struct seki_view *v, __u16 id);
const struct seki_bundle_label *seki_view_label(const struct seki_view *v, __u16 id);
const struct seki_bundle_domain *seki_view_domain_named(const struct seki_view *v,
							const char *name);
/* By its name in records or its word in a policy: proc.hlr, hlr.process. */
const struct seki_bundle_label *seki_view_label_named(const struct seki_view *v, const char *name);
/* The rule by whose rate some of its records are left out, or NULL. */
const struct seki_bundle_rule *seki_view_rated(const struct seki_view *v, __u32 rate);
/* Is it a rule somebody wrote, not one that naming a function made? */
bool seki_view_rule_written(const struct seki_view *v, __u32 rule);

/* FILE:LINE of a place; file is the policy's, and what it includes lies beside it. */
void seki_place_print(const struct seki_view *v, const char *file, __u32 where, FILE *out);

/* Who acts. */
struct seki_subject {
	__u16 domain;				/* or role */
	bool marked;				/* with the operator mark */
	const char *program;			/* as asked; NULL: a domain was named */
	const struct seki_bundle_domain *entry; /* whose program it is, or NULL */
};
/* A domain, the path of a program, "operator" or a role, alone or with ':' and a
 * program.  A program counts as started by its origin, in its unit, with its arguments.
 * False, and *ret_why says what is wrong and what would be right.
 */
bool seki_subject_find(const struct seki_view *v, const char *who, struct seki_subject *ret,
		       const char **ret_why);

/* On what. */
struct seki_target {
	__u16 label;			     /* 0: not guarded */
	const struct seki_bundle_path *path; /* the row that gave it, or NULL */
	const struct seki_bundle_addr *addr;
};
/* A label, an absolute path, an address as 'management' has it, "unix:/PATH". */
bool seki_target_find(const struct seki_view *v, const char *on, struct seki_target *ret,
		      const char **ret_why);
/* The label of a path in canonical form: of the nearest row above it. */
const struct seki_bundle_path *seki_view_path(const struct seki_view *v, const char *path);

/* "read, write" or "modify" to access bits; false: *ret_why. */
bool seki_act_find(const char *act, __u32 *ret, const char **ret_why);

#endif /* SEKI_VIEW_H */
