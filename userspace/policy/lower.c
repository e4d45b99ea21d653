// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Model and matrix to the tables of a bundle.
 */
#include <errno.h>
#include <string.h>

#include "userspace/policy/bundle_write.h"
#include "userspace/policy/matrix.h"

struct lowering {
	struct seki_compilation *c;
	struct seki_builder *b;
};

static __u32 string(struct lowering *l, const char *s)
{
	return seki_builder_string(l->b, s ?: "");
}

/* Names only: a bundle is the same wherever it was compiled. */
static __u32 sources(struct lowering *l)
{
	const struct seki_diag *d = l->c->diag;
	const char *slash = strrchr(d->file, '/'), *name = slash ? slash + 1 : d->file;
	__u32 first;

	if (!d->n_included)
		return string(l, name);
	first = seki_builder_bytes(l->b, name, strlen(name) + 1);
	for (unsigned int i = 0; i < d->n_included; i++)
		seki_builder_bytes(l->b, d->included[i].name, strlen(d->included[i].name) + 1);
	return first;
}

static void meta(struct lowering *l)
{
	const struct seki_policy *p = &l->c->policy;
	struct seki_bundle_meta m = { .version = p->version.n, .mode = p->mode.n };

	m.name = string(l, p->name.s);
	m.source = sources(l);
	m.description = string(l, p->description.s);
	m.site = string(l, p->site.s);
	seki_builder_add(l->b, SEKI_SECTION_META, &m);
}

static void builtin_domains(struct lowering *l)
{
	/* the loader: sekisho.service, sekisho-lock.service and their like */
	static const struct {
		const char *exec, *unit;
		__u16 proc_label, origin;
	} about[] = {
		[SEKI_DOMAIN_OTHER] = { "", "", 0, 0 },
		[SEKI_DOMAIN_INIT] = { "/usr/lib/systemd/systemd-executor", "",
				       SEKI_LABEL_PROC_INIT, SEKI_DOMAIN_INIT },
		[SEKI_DOMAIN_LOADER] = { "/usr/sbin/sekisho-load", "sekisho*", SEKI_LABEL_PROC_OWN,
					 SEKI_DOMAIN_INIT },
		[SEKI_DOMAIN_COLLECTOR] = { "/usr/sbin/sekishod", "sekishod.service",
					    SEKI_LABEL_PROC_OWN, SEKI_DOMAIN_INIT },
		[SEKI_DOMAIN_SHUTDOWN] = { "/usr/lib/systemd/systemd-shutdown", "",
					   SEKI_LABEL_PROC_INIT, SEKI_DOMAIN_INIT },
	};

	for (__u16 id = 0; id < sizeof(about) / sizeof(*about); id++) {
		struct seki_bundle_domain d = { .id = id,
						.proc_label = about[id].proc_label,
						.origin = about[id].origin };

		d.name = string(l, seki_domain_word(l->c, id));
		d.exec = string(l, about[id].exec);
		d.unit = string(l, about[id].unit);
		seki_builder_add(l->b, SEKI_SECTION_DOMAINS, &d);
	}
}

static void set_argv(struct lowering *l, const struct seki_actor *a, struct seki_bundle_domain *d)
{
	char argv[SEKI_ARGV_MAX];
	size_t at = 0;

	for (unsigned int i = 0; i < a->argv.n; i++) {
		size_t n = strlen(a->argv.v[i].s) + 1;

		memcpy(argv + at, a->argv.v[i].s, n); /* check_argv() saw that it fits */
		at += n;
	}
	if (!at)
		return;
	d->argv = seki_builder_bytes(l->b, argv, at);
	d->argv_len = (__u32)at;
}

static void set_container(struct lowering *l, const struct seki_actor *a,
			  struct seki_bundle_domain *d)
{
	size_t len;
	const char *labels = seki_container_labels(l->c, a, &len);

	d->container = string(l, a->container.bundle.s);
	d->image = string(l, a->container.image.s);
	if (!len)
		return;
	d->container_labels = seki_builder_bytes(l->b, labels, len);
	d->container_labels_len = (__u32)len;
}

static void own_domain(struct lowering *l, const struct seki_actor *a)
{
	struct seki_bundle_domain d = { .id = a->id,
					.origin = a->origin_id,
					.open_to_operator = (__u16)a->for_operators,
					.proc_label = a->label[SEKI_PART_PROCESS],
					.shared_label = a->label[SEKI_PART_SHARED],
					.user_label = a->uid ? a->label[SEKI_PART_USER] : 0,
					.user = a->uid,
					.core_function = a->core_function.n,
					.line = seki_where_of(a->name.pos) };

	d.name = string(l, a->name.s);
	d.exec = string(l, a->exec.s);
	d.unit = string(l, a->cgroup.s ? NULL : a->unit.s);
	d.cgroup = string(l, a->cgroup.s);
	set_argv(l, a, &d);
	set_container(l, a, &d);
	seki_builder_add(l->b, SEKI_SECTION_DOMAINS, &d);
}

static void roles(struct lowering *l)
{
	for (unsigned int i = 0; i < l->c->policy.n_roles; i++) {
		const struct seki_role *r = &l->c->policy.role[i];
		struct seki_bundle_domain d = { .id = r->id, .line = seki_where_of(r->name.pos) };

		d.name = string(l, r->name.s);
		seki_builder_add(l->b, SEKI_SECTION_DOMAINS, &d);
	}
	for (unsigned int i = 0; i < l->c->n_logins; i++) {
		const struct seki_login *from = &l->c->login[i];
		struct seki_bundle_login to = { .first = from->first,
						.last = from->last,
						.role = from->role->id,
						.line = seki_where_of(from->pos),
						.networks = from->role->networks,
						.terminals = from->role->terminals };
		unsigned int j = 0;

		do {
			to.through = from->role->through_ids[j];
			seki_builder_add(l->b, SEKI_SECTION_LOGINS, &to);
		} while (++j < from->role->n_through);
	}
}

static void ways_in(struct lowering *l)
{
	for (unsigned int i = 0; i < l->c->n_networks; i++)
		seki_builder_add(l->b, SEKI_SECTION_NETWORKS, &l->c->network[i]);
	for (unsigned int i = 0; i < l->c->n_terminals; i++) {
		struct seki_bundle_terminal to = l->c->terminal[i].range;

		to.name = string(l, l->c->terminal[i].name);
		seki_builder_add(l->b, SEKI_SECTION_TERMINALS, &to);
	}
}

static void labels(struct lowering *l)
{
	const struct seki_symbols *s = &l->c->sym;

	for (unsigned int i = 0; i < s->n_labels; i++) {
		const struct seki_label *from = &s->label[i];
		struct seki_bundle_label to = {
			.id = from->id, .kind = from->kind, .owner = from->owner, .line = from->line
		};

		to.name = string(l, from->name);
		seki_builder_add(l->b, SEKI_SECTION_LABELS, &to);
	}
}

static void paths(struct lowering *l)
{
	for (unsigned int i = 0; i < l->c->n_places; i++) {
		const struct seki_place *from = &l->c->place[i];
		struct seki_bundle_path to = { .label = from->label,
					       .entry = from->entry,
					       .device_label = from->device_label,
					       .flags = from->flags,
					       .line = seki_where_of(from->pos) };

		to.path = string(l, from->path);
		seki_builder_add(l->b, SEKI_SECTION_PATHS, &to);
	}
}

static void cells(struct lowering *l, const struct seki_matrix *m)
{
	const struct seki_symbols *s = &l->c->sym;

	for (unsigned int i = 0; i < s->n_domains; i++)
		for (unsigned int j = 1; j < s->n_labels; j++) { /* not label 0 */
			struct seki_bundle_cell to = { .domain = s->domain[i],
						       .label = s->label[j].id };
			const struct seki_draft *from = seki_matrix_cell(m, to.domain, to.label);

			if (!seki_matrix_matters(m, to.domain, to.label))
				continue;
			to.cell.allow = from->allow;
			to.cell.record = from->record & from->allow;
			to.cell.waive = from->waive & to.cell.record;
			to.cell.lend = seki_matrix_lend(m, to.domain, to.label) & ~from->allow;
			to.cell.rule = from->rule;
			to.cell.mode = from->mode;
			to.cell.rate = from->rate;
			seki_builder_add(l->b, SEKI_SECTION_CELLS, &to);
		}
}

static void rules(struct lowering *l, const struct seki_matrix *m)
{
	for (__u32 i = 0; i < m->n_rules; i++) {
		struct seki_bundle_rule to = { .line = m->rule[i].line,
					       .severity = m->rule[i].severity,
					       .rate_records = m->rule[i].rate.records,
					       .rate_seconds = m->rule[i].rate.seconds,
					       .rate_access = m->rule[i].thin };

		if (m->rule[i].why) {
			to.description = string(l, m->rule[i].why->en.s);
			to.description_ja = string(l, m->rule[i].why->ja.s);
		}
		to.text = string(l, m->rule[i].text);
		to.controls = string(l, m->rule[i].controls);
		seki_builder_add(l->b, SEKI_SECTION_RULES, &to);
	}
}

int seki_lower(struct seki_compilation *c, const struct seki_matrix *m, void **ret,
	       size_t *ret_size)
{
	struct lowering l = { c, seki_builder_new() };
	int err;

	if (!l.b)
		return -ENOMEM;
	meta(&l);
	builtin_domains(&l);
	for (unsigned int i = 0; i < c->policy.n_actors; i++)
		own_domain(&l, &c->policy.actor[i]);
	roles(&l);
	ways_in(&l);
	labels(&l);
	paths(&l);
	for (unsigned int i = 0; i < c->n_addrs; i++) {
		c->addr[i].text = string(&l, c->addr_text[i].s);
		seki_builder_add(l.b, SEKI_SECTION_ADDRS, &c->addr[i]);
	}
	cells(&l, m);
	rules(&l, m);
	err = seki_builder_finish(l.b, ret, ret_size);
	seki_builder_free(l.b);
	return err;
}
