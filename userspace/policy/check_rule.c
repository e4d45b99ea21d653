// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judging rules and kernel powers one by one; matrix.c finds what they say
 * about each other.
 */
#include "userspace/policy/policy.h"

#include <stdio.h>
#include <string.h>

static void check_form(struct seki_compilation *c, const struct seki_rule *r)
{
	if (r->allow.n && r->deny.n)
		seki_error(c->diag, r->deny.pos, "rule with 'allow' and 'deny'; write two rules");
	else if (!r->allow.pos.line && !r->deny.pos.line && !r->lendable.pos.line)
		seki_error(c->diag, r->pos,
			   "rule without 'allow', 'deny' or 'lendable'; say who is meant");
	if (r->deny.n && r->record.n)
		seki_error(c->diag, r->record.pos,
			   "'record' in a deny rule; "
			   "refusals are always recorded, remove it");
}

static void unknown_access(struct seki_compilation *c, const struct seki_text *t)
{
	unsigned int n;
	const char *const *words = seki_access_words(&n);
	const char *meant = seki_closest(t->s, words, n);
	char list[256] = "";

	for (unsigned int i = 0; i < n; i++)
		strcat(strcat(list, i ? " " : ""), words[i]);
	if (meant)
		seki_error(c->diag, t->pos, "unknown access '%.64s'; did you mean '%s'?", t->s,
			   meant);
	else
		seki_error(c->diag, t->pos, "unknown access '%.64s'; known are %s", t->s, list);
}

static void resolve_access(struct seki_compilation *c, struct seki_rule *r)
{
	for (unsigned int i = 0; i < r->to.n; i++) {
		__u32 access;

		if (seki_access_word(r->to.v[i].s, &access))
			r->access |= access;
		else
			unknown_access(c, &r->to.v[i]);
	}
}

static void resolve_domains(struct seki_compilation *c, struct seki_rule *r)
{
	const struct seki_texts *t = seki_rule_who(r);

	r->domains = seki_arena_array(&c->arena, t->n + 1, sizeof(*r->domains));
	for (unsigned int i = 0; i < t->n; i++)
		if (seki_resolve_domain(c, &t->v[i], &r->domains[r->n_domains]))
			r->n_domains++;
}

/* "hlr.keys" of a function without keys deserves a better answer than a list. */
static bool explain_missing_part(struct seki_compilation *c, const struct seki_text *t)
{
	const char *dot = strchr(t->s, '.');
	uint32_t id;

	if (!dot || !strcmp(dot, ".process"))
		return false;
	if (!strncmp(t->s, "proc.", 5)) {
		seki_error(c->diag, t->pos, "unknown label '%.64s'; write %.40s.process", t->s,
			   dot + 1);
		return true;
	}
	if (!seki_table_find(&c->sym.domain_ids, t->s, (size_t)(dot - t->s), &id) ||
	    id < SEKI_DOMAIN_FIRST)
		return false;
	if (strcmp(dot, ".data") && strcmp(dot, ".keys") && strcmp(dot, ".management") &&
	    strcmp(dot, ".device") && strcmp(dot, ".unit"))
		return false;
	seki_error(c->diag, t->pos, "'%.*s' has no %s; add it there or remove this rule",
		   (int)(dot - t->s), t->s, strcmp(dot, ".device") ? dot + 1 : "data on a device");
	return true;
}

static void unknown_label(struct seki_compilation *c, const struct seki_text *t)
{
	const char *meant, **known;

	if (c->diag->entries == SEKI_DIAG_SHOWN_MAX) {
		c->diag->errors++; /* counted; comparing words is for those shown */
		return;
	}
	if (explain_missing_part(c, t))
		return;
	known = seki_arena_array(&c->arena, c->sym.n_labels, sizeof(*known));
	for (unsigned int i = 0; i < c->sym.n_labels; i++)
		known[i] = c->sym.label[i].word;
	meant = seki_closest(t->s, known, c->sym.n_labels);
	if (meant)
		seki_error(c->diag, t->pos, "unknown label '%.64s'; did you mean '%s'?", t->s,
			   meant);
	else
		seki_error(c->diag, t->pos,
			   "unknown label '%.64s'; write FUNCTION.data, "
			   "DOMAIN.exec or a built-in label",
			   t->s);
}

static bool find_label(struct seki_compilation *c, const struct seki_text *t, __u16 *ret)
{
	uint32_t id;

	if (!seki_table_find(&c->sym.label_ids, t->s, strlen(t->s), &id)) {
		unknown_label(c, t);
		return false;
	}
	*ret = (__u16)id;
	return true;
}

/* Accesses that can never reach such an object are a misunderstanding. */
static bool check_applies(struct seki_compilation *c, const struct seki_rule *r,
			  const struct seki_text *t, const struct seki_label *l)
{
	char never[SEKI_ACCESS_TEXT_MAX], can[SEKI_ACCESS_TEXT_MAX];
	__u32 beyond = r->access & ~l->applies;

	if (!beyond)
		return true;
	seki_error(c->diag, t->pos, "%s can't happen on %s; possible there: %s",
		   seki_access_text(beyond, never, sizeof(never)), l->word,
		   seki_access_text(l->applies, can, sizeof(can)));
	return false;
}

static bool check_opens(struct seki_compilation *c, const struct seki_rule *r,
			const struct seki_text *t, const struct seki_label *l)
{
	char what[SEKI_ACCESS_TEXT_MAX];
	__u32 beyond = r->access & ~l->opens;

	if (!(r->allow.n || r->lendable.n) || !beyond)
		return true;
	seki_error(c->diag, t->pos,
		   "%s on %s is allowed to nobody, it could end or hide the "
		   "enforcement; remove it",
		   seki_access_text(beyond, what, sizeof(what)), l->word);
	return false;
}

/* What would let people change who they are: for a domain that a program enters. */
static bool check_people(struct seki_compilation *c, const struct seki_rule *r,
			 const struct seki_text *t, const struct seki_label *l, const char *who)
{
	if (!seki_not_for_people(l->id, l->kind, r->access))
		return true;
	if (l->id == SEKI_LABEL_CONFIG)
		seki_error(c->diag, t->pos,
			   "%s could replace the policy; "
			   "describe the deploying program as a domain and name that",
			   who);
	else
		seki_error(c->diag, t->pos,
			   "%s could replace what the function runs; "
			   "describe the program that installs it as a domain and name that",
			   who);
	return false;
}

static void check_everyone(struct seki_compilation *c, const struct seki_rule *r,
			   const struct seki_text *t, const struct seki_label *l)
{
	if (check_people(c, r, t, l, "everyone") && !r->lendable.n &&
	    (l->kind == SEKI_KIND_KEYS || l->kind == SEKI_KIND_DATA ||
	     l->kind == SEKI_KIND_DEVICE || l->kind == SEKI_KIND_MANAGEMENT ||
	     (l->kind == SEKI_KIND_PROCESS && r->access & SEKI_TRACE)))
		seki_warning(c->diag, SEKI_W_EVERYONE, t->pos,
			     "every program and operator gets at %s; "
			     "name the domain that needs it",
			     l->word);
}

/* A role is whoever may log in so, with any program. */
static void check_each(struct seki_compilation *c, const struct seki_rule *r,
		       const struct seki_text *t, const struct seki_label *l)
{
	const struct seki_role *role;

	for (unsigned int i = 0; !r->deny.n && i < r->n_domains; i++) {
		role = seki_role_of(c, r->domains[i]);
		if (role)
			check_people(c, r, t, l,
				     seki_arena_printf(&c->arena, "operators as '%s'",
						       role->name.s));
		else if (r->domains[i] == SEKI_DOMAIN_OTHER)
			check_everyone(c, r, t, l);
	}
}

/* What operators may start must not carry them to a core function. */
static void check_operator(struct seki_compilation *c, const struct seki_rule *r,
			   const struct seki_text *t, const struct seki_label *l)
{
	const struct seki_actor *owner = seki_actor_of(c, l->owner), *a;

	for (unsigned int i = 0; r->allow.n && i < r->n_domains; i++) {
		a = seki_actor_of(c, r->domains[i]);
		if (a && a->for_operators && owner && owner->is_function)
			seki_error(c->diag, t->pos,
				   "operators start '%s', and would get at %s; "
				   "name a domain that a unit starts",
				   a->name.s, l->word);
	}
}

static void check_mode(struct seki_compilation *c, const struct seki_rule *r,
		       const struct seki_text *t, const struct seki_label *l)
{
	if (r->mode.n && seki_label_enforced(l->id) && r->mode.n - 1 == SEKI_MODE_AUDIT)
		seki_error(c->diag, t->pos, "%s is always enforced; remove 'mode: audit'", l->word);
}

static void resolve_labels(struct seki_compilation *c, struct seki_rule *r)
{
	r->labels = seki_arena_array(&c->arena, r->on.n + 1, sizeof(*r->labels));
	for (unsigned int i = 0; i < r->on.n; i++) {
		const struct seki_text *t = &r->on.v[i];
		const struct seki_label *l;
		__u16 id;

		if (!find_label(c, t, &id))
			continue;
		l = c->sym.by_id[id];
		check_mode(c, r, t, l);
		if (!check_applies(c, r, t, l) || !check_opens(c, r, t, l))
			continue;
		check_each(c, r, t, l);
		check_operator(c, r, t, l);
		r->labels[r->n_labels++] = id;
	}
}

static void check_controls(struct seki_compilation *c, const struct seki_rule *r)
{
	static const char ok[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";

	for (unsigned int i = 0; i < r->controls.n; i++)
		if (r->controls.v[i].s[strspn(r->controls.v[i].s, ok)])
			seki_error(c->diag, r->controls.v[i].pos,
				   "'%.64s' is not a control item; "
				   "write an id such as MIC3-IV.2.3.1",
				   r->controls.v[i].s);
}

void seki_check_rules(struct seki_compilation *c)
{
	for (unsigned int i = 0; i < c->policy.n_rules; i++) {
		struct seki_rule *r = &c->policy.rule[i];

		check_form(c, r);
		seki_check_rate(c, r);
		seki_check_lend(c, r);
		resolve_access(c, r);
		resolve_domains(c, r);
		resolve_labels(c, r);
		check_controls(c, r);
	}
}

static void resolve_power(struct seki_compilation *c, struct seki_power *p)
{
	p->ids = seki_arena_array(&c->arena, p->domains.n + 1, sizeof(*p->ids));
	for (unsigned int i = 0; i < p->domains.n; i++) {
		if (!seki_resolve_domain(c, &p->domains.v[i], &p->ids[p->n_ids]))
			continue;
		if (p->ids[p->n_ids] == SEKI_DOMAIN_OTHER)
			seki_error(c->diag, p->domains.v[i].pos,
				   "'other' in a list is everyone; "
				   "write 'allow' if that is meant");
		p->n_ids++;
	}
}

void seki_check_kernel(struct seki_compilation *c)
{
	struct seki_kernel *k = &c->policy.kernel;

	resolve_power(c, &k->capture);
	resolve_power(c, &k->bpf);
	resolve_power(c, &k->blockmap);
	resolve_power(c, &k->brokers);
	for (unsigned int i = 0; i < seki_power_rows_count; i++)
		resolve_power(c, (void *)((char *)k + seki_power_rows[i].offset));
	if (k->bpf.word == SEKI_POWER_ALLOW)
		seki_warning(c->diag, SEKI_W_BPF, k->bpf.pos,
			     "everyone may load BPF programs; "
			     "prefer sekisho-only or a list of domains");
	if (k->blockmap.word == SEKI_POWER_ALLOW)
		seki_warning(c->diag, SEKI_W_BLOCKMAP, k->blockmap.pos,
			     "everyone may map raw disks under new names; "
			     "prefer deny or a list of domains");
}
