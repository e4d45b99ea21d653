// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judging functions and domains: what can't be, what can't be meant, and what
 * weakens the protection without saying so.
 */
#include "userspace/policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && !strcmp(s + n - m, end);
}

static void check_core_function(struct seki_compilation *c, const struct seki_actor *a)
{
	if (a->core_function.n > 4)
		seki_error(c->diag, a->core_function.pos,
			   "core function %u; 1 is switching, "
			   "2 control, 3 operation and maintenance, 4 subscriber management",
			   a->core_function.n);
}

/* Drop-in directories are named UNIT.d, and names in tables have 63 bytes. */
static void check_unit(struct seki_compilation *c, const struct seki_actor *a)
{
	const char *u = a->unit.s;

	if (!u)
		return;
	if (!ends_with(u, ".service"))
		seki_error(c->diag, a->unit.pos, "'%.64s' is not a service; write NAME.service", u);
	else if (strpbrk(u, "/ ") || *u == '.' || *u == '-')
		seki_error(c->diag, a->unit.pos,
			   "'%.64s' is not a unit name; give the name "
			   "that systemctl shows",
			   u);
	else if (strlen(u) > SEKI_UNIT_MAX - 3)
		seki_error(c->diag, a->unit.pos,
			   "unit name longer than %d bytes; use a shorter unit", SEKI_UNIT_MAX - 3);
}

static void check_argv(struct seki_compilation *c, const struct seki_actor *a)
{
	size_t bytes = 0;

	for (unsigned int i = 0; i < a->argv.n; i++)
		bytes += strlen(a->argv.v[i].s) + 1;
	if (bytes > SEKI_ARGV_MAX)
		seki_error(c->diag, a->argv.pos,
			   "arguments need %zu bytes and %d fit; "
			   "move some into a configuration file",
			   bytes, SEKI_ARGV_MAX);
	else if (a->argv.n > 255)
		seki_error(c->diag, a->argv.pos,
			   "more than 255 arguments; "
			   "move some into a configuration file");
	else if (a->argv.n && !*a->argv.v[0].s)
		seki_error(c->diag, a->argv.v[0].pos,
			   "argument 0 is empty; it is the program's name");
}

/* A unit or arguments left open is a way to start the program as one likes. */
static void warn_open_entry(struct seki_compilation *c, const struct seki_actor *a)
{
	if (!a->is_function || !a->exec.s)
		return;
	if (!a->unit.s && !a->cgroup.s)
		seki_warning(c->diag, SEKI_W_FUNCTION_UNIT, a->name.pos,
			     "any service may start '%s' with its rights; "
			     "add 'unit: NAME.service'",
			     a->name.s);
	if (!a->argv.pos.line)
		seki_warning(c->diag, SEKI_W_FUNCTION_ARGV, a->name.pos,
			     "'%s' gets its rights with any arguments; "
			     "add 'argv: [...]' as the unit starts it",
			     a->name.s);
}

/* Programs that run what they are told: their rights would be everybody's, and
 * as a function's own program nobody else could start them.
 */
static void check_shared_program(struct seki_compilation *c, const struct seki_actor *a)
{
	static const char *const shared[] = { "sh",  "bash", "dash",	"zsh",	"busybox",
					      "env", "perl", "systemd", "sudo", "su" };
	const char *name = a->exec.s ? strrchr(a->exec.s, '/') + 1 : "";

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (!strcmp(name, shared[i]))
			goto found;
	if (strncmp(name, "python", 6))
		return;
found:
	if (a->is_function)
		seki_error(c->diag, a->exec.pos,
			   "'%s' runs for the whole host; name the "
			   "function's own program",
			   a->exec.s);
	else if ((!a->unit.s && !a->cgroup.s) || !a->argv.n)
		seki_error(c->diag, a->exec.pos,
			   "'%s' runs whatever it is told; give both "
			   "'unit' and 'argv'",
			   a->exec.s);
}

static void check_traffic(struct seki_compilation *c, const struct seki_actor *a)
{
	for (unsigned int i = 0; i < a->traffic.n; i++) {
		const struct seki_text *t = &a->traffic.v[i];
		const char *colon = strchr(t->s, ':');
		size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;

		if (!colon || colon == t->s || colon - t->s > 15 || !digits || digits > 5 ||
		    colon[1 + digits] || strtoul(colon + 1, NULL, 10) > 65535 || colon[1] == '0')
			seki_error(c->diag, t->pos,
				   "'%.64s' is not traffic; write INTERFACE:PORT, "
				   "for example lo:4222",
				   t->s);
	}
	if (a->traffic.n && c->policy.kernel.capture.word == SEKI_POWER_ALLOW) {
		seki_error(c->diag, a->traffic.pos,
			   "traffic of '%s' can't be guarded while everyone "
			   "may capture; set 'capture' to deny or a list",
			   a->name.s);
		seki_note(c->diag, c->policy.kernel.capture.pos, "capture is allowed here");
	}
}

/* Names are looked up now: whoever is root writes the table they stand in. */
static void check_user(struct seki_compilation *c, struct seki_actor *a)
{
	size_t digits = a->user.s ? strspn(a->user.s, "0123456789") : 0;

	if (!a->user.s)
		return;
	if (digits && !a->user.s[digits] && digits < 10)
		a->uid = (__u32)strtoul(a->user.s, NULL, 10);
	else if (c->options.offline)
		seki_error(c->diag, a->user.pos,
			   "names are not looked up with --offline; write the number of '%.64s'",
			   a->user.s);
	else
		a->uid = seki_uid_of(c, a->user.s);
	if (!a->uid && (digits || !c->options.offline))
		seki_error(c->diag, a->user.pos,
			   "'%.64s' is no user of this host but root; name the function's own",
			   a->user.s);
}

struct seki_actor *seki_actor_of(struct seki_compilation *c, __u16 id)
{
	for (unsigned int i = 0; id && i < c->policy.n_actors; i++)
		if (c->policy.actor[i].id == id)
			return &c->policy.actor[i];
	return NULL;
}

/* People start it from their sessions, which are no unit and no domain. */
static void check_operator(struct seki_compilation *c, const struct seki_actor *a)
{
	const struct seki_text *beside = a->origin.s ? &a->origin :
					 a->unit.s   ? &a->unit :
						       &a->cgroup;

	if (a->for_operators && beside->s)
		seki_error(c->diag, beside->pos,
			   "operators start '%s' from their sessions; "
			   "remove this or 'operator: true'",
			   a->name.s);
}

static void resolve_origin(struct seki_compilation *c, struct seki_actor *a)
{
	const struct seki_actor *origin;

	a->origin_id = a->for_operators ? SEKI_DOMAIN_OTHER : SEKI_DOMAIN_INIT;
	if (!a->origin.s || !seki_resolve_domain(c, &a->origin, &a->origin_id))
		return;
	if (a->origin_id == SEKI_DOMAIN_OTHER) {
		seki_error(c->diag, a->origin.pos,
			   "origin 'other' lets everyone start '%s'; "
			   "name init or a domain",
			   a->name.s);
		a->origin_id = SEKI_DOMAIN_INIT;
	}
	if (seki_role_of(c, a->origin_id)) {
		seki_error(c->diag, a->origin.pos,
			   "'%s' is a role of operators, who start no domain; "
			   "name init or a domain",
			   a->origin.s);
		a->origin_id = SEKI_DOMAIN_INIT;
	}
	origin = seki_actor_of(c, a->origin_id);
	if (origin && origin->for_operators)
		seki_error(c->diag, a->origin.pos,
			   "everyone starts '%s', and so '%s' too; "
			   "name a domain that a unit starts",
			   origin->name.s, a->name.s);
}

/* Following origins must end at init, or nobody can ever enter. */
static void check_origin(struct seki_compilation *c, struct seki_actor *a)
{
	const struct seki_actor *at = a;

	for (unsigned int steps = 0; at && steps <= c->policy.n_actors; steps++) {
		at = seki_actor_of(c, at->origin_id);
		if (at == a) {
			seki_error(c->diag, a->origin.pos,
				   "'%s' is started only from itself; "
				   "let one origin be init",
				   a->name.s);
			return;
		}
	}
}

void seki_check_actors(struct seki_compilation *c)
{
	struct seki_policy *p = &c->policy;

	for (unsigned int i = 0; i < p->n_actors; i++) {
		struct seki_actor *a = &p->actor[i];

		check_core_function(c, a);
		check_unit(c, a);
		check_argv(c, a);
		check_shared_program(c, a);
		check_traffic(c, a);
		check_user(c, a);
		seki_check_container(c, a);
		warn_open_entry(c, a);
		check_operator(c, a);
		resolve_origin(c, a);
	}
	for (unsigned int i = 0; i < p->n_actors; i++) {
		check_origin(c, &p->actor[i]);
		seki_check_cgroup(c, &p->actor[i]);
	}
}

/* After the rules: what nobody refers to. */
void seki_check_use(struct seki_compilation *c)
{
	const struct seki_policy *p = &c->policy;

	for (unsigned int i = p->n_functions; i < p->n_actors; i++)
		if (p->actor[i].id && !p->actor[i].used && !p->actor[i].name.pos.source)
			seki_warning(c->diag, SEKI_W_UNUSED, p->actor[i].name.pos,
				     "domain '%s' is never used; "
				     "write a rule for it or remove it",
				     p->actor[i].name.s);
	for (unsigned int i = 0; i < p->n_roles; i++)
		if (p->role[i].id && !p->role[i].used && !p->role[i].name.pos.source)
			seki_warning(c->diag, SEKI_W_UNUSED, p->role[i].name.pos,
				     "role '%s' is never used; "
				     "write a rule for it or remove it",
				     p->role[i].name.s);
	if (p->n_functions || c->diag->errors)
		return;
	if (p->mode.n == SEKI_MODE_ENFORCE)
		seki_error(c->diag, p->mode.pos,
			   "mode enforce without a function; "
			   "describe one under 'functions'");
	else
		seki_warning(c->diag, SEKI_W_NO_FUNCTION, p->mode.pos,
			     "no function is protected; "
			     "describe one under 'functions'");
}
