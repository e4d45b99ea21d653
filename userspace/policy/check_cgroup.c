// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A function or domain by its cgroup.  It is as good as who can bring a process of the
 * origin there: PID 1 makes cgroups of any name, and moves processes, for whoever may
 * ask it.  So below PID 1 it is one service, whose unit files are guarded as those of
 * 'unit'; below another domain that starts what it is told, asking must be closed.
 */
#include <string.h>

#include "userspace/policy/policy.h"

/* The innermost service in the path, NULL: none. */
static const char *service_of(struct seki_compilation *c, const char *path)
{
	const size_t end = strlen(".service");
	const char *service = NULL;
	size_t len;

	for (const char *at = path; *at; at += len) {
		at += strspn(at, "/");
		len = strcspn(at, "/");
		if (len >= end && !strncmp(at + len - end, ".service", end))
			service = seki_arena_copy(&c->arena, at, len);
	}
	return service;
}

static bool from_init(const struct seki_actor *a)
{
	return !a->origin.s || !strcmp(a->origin.s, "init");
}

void seki_cgroup_units(struct seki_compilation *c)
{
	for (unsigned int i = 0; i < c->policy.n_actors; i++) {
		struct seki_actor *a = &c->policy.actor[i];

		if (!a->cgroup.s || a->unit.s || a->for_operators || !from_init(a) ||
		    seki_cgroup_fault(a->cgroup.s))
			continue;
		a->unit.s = service_of(c, a->cgroup.s);
		a->unit.pos = a->cgroup.pos;
	}
}

static void check_below_init(struct seki_compilation *c, const struct seki_actor *a)
{
	if (strchr(a->cgroup.s, '*'))
		seki_error(c->diag, a->cgroup.pos,
			   "PID 1 makes cgroups of any name for whoever asks it; write the whole "
			   "path of a service's cgroup, or give 'origin: DOMAIN'");
	else if (!a->unit.s)
		seki_error(c->diag, a->cgroup.pos,
			   "no service in '%.64s', and PID 1 starts programs in services; write "
			   "NAME.service into it, or give 'origin: DOMAIN'",
			   a->cgroup.s);
}

static bool asked_by_all(const struct seki_power *p, enum seki_power_word by_default)
{
	return (p->word == SEKI_POWER_DEFAULT ? by_default : p->word) == SEKI_POWER_ALLOW;
}

/* The origin is a runtime: with fixed arguments it starts one thing. */
static void check_below_origin(struct seki_compilation *c, const struct seki_actor *a)
{
	const struct seki_kernel *k = &c->policy.kernel;
	const struct seki_actor *origin = seki_actor_of(c, a->origin_id);

	if (!origin || origin->argv.n ||
	    !(asked_by_all(&k->brokers, SEKI_POWER_ALLOW) ||
	      asked_by_all(&k->cgroups, SEKI_POWER_DENY)))
		return;
	seki_warning(c->diag, SEKI_W_CGROUP, a->cgroup.pos,
		     "'%s' starts what it is told, and operators may have its processes moved to "
		     "this cgroup; give it 'argv', or 'kernel: { brokers: deny }' and no 'cgroups'",
		     origin->name.s);
}

void seki_check_cgroup(struct seki_compilation *c, const struct seki_actor *a)
{
	const char *path = a->cgroup.s, *bad = path ? seki_cgroup_fault(path) : NULL;

	if (!path || a->for_operators)
		return;
	if (bad)
		seki_error(c->diag, a->cgroup.pos, "'%.64s' has %s", path, bad);
	else if (!strcmp(path, "/user.slice") || !strncmp(path, "/user.slice/", 12))
		seki_error(c->diag, a->cgroup.pos,
			   "logins make cgroups of any name below /user.slice; name another one");
	else if (a->unit.s && memcmp(&a->unit.pos, &a->cgroup.pos, sizeof(a->unit.pos)))
		seki_error(c->diag, a->cgroup.pos,
			   "'cgroup' and 'unit'; the path of a service's cgroup ends in its unit, "
			   "remove one of them");
	else if (a->origin_id == SEKI_DOMAIN_INIT)
		check_below_init(c, a);
	else
		check_below_origin(c, a);
}
