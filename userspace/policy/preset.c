// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Presets: what is open without a rule.  All else is closed.
 */
#include "userspace/policy/matrix.h"

#define OWN_DATA                                                                        \
	(SEKI_READ | SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_LINK | \
	 SEKI_ATTR | SEKI_IOCTL | SEKI_WATCH)
#define OWN_LOG (SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_ATTR | SEKI_IOCTL)
#define INSTALL (SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_ATTR)
#define OWN_BPF (SEKI_READ | SEKI_WRITE | SEKI_USE)
#define VISIBLE (SEKI_INSPECT | SEKI_SIGNAL)
#define BLOCKMAP (SEKI_READ | SEKI_WRITE | SEKI_IOCTL | SEKI_USE)
#define LOADER SEKI_DOMAIN_LOADER
#define KEEPER SEKI_DOMAIN_COLLECTOR
#define INIT SEKI_DOMAIN_INIT
#define END SEKI_DOMAIN_SHUTDOWN

__u32 seki_kind_severity(__u16 kind)
{
	switch (kind) {
	case SEKI_KIND_DATA:
	case SEKI_KIND_KEYS:
	case SEKI_KIND_PROCESS:
	case SEKI_KIND_DEVICE:
	case SEKI_KIND_BUILTIN:
		return 3;
	default:
		return 2;
	}
}

/* One row of the rule table per label, so that a record names what closed it. */
struct preset {
	struct seki_matrix *m;
	__u16 label;
	__u32 rule;
};

static struct preset begin(struct seki_matrix *m, __u16 label, const char *text)
{
	const struct seki_label *l = m->c->sym.by_id[label];

	return (struct preset){ m, label,
				seki_matrix_add_rule(
					m, (struct seki_matrix_rule){
						   .text = text,
						   .line = l->line,
						   .controls = "",
						   .severity = seki_kind_severity(l->kind) }) };
}

static void open_to(const struct preset *p, __u16 domain, __u32 access)
{
	struct seki_draft *cell = seki_matrix_cell(p->m, domain, p->label);

	cell->allow |= access;
	cell->by_preset |= access;
	cell->rule = p->rule;
}

static void open_to_all(const struct preset *p, __u32 access)
{
	const struct seki_symbols *s = &p->m->c->sym;

	for (unsigned int i = 0; i < s->n_domains; i++)
		open_to(p, s->domain[i], access);
}

static const char *text(struct seki_matrix *m, const char *name, const char *rest)
{
	return seki_arena_printf(&m->c->arena, "%s %s", name, rest);
}

/* The loader lists data and keys when a next policy comes: a file with a second
 * name outside must not fall out of its label.
 */
static void function_files(struct seki_matrix *m, const struct seki_actor *a)
{
	struct preset p =
		begin(m, a->label[SEKI_PART_EXEC],
		      text(m, a->name.s, "and its origin start the program, all read it"));

	open_to_all(&p, SEKI_READ);
	open_to(&p, a->id, SEKI_EXEC);
	open_to(&p, a->origin_id, SEKI_EXEC);
	if (a->label[SEKI_PART_DATA]) {
		p = begin(m, a->label[SEKI_PART_DATA], text(m, a->name.s, "owns its data"));
		open_to(&p, a->id, OWN_DATA);
		open_to(&p, LOADER, SEKI_READ);
	}
	if (a->label[SEKI_PART_KEYS]) {
		p = begin(m, a->label[SEKI_PART_KEYS], text(m, a->name.s, "reads its keys"));
		open_to(&p, a->id, SEKI_READ);
		open_to(&p, LOADER, SEKI_READ);
	}
	if (a->label[SEKI_PART_UNIT]) {
		p = begin(m, a->label[SEKI_PART_UNIT],
			  text(m, a->name.s, "unit files are read only"));
		open_to_all(&p, SEKI_READ);
	}
}

/* Nobody writes into code that runs; to replace it a rule must name a domain. */
static void function_code(struct seki_matrix *m, const struct seki_actor *a)
{
	struct preset p;

	if (a->label[SEKI_PART_CODE]) {
		p = begin(m, a->label[SEKI_PART_CODE],
			  text(m, a->name.s, "code is sealed, all read and run it"));
		open_to_all(&p, SEKI_READ | SEKI_EXEC);
	}
}

/* Only functions run nothing but sealed code. */
static void unsealed_code(struct seki_matrix *m)
{
	const struct seki_policy *pol = &m->c->policy;
	struct preset file = begin(m, SEKI_LABEL_UNSEALED, "a function runs sealed code only");
	struct preset memory = begin(m, SEKI_LABEL_ANONYMOUS, "a function makes no code");

	for (unsigned int i = 0; i < pol->n_actors; i++) {
		const struct seki_actor *a = &pol->actor[i];

		if (a->id && !a->label[SEKI_PART_CODE])
			open_to(&file, a->id, SEKI_EXEC);
		if (a->id && (!a->is_function || a->anonymous_code))
			open_to(&memory, a->id, SEKI_EXEC);
	}
}

static void function_reach(struct seki_matrix *m, const struct seki_actor *a)
{
	struct preset p;

	if (a->label[SEKI_PART_MANAGEMENT]) {
		p = begin(m, a->label[SEKI_PART_MANAGEMENT],
			  text(m, a->name.s, "makes its management sockets"));
		open_to(&p, a->id, SEKI_CONNECT | SEKI_EXEC | OWN_DATA);
		open_to(&p, LOADER, SEKI_READ);
	}
	if (a->label[SEKI_PART_SHARED]) {
		p = begin(m, a->label[SEKI_PART_SHARED],
			  text(m, a->name.s, "owns the memory objects it makes"));
		open_to(&p, a->id, OWN_DATA);
	}
	if (a->label[SEKI_PART_DEVICE]) /* closed to all, but with a name in records */
		begin(m, a->label[SEKI_PART_DEVICE],
		      text(m, a->name.s, "data lies on this device"));
}

/* PID 1 becomes the user before it starts the program; functions may share one. */
static void function_user(struct seki_matrix *m, const struct seki_actor *a)
{
	const struct seki_policy *p = &m->c->policy;
	struct preset use;

	if (!a->label[SEKI_PART_USER])
		return;
	use = begin(m, a->label[SEKI_PART_USER], text(m, a->name.s, "only is its user"));
	open_to(&use, INIT, SEKI_USE);
	open_to(&use, a->origin_id, SEKI_USE);
	for (unsigned int i = 0; i < p->n_functions; i++)
		if (p->actor[i].id && p->actor[i].uid == a->uid)
			open_to(&use, p->actor[i].id, SEKI_USE);
}

static void process(struct seki_matrix *m, const struct seki_actor *a)
{
	struct preset p = begin(m, a->label[SEKI_PART_PROCESS],
				text(m, a->name.s, "is reached by itself and its origin"));

	open_to(&p, a->origin_id, VISIBLE);
	open_to(&p, KEEPER, SEKI_INSPECT);
	open_to(&p, a->id, SEKI_ACCESS_ALL);
}

static void domain_files(struct seki_matrix *m, const struct seki_actor *a)
{
	struct preset p = begin(m, a->label[SEKI_PART_EXEC],
				text(m, a->name.s, "program is read and started by all"));

	open_to_all(&p, SEKI_READ | SEKI_EXEC);
}

static void mechanism(struct seki_matrix *m)
{
	struct preset p = begin(m, SEKI_LABEL_UNLOCATED, "unlocated objects are closed");

	p = begin(m, SEKI_LABEL_FTRACE, "kernel.ftrace_enabled is read only");
	open_to_all(&p, SEKI_READ);
	p = begin(m, SEKI_LABEL_CANARY, "the canary is closed to all");
	p = begin(m, SEKI_LABEL_BPF_OWN, "Sekisho owns its BPF objects");
	open_to(&p, LOADER, SEKI_ACCESS_ALL);
	open_to(&p, KEEPER, OWN_BPF);
	p = begin(m, SEKI_LABEL_CONFIG, "Sekisho's configuration is read only");
	open_to_all(&p, SEKI_READ | SEKI_EXEC);
	open_to(&p, LOADER, INSTALL); /* a next policy, once it is verified */
	p = begin(m, SEKI_LABEL_LOG, "Sekisho writes its log, all read it");
	open_to_all(&p, SEKI_READ | SEKI_CONNECT);
	open_to(&p, KEEPER, OWN_LOG);
	open_to(&p, LOADER, OWN_LOG);
	p = begin(m, SEKI_LABEL_SECRET, "the log's keys are the collector's");
	open_to(&p, KEEPER, SEKI_READ | OWN_LOG);
}

static void processes(struct seki_matrix *m)
{
	struct preset p = begin(m, SEKI_LABEL_PROC_INIT, "init is seen and signalled by all");

	open_to_all(&p, VISIBLE);
	open_to(&p, INIT, SEKI_ACCESS_ALL);
	p = begin(m, SEKI_LABEL_PROC_OWN, "Sekisho's processes are its own");
	open_to(&p, INIT, SEKI_INSPECT);
	open_to(&p, LOADER, SEKI_ACCESS_ALL);
	open_to(&p, KEEPER, SEKI_ACCESS_ALL);
	p = begin(m, SEKI_LABEL_CGROUP_OWN, "nobody stops or limits Sekisho by its cgroups");
	open_to_all(&p, SEKI_READ | SEKI_WATCH);
}

static void power(struct preset p, const struct seki_power *w, __u32 access)
{
	if (w->word == SEKI_POWER_ALLOW)
		open_to_all(&p, access);
	for (unsigned int i = 0; i < w->n_ids; i++)
		open_to(&p, w->ids[i], access);
}

static void powers(struct seki_matrix *m)
{
	const struct seki_kernel *k = &m->c->policy.kernel;
	struct preset p;

	power(begin(m, SEKI_LABEL_CAPTURE, "kernel: capture"), &k->capture, SEKI_USE);
	power(begin(m, SEKI_LABEL_BLOCKMAP, "kernel: blockmap"), &k->blockmap, BLOCKMAP);
	begin(m, SEKI_LABEL_MEMORY, "kernel: memory is closed");
	/* init: systemd attaches BPF programs to its cgroups */
	p = begin(m, SEKI_LABEL_BPF, "kernel: bpf");
	open_to(&p, LOADER, SEKI_USE);
	open_to(&p, KEEPER, SEKI_USE);
	open_to(&p, INIT, SEKI_USE);
	power(p, &k->bpf, SEKI_USE);
}

/* Who connects to a daemon, or leaves a job for it, asks it. */
#define ASK (SEKI_CONNECT | SEKI_WRITE | SEKI_CREATE | SEKI_RENAME | SEKI_LINK | SEKI_SIGNAL)

/* Only operators are judged there: daemons make and serve their sockets as ever. */
static void brokers(struct seki_matrix *m)
{
	const struct seki_power *w = &m->c->policy.kernel.brokers;
	const struct seki_symbols *s = &m->c->sym;
	struct preset p = begin(m, SEKI_LABEL_BROKER, "kernel: brokers");

	open_to_all(&p, (OWN_DATA & ~ASK) | SEKI_EXEC | SEKI_MOUNT);
	if (w->word == SEKI_POWER_DEFAULT)
		open_to_all(&p, ASK);
	for (unsigned int i = 0; i < w->n_ids; i++)
		open_to(&p, w->ids[i], ASK);
	for (unsigned int i = 0; i < s->n_domains; i++) {
		struct seki_draft *cell = seki_matrix_cell(m, s->domain[i], SEKI_LABEL_BROKER);

		cell->record |= ASK;
		cell->waive |= ASK; /* who starts the collector again must be able to ask */
	}
}

/* Of all domains only init has what systemd needs to run the host. */
static void locked_powers(struct seki_matrix *m)
{
	const struct seki_kernel *k = &m->c->policy.kernel;

	for (unsigned int i = 0; i < seki_power_rows_count; i++) {
		const struct seki_power_row *r = &seki_power_rows[i];
		struct preset p = begin(m, r->label, text(m, "kernel:", r->word));

		if (r->all)
			open_to_all(&p, r->all);
		if (r->init)
			open_to(&p, INIT, r->access);
		power(p, (const void *)((const char *)k + r->offset), r->access);
	}
	begin(m, SEKI_LABEL_PROC_HOST, "processes outside the own login are not traced");
}

/* PID 1 builds the mount namespaces of units, over assets too. */
static void init_mounts(struct seki_matrix *m)
{
	const struct seki_symbols *s = &m->c->sym;

	for (unsigned int i = 0; i < s->n_labels; i++)
		if (s->label[i].applies & SEKI_MOUNT && s->label[i].id != SEKI_LABEL_CANARY)
			seki_matrix_cell(m, INIT, s->label[i].id)->allow |= SEKI_MOUNT;
}

/* PID 1 at the host's end is init, and may end Sekisho's processes. */
static void shutdown_as_init(struct seki_matrix *m)
{
	const struct seki_symbols *s = &m->c->sym;

	for (unsigned int i = 0; i < s->n_labels; i++)
		*seki_matrix_cell(m, END, s->label[i].id) =
			*seki_matrix_cell(m, INIT, s->label[i].id);
	seki_matrix_cell(m, END, SEKI_LABEL_PROC_OWN)->allow |= SEKI_SIGNAL;
}

void seki_presets_apply(struct seki_matrix *m)
{
	const struct seki_policy *p = &m->c->policy;

	mechanism(m);
	processes(m);
	powers(m);
	locked_powers(m);
	unsealed_code(m);
	brokers(m);
	for (unsigned int i = 0; i < p->n_actors; i++) {
		const struct seki_actor *a = &p->actor[i];

		if (!a->id)
			continue;
		if (a->is_function) {
			function_files(m, a);
			function_code(m, a);
			function_reach(m, a);
			function_user(m, a);
		} else {
			domain_files(m, a);
		}
		process(m, a);
	}
	init_mounts(m);
	shutdown_as_init(m);
}
