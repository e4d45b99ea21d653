// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What only the whole matrix shows: assets that nobody reaches, programs that
 * operators replace, powers that lead past the enforcement, rules in the shadow of
 * others.
 */
#include <stdlib.h>

#include "userspace/policy/matrix.h"

#define REPLACE (SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_LINK)

/* The newest rule that touched the cell. */
static struct seki_pos rule_pos(const struct seki_matrix *m, const struct seki_draft *cell,
				struct seki_pos otherwise)
{
	if (!cell->uses)
		return otherwise;
	return m->c->policy.rule[m->use[cell->uses - 1].rule].pos;
}

/* Whoever operators can be by hand. */
static bool is_operators(struct seki_compilation *c, __u16 domain)
{
	const struct seki_actor *a = seki_actor_of(c, domain);

	return domain == SEKI_DOMAIN_OTHER || (a && a->for_operators) || seki_role_of(c, domain);
}

static void check_replaced(const struct seki_matrix *m, const struct seki_actor *a)
{
	struct seki_compilation *c = m->c;
	const struct seki_draft *cell;

	for (unsigned int i = 0; i < c->sym.n_domains; i++) {
		if (a->for_operators || !is_operators(c, c->sym.domain[i]))
			continue;
		cell = seki_matrix_cell(m, c->sym.domain[i], a->label[SEKI_PART_EXEC]);
		if (seki_role_of(c, c->sym.domain[i]) && !cell->uses)
			continue; /* as others may */
		if (cell->allow & REPLACE)
			seki_warning(c->diag, SEKI_W_REPLACED, rule_pos(m, cell, a->name.pos),
				     "operators may replace %s, and be '%s'; "
				     "let a domain that a unit starts install it",
				     a->exec.s, a->name.s);
	}
}

static void check_reached(const struct seki_matrix *m, const struct seki_actor *a,
			  enum seki_part part)
{
	const struct seki_symbols *s = &m->c->sym;

	if (!a->label[part])
		return;
	for (unsigned int i = 0; i < s->n_domains; i++)
		if (s->domain[i] >= SEKI_DOMAIN_FIRST &&
		    seki_matrix_cell(m, s->domain[i], a->label[part])->allow)
			return;
	seki_warning(m->c->diag, SEKI_W_NOBODY, a->name.pos,
		     "no domain may use %s; remove it, or the rule that denies it",
		     s->by_id[a->label[part]]->word);
}

/* By hand anybody who may start services starts it: systemd-run. */
static void check_unit(const struct seki_matrix *m, const struct seki_actor *a)
{
	if (a->is_function || !a->exec.s || a->unit.s || a->cgroup.s || a->for_operators ||
	    !a->used || a->origin_id != SEKI_DOMAIN_INIT)
		return;
	seki_warning(m->c->diag, SEKI_W_DOMAIN_UNIT, a->name.pos,
		     "any service may start '%s', and operators start services; "
		     "add 'unit: NAME.service'",
		     a->name.s);
}

static bool leads_past(__u16 label)
{
	static const __u16 past[] = { SEKI_LABEL_BPF,	 SEKI_LABEL_BLOCKMAP, SEKI_LABEL_MEMORY,
				      SEKI_LABEL_MODULE, SEKI_LABEL_KEXEC,    SEKI_LABEL_TRACE,
				      SEKI_LABEL_HELPER, SEKI_LABEL_DEVICE,   SEKI_LABEL_HARDWARE };

	for (size_t i = 0; i < sizeof(past) / sizeof(*past); i++)
		if (past[i] == label)
			return true;
	return false;
}

static void check_power(const struct seki_matrix *m, const struct seki_power *p, __u16 label,
			const char *key)
{
	struct seki_diag *d = m->c->diag;

	/* those two have warnings of their own */
	if (p->word == SEKI_POWER_ALLOW && label != SEKI_LABEL_BPF && label != SEKI_LABEL_BLOCKMAP)
		seki_warning(d, SEKI_W_POWER, p->pos,
			     "'%s' is open to every program and operator; "
			     "prefer deny or a list of domains",
			     key);
	for (unsigned int i = 0; i < p->n_ids; i++)
		if (leads_past(label) && seki_role_of(m->c, p->ids[i]))
			seki_warning(d, SEKI_W_OPERATOR_POWER, p->domains.v[i].pos,
				     "'%s' are operators, and '%s' leads past Sekisho; "
				     "name a domain that a unit starts",
				     p->domains.v[i].s, key);
		else if (leads_past(label) && is_operators(m->c, p->ids[i]))
			seki_warning(d, SEKI_W_OPERATOR_POWER, p->domains.v[i].pos,
				     "operators start '%s', and '%s' leads past Sekisho; "
				     "name a domain that a unit starts",
				     p->domains.v[i].s, key);
}

static void check_powers(const struct seki_matrix *m)
{
	const struct seki_kernel *k = &m->c->policy.kernel;

	check_power(m, &k->capture, SEKI_LABEL_CAPTURE, "capture");
	check_power(m, &k->bpf, SEKI_LABEL_BPF, "bpf");
	check_power(m, &k->blockmap, SEKI_LABEL_BLOCKMAP, "blockmap");
	for (unsigned int i = 0; i < seki_power_rows_count; i++)
		check_power(m, (const void *)((const char *)k + seki_power_rows[i].offset),
			    seki_power_rows[i].label, seki_power_rows[i].word);
}

/* A cell names one rule; a rule that none names is in no record and no coverage. */
static void check_shadowed(const struct seki_matrix *m)
{
	const struct seki_policy *p = &m->c->policy;
	const struct seki_symbols *s = &m->c->sym;
	__u32 first = m->n_rules - p->n_rules; /* rows of presets */
	bool *named = calloc(p->n_rules + 1, sizeof(*named));
	__u32 *by = calloc(p->n_rules + 1, sizeof(*by));

	for (unsigned int i = 0; named && by && i < s->n_domains; i++)
		for (unsigned int j = 0; j < s->n_labels; j++) {
			const struct seki_draft *cell =
				seki_matrix_cell(m, s->domain[i], s->label[j].id);

			if (cell->rule > first)
				named[cell->rule - first - 1] = true;
			for (__u32 u = cell->uses; u; u = m->use[u - 1].next)
				if (cell->rule > first)
					by[m->use[u - 1].rule] = cell->rule - first;
		}
	for (__u32 i = 0; named && by && i < p->n_rules; i++) {
		if (named[i] || !by[i] || !p->rule[i].access)
			continue;
		seki_warning(m->c->diag, SEKI_W_SHADOWED, p->rule[i].pos,
			     "no record names this rule, another one names the same pairs; "
			     "join them");
		seki_note(m->c->diag, p->rule[by[i] - 1].pos, "the other rule");
	}
	free(named);
	free(by);
}

void seki_check_reach(const struct seki_matrix *m)
{
	const struct seki_policy *p = &m->c->policy;

	if (m->c->diag->errors)
		return; /* what is missing would be reported as out of reach */
	for (unsigned int i = 0; i < p->n_actors; i++) {
		const struct seki_actor *a = &p->actor[i];

		check_replaced(m, a);
		check_unit(m, a);
		check_reached(m, a, SEKI_PART_DATA);
		check_reached(m, a, SEKI_PART_KEYS);
		check_reached(m, a, SEKI_PART_MANAGEMENT);
	}
	check_powers(m);
	check_shadowed(m);
}
