// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Presets, then rules, into the matrix.  Rules that contradict each other are
 * errors with both places: nothing is decided by the order of the text.
 */
#include "userspace/policy/matrix.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/log.h"

struct seki_draft *seki_matrix_cell(const struct seki_matrix *m, __u16 domain, __u16 label)
{
	return &m->cell[(size_t)domain * SEKI_LABEL_MAX + label];
}

static void grow(void *array, __u32 used, __u32 *room, size_t size)
{
	void **p = array;

	if (used < *room)
		return;
	*room = *room ? 2 * *room : 256;
	*p = reallocarray(*p, *room, size);
	if (!*p)
		seki_diex("out of memory");
}

__u32 seki_matrix_add_rule(struct seki_matrix *m, struct seki_matrix_rule rule)
{
	grow(&m->rule, m->n_rules, &m->room_rules, sizeof(*m->rule));
	m->rule[m->n_rules++] = rule;
	return m->n_rules;
}

static __u32 add_use(struct seki_matrix *m, __u32 rule, __u32 next)
{
	grow(&m->use, m->n_uses, &m->room_uses, sizeof(*m->use));
	m->use[m->n_uses++] = (struct seki_matrix_use){ rule, next };
	return m->n_uses;
}

/* Where the earlier rule stands.  Searched only when there is room to show it. */
static void note_other(struct seki_matrix *m, const struct seki_draft *cell,
		       bool (*contradicts)(const struct seki_rule *other,
					   const struct seki_rule *rule),
		       const struct seki_rule *rule)
{
	const struct seki_policy *p = &m->c->policy;

	for (__u32 u = cell->uses; u && m->c->diag->last; u = m->use[u - 1].next) {
		const struct seki_rule *other = &p->rule[m->use[u - 1].rule];

		if (contradicts(other, rule)) {
			seki_note(m->c->diag, other->pos, "the other rule");
			return;
		}
	}
}

static bool opposite(const struct seki_rule *other, const struct seki_rule *rule)
{
	return ((other->allow.n && rule->deny.n) || (other->deny.n && rule->allow.n)) &&
	       other->access & rule->access;
}

static enum seki_record how(const struct seki_rule *r)
{
	return r->record.n ? (enum seki_record)r->record.n : SEKI_RECORD_ALWAYS;
}

/* Bits of the cell with another word of record than the rule has. */
static __u32 otherwise(const struct seki_draft *cell, const struct seki_rule *r)
{
	switch (how(r)) {
	case SEKI_RECORD_NEVER:
		return cell->record;
	case SEKI_RECORD_BEST_EFFORT:
		return cell->silent | (cell->record & ~cell->waive);
	default:
		return cell->silent | cell->waive;
	}
}

static bool recorded_otherwise(const struct seki_rule *other, const struct seki_rule *rule)
{
	return other->allow.n && how(other) != how(rule) && other->access & rule->access;
}

static bool rated_otherwise(const struct seki_rule *other, const struct seki_rule *rule)
{
	return how(other) == SEKI_RECORD_BEST_EFFORT && other != rule &&
	       (rule->rate.said.records ? other->rate.said.records || other->access & rule->access :
					  other->rate.said.records && other->access & rule->access);
}

static bool other_mode(const struct seki_rule *other, const struct seki_rule *rule)
{
	return other->mode.n && other->mode.n != rule->mode.n;
}

/* "backup and hlr.data", for messages. */
static const char *pair(struct seki_matrix *m, __u16 domain, __u16 label)
{
	return seki_arena_printf(&m->c->arena, "%s and %s", seki_domain_word(m->c, domain),
				 m->c->sym.by_id[label]->word);
}

/* A pair has one rate, or a record could be owed to two. */
static bool rates_contradict(struct seki_matrix *m, struct seki_draft *cell,
			     const struct seki_rule *r, const char *who)
{
	__u32 both = (r->rate.said.records ? cell->each : m->thin[cell->rate]) & r->access;
	char what[SEKI_ACCESS_TEXT_MAX];

	if (r->rate.said.records && cell->rate)
		seki_error(m->c->diag, r->rate.pos,
			   "two rates for %s; write one rule with both accesses", who);
	else if (both)
		seki_error(m->c->diag, r->rate.said.records ? r->rate.pos : r->pos,
			   "%s is recorded at a rate by one rule and each time by another for %s; "
			   "let them agree",
			   seki_access_text(both, what, sizeof(what)), who);
	else
		return false;
	note_other(m, cell, rated_otherwise, r);
	return true;
}

static bool contradicts(struct seki_matrix *m, struct seki_draft *cell, const struct seki_rule *r,
			const char *who)
{
	__u32 against = r->allow.n ? cell->denied : cell->allow & ~cell->by_preset;
	char what[SEKI_ACCESS_TEXT_MAX];

	if (against & r->access) {
		seki_error(m->c->diag, r->pos,
			   "%s is both allowed and denied for %s; keep one rule",
			   seki_access_text(against & r->access, what, sizeof(what)), who);
		note_other(m, cell, opposite, r);
		return true;
	}
	against = otherwise(cell, r) & r->access;
	if (r->allow.n && against) {
		bool never = how(r) == SEKI_RECORD_NEVER || against & cell->silent;

		seki_error(m->c->diag, r->pos, "%s is recorded %s for %s; let them agree",
			   seki_access_text(against, what, sizeof(what)),
			   never ? "by one rule and not by another" :
				   "always by one rule and best-effort by another",
			   who);
		note_other(m, cell, recorded_otherwise, r);
		return true;
	}
	if (how(r) == SEKI_RECORD_BEST_EFFORT && rates_contradict(m, cell, r, who))
		return true;
	if (r->mode.n && cell->mode_said && cell->mode != r->mode.n - 1) {
		seki_error(m->c->diag, r->pos, "two modes for %s; let the rules agree", who);
		note_other(m, cell, other_mode, r);
		return true;
	}
	return false;
}

/* A deny of a preset bit is remembered so that a later allow is a conflict;
 * bits both open by preset and allowed by a rule leave by_preset.
 */
static void allow(struct seki_draft *cell, const struct seki_rule *r, __u32 number, __u16 rate)
{
	if (how(r) == SEKI_RECORD_NEVER)
		cell->silent |= r->access;
	else
		cell->record |= r->access;
	if (how(r) == SEKI_RECORD_BEST_EFFORT)
		cell->waive |= r->access;
	if (r->rate.said.records)
		cell->rate = rate;
	else if (how(r) == SEKI_RECORD_BEST_EFFORT)
		cell->each |= r->access;
	cell->allow |= r->access;
	cell->by_preset &= ~r->access;
	/* with several rules on one pair, records name one that records */
	if (r->record.n != SEKI_RECORD_NEVER || !cell->record)
		cell->rule = number;
}

static void deny(struct seki_draft *cell, const struct seki_rule *r, __u32 number)
{
	cell->denied |= r->access;
	cell->allow &= ~r->access;
	if (!cell->record)
		cell->rule = number;
}

__u32 seki_matrix_lend(const struct seki_matrix *m, __u16 domain, __u16 label)
{
	return m->lend ? m->lend[(size_t)domain * SEKI_LABEL_MAX + label] : 0;
}

/* What it says is judged when all rules are known: seki_check_lent(). */
static bool lend(struct seki_matrix *m, __u32 index, __u32 number, struct seki_draft *cell)
{
	const struct seki_rule *r = &m->c->policy.rule[index];
	__u32 before, *bits;

	if (!m->lend)
		m->lend = calloc((size_t)SEKI_DOMAIN_MAX * SEKI_LABEL_MAX, sizeof(*m->lend));
	if (!m->lend)
		seki_diex("out of memory");
	bits = &m->lend[cell - m->cell];
	before = *bits;
	*bits |= r->access;
	if (!cell->rule)
		cell->rule = number; /* so that records of refusals name it */
	cell->uses = add_use(m, index, cell->uses);
	return before != *bits;
}

/* A rule that names a role holds instead of what rules for others say of the record.
 * That who asks a broker leaves one is of the preset.
 */
static void begin_own(struct seki_draft *cell, __u16 label, __u32 access, __u32 number)
{
	__u32 anew = label == SEKI_LABEL_BROKER ? 0 : cell->by_preset & access;

	cell->record &= ~anew;
	cell->waive &= ~anew;
	if (cell->uses)
		return;
	cell->rate = 0;
	cell->rule = number;
}

/* What a rule is, and to whom it is applied now. */
struct turn {
	__u32 index, number;
	__u16 rate;
	bool roles;
};

/* Returns whether the rule changed anything. */
static bool apply(struct seki_matrix *m, const struct turn *t, __u16 domain, __u16 label)
{
	const struct seki_rule *r = &m->c->policy.rule[t->index];
	struct seki_draft *cell = seki_matrix_cell(m, domain, label);
	struct seki_draft before = *cell;

	if (r->lendable.n)
		return lend(m, t->index, t->number, cell);
	if (cell->uses && contradicts(m, cell, r, pair(m, domain, label)))
		return true;
	if (t->roles)
		begin_own(cell, label, r->access, t->number);
	if (r->allow.n)
		allow(cell, r, t->number, t->rate);
	else
		deny(cell, r, t->number);
	if (r->mode.n) {
		cell->mode = (__u8)(r->mode.n - 1);
		cell->mode_said = 1;
	}
	cell->uses = add_use(m, t->index, cell->uses);
	return before.allow != cell->allow || before.record != cell->record ||
	       before.waive != cell->waive || before.rate != cell->rate ||
	       before.mode != cell->mode;
}

/* Words with sep between them; what does not fit in max bytes becomes "...". */
static const char *join(struct seki_matrix *m, const struct seki_texts *t, const char *sep,
			size_t max)
{
	size_t room = 8, at = 0;
	char *text;

	for (unsigned int i = 0; i < t->n; i++)
		room += strlen(t->v[i].s) + strlen(sep);
	text = seki_arena_alloc(&m->c->arena, room);
	for (unsigned int i = 0; i < t->n; i++) {
		if (at + strlen(t->v[i].s) > max) {
			strcpy(text + at, at ? " ..." : "...");
			break;
		}
		at += (size_t)sprintf(text + at, "%s%s", i ? sep : "", t->v[i].s);
	}
	return text;
}

static const char *rule_text(struct seki_matrix *m, const struct seki_rule *r)
{
	return seki_arena_printf(&m->c->arena, "%s %s to %s on %s",
				 r->allow.n    ? "allow" :
				 r->lendable.n ? "lendable" :
						 "deny",
				 join(m, seki_rule_who(r), ", ", 100), join(m, &r->to, ", ", 100),
				 join(m, &r->on, ", ", 100));
}

static void number_rule(struct seki_matrix *m, const struct seki_rule *r)
{
	__u32 severity = 0;

	for (unsigned int i = 0; i < r->n_labels; i++) {
		__u32 s = seki_kind_severity(m->c->sym.by_id[r->labels[i]]->kind);

		severity = s > severity ? s : severity;
	}
	seki_matrix_add_rule(m, (struct seki_matrix_rule){
					.text = rule_text(m, r),
					.line = seki_where_of(r->pos),
					.controls = join(m, &r->controls, " ", SIZE_MAX),
					.severity = r->severity.n ? r->severity.n - 1 : severity,
					.rate = r->rate.said,
					.thin = r->rate.said.records ? r->access : 0,
					.why = &r->description });
}

static void number_rate(struct seki_matrix *m, const struct seki_rule *r)
{
	if (m->n_rates < SEKI_RATES_MAX - 1)
		m->thin[++m->n_rates] = r->access;
	else
		seki_error(
			m->c->diag, r->rate.pos,
			"more than %d rules with a rate; let one rule name more domains or labels",
			SEKI_RATES_MAX - 1);
}

static bool apply_to(struct seki_matrix *m, const struct turn *t)
{
	const struct seki_rule *r = &m->c->policy.rule[t->index];
	bool changed = false;

	for (unsigned int i = 0; i < r->n_domains; i++)
		for (unsigned int j = 0; j < r->n_labels; j++)
			if (!seki_role_of(m->c, r->domains[i]) != t->roles)
				changed |= apply(m, t, r->domains[i], r->labels[j]);
	return changed;
}

/* A role may what others may, rules included, and what kernel: gives it; then its own
 * rules say otherwise.
 */
static void inherit(struct seki_matrix *m, __u16 role, __u16 label)
{
	const struct seki_draft *other = seki_matrix_cell(m, SEKI_DOMAIN_OTHER, label);
	struct seki_draft *own = seki_matrix_cell(m, role, label), now = *other;
	__u32 given = own->allow & ~(other->by_preset | other->allow | other->denied);

	now.allow |= given;
	now.by_preset = now.allow;
	now.uses = now.denied = now.silent = now.each = now.mode_said = 0;
	if (given)
		now.rule = own->rule;
	*own = now;
	if (m->lend)
		m->lend[own - m->cell] = seki_matrix_lend(m, SEKI_DOMAIN_OTHER, label);
}

static void inherit_all(struct seki_matrix *m)
{
	const struct seki_symbols *s = &m->c->sym;

	for (unsigned int i = 0; i < m->c->policy.n_roles; i++)
		for (unsigned int j = 0; m->c->policy.role[i].id && j < s->n_labels; j++)
			inherit(m, m->c->policy.role[i].id, s->label[j].id);
}

/* Those of others are what roles begin with. */
static void apply_all(struct seki_matrix *m, __u32 first, bool roles, bool *changed)
{
	struct turn t = { .number = first, .roles = roles };

	for (; t.index < m->c->policy.n_rules; t.index++, t.number++) {
		t.rate += m->c->policy.rule[t.index].rate.said.records && t.rate < m->n_rates;
		changed[t.index] |= apply_to(m, &t);
	}
}

static void apply_rules(struct seki_matrix *m)
{
	const struct seki_policy *p = &m->c->policy;
	bool *changed = seki_arena_array(&m->c->arena, p->n_rules + 1, sizeof(*changed));
	__u32 first = m->n_rules + 1;

	for (__u32 i = 0; i < p->n_rules; i++) {
		number_rule(m, &p->rule[i]);
		if (p->rule[i].rate.said.records)
			number_rate(m, &p->rule[i]);
	}
	apply_all(m, first, false, changed);
	if (p->n_roles) {
		inherit_all(m);
		apply_all(m, first, true, changed);
	}
	for (__u32 i = 0; i < p->n_rules; i++) {
		const struct seki_rule *r = &p->rule[i];

		if (!changed[i] && r->n_domains && r->n_labels && r->access)
			seki_warning(m->c->diag, SEKI_W_NO_CHANGE, r->pos,
				     "rule changes nothing, it is so already; "
				     "remove it");
	}
}

static void set_modes(struct seki_matrix *m)
{
	const struct seki_symbols *s = &m->c->sym;

	if (m->c->policy.mode.n == SEKI_MODE_ENFORCE)
		return;
	for (unsigned int i = 0; i < s->n_domains; i++)
		for (unsigned int j = 0; j < s->n_labels; j++)
			if (!seki_label_enforced(s->label[j].id))
				seki_matrix_cell(m, s->domain[i], s->label[j].id)->mode =
					SEKI_MODE_AUDIT;
}

bool seki_matrix_matters(const struct seki_matrix *m, __u16 domain, __u16 label)
{
	const struct seki_draft *cell = seki_matrix_cell(m, domain, label);

	return cell->allow || cell->rule || cell->mode != m->c->policy.mode.n ||
	       seki_matrix_lend(m, domain, label);
}

static void check_lent(const struct seki_matrix *m, const struct seki_rule *r)
{
	for (unsigned int i = 0; i < r->n_domains; i++)
		for (unsigned int j = 0; j < r->n_labels; j++)
			seki_check_lent(m, r, r->domains[i], r->labels[j]);
}

struct seki_matrix *seki_matrix_build(struct seki_compilation *c)
{
	struct seki_matrix *m = calloc(1, sizeof(*m));

	/* 32 MB of zero pages, of which only those in use get memory */
	if (m)
		m->cell = calloc((size_t)SEKI_DOMAIN_MAX * SEKI_LABEL_MAX, sizeof(*m->cell));
	if (!m || !m->cell)
		seki_diex("out of memory");
	m->c = c;
	set_modes(m);
	seki_presets_apply(m);
	apply_rules(m);
	for (__u32 i = 0; i < c->policy.n_rules; i++)
		if (c->policy.rule[i].lendable.n)
			check_lent(m, &c->policy.rule[i]);
	return m;
}

void seki_matrix_free(struct seki_matrix *m)
{
	free(m->cell);
	free(m->lend);
	free(m->use);
	free(m->rule);
	free(m);
}
