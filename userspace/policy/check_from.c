// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where logins of roles come from: networks and terminals, each with a number of which a
 * role has the bit.
 */
#include "userspace/policy/policy.h"

#include <string.h>

#include "userspace/policy/login.h"

/* The place in an ascending table, 0 to n, with *ret_there: it is there. */
static unsigned int place_of(const void *table, unsigned int n, size_t size, const void *row,
			     int (*order)(const void *, const void *), bool *ret_there)
{
	unsigned int i = 0;
	int by = 1;

	while (i < n && (by = order((const char *)table + i * size, row)) < 0)
		i++;
	*ret_there = i < n && !by;
	return i;
}

/* False: there is no room. */
static bool insert(void *table, unsigned int *n, unsigned int max, size_t size, const void *row,
		   int (*order)(const void *, const void *))
{
	bool there;
	unsigned int i = place_of(table, *n, size, row, order, &there);
	char *to = (char *)table + i * size;

	if (there)
		return true;
	if (*n == max)
		return false;
	memmove(to + size, to, (*n - i) * size);
	memcpy(to, row, size);
	++*n;
	return true;
}

/* ---- networks ------------------------------------------------------------------ */

static void say_network(struct seki_compilation *c, const struct seki_text *t,
			enum seki_network_fault fault, const struct seki_bundle_network *n)
{
	char right[SEKI_NETWORK_TEXT];
	const char *slash = strchr(t->s, '/');

	seki_network_text(n, right);
	if (fault == SEKI_NETWORK_NONE)
		seki_error(c->diag, t->pos,
			   "'%.64s' is no network; write one such as 192.0.2.0/24 or "
			   "\"2001:db8::/32\"",
			   t->s);
	else if (fault == SEKI_NETWORK_LENGTH)
		seki_error(c->diag, t->pos, "'%.64s' is no length of a network; write /0 to /%s",
			   slash, strchr(t->s, ':') ? "128" : "32");
	else if (fault == SEKI_NETWORK_MAPPED)
		seki_error(c->diag, t->pos, "'%.64s' is IPv4; write %s", t->s, right);
	else if (fault == SEKI_NETWORK_HOST)
		seki_error(c->diag, t->pos,
			   "'%.64s' is an address in a network; write %s, or the address without "
			   "'%.8s'",
			   t->s, right, slash);
	else
		seki_error(c->diag, t->pos,
			   "'%.64s' holds all of IPv4, too; write 2000::/3 for the IPv6 internet, "
			   "0.0.0.0/0 for IPv4",
			   t->s);
}

/* The table first: a number is the place in it. */
static void add_networks(struct seki_compilation *c, const struct seki_role *r)
{
	for (unsigned int i = 0; i < r->network.n; i++) {
		const struct seki_text *t = &r->network.v[i];
		struct seki_bundle_network n;
		enum seki_network_fault fault = seki_network_read(t->s, &n);

		n.line = seki_where_of(t->pos);
		if (fault)
			say_network(c, t, fault, &n);
		else if (!insert(c->network, &c->n_networks, SEKI_NETWORKS_MAX, sizeof(n), &n,
				 seki_network_order))
			seki_error(c->diag, t->pos,
				   "more than %d networks; name ones that hold several",
				   SEKI_NETWORKS_MAX);
	}
}

static void number_networks(struct seki_compilation *c, struct seki_role *r)
{
	for (unsigned int i = 0; i < r->network.n; i++) {
		struct seki_bundle_network n;
		bool there = false;
		unsigned int at;

		if (seki_network_read(r->network.v[i].s, &n))
			continue;
		at = place_of(c->network, c->n_networks, sizeof(n), &n, seki_network_order, &there);
		r->networks |= (__u64)there << at;
	}
}

/* ---- terminals ----------------------------------------------------------------- */

static void say_terminal(struct seki_compilation *c, const struct seki_text *t)
{
	if (!strncmp(t->s, "pts", 3))
		seki_error(c->diag, t->pos,
			   "'%.32s' is given to a session after its login uid is set; "
			   "say by 'network' where such logins come from",
			   t->s);
	else
		seki_error(c->diag, t->pos,
			   "'%.32s' is not the name of a console; write one such as tty1, ttyS0 or "
			   "hvc0, or ttyS* for all of a kind",
			   t->s);
}

/* One text, one name: in the order of its first range, then of the name. */
static int by_terminal(const void *va, const void *vb)
{
	const struct seki_terminal_said *a = va, *b = vb;

	return seki_terminal_order(&a->range, &b->range) ?: strcmp(a->name, b->name);
}

static void add_terminals(struct seki_compilation *c, const struct seki_role *r)
{
	for (unsigned int i = 0; i < r->terminal.n; i++) {
		const struct seki_text *t = &r->terminal.v[i];
		struct seki_bundle_terminal range[SEKI_TERMINAL_KINDS];
		unsigned int n = seki_terminal_read(t->s, range), j = 0;

		if (!n)
			say_terminal(c, t);
		for (; j < n; j++) {
			struct seki_terminal_said said = { range[j], t->s };

			said.range.line = seki_where_of(t->pos);
			if (!insert(c->terminal, &c->n_terminals, SEKI_TERMINALS_MAX, sizeof(said),
				    &said, by_terminal))
				break;
		}
		if (j < n)
			seki_error(c->diag, t->pos,
				   "more than %d terminals; name kinds of them, such as ttyS*",
				   SEKI_TERMINALS_MAX);
	}
}

static void number_terminals(struct seki_compilation *c, struct seki_role *r)
{
	for (unsigned int i = 0; i < r->terminal.n; i++)
		for (unsigned int j = 0; j < c->n_terminals; j++)
			if (!strcmp(c->terminal[j].name, r->terminal.v[i].s))
				r->terminals |= 1ull << j;
}

void seki_check_from(struct seki_compilation *c)
{
	struct seki_policy *p = &c->policy;

	c->network = seki_arena_array(&c->arena, SEKI_NETWORKS_MAX + 1, sizeof(*c->network));
	c->terminal = seki_arena_array(&c->arena, SEKI_TERMINALS_MAX + 1, sizeof(*c->terminal));
	for (unsigned int i = 0; i < p->n_roles; i++) {
		add_networks(c, &p->role[i]);
		add_terminals(c, &p->role[i]);
	}
	for (unsigned int i = 0; i < p->n_roles; i++) {
		number_networks(c, &p->role[i]);
		number_terminals(c, &p->role[i]);
	}
}

/* ---- two roles ----------------------------------------------------------------- */

static bool through_meet(const struct seki_role *a, const struct seki_role *b)
{
	if (!a->n_through || !b->n_through)
		return true;
	for (unsigned int i = 0; i < a->n_through; i++)
		for (unsigned int j = 0; j < b->n_through; j++)
			if (a->through_ids[i] == b->through_ids[j])
				return true;
	return false;
}

bool seki_roles_meet(const struct seki_compilation *c, const struct seki_role *a,
		     const struct seki_role *b)
{
	struct seki_bundle_terminal terminal[SEKI_TERMINALS_MAX] = { 0 };

	for (unsigned int i = 0; i < c->n_terminals; i++)
		terminal[i] = c->terminal[i].range;
	return through_meet(a, b) && seki_networks_meet(c->network, a->networks, b->networks) &&
	       seki_terminals_meet(terminal, a->terminals, b->terminals);
}
