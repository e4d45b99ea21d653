// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whom the roles of operators mean: names and groups to login uids; no login has two roles.
 *
 * Names are looked up now: whoever is root writes the tables they stand in.
 */
#include "userspace/policy/policy.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"

#define NO_UID 0xffffffffu /* no login */

static void add(struct seki_compilation *c, const struct seki_role *r, struct seki_pos pos,
		__u32 first, __u32 last)
{
	if (c->n_logins == c->room_logins) {
		struct seki_login *old = c->login;

		c->room_logins = c->room_logins ? 2 * c->room_logins : 64;
		c->login = seki_arena_array(&c->arena, c->room_logins, sizeof(*c->login));
		if (c->n_logins)
			memcpy(c->login, old, c->n_logins * sizeof(*old));
	}
	c->login[c->n_logins++] = (struct seki_login){ first, last, r, pos };
}

/* false: root, or nobody who can log in. */
static bool add_person(struct seki_compilation *c, const struct seki_role *r, struct seki_pos pos,
		       __u32 uid)
{
	if (!uid || uid == NO_UID)
		return false;
	add(c, r, pos, uid, uid);
	return true;
}

static bool looked_up(struct seki_compilation *c, const struct seki_text *t)
{
	if (c->options.offline)
		seki_error(c->diag, t->pos,
			   "names are not looked up with --offline; write the uid of '%.64s' "
			   "under 'uid'",
			   t->s);
	return !c->options.offline;
}

static void add_login(struct seki_compilation *c, const struct seki_role *r,
		      const struct seki_text *t)
{
	if (looked_up(c, t) && !add_person(c, r, t->pos, seki_uid_of(c, t->s)))
		seki_error(c->diag, t->pos,
			   "'%.64s' is no user of this host but root; name a login of a person",
			   t->s);
}

/* Those whose first group it is. */
static void add_primary(struct seki_compilation *c, const struct seki_role *r, struct seki_pos pos,
			gid_t gid)
{
	seki_autofclose FILE *f = seki_open_accounts(c, "passwd");
	struct passwd *p;

	while (f && (p = fgetpwent(f)))
		if (p->pw_gid == gid)
			add_person(c, r, pos, p->pw_uid);
}

static void add_group(struct seki_compilation *c, const struct seki_role *r,
		      const struct seki_text *t)
{
	seki_autofclose FILE *f = NULL;
	unsigned int before = c->n_logins;
	struct group *g = NULL;

	if (!looked_up(c, t))
		return;
	f = seki_open_accounts(c, "group");
	while (f && (g = fgetgrent(f)) && strcmp(g->gr_name, t->s))
		;
	if (!f || !g) {
		seki_error(c->diag, t->pos, "'%.64s' is no group of this host; name one", t->s);
		return;
	}
	for (char **name = g->gr_mem; *name; name++)
		add_person(c, r, t->pos, seki_uid_of(c, *name));
	add_primary(c, r, t->pos, g->gr_gid);
	if (c->n_logins == before)
		seki_error(c->diag, t->pos,
			   "nobody is in group '%.64s'; put people in first, and compile then",
			   t->s);
}

/* "2000" or "2000-2999" */
static bool read_range(const char *s, __u64 *first, __u64 *last)
{
	size_t n = strspn(s, "0123456789"), m;

	if (!n || n > 10)
		return false;
	*first = *last = strtoull(s, NULL, 10);
	if (!s[n])
		return true;
	if (s[n] != '-')
		return false;
	s += n + 1;
	m = strspn(s, "0123456789");
	*last = strtoull(s, NULL, 10);
	return m && m <= 10 && !s[m];
}

static void add_uid(struct seki_compilation *c, const struct seki_role *r,
		    const struct seki_text *t)
{
	__u64 first, last;

	if (!read_range(t->s, &first, &last) || last >= NO_UID)
		seki_error(c->diag, t->pos,
			   "'%.32s' is no uid; write a number, or a range such as 2000-2999", t->s);
	else if (first > last)
		seki_error(c->diag, t->pos, "'%.32s' ends before it begins; turn it round", t->s);
	else if (!first)
		seki_error(c->diag, t->pos,
			   "uid 0 is whoever is root, jobs of the host too; "
			   "give people logins of their own");
	else
		add(c, r, t->pos, (__u32)first, (__u32)last);
}

/* Who sets the login uid: PID 1 and others do it for jobs, too. */
static bool logs_in(struct seki_compilation *c, __u16 id)
{
	const struct seki_actor *a = seki_actor_of(c, id);

	return a && !a->for_operators;
}

static int ascending(const void *a, const void *b)
{
	return *(const __u16 *)a - *(const __u16 *)b;
}

static void check_through(struct seki_compilation *c, struct seki_role *r)
{
	r->through_ids = seki_arena_array(&c->arena, r->through.n + 1, sizeof(__u16));
	for (unsigned int i = 0; i < r->through.n; i++) {
		__u16 id;

		if (!seki_resolve_domain(c, &r->through.v[i], &id))
			continue;
		if (!logs_in(c, id))
			seki_error(c->diag, r->through.v[i].pos,
				   "'%s' logs nobody in; name the domain of a program that does, "
				   "such as sshd",
				   r->through.v[i].s);
		else
			r->through_ids[r->n_through++] = id;
	}
	qsort(r->through_ids, r->n_through, sizeof(__u16), ascending);
	if (!r->through.pos.line)
		seki_warning(c->diag, SEKI_W_THROUGH, r->name.pos,
			     "any program of root can begin a login as '%s'; "
			     "add 'through: DOMAIN', whose program logs people in",
			     r->name.s);
}

static void check_role(struct seki_compilation *c, const struct seki_role *r)
{
	if (!r->login.pos.line && !r->uid.pos.line && !r->group.pos.line)
		seki_error(c->diag, r->name.pos,
			   "role '%.64s' is nobody's; say by 'login', 'uid' or 'group' whose it is",
			   r->name.s);
	for (unsigned int i = 0; i < r->login.n; i++)
		add_login(c, r, &r->login.v[i]);
	for (unsigned int i = 0; i < r->uid.n; i++)
		add_uid(c, r, &r->uid.v[i]);
	for (unsigned int i = 0; i < r->group.n; i++)
		add_group(c, r, &r->group.v[i]);
}

/* By uid; where two begin alike, by their place. */
static int by_uid(const void *va, const void *vb)
{
	const struct seki_login *a = va, *b = vb;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->pos.source != b->pos.source)
		return a->pos.source < b->pos.source ? -1 : 1;
	if (a->pos.line != b->pos.line)
		return a->pos.line < b->pos.line ? -1 : 1;
	return (a->pos.col > b->pos.col) - (a->pos.col < b->pos.col);
}

static int by_role(const void *va, const void *vb)
{
	const struct seki_login *a = va, *b = vb;

	return (a->role->id > b->role->id) - (a->role->id < b->role->id) ?: by_uid(va, vb);
}

static int by_uid_and_role(const void *va, const void *vb)
{
	const struct seki_login *a = va, *b = vb;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->role->id > b->role->id) - (a->role->id < b->role->id);
}

/* One row for what touches, in each role. */
static void join(struct seki_compilation *c)
{
	struct seki_login *to = c->login;

	if (!c->n_logins)
		return;
	qsort(c->login, c->n_logins, sizeof(*c->login), by_role);
	for (unsigned int i = 1; i < c->n_logins; i++) {
		const struct seki_login *next = &c->login[i];

		if (next->first > (__u64)to->last + 1 || next->role != to->role)
			*++to = *next;
		else if (next->last > to->last)
			to->last = next->last;
	}
	c->n_logins = (unsigned int)(to - c->login) + 1;
	qsort(c->login, c->n_logins, sizeof(*c->login), by_uid_and_role);
}

static void two_roles(struct seki_compilation *c, const struct seki_login *a,
		      const struct seki_login *b)
{
	seki_error(c->diag, b->pos,
		   "uid %u is of role '%s' and of role '%s'; a login has one role, take it out "
		   "of one, or part them by 'network', 'terminal' or 'through'",
		   b->first, a->role->name.s, b->role->name.s);
	seki_note(c->diag, a->pos, "the other role");
}

/* Nobody in two roles, by one and the same login. */
static void part(struct seki_compilation *c)
{
	const struct seki_login *l = c->login;

	for (unsigned int i = 0; i < c->n_logins; i++)
		for (unsigned int j = i + 1; j < c->n_logins && l[j].first <= l[i].last; j++)
			if (seki_roles_meet(c, l[i].role, l[j].role))
				two_roles(c, &l[i], &l[j]);
}

void seki_check_roles(struct seki_compilation *c)
{
	const struct seki_policy *p = &c->policy;
	unsigned int rows;

	for (unsigned int i = 0; i < p->n_roles; i++)
		if (p->role[i].id) {
			check_role(c, &p->role[i]);
			check_through(c, &p->role[i]);
		}
	seki_check_from(c);
	join(c);
	part(c);
	rows = 0;
	for (unsigned int i = 0; i < c->n_logins; i++)
		rows += c->login[i].role->n_through ?: 1;
	if (rows > SEKI_ROLES_MAX)
		seki_error(c->diag, p->role[0].name.pos,
			   "roles have %u ranges of uids and ways in, and the kernel tables hold "
			   "%d; give people of a role uids one after the other",
			   rows, SEKI_ROLES_MAX);
}
