// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Accesses that a grant may lend: closed until one does, and recorded when one did.
 */
#include "userspace/policy/matrix.h"

static void not_beside(struct seki_compilation *c, __u32 given, struct seki_pos pos,
		       const char *key, const char *why)
{
	if (given)
		seki_error(c->diag, pos, "'%s' in a lendable rule; %s, remove it", key, why);
}

void seki_check_lend(struct seki_compilation *c, const struct seki_rule *r)
{
	if (!r->lendable.pos.line)
		return;
	if (r->allow.pos.line || r->deny.pos.line)
		seki_error(c->diag, r->lendable.pos,
			   "rule with 'lendable' and '%s'; write two rules",
			   r->allow.pos.line ? "allow" : "deny");
	not_beside(c, r->record.n, r->record.pos, "record", "what is lent is always recorded");
	not_beside(c, r->rate.said.records, r->rate.pos, "rate", "what is lent is always recorded");
	not_beside(c, r->mode.n, r->mode.pos, "mode", "it opens and closes nothing");
}

/* After all rules, whose order means nothing. */
void seki_check_lent(const struct seki_matrix *m, const struct seki_rule *r, __u16 domain,
		     __u16 label)
{
	const struct seki_draft *cell = seki_matrix_cell(m, domain, label);
	__u32 open = cell->allow & r->access;
	char what[SEKI_ACCESS_TEXT_MAX];

	if (!open)
		return;
	seki_error(m->c->diag, r->to.pos,
		   "%s is open to %s on %s, and a grant lends what is closed; leave it out",
		   seki_access_text(open, what, sizeof(what)), seki_domain_word(m->c, domain),
		   m->c->sym.by_id[label]->word);
	for (__u32 u = cell->uses; u && m->c->diag->last; u = m->use[u - 1].next) {
		const struct seki_rule *other = &m->c->policy.rule[m->use[u - 1].rule];

		if (other->allow.n && other->access & open) {
			seki_note(m->c->diag, other->pos, "allowed here");
			return;
		}
	}
}
