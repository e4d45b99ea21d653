// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a bundle says of functions and domains is written first and compiled; the
 * cells in which that differs from the bundle are then what the rules were.  The
 * whole is compiled again and compared.
 */
#include "userspace/judge/restore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/judge/diff.h"
#include "userspace/judge/explain.h"
#include "userspace/lib/cleanup.h"
#include "userspace/policy/policy.h"

struct restore {
	const struct seki_view *v;
	FILE *out;
};

static const char *str(const struct restore *r, __u32 offset)
{
	return seki_bundle_string(r->v->b, offset);
}

static void quoted(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		fputc(*s, out);
		if (*s == '$' && s[1] == '{')
			fputs("${", out), s++; /* $${ is ${ */
	}
	fputc('"', out);
}

static void head(struct restore *r)
{
	const struct seki_bundle_meta *m = r->v->b->meta;

	fprintf(r->out, "sekisho: 1\nname: ");
	quoted(r->out, str(r, m->name));
	fprintf(r->out, "\nversion: %u\nmode: %s\n", m->version, seki_mode_text(m->mode));
	if (*str(r, m->description)) {
		fputs("description: ", r->out);
		quoted(r->out, str(r, m->description));
		fputc('\n', r->out);
	}
	if (*str(r, m->site)) {
		fputs("site: ", r->out);
		quoted(r->out, str(r, m->site));
		fputc('\n', r->out);
	}
}

/* ---- functions and domains ----------------------------------------------------- */

static const struct seki_bundle_label *part(const struct restore *r, __u16 owner, __u16 kind)
{
	for (__u32 i = 0; i < r->v->b->n_labels; i++)
		if (r->v->b->labels[i].owner == owner && r->v->b->labels[i].kind == kind)
			return &r->v->b->labels[i];
	return NULL;
}

static void key(struct restore *r, const char *name, bool *begun)
{
	if (!*begun)
		fprintf(r->out, "    %s:\n", name);
	*begun = true;
}

static void paths(struct restore *r, const struct seki_bundle_domain *d, __u16 kind,
		  const char *name)
{
	const struct seki_bundle_label *l = part(r, d->id, kind);
	bool begun = false, optional;

	for (__u32 i = 0; l && i < r->v->b->n_paths; i++) {
		const struct seki_bundle_path *p = &r->v->b->paths[i];

		if (p->label != l->id || p->flags & (SEKI_PATH_LINK | SEKI_PATH_SELF))
			continue;
		key(r, name, &begun);
		optional = p->flags & SEKI_PATH_OPTIONAL && kind != SEKI_KIND_MANAGEMENT;
		fputs(optional ? "      - { path: " : "      - ", r->out);
		if (kind == SEKI_KIND_MANAGEMENT)
			fprintf(r->out, "\"unix:%s\"\n", str(r, p->path));
		else {
			quoted(r->out, str(r, p->path));
			fputs(optional ? ", optional: true }\n" : "\n", r->out);
		}
	}
}

/* The second door of a loopback address, which the compiler adds. */
static bool is_door(const struct seki_bundle *b, const struct seki_bundle_addr *a)
{
	static const __u8 any[16] = { [10] = 0xff, [11] = 0xff };

	if (memcmp(a->key.addr, any, sizeof(any)))
		return false;
	for (__u32 i = 0; i < b->n_addrs; i++)
		if (b->addrs[i].key.kind == a->key.kind && b->addrs[i].key.port == a->key.port &&
		    !memcmp(b->addrs[i].key.addr, any, 12) && b->addrs[i].key.addr[12] == 127)
			return true;
	return false;
}

static void management(struct restore *r, const struct seki_bundle_domain *d)
{
	const struct seki_bundle_label *l = part(r, d->id, SEKI_KIND_MANAGEMENT);
	const struct seki_bundle *b = r->v->b;
	bool begun = false;

	for (__u32 i = 0; l && i < b->n_paths; i++)
		if (b->paths[i].label == l->id)
			begun = true;
	paths(r, d, SEKI_KIND_MANAGEMENT, "management");
	for (__u32 i = 0; l && i < b->n_addrs; i++) {
		if (b->addrs[i].label != l->id || is_door(b, &b->addrs[i]))
			continue;
		key(r, "management", &begun);
		fputs("      - ", r->out);
		quoted(r->out, str(r, b->addrs[i].text));
		fputc('\n', r->out);
	}
}

static void argv(struct restore *r, const struct seki_bundle_domain *d)
{
	const char *s = str(r, d->argv), *end = s + d->argv_len;

	if (s == end)
		return;
	fputs("    argv:\n", r->out);
	for (; s < end; s += strlen(s) + 1) {
		fputs("      - ", r->out);
		quoted(r->out, s);
		fputc('\n', r->out);
	}
}

static void labels(struct restore *r, const struct seki_bundle_domain *d)
{
	const char *key = str(r, d->container_labels), *end = key + d->container_labels_len;

	if (key < end)
		fputs("      label:\n", r->out);
	while (key < end) {
		const char *value = key + strlen(key) + 1;

		fputs("        ", r->out);
		quoted(r->out, key);
		fputs(": ", r->out);
		quoted(r->out, value);
		fputc('\n', r->out);
		key = value + strlen(value) + 1;
	}
}

static void container(struct restore *r, const struct seki_bundle_domain *d)
{
	if (!*str(r, d->container))
		return;
	fputs("    container:\n      bundle: ", r->out);
	quoted(r->out, str(r, d->container));
	fputc('\n', r->out);
	if (*str(r, d->image))
		fprintf(r->out, "      image: \"%s\"\n", str(r, d->image));
	labels(r, d);
}

/* Code that a function makes itself is open to it by its key, not by a rule. */
static bool makes_code(const struct restore *r, const struct seki_bundle_domain *d)
{
	struct seki_decision got;

	seki_view_decide(r->v, d->id, SEKI_LABEL_ANONYMOUS, SEKI_EXEC, &got);
	return d->core_function && !got.missing && !seki_view_rule_written(r->v, got.rule);
}

static void actor(struct restore *r, const struct seki_bundle_domain *d)
{
	fprintf(r->out, "  %s:\n", str(r, d->name));
	if (d->core_function)
		fprintf(r->out, "    core-function: %u\n", d->core_function);
	fputs("    exec: ", r->out);
	quoted(r->out, str(r, d->exec));
	fputc('\n', r->out);
	if (*str(r, d->unit))
		fprintf(r->out, "    unit: \"%s\"\n", str(r, d->unit));
	if (*str(r, d->cgroup))
		fprintf(r->out, "    cgroup: \"%s\"\n", str(r, d->cgroup));
	argv(r, d);
	container(r, d);
	if (d->user)
		fprintf(r->out, "    user: %u\n", d->user);
	if (d->open_to_operator)
		fputs("    operator: true\n", r->out);
	else if (d->origin != SEKI_DOMAIN_INIT)
		fprintf(r->out, "    origin: %s\n", seki_bundle_domain_name(r->v->b, d->origin));
	if (makes_code(r, d))
		fputs("    anonymous-code: allow\n", r->out);
	paths(r, d, SEKI_KIND_DATA, "data");
	paths(r, d, SEKI_KIND_KEYS, "keys");
	paths(r, d, SEKI_KIND_CODE, "code");
	management(r, d);
}

static void actors(struct restore *r, const char *title, bool functions)
{
	const struct seki_bundle *b = r->v->b;
	bool begun = false;

	for (__u32 i = 0; i < b->n_domains; i++) {
		const struct seki_bundle_domain *d = &b->domains[i];

		if (d->id < SEKI_DOMAIN_FIRST || !!d->core_function != functions ||
		    seki_bundle_is_role(b, d->id))
			continue;
		if (!begun)
			fprintf(r->out, "%s:\n", title);
		begun = true;
		actor(r, d);
	}
}

static void list(struct restore *r, const char *key, const char *texts)
{
	if (texts && *texts)
		fprintf(r->out, ", %s: [%s]", key, texts);
}

static void roles(struct restore *r)
{
	const struct seki_bundle *b = r->v->b;

	if (b->n_logins)
		fputs("operators:\n", r->out);
	for (__u32 i = 0; i < b->n_domains; i++) {
		seki_autofree char *uids = seki_bundle_logins_text(b, b->domains[i].id);
		seki_autofree char *by = seki_bundle_through_text(b, b->domains[i].id);
		seki_autofree char *from = seki_bundle_networks_text(b, b->domains[i].id, "\"");
		seki_autofree char *at = seki_bundle_terminals_text(b, b->domains[i].id, "\"");

		if (!uids || !*uids)
			continue;
		fprintf(r->out, "  %s: { uid: [%s]", str(r, b->domains[i].name), uids);
		list(r, "through", by);
		list(r, "network", from);
		list(r, "terminal", at);
		fputs(" }\n", r->out);
	}
}

/* ---- rules --------------------------------------------------------------------- */

struct made { /* of one cell */
	__u32 always, room, never, deny, lend;
	bool mode;
};

static const struct seki_cell *cell(const struct seki_view *v, const char *domain,
				    const char *label)
{
	const struct seki_bundle_domain *d = seki_view_domain_named(v, domain);
	const struct seki_bundle_label *l = seki_view_label_named(v, label);

	return d && l ? &v->cell[d->id * SEKI_LABEL_MAX + l->id] : NULL;
}

/* thinned: bits that a rule with a rate says; before: of base. */
static struct made compare(const struct seki_cell *now, const struct seki_cell *base,
			   const struct seki_bundle_label *l, __u32 thinned, __u32 before)
{
	__u32 must = now->record & ~now->waive, may = now->record & now->waive;
	struct made m = {
		.always = must & ~(base->record & ~base->waive),
		.room = may & ~(base->record & base->waive & ~before) & ~thinned,
		.deny = base->allow & ~now->allow,
		.lend = now->lend,
		.mode = now->mode != base->mode,
	};

	m.never = now->allow & ~now->record & (~base->allow | base->record);
	/* a mode alone needs a rule to stand in: one that denies what is denied */
	if (m.mode && !(m.always | m.room | m.never | m.deny)) {
		m.deny = seki_label_applies(l->id, l->kind) & ~now->allow;
		m.deny &= -m.deny;
		m.mode = m.deny;
	}
	return m;
}

static void reasons(struct restore *r, const struct seki_bundle_rule *from, __u16 kind)
{
	const char *en = str(r, from->description), *ja = str(r, from->description_ja);

	if (from->severity != seki_kind_severity(kind))
		fprintf(r->out, ", severity: %s", from->severity > 2 ? "high" : "normal");
	if (!*en)
		return;
	fputs(*ja ? ", description: { en: " : ", description: ", r->out);
	quoted(r->out, en);
	if (!*ja)
		return;
	fputs(", ja: ", r->out);
	quoted(r->out, ja);
	fputs(" }", r->out);
}

static void controls_of(struct restore *r, const struct seki_bundle_rule *from)
{
	const char *p = str(r, from->controls);

	if (!*p)
		return;
	fputs(", controls: [", r->out);
	for (; *p; p++)
		*p == ' ' ? fputs(", ", r->out) : fputc(*p, r->out);
	fputc(']', r->out);
}

static void rule(struct restore *r, const char *verb, __u32 access, const char *record,
		 const struct seki_bundle_domain *d, const struct seki_bundle_label *l, bool mode,
		 const struct seki_cell *c)
{
	const struct seki_bundle_rule *from = seki_bundle_rule(r->v->b, c->rule);
	char what[SEKI_ACCESS_TEXT_MAX], word[64];

	if (!access)
		return;
	fprintf(r->out, "  - { %s: %s, to: %s, on: %s", verb, str(r, d->name),
		seki_access_list(access, what, sizeof(what)),
		seki_label_word(r->v, l->id, word, sizeof(word)));
	if (*record)
		fprintf(r->out, ", record: %s", record);
	if (mode)
		fprintf(r->out, ", mode: %s", seki_mode_text(c->mode));
	if (seki_view_rule_written(r->v, c->rule)) {
		controls_of(r, from);
		reasons(r, from, l->kind);
	}
	fputs(" }\n", r->out);
}

static bool rules_of(struct restore *r, const struct seki_view *base,
		     const struct seki_bundle_domain *d, const struct seki_bundle_label *l,
		     bool begun)
{
	/* what others may, roles may: their own rules say how that differs */
	bool role = seki_bundle_is_role(r->v->b, d->id);
	const struct seki_cell *now = cell(r->v, str(r, d->name), str(r, l->name));
	const struct seki_cell *old = role ? cell(r->v, "other", str(r, l->name)) :
					     cell(base, str(r, d->name), str(r, l->name));
	struct made m;

	if (!now || !old)
		return begun;
	m = compare(now, old, l, seki_bundle_thinned(r->v->b, now),
		    role ? seki_bundle_thinned(r->v->b, old) : 0);
	if (role)
		m.lend &= ~old->lend;
	if (!(m.always | m.room | m.never | m.deny | m.lend))
		return begun;
	if (!begun)
		fputs("rules:\n", r->out);
	rule(r, "allow", m.always, "", d, l, m.mode, now);
	rule(r, "allow", m.room, "best-effort", d, l, m.mode, now);
	rule(r, "allow", m.never, "never", d, l, m.mode, now);
	rule(r, "deny", m.deny, "", d, l, m.mode, now);
	rule(r, "lendable", m.lend, "", d, l, false, now);
	return true;
}

/* ---- rules with a rate, which all their pairs share -------------------------- */

/* Roles have that of others without being named. */
static bool has_rate(const struct restore *r, const struct seki_bundle_domain *d,
		     const struct seki_bundle_label *l, __u32 rate)
{
	const struct seki_cell *cell = r->v->cell;

	if (seki_bundle_is_role(r->v->b, d->id) && cell[l->id].rate == rate)
		return false;
	return cell[d->id * SEKI_LABEL_MAX + l->id].rate == rate;
}

static void domains_of_rate(struct restore *r, __u32 rate)
{
	const struct seki_bundle *b = r->v->b;
	const char *sep = "  - { allow: [";

	for (__u32 i = 0; i < b->n_domains; i++)
		for (__u32 j = 1; j < b->n_labels; j++) {
			if (!has_rate(r, &b->domains[i], &b->labels[j], rate))
				continue;
			fprintf(r->out, "%s%s", sep, str(r, b->domains[i].name));
			sep = ", ";
			break;
		}
}

/* Returns the kind of the gravest. */
static __u16 labels_of_rate(struct restore *r, __u32 rate)
{
	const struct seki_bundle *b = r->v->b;
	const char *sep = ", on: [";
	__u16 kind = SEKI_KIND_CODE;
	char word[64];

	for (__u32 j = 1; j < b->n_labels; j++)
		for (__u32 i = 0; i < b->n_domains; i++) {
			if (!has_rate(r, &b->domains[i], &b->labels[j], rate))
				continue;
			fprintf(r->out, "%s%s", sep,
				seki_label_word(r->v, b->labels[j].id, word, sizeof(word)));
			if (seki_kind_severity(b->labels[j].kind) > seki_kind_severity(kind))
				kind = b->labels[j].kind;
			sep = ", ";
			break;
		}
	return kind;
}

static void rated(struct restore *r, const struct seki_bundle_rule *from, __u32 rate)
{
	char what[SEKI_ACCESS_TEXT_MAX], text[SEKI_RATE_TEXT];
	__u16 kind;

	domains_of_rate(r, rate);
	fprintf(r->out, "], to: %s", seki_access_list(from->rate_access, what, sizeof(what)));
	kind = labels_of_rate(r, rate);
	fprintf(r->out, "], record: best-effort, rate: %s",
		seki_rate_text(seki_rule_rate(from), text));
	controls_of(r, from);
	reasons(r, from, kind);
	fputs(" }\n", r->out);
}

static bool rates(struct restore *r)
{
	const struct seki_bundle_rule *from;
	__u32 rate = 1;

	for (; (from = seki_view_rated(r->v, rate)); rate++) {
		if (rate == 1)
			fputs("rules:\n", r->out);
		rated(r, from, rate);
	}
	return rate > 1;
}

static void rules(struct restore *r, const struct seki_view *base)
{
	const struct seki_bundle *b = r->v->b;
	bool begun = rates(r);

	for (__u32 j = 1; j < b->n_labels; j++)
		for (__u32 i = 0; i < b->n_domains; i++)
			begun = rules_of(r, base, &b->domains[i], &b->labels[j], begun);
}

/* ---- compiled again ------------------------------------------------------------ */

struct again {
	void *image;
	struct seki_bundle b;
	struct seki_view v;
};

static int compile(const char *text, size_t size, struct again *ret, FILE *out)
{
	struct seki_options o = { .offline = true };
	struct seki_diag d = { .file = "restored" };
	struct seki_summary s;
	const char *why;
	size_t n;
	int err = seki_compile(text, size, &o, &d, &ret->image, &n, &s);

	if (err && d.errors)
		seki_diag_print(&d, out);
	seki_diag_free(&d);
	if (!err)
		err = seki_bundle_parse(ret->image, n, &ret->b, &why);
	return err ?: seki_view_open(&ret->b, &ret->v);
}

static void again_free(struct again *a)
{
	seki_view_close(&a->v);
	free(a->image);
	*a = (struct again){ 0 };
}

/* Without base: what is there before any rule. */
static int write_text(const struct seki_view *v, const struct seki_view *base, char **ret,
		      size_t *ret_size)
{
	struct restore r = { .v = v, .out = open_memstream(ret, ret_size) };

	if (!r.out)
		return -ENOMEM;
	head(&r);
	actors(&r, "functions", true);
	actors(&r, "domains", false);
	roles(&r);
	if (base)
		rules(&r, base);
	return fclose(r.out) ? -ENOMEM : 0;
}

int seki_restore(const struct seki_view *v, char **ret, size_t *ret_size, FILE *out)
{
	seki_autofree char *first = NULL, *text = NULL;
	struct again base = { 0 }, whole = { 0 };
	size_t size, n;
	int err = write_text(v, NULL, &first, &n);

	if (!err)
		err = compile(first, n, &base, out);
	if (!err)
		err = write_text(v, &base.v, &text, &size);
	if (!err)
		err = compile(text, size, &whole, out);
	if (!err && seki_diff_print(v, &whole.v, out))
		err = -EINVAL;
	again_free(&base);
	again_free(&whole);
	if (!err) {
		*ret = TAKE_PTR(text);
		*ret_size = size;
	}
	return err;
}
