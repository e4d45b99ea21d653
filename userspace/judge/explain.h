/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.h - one act under a policy, step by step.
 */
#ifndef SEKI_EXPLAIN_H
#define SEKI_EXPLAIN_H

#include <jansson.h>
#include <stdio.h>

#include "userspace/collector/control.h"
#include "userspace/judge/view.h"

struct seki_case {
	const struct seki_view *v;
	const char *file;		      /* the policy's, for FILE:LINE */
	const struct seki_controls *controls; /* NULL: items are not known */
	struct seki_subject who;
	struct seki_target on;
	const char *on_text; /* as asked */
	__u32 want;
	unsigned int hook; /* enum seki_hook; 0: the one that would see such an act */
};

void seki_explain(const struct seki_case *c, FILE *out);
/* Items of the record that this act leaves; none if it leaves none. */
void seki_case_controls(const struct seki_case *c, const struct seki_decision *d,
			struct seki_ids *ret);

/* explain_exec.c: why the program of a domain entered it or not; false: the record is
 * of nothing like that.
 */
bool seki_explain_exec(const struct seki_view *v, const char *file, json_t *record, FILE *out);

/* remedy.c: the least that would allow what is missing, as lines of policy text;
 * returns false where nothing does, with the reason in text.
 */
#define SEKI_REMEDY_MAX 512
bool seki_remedy(const struct seki_view *v, __u16 domain, __u16 label, __u32 missing,
		 char text[SEKI_REMEDY_MAX]);
/* As a policy writes it: hlr.process. */
const char *seki_label_word(const struct seki_view *v, __u16 label, char *buf, size_t size);
/* "read", "[read, write]". */
const char *seki_access_list(__u32 access, char *buf, size_t size);

#endif /* SEKI_EXPLAIN_H */
