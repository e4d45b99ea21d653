// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the tables of a bundle may hold.  The digest says that nothing was
 * altered by accident; whoever makes bundles can compute one, and the loader
 * runs with every power, so every string, id, count and enum is checked.
 */
#include "userspace/policy/bundle_check.h"

#include <limits.h>
#include <string.h>

#include "userspace/policy/container.h"
#include "userspace/policy/login.h"

/* Control characters would reach terminals and logs through every tool. */
static const char *check_strings(const struct seki_bundle_reading *r)
{
	const char *s = r->b.strings;
	size_t n = r->n_strings;

	if (!n || s[0] || s[n - 1])
		return "strings not terminated; compile the policy again";
	for (size_t i = 0; i < n; i++)
		if ((s[i] > 0 && s[i] < ' ') || s[i] == 0x7f)
			return "control character in a string; compile the policy again";
	return NULL;
}

static bool string_ok(const struct seki_bundle_reading *r, __u32 offset)
{
	return offset < r->n_strings;
}

static bool nonempty(const struct seki_bundle_reading *r, __u32 offset)
{
	return string_ok(r, offset) && r->b.strings[offset];
}

static bool string_below(const struct seki_bundle_reading *r, __u32 offset, size_t max)
{
	return string_ok(r, offset) && strnlen(r->b.strings + offset, max) < max;
}

static bool absolute(const struct seki_bundle_reading *r, __u32 offset)
{
	return string_below(r, offset, PATH_MAX) && r->b.strings[offset] == '/';
}

static bool argv_ok(const struct seki_bundle_reading *r, const struct seki_bundle_domain *d)
{
	__u64 end = (__u64)d->argv + d->argv_len;

	if (!d->argv_len)
		return string_ok(r, d->argv);
	return d->argv_len <= SEKI_ARGV_MAX && end <= r->n_strings && !r->b.strings[end - 1];
}

/* The file of a place is among the sources, however many there are. */
static bool where_ok(const struct seki_bundle_reading *r, __u32 where)
{
	__u32 at = r->b.meta->source;

	for (__u32 n = where >> SEKI_LINE_BITS; n; n--) {
		at += (__u32)strlen(r->b.strings + at) + 1;
		if (!nonempty(r, at))
			return false;
	}
	return true;
}

static const char *check_meta(const struct seki_bundle_reading *r)
{
	const struct seki_bundle_meta *m = r->b.meta;

	if (!string_below(r, m->name, sizeof(((struct seki_meta *)0)->name)) ||
	    !nonempty(r, m->name) || !string_ok(r, m->source) || !string_ok(r, m->description) ||
	    !string_ok(r, m->site))
		return "bad name or text of the policy; compile the policy again";
	if (m->mode != SEKI_MODE_ENFORCE && m->mode != SEKI_MODE_AUDIT)
		return "unknown mode; compile the policy again";
	if (!m->version)
		return "policy version 0; versions start at 1";
	return NULL;
}

/* Ids first, ascending: the tables refer to each other in all directions. */
static const char *note_ids(struct seki_bundle_reading *r)
{
	const struct seki_bundle *b = &r->b;

	for (__u32 i = 0; i < b->n_domains; i++) {
		if (b->domains[i].id >= SEKI_DOMAIN_MAX ||
		    (i && b->domains[i].id <= b->domains[i - 1].id))
			return "domain ids not ascending or too big; compile the policy again";
		r->domain[b->domains[i].id] = true;
	}
	for (__u32 i = 0; i < b->n_labels; i++) {
		if (b->labels[i].id >= SEKI_LABEL_MAX ||
		    (i && b->labels[i].id <= b->labels[i - 1].id))
			return "label ids not ascending or too big; compile the policy again";
		r->label[b->labels[i].id] = true;
	}
	return NULL;
}

static const char *check_builtin_ids(const struct seki_bundle_reading *r)
{
#define X(name, id, word) &&r->domain[id]
	if (!(true SEKI_DOMAIN_LIST(X)))
		return "a built-in domain is missing; compile the policy again";
#undef X
#define X(name, id, word) &&r->label[id]
	if (!(true SEKI_LABEL_LIST(X)))
		return "a built-in label is missing; compile the policy again";
#undef X
	return NULL;
}

static bool domain_known(const struct seki_bundle_reading *r, __u32 id)
{
	return id < SEKI_DOMAIN_MAX && r->domain[id];
}

static bool label_known(const struct seki_bundle_reading *r, __u32 id)
{
	return id < SEKI_LABEL_MAX && r->label[id];
}

static bool cgroup_ok(const struct seki_bundle_reading *r, const struct seki_bundle_domain *d)
{
	return string_ok(r, d->cgroup) &&
	       (!nonempty(r, d->cgroup) || !seki_cgroup_fault(r->b.strings + d->cgroup));
}

/* Keys and values, and never one without the other. */
static bool labels_ok(const struct seki_bundle_reading *r, const struct seki_bundle_domain *d)
{
	__u64 end = (__u64)d->container_labels + d->container_labels_len;
	__u32 texts = 0;

	if (!d->container_labels_len)
		return string_ok(r, d->container_labels);
	if (end > r->n_strings || r->b.strings[end - 1])
		return false;
	for (__u64 i = d->container_labels; i < end; i++)
		texts += !r->b.strings[i];
	return texts % 2 == 0;
}

static bool container_ok(const struct seki_bundle_reading *r, const struct seki_bundle_domain *d)
{
	if (!string_ok(r, d->container) || !string_ok(r, d->image) || !labels_ok(r, d))
		return false;
	if (!nonempty(r, d->container))
		return !nonempty(r, d->image) && !d->container_labels_len;
	return absolute(r, d->container) && nonempty(r, d->exec) &&
	       !seki_image_fault(r->b.strings + d->image);
}

static bool domain_ok(const struct seki_bundle_reading *r, const struct seki_bundle_domain *d)
{
	return nonempty(r, d->name) && (absolute(r, d->exec) || !nonempty(r, d->exec)) &&
	       string_ok(r, d->exec) && string_below(r, d->unit, SEKI_UNIT_MAX) && argv_ok(r, d) &&
	       cgroup_ok(r, d) && container_ok(r, d) && label_known(r, d->proc_label) &&
	       label_known(r, d->shared_label) && label_known(r, d->user_label) &&
	       !d->user == !d->user_label && domain_known(r, d->origin) &&
	       d->open_to_operator <= 1 && d->core_function <= 4 && where_ok(r, d->line);
}

static bool label_ok(const struct seki_bundle_reading *r, const struct seki_bundle_label *l)
{
	return string_ok(r, l->name) && (!l->id || nonempty(r, l->name)) &&
	       l->kind <= SEKI_KIND_LAST && domain_known(r, l->owner) && where_ok(r, l->line);
}

static bool path_ok(const struct seki_bundle_reading *r, const struct seki_bundle_path *p)
{
	const __u16 known = SEKI_PATH_OPTIONAL | SEKI_PATH_ENTRY | SEKI_PATH_SELF | SEKI_PATH_LINK;

	return absolute(r, p->path) && label_known(r, p->label) &&
	       label_known(r, p->device_label) && !(p->flags & ~known) &&
	       domain_known(r, p->entry) && !(p->flags & SEKI_PATH_ENTRY) == !p->entry &&
	       where_ok(r, p->line);
}

static bool addr_ok(const struct seki_bundle_reading *r, const struct seki_bundle_addr *a)
{
	return a->key.port && a->key.kind <= SEKI_ADDR_ABSTRACT && !(a->key.kind & 1) && !a->pad &&
	       a->label && label_known(r, a->label) && string_ok(r, a->text) &&
	       where_ok(r, a->line);
}

static __u32 cell_place(const struct seki_bundle_cell *c)
{
	return (__u32)c->domain * SEKI_LABEL_MAX + c->label;
}

static bool cell_ok(const struct seki_bundle_reading *r, const struct seki_bundle_cell *c)
{
	const struct seki_cell *m = &c->cell;

	return domain_known(r, c->domain) && c->label && label_known(r, c->label) &&
	       !(m->allow & ~SEKI_ACCESS_ALL) && !(m->record & ~m->allow) &&
	       !(m->lend & ~SEKI_ACCESS_ALL) && !(m->lend & m->allow) && m->rule <= r->b.n_rules &&
	       m->mode <= SEKI_MODE_AUDIT && !(m->waive & ~m->record) && m->rate <= r->n_rates &&
	       !(m->rate && !m->waive);
}

static bool rate_ok(const struct seki_bundle_rule *u)
{
	return !u->pad && !u->rate_records == !u->rate_seconds &&
	       !u->rate_records == !u->rate_access && u->rate_records <= SEKI_RATE_RECORDS_MAX &&
	       u->rate_seconds <= SEKI_RATE_SECONDS_MAX && !(u->rate_access & ~SEKI_ACCESS_ALL);
}

/* Before the cells, which name them by number. */
static bool count_rates(struct seki_bundle_reading *r)
{
	for (__u32 i = 0; i < r->b.n_rules; i++)
		r->n_rates += !!r->b.rules[i].rate_records;
	return r->n_rates < SEKI_RATES_MAX;
}

static bool rule_ok(const struct seki_bundle_reading *r, const struct seki_bundle_rule *u)
{
	return string_ok(r, u->text) && string_ok(r, u->controls) && u->severity <= 3 &&
	       string_ok(r, u->description) && string_ok(r, u->description_ja) && rate_ok(u) &&
	       where_ok(r, u->line);
}

/* Bits of rows that there are. */
static bool bits_ok(__u64 bits, __u32 rows)
{
	return rows == 64 || !(bits >> rows);
}

/* A role that a program enters would be a domain open to whoever runs it. */
static bool login_ok(const struct seki_bundle_reading *r, const struct seki_bundle_login *l)
{
	const struct seki_bundle *b = &r->b;

	if (!domain_known(r, l->role) || l->role < SEKI_DOMAIN_FIRST ||
	    !domain_known(r, l->through) || l->through == l->role)
		return false;
	for (__u32 i = 0; i < b->n_domains; i++)
		if (b->domains[i].id == l->role &&
		    (b->strings[b->domains[i].exec] || b->domains[i].core_function ||
		     b->domains[i].proc_label || b->domains[i].shared_label))
			return false;
	for (__u32 i = 0; i < b->n_paths; i++)
		if (b->paths[i].entry == l->role)
			return false;
	return l->first && l->first <= l->last && l->last < 0xffffffffu && where_ok(r, l->line) &&
	       bits_ok(l->networks, b->n_networks) && bits_ok(l->terminals, b->n_terminals);
}

static bool networks_ok(const struct seki_bundle_reading *r)
{
	if (r->b.n_networks > SEKI_NETWORKS_MAX)
		return false;
	for (__u32 i = 0; i < r->b.n_networks; i++)
		if (!seki_network_ok(&r->b.networks[i]) || !where_ok(r, r->b.networks[i].line))
			return false;
	return true;
}

static bool terminals_ok(const struct seki_bundle_reading *r)
{
	if (r->b.n_terminals > SEKI_TERMINALS_MAX)
		return false;
	for (__u32 i = 0; i < r->b.n_terminals; i++) {
		const struct seki_bundle_terminal *t = &r->b.terminals[i];

		if (!nonempty(r, t->name) || !t->first || t->first > t->last ||
		    !where_ok(r, t->line))
			return false;
	}
	return true;
}

static int login_order(const struct seki_bundle_login *a, const struct seki_bundle_login *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	return (a->through > b->through) - (a->through < b->through);
}

/* Of one role all come from the same places; of two nobody has both. */
static bool agree(const struct seki_bundle *b, const struct seki_bundle_login *x,
		  const struct seki_bundle_login *y)
{
	bool same_uids = x->first <= y->last && y->first <= x->last;
	bool same_way = !x->through || !y->through || x->through == y->through;

	if (x->role == y->role)
		return x->networks == y->networks && x->terminals == y->terminals &&
		       !(same_uids && same_way);
	return !same_uids || !same_way ||
	       !seki_networks_meet(b->networks, x->networks, y->networks) ||
	       !seki_terminals_meet(b->terminals, x->terminals, y->terminals);
}

static bool logins_ok(const struct seki_bundle_reading *r)
{
	const struct seki_bundle_login *l = r->b.logins;

	if (r->b.n_logins > SEKI_ROLES_MAX)
		return false;
	for (__u32 i = 0; i < r->b.n_logins; i++) {
		if (!login_ok(r, &l[i]) || (i && login_order(&l[i - 1], &l[i]) >= 0))
			return false;
		for (__u32 j = 0; j < i; j++)
			if (!agree(&r->b, &l[j], &l[i]))
				return false;
	}
	return true;
}

static const char *check_logins(const struct seki_bundle_reading *r)
{
	if (!networks_ok(r))
		return "bad record in the table of networks; compile the policy again";
	if (!terminals_ok(r))
		return "bad record in the table of terminals; compile the policy again";
	if (!logins_ok(r))
		return "bad record in the table of logins; compile the policy again";
	return NULL;
}

static const char *check_tables(const struct seki_bundle_reading *r)
{
	const struct seki_bundle *b = &r->b;

	for (__u32 i = 0; i < b->n_domains; i++)
		if (!domain_ok(r, &b->domains[i]))
			return "bad record in the table of domains; compile the policy again";
	for (__u32 i = 0; i < b->n_labels; i++)
		if (!label_ok(r, &b->labels[i]))
			return "bad record in the table of labels; compile the policy again";
	for (__u32 i = 0; i < b->n_paths; i++)
		if (!path_ok(r, &b->paths[i]))
			return "bad record in the table of paths; compile the policy again";
	for (__u32 i = 0; i < b->n_addrs; i++)
		if (!addr_ok(r, &b->addrs[i]))
			return "bad record in the table of addresses; compile the policy again";
	for (__u32 i = 0; i < b->n_cells; i++)
		if (!cell_ok(r, &b->cells[i]) ||
		    (i && cell_place(&b->cells[i]) <= cell_place(&b->cells[i - 1])))
			return "bad record in the table of cells; compile the policy again";
	for (__u32 i = 0; i < b->n_rules; i++)
		if (!rule_ok(r, &b->rules[i]))
			return "bad record in the table of rules; compile the policy again";
	return NULL;
}

const char *seki_bundle_check(struct seki_bundle_reading *r)
{
	const char *bad = check_strings(r);

	bad = bad ?: check_meta(r);
	bad = bad ?: note_ids(r);
	bad = bad ?: check_builtin_ids(r);
	if (!bad && !count_rates(r))
		bad = "too many rules with a rate; compile the policy again";
	bad = bad ?: check_tables(r);
	return bad ?: check_logins(r);
}
