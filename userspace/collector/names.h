/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.h - the words of the policy for the numbers of an event.
 *
 * Two generations are kept: events judged by the policy before the last swap
 * may still wait in the rings.  Words come only from a bundle whose digest is
 * the one the loader put into the kernel; else records show "#number".
 */
#ifndef SEKI_NAMES_H
#define SEKI_NAMES_H

#include <stdbool.h>

#include "bpf/abi.h"
#include "userspace/policy/bundle.h"

struct seki_policy {
	bool words; /* .bundle is read and is the judged one */
	struct seki_meta meta;
	char digest[65];
	struct seki_bundle bundle;
	const char *domain[SEKI_DOMAIN_MAX];
	const char *label[SEKI_LABEL_MAX];
	__u8 kind[SEKI_LABEL_MAX];
};

struct seki_names {
	struct seki_policy policy[2]; /* by generation & 1 */
	const char *path;	      /* of the bundle; NULL: none */
	const char *previous;	      /* of the one that a trial returns to; NULL: none */
	__u32 generation;	      /* now in force; 0: none known */
	__u64 changes;		      /* grows when a word may be another than before */
	bool fixed;		      /* replay: one bundle for all generations */
};

/* Take over what the kernel holds now.  1 if the policy changed, 0 if not,
 * negative errno if it did (or had before) and its words can't be had; then
 * *reterr says why and a later call tries again.
 */
int seki_names_update(struct seki_names *n, const struct seki_meta *meta, const char **reterr);
/* For a recorded file: words from this bundle whatever the generation. */
int seki_names_fix(struct seki_names *n, const char **reterr);
void seki_names_close(struct seki_names *n);

/* The policy that judged, or NULL. */
const struct seki_policy *seki_names_policy(const struct seki_names *n, __u32 generation);
const struct seki_policy *seki_names_now(const struct seki_names *n);

/* Site label of the policy in force, "" if none is known. */
void seki_names_site(const struct seki_names *n, char *ret, size_t size);

/* Never NULL; scratch is used for "#number". */
#define SEKI_NUMBER_TEXT 16
const char *seki_policy_domain(const struct seki_policy *p, __u16 id,
			       char scratch[SEKI_NUMBER_TEXT]);
const char *seki_policy_label(const struct seki_policy *p, __u16 id,
			      char scratch[SEKI_NUMBER_TEXT]);

#endif /* SEKI_NAMES_H */
