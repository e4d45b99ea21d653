/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * learn.h - what a policy in audit mode would have refused, as lines that allow it.
 *
 * Operators' acts are never learnt, nor what no rule may allow, nor what a rule
 * denies.  Of programs without a domain only those are that PID 1 started itself, and
 * not within a minute of an operator asking a broker to start something.
 */
#ifndef SEKI_LEARN_H
#define SEKI_LEARN_H

#include <jansson.h>

#include "userspace/judge/view.h"
#include "userspace/policy/diag.h"

struct seki_lesson {
	const char *who;     /* domain, or path of a program without one */
	const char *program; /* path, if who has no domain yet */
	const char *path;    /* of code that is not sealed, or NULL */
	__u16 domain, label;
	__u32 access;
	unsigned long count;
	const char *last; /* time of the newest record */
};

struct seki_learn {
	const struct seki_view *v;
	bool denied; /* what was refused too */
	struct seki_lesson *lesson;
	unsigned int n, room;
	unsigned long acts, operators, unfit, by_rule, children, brokered;
	json_int_t asked; /* when an operator last asked a broker, ns of boottime; 0: never */
	struct seki_arena arena;
};

void seki_learn_record(struct seki_learn *l, json_t *record);
/* The policy with one line per lesson, and the next version; false: d says why not.
 * *ret: malloc'ed.
 */
bool seki_learn_write(struct seki_learn *l, const char *text, size_t size, struct seki_diag *d,
		      char **ret, size_t *ret_size);
void seki_learn_free(struct seki_learn *l);

#endif /* SEKI_LEARN_H */
