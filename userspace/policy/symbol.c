// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names to ids: built-in ones first, then the policy's in the order of its
 * text, so that equal texts give equal bundles.
 */
#include "userspace/policy/policy.h"

#include <stdio.h>
#include <string.h>

#define FILES                                                                           \
	(SEKI_READ | SEKI_WRITE | SEKI_EXEC | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | \
	 SEKI_LINK | SEKI_ATTR | SEKI_IOCTL | SEKI_WATCH | SEKI_MOUNT)
#define PROCESS (SEKI_INSPECT | SEKI_TRACE | SEKI_SIGNAL | SEKI_LIMIT)
#define DEVICE (SEKI_READ | SEKI_WRITE | SEKI_ATTR | SEKI_IOCTL | SEKI_WATCH)
#define BLOCKMAP (SEKI_READ | SEKI_WRITE | SEKI_IOCTL | SEKI_USE)

/* What a rule may open.  Whatever would let its holder end the enforcement or
 * edit the evidence stays closed, whoever asks.
 */
static const struct {
	__u32 applies, opens;
	__u16 owner;
} builtin[] = {
	[SEKI_LABEL_UNLOCATED] = { FILES, 0, 0 },
	[SEKI_LABEL_FTRACE] = { FILES, SEKI_READ, 0 },
	[SEKI_LABEL_CANARY] = { FILES, 0, 0 },
	[SEKI_LABEL_BPF_OWN] = { FILES | SEKI_USE, 0, SEKI_DOMAIN_LOADER },
	[SEKI_LABEL_CONFIG] = { FILES, FILES & ~SEKI_MOUNT, SEKI_DOMAIN_LOADER },
	[SEKI_LABEL_LOG] = { FILES | SEKI_CONNECT, SEKI_READ | SEKI_WATCH | SEKI_CONNECT,
			     SEKI_DOMAIN_COLLECTOR },
	[SEKI_LABEL_CAPTURE] = { SEKI_USE, SEKI_USE, 0 },
	[SEKI_LABEL_BPF] = { SEKI_USE, SEKI_USE, 0 },
	[SEKI_LABEL_PROC_INIT] = { PROCESS, SEKI_INSPECT | SEKI_SIGNAL, SEKI_DOMAIN_INIT },
	[SEKI_LABEL_PROC_OWN] = { PROCESS, SEKI_INSPECT, SEKI_DOMAIN_COLLECTOR },
	[SEKI_LABEL_BLOCKMAP] = { BLOCKMAP, BLOCKMAP, 0 },
	[SEKI_LABEL_MEMORY] = { DEVICE, DEVICE, 0 },
	[SEKI_LABEL_PROC_HOST] = { SEKI_TRACE, SEKI_TRACE, 0 },
	[SEKI_LABEL_SECRET] = { FILES, 0, SEKI_DOMAIN_COLLECTOR },
	[SEKI_LABEL_CGROUP_OWN] = { FILES, SEKI_READ, SEKI_DOMAIN_COLLECTOR },
	[SEKI_LABEL_UNSEALED] = { SEKI_EXEC, SEKI_EXEC, 0 },
	[SEKI_LABEL_BROKER] = { FILES | SEKI_CONNECT | SEKI_SIGNAL,
				FILES | SEKI_CONNECT | SEKI_SIGNAL, 0 },
	[SEKI_LABEL_ANONYMOUS] = { SEKI_EXEC, SEKI_EXEC, 0 },
};

static const struct {
	const char *word;
	__u16 kind;
	__u32 applies;
} parts[SEKI_PART_COUNT] = {
	[SEKI_PART_EXEC] = { "exec", SEKI_KIND_EXEC, FILES },
	[SEKI_PART_DATA] = { "data", SEKI_KIND_DATA, FILES },
	[SEKI_PART_KEYS] = { "keys", SEKI_KIND_KEYS, FILES },
	[SEKI_PART_MANAGEMENT] = { "management", SEKI_KIND_MANAGEMENT, FILES | SEKI_CONNECT },
	[SEKI_PART_PROCESS] = { "process", SEKI_KIND_PROCESS, PROCESS },
	[SEKI_PART_DEVICE] = { "device", SEKI_KIND_DEVICE, DEVICE },
	[SEKI_PART_UNIT] = { "unit", SEKI_KIND_UNIT, FILES },
	[SEKI_PART_SHARED] = { "shared", SEKI_KIND_SHARED, FILES & ~SEKI_MOUNT },
	[SEKI_PART_USER] = { "user", SEKI_KIND_USER, SEKI_USE },
	[SEKI_PART_CODE] = { "code", SEKI_KIND_CODE, FILES },
};

/* Labels of powers take their accesses from the table of powers. */
static __u32 power_access(__u16 label)
{
	for (unsigned int i = 0; i < seki_power_rows_count; i++)
		if (seki_power_rows[i].label == label)
			return seki_power_rows[i].access;
	return 0;
}

static __u32 part_access(__u16 kind)
{
	for (int i = 0; i < SEKI_PART_COUNT; i++)
		if (parts[i].kind == kind)
			return parts[i].applies;
	return 0;
}

__u32 seki_label_applies(__u16 id, __u16 kind)
{
	if (kind != SEKI_KIND_BUILTIN)
		return part_access(kind);
	return (id < sizeof(builtin) / sizeof(*builtin) ? builtin[id].applies : 0) |
	       power_access(id);
}

__u32 seki_label_opens(__u16 id, __u16 kind)
{
	if (kind != SEKI_KIND_BUILTIN)
		return part_access(kind);
	return (id < sizeof(builtin) / sizeof(*builtin) ? builtin[id].opens : 0) | power_access(id);
}

static struct seki_label *add_label(struct seki_compilation *c, struct seki_label l)
{
	struct seki_symbols *s = &c->sym;
	struct seki_label *p = &s->label[s->n_labels++];

	*p = l;
	s->by_id[l.id] = p;
	seki_table_add(&s->label_ids, l.word, strlen(l.word), l.id, NULL);
	return p;
}

static void add_domain(struct seki_compilation *c, const char *word, __u16 id)
{
	c->sym.domain[c->sym.n_domains++] = id;
	seki_table_add(&c->sym.domain_ids, word, strlen(word), id, NULL);
}

static void add_builtins(struct seki_compilation *c)
{
#define X(name, id, word) add_domain(c, word, id);
	SEKI_DOMAIN_LIST(X)
#undef X
#define X(upper, number, text)                                                                   \
	add_label(c,                                                                             \
		  (struct seki_label){ .name = text,                                             \
				       .word = text,                                             \
				       .id = number,                                             \
				       .kind = SEKI_KIND_BUILTIN,                                \
				       .owner = builtin[number].owner,                           \
				       .applies = seki_label_applies(number, SEKI_KIND_BUILTIN), \
				       .opens = seki_label_opens(number, SEKI_KIND_BUILTIN) });
	SEKI_LABEL_LIST(X)
#undef X
}

static bool has_part(const struct seki_actor *a, enum seki_part part)
{
	switch (part) {
	case SEKI_PART_DATA:
		return a->data.n;
	case SEKI_PART_KEYS:
		return a->keys.n;
	case SEKI_PART_MANAGEMENT:
		return a->management.n;
	case SEKI_PART_DEVICE:
		return a->data.n || a->keys.n;
	case SEKI_PART_UNIT:
		return a->is_function && (a->unit.s || a->container.bundle.s);
	case SEKI_PART_SHARED:
		return a->is_function;
	case SEKI_PART_USER:
		return a->user.s;
	default:
		return true;
	}
}

static void add_part(struct seki_compilation *c, struct seki_actor *a, enum seki_part part,
		     __u16 id)
{
	const char *word = seki_arena_printf(&c->arena, "%s.%s", a->name.s, parts[part].word);
	const char *name = word;

	if (part == SEKI_PART_PROCESS)
		name = seki_arena_printf(&c->arena, "proc.%s", a->name.s);
	a->label[part] = id;
	add_label(c, (struct seki_label){ .name = name,
					  .word = word,
					  .id = id,
					  .kind = parts[part].kind,
					  .owner = a->id,
					  .line = seki_where_of(a->name.pos),
					  .applies = parts[part].applies,
					  .opens = parts[part].applies });
}

static const char *const reserved[] = { "other", "init", "sekisho",   "kernel",
					"net",	 "proc", "unlocated", "code" };

/* Where tests and explain ask for an operator of no role. */
#define ANY_OPERATOR "operator"

/* Letters first: a name is also a part of labels, file names and reports. */
bool seki_name_ok(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return *name >= 'a' && *name <= 'z' && !name[n] && n <= 31;
}

static bool name_ok(struct seki_compilation *c, const struct seki_text *name)
{
	if (!seki_name_ok(name->s)) {
		seki_error(c->diag, name->pos,
			   "'%.64s' is not a name; use up to 31 lower-case "
			   "letters, digits and '-', a letter first",
			   name->s);
		return false;
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (!strcmp(reserved[i], name->s)) {
			seki_error(c->diag, name->pos, "'%s' is built in; choose another name",
				   name->s);
			return false;
		}
	return true;
}

static bool is_new(struct seki_compilation *c, const struct seki_text *name)
{
	const struct seki_policy *p = &c->policy;
	uint32_t id;

	if (!seki_table_find(&c->sym.domain_ids, name->s, strlen(name->s), &id))
		return true;
	seki_error(c->diag, name->pos, "'%s' names two of functions, domains and roles; rename one",
		   name->s);
	for (unsigned int i = 0; i < p->n_actors; i++)
		if (p->actor[i].id == id)
			seki_note(c->diag, p->actor[i].name.pos, "the other one");
	return false;
}

/* The next number, for a new name; 0: there is none, which is said once. */
static __u16 take_domain(struct seki_compilation *c, const struct seki_text *name, __u16 *next,
			 bool room, const char *kinds)
{
	if (!name_ok(c, name) || !is_new(c, name) || *next > SEKI_DOMAIN_MAX)
		return 0;
	if (*next == SEKI_DOMAIN_MAX || !room) {
		seki_error(c->diag, name->pos,
			   "more %s than the kernel tables hold (%d); split the host", kinds,
			   SEKI_DOMAIN_MAX - SEKI_DOMAIN_FIRST);
		*next = SEKI_DOMAIN_MAX + 1;
		return 0;
	}
	add_domain(c, name->s, *next);
	return (*next)++;
}

static void add_actor(struct seki_compilation *c, struct seki_actor *a, __u16 *domain, __u16 *label)
{
	a->id = take_domain(c, &a->name, domain, *label + SEKI_PART_COUNT <= SEKI_LABEL_CODE,
			    "functions and domains");
	for (int part = 0; a->id && part < SEKI_PART_CODE; part++)
		if (has_part(a, part))
			add_part(c, a, part, (*label)++);
}

/* Behind functions and domains: tasks keep the number of their domain, never of a role. */
static void add_role(struct seki_compilation *c, struct seki_role *r, __u16 *domain)
{
	if (strcmp(r->name.s, ANY_OPERATOR))
		r->id = take_domain(c, &r->name, domain, true, "functions, domains and roles");
	else
		seki_error(c->diag, r->name.pos, "'%s' is built in; choose another name",
			   r->name.s);
}

/* Offline nobody looks for libraries: what the policy names is sealed, or nothing. */
static void add_code(struct seki_compilation *c)
{
	struct seki_policy *p = &c->policy;
	__u16 label = SEKI_LABEL_CODE;

	for (unsigned int i = 0; i < p->n_functions; i++)
		if (p->actor[i].id && (p->actor[i].code.n || !c->options.offline))
			add_part(c, &p->actor[i], SEKI_PART_CODE, label++);
}

void seki_symbols_build(struct seki_compilation *c)
{
	struct seki_policy *p = &c->policy;
	__u16 domain = SEKI_DOMAIN_FIRST, label = SEKI_LABEL_FIRST;

	c->sym.label = seki_arena_array(&c->arena, SEKI_LABEL_MAX, sizeof(*c->sym.label));
	add_builtins(c);
	for (unsigned int i = 0; i < p->n_actors; i++)
		add_actor(c, &p->actor[i], &domain, &label);
	for (unsigned int i = 0; i < p->n_roles; i++)
		add_role(c, &p->role[i], &domain);
	add_code(c);
}

const char *seki_domain_word(const struct seki_compilation *c, __u16 id)
{
	static const char *const words[] = {
#define X(name, id, word) [id] = word,
		SEKI_DOMAIN_LIST(X)
#undef X
	};

	if (id < sizeof(words) / sizeof(*words))
		return words[id];
	for (unsigned int i = 0; i < c->policy.n_actors; i++)
		if (c->policy.actor[i].id == id)
			return c->policy.actor[i].name.s;
	if (seki_role_of(c, id))
		return seki_role_of(c, id)->name.s;
	return "?";
}

static void unknown_domain(struct seki_compilation *c, const struct seki_text *t)
{
	const char *known[SEKI_DOMAIN_MAX], *meant;

	for (unsigned int i = 0; i < c->sym.n_domains; i++)
		known[i] = seki_domain_word(c, c->sym.domain[i]);
	meant = seki_closest(t->s, known, c->sym.n_domains);
	if (meant)
		seki_error(c->diag, t->pos, "unknown domain '%.64s'; did you mean '%s'?", t->s,
			   meant);
	else
		seki_error(c->diag, t->pos,
			   "unknown domain '%.64s'; describe its program "
			   "under 'domains', or use other or init",
			   t->s);
}

bool seki_resolve_domain(struct seki_compilation *c, const struct seki_text *t, __u16 *ret)
{
	uint32_t id;

	if (!seki_table_find(&c->sym.domain_ids, t->s, strlen(t->s), &id)) {
		/* said for each place: 100,000 wrong rules are not each compared */
		if (c->diag->entries < SEKI_DIAG_SHOWN_MAX)
			unknown_domain(c, t);
		else
			c->diag->errors++;
		return false;
	}
	for (unsigned int i = 0; id >= SEKI_DOMAIN_FIRST && i < c->policy.n_actors; i++)
		if (c->policy.actor[i].id == id)
			c->policy.actor[i].used = true;
	if (seki_role_of(c, (__u16)id))
		seki_role_of(c, (__u16)id)->used = true;
	*ret = (__u16)id;
	return true;
}
