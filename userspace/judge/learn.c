// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/judge/learn.h"

#include <stdlib.h>
#include <string.h>

#include "userspace/judge/recorded.h"
#include "userspace/lib/log.h"
#include "userspace/policy/policy.h"
#include "userspace/reader/field.h"

static const char *keep(struct seki_learn *l, const char *s)
{
	return seki_arena_copy(&l->arena, s, strlen(s));
}

static bool same(const struct seki_lesson *a, const struct seki_lesson *b)
{
	if (a->label != b->label || strcmp(a->who, b->who))
		return false;
	return a->path && b->path ? !strcmp(a->path, b->path) : a->path == b->path;
}

static void add(struct seki_learn *l, struct seki_lesson new)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (same(&l->lesson[i], &new)) {
			l->lesson[i].access |= new.access;
			l->lesson[i].count++;
			if (strcmp(l->lesson[i].last, new.last) < 0)
				l->lesson[i].last = keep(l, new.last);
			return;
		}
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->lesson = reallocarray(l->lesson, l->room, sizeof(*l->lesson));
		if (!l->lesson)
			seki_diex("out of memory");
	}
	new.who = keep(l, new.who);
	new.program = new.program ? keep(l, new.program) : NULL;
	new.path = new.path ? keep(l, new.path) : NULL;
	new.last = keep(l, new.last);
	l->lesson[l->n++] = new;
}

/* A rule that denies was written for acts like this one. */
static bool is_denied(const struct seki_view *v, const struct seki_decision *d)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(v->b, d->rule);

	return r && !strncmp(seki_bundle_string(v->b, r->text), "deny ", 5);
}

/* What check.c would refuse in a rule. */
static bool is_unfit(const struct seki_view *v, const struct seki_subject *who, __u16 label,
		     __u32 missing)
{
	const struct seki_bundle_domain *d = seki_view_domain(v, who->domain);
	const struct seki_bundle_label *l = seki_view_label(v, label);
	const struct seki_bundle_domain *owner = l ? seki_view_domain(v, l->owner) : NULL;

	if (!l || !d || missing & ~seki_label_opens(l->id, l->kind))
		return true;
	if (who->domain < SEKI_DOMAIN_FIRST && who->domain != SEKI_DOMAIN_OTHER)
		return true; /* init and Sekisho's own need nothing that they lack */
	return d->open_to_operator && owner && owner->core_function;
}

/* Unsealed code is learnt as files of the function, not as the right to run any.  A
 * policy that is compiled offline seals nothing, so it is not asked.
 */
static bool is_code(const struct seki_view *v, const struct seki_subject *who,
		    const struct seki_recorded *r)
{
	const struct seki_bundle_domain *d = seki_view_domain(v, who->domain);

	return !strcmp(r->label, "code.unsealed") && *r->path == '/' && d && d->core_function;
}

/* A program of its own acts as other until it is described. */
static bool is_service(const struct seki_subject *who, const struct seki_recorded *r,
		       json_t *record)
{
	return !who->entry && *r->exe == '/' && seki_field_int(record, "proc.ppid") == 1;
}

#define MINUTE 60000000000ll

/* What PID 1 does for an operator carries no mark of his: systemd-run(1). */
static bool is_brokered(const struct seki_learn *l, json_t *record)
{
	json_int_t now = seki_field_int(record, "bt");

	return l->asked && now >= l->asked && now - l->asked < MINUTE;
}

static void learn(struct seki_learn *l, json_t *record, const struct seki_recorded *r)
{
	struct seki_lesson new = { .last = seki_field(record, "t"), .count = 1 };
	struct seki_decision d;
	struct seki_subject who;
	struct seki_target on;

	seki_recorded_in(l->v, r, &who, &on);
	seki_subject_decide(l->v, &who, on.label, r->want, &d);
	new.who = seki_bundle_domain_name(l->v->b, who.domain);
	new.domain = who.domain;
	new.label = on.label;
	new.access = d.missing;
	if (is_code(l->v, &who, r)) {
		new.path = r->path;
	} else if (!d.missing) {
		return;
	} else if (is_denied(l->v, &d)) {
		l->by_rule++;
		return;
	} else if (is_unfit(l->v, &who, on.label, d.missing)) {
		l->unfit++;
		return;
	} else if (who.domain == SEKI_DOMAIN_OTHER) {
		new.who = new.program = r->exe;
		if (!is_service(&who, r, record)) {
			l->children++;
			return;
		}
		if (is_brokered(l, record)) {
			l->brokered++;
			return;
		}
	}
	add(l, new);
}

void seki_learn_record(struct seki_learn *l, json_t *record)
{
	struct seki_recorded r;

	if (!seki_recorded_read(record, &r) || r.reason == SEKI_BY_BORDER ||
	    r.reason == SEKI_BY_EARLIER)
		return;
	if (r.marked && !strcmp(r.label, "kernel.broker"))
		l->asked = seki_field_int(record, "bt");
	if (r.verdict != SEKI_WOULD_DENY && !(l->denied && r.verdict == SEKI_DENIED))
		return;
	l->acts++;
	if (r.marked)
		l->operators++;
	else
		learn(l, record, &r);
}

void seki_learn_free(struct seki_learn *l)
{
	free(l->lesson);
	seki_arena_free(&l->arena);
}
