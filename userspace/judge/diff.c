// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who can be somebody, what is guarded, then every cell of the two matrices by the
 * names of its domain and label.  A domain that one policy does not have is other
 * there; a label that one does not have is told with its paths.
 */
#include "userspace/judge/diff.h"

#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/policy/policy.h"

struct diff {
	const struct seki_view *a, *b;
	FILE *out;
	unsigned int n;
	const char *title; /* of the part, NULL: printed */
};

static const char *str(const struct seki_view *v, __u32 offset)
{
	return seki_bundle_string(v->b, offset);
}

static void begin(struct diff *d, const char *title)
{
	d->title = title;
}

static FILE *line(struct diff *d)
{
	if (d->title)
		fprintf(d->out, "%s\n", d->title);
	d->title = NULL;
	d->n++;
	return d->out;
}

static void head(struct diff *d)
{
	const struct seki_bundle_meta *a = d->a->b->meta, *b = d->b->b->meta;

	if (a->mode == b->mode)
		return;
	begin(d, "mode");
	fprintf(line(d), "  %s -> %s\n", seki_mode_text(a->mode), seki_mode_text(b->mode));
}

/* ---- who ----------------------------------------------------------------------- */

/* Login uids of a role; "" of a domain. */
static char *uids(const struct seki_view *v, const struct seki_bundle_domain *x)
{
	return seki_bundle_logins_text(v->b, x->id);
}

static void describe_role(struct diff *d, char sign, const struct seki_view *v,
			  const struct seki_bundle_domain *x, const char *of)
{
	seki_autofree char *by = seki_bundle_through_text(v->b, x->id);
	seki_autofree char *from = seki_bundle_networks_text(v->b, x->id, "");
	seki_autofree char *at = seki_bundle_terminals_text(v->b, x->id, "");

	fprintf(line(d), "  %c %s: role of uid %s%s%s%s%s%s%s\n", sign, str(v, x->name), of,
		by && *by ? " through " : "", by ?: "", from && *from ? " from " : "", from ?: "",
		at && *at ? " at " : "", at ?: "");
}

static void describe(struct diff *d, char sign, const struct seki_view *v,
		     const struct seki_bundle_domain *x)
{
	seki_autofree char *of = uids(v, x);

	if (of && *of)
		describe_role(d, sign, v, x, of);
	else
		fprintf(line(d), "  %c %s: %s%s%s%s%s\n", sign, str(v, x->name), str(v, x->exec),
			*str(v, x->unit) || *str(v, x->cgroup) ? " in " : "", str(v, x->unit),
			str(v, x->cgroup), x->open_to_operator ? ", by operators too" : "");
}

static void text_changed(struct diff *d, const char *name, const char *what, const char *a,
			 const char *b)
{
	if (strcmp(a, b))
		fprintf(line(d), "  ~ %s: %s %s -> %s\n", name, what, *a ? a : "any",
			*b ? b : "any");
}

static bool same_argv(const struct diff *d, const struct seki_bundle_domain *a,
		      const struct seki_bundle_domain *b)
{
	return a->argv_len == b->argv_len &&
	       !memcmp(str(d->a, a->argv), str(d->b, b->argv), a->argv_len);
}

static void way_changed(struct diff *d, const char *name, const struct seki_bundle_domain *a,
			const struct seki_bundle_domain *b)
{
	seki_autofree char *had = uids(d->a, a), *has = uids(d->b, b);
	seki_autofree char *by = seki_bundle_through_text(d->a->b, a->id);
	seki_autofree char *through = seki_bundle_through_text(d->b->b, b->id);
	seki_autofree char *from = seki_bundle_networks_text(d->a->b, a->id, "");
	seki_autofree char *network = seki_bundle_networks_text(d->b->b, b->id, "");
	seki_autofree char *at = seki_bundle_terminals_text(d->a->b, a->id, "");
	seki_autofree char *terminal = seki_bundle_terminals_text(d->b->b, b->id, "");

	text_changed(d, name, "uids", had ?: "", has ?: "");
	text_changed(d, name, "through", by ?: "", through ?: "");
	text_changed(d, name, "network", from ?: "", network ?: "");
	text_changed(d, name, "terminal", at ?: "", terminal ?: "");
}

static void domain_changed(struct diff *d, const struct seki_bundle_domain *a,
			   const struct seki_bundle_domain *b)
{
	seki_autofree char *labelled = seki_bundle_container_labels(d->a->b, a);
	seki_autofree char *labels = seki_bundle_container_labels(d->b->b, b);
	const char *name = str(d->a, a->name);
	char from[16], to[16];

	text_changed(d, name, "program", str(d->a, a->exec), str(d->b, b->exec));
	text_changed(d, name, "unit", str(d->a, a->unit), str(d->b, b->unit));
	text_changed(d, name, "cgroup", str(d->a, a->cgroup), str(d->b, b->cgroup));
	text_changed(d, name, "container", str(d->a, a->container), str(d->b, b->container));
	text_changed(d, name, "image", str(d->a, a->image), str(d->b, b->image));
	text_changed(d, name, "container label", labelled ?: "", labels ?: "");
	text_changed(d, name, "origin", seki_bundle_domain_name(d->a->b, a->origin),
		     seki_bundle_domain_name(d->b->b, b->origin));
	if (!same_argv(d, a, b))
		fprintf(line(d), "  ~ %s: arguments%s\n", name,
			!a->argv_len ? " any -> given" :
			!b->argv_len ? " given -> any" :
				       " differ");
	if (a->open_to_operator != b->open_to_operator)
		fprintf(line(d), "  ~ %s: %s\n", name,
			b->open_to_operator ? "operators enter it now" :
					      "operators enter it no more");
	snprintf(from, sizeof(from), "%u", a->user);
	snprintf(to, sizeof(to), "%u", b->user);
	way_changed(d, name, a, b);
	text_changed(d, name, "user", a->user ? from : "", b->user ? to : "");
}

static void domains(struct diff *d)
{
	begin(d, "who");
	for (__u32 i = 0; i < d->a->b->n_domains; i++) {
		const struct seki_bundle_domain *a = &d->a->b->domains[i];
		const struct seki_bundle_domain *b =
			seki_view_domain_named(d->b, str(d->a, a->name));

		if (b)
			domain_changed(d, a, b);
		else
			describe(d, '-', d->a, a);
	}
	for (__u32 i = 0; i < d->b->b->n_domains; i++) {
		const struct seki_bundle_domain *b = &d->b->b->domains[i];

		if (!seki_view_domain_named(d->a, str(d->b, b->name)))
			describe(d, '+', d->b, b);
	}
}

/* ---- what is guarded ----------------------------------------------------------- */

static const char *label_of_path(const struct seki_view *v, const char *path)
{
	const struct seki_bundle_path *p = seki_view_path(v, path);

	return p ? seki_bundle_label_name(v->b, p->label) : "";
}

static void guarded(struct diff *d, const char *what, const char *a, const char *b)
{
	if (!strcmp(a, b))
		return;
	if (!*a)
		fprintf(line(d), "  + %s: %s\n", what, b);
	else if (!*b)
		fprintf(line(d), "  - %s: was %s\n", what, a);
	else
		fprintf(line(d), "  ~ %s: %s -> %s\n", what, a, b);
}

static bool has_row(const struct seki_view *v, const char *path)
{
	const struct seki_bundle_path *p = seki_view_path(v, path);

	return p && !strcmp(str(v, p->path), path);
}

/* Links on the way to code come and go with the code. */
static void paths(struct diff *d)
{
	for (__u32 i = 0; i < d->a->b->n_paths; i++) {
		const char *path = str(d->a, d->a->b->paths[i].path);

		if (d->a->b->paths[i].flags & SEKI_PATH_LINK)
			continue;
		guarded(d, path, label_of_path(d->a, path), label_of_path(d->b, path));
	}
	for (__u32 i = 0; i < d->b->b->n_paths; i++) {
		const char *path = str(d->b, d->b->b->paths[i].path);

		if (!has_row(d->a, path) && !(d->b->b->paths[i].flags & SEKI_PATH_LINK))
			guarded(d, path, label_of_path(d->a, path), label_of_path(d->b, path));
	}
}

static const char *label_of_address(const struct seki_view *v, const struct seki_bundle_addr *a)
{
	for (__u32 i = 0; i < v->b->n_addrs; i++)
		if (!memcmp(&v->b->addrs[i].key, &a->key, sizeof(a->key)))
			return seki_bundle_label_name(v->b, v->b->addrs[i].label);
	return "";
}

static void addresses(struct diff *d)
{
	for (__u32 i = 0; i < d->a->b->n_addrs; i++) {
		const struct seki_bundle_addr *a = &d->a->b->addrs[i];

		guarded(d, str(d->a, a->text), label_of_address(d->a, a),
			label_of_address(d->b, a));
	}
	for (__u32 i = 0; i < d->b->b->n_addrs; i++) {
		const struct seki_bundle_addr *b = &d->b->b->addrs[i];

		if (!*label_of_address(d->a, b))
			guarded(d, str(d->b, b->text), "", label_of_address(d->b, b));
	}
}

/* ---- what is decided ----------------------------------------------------------- */

struct said {
	__u32 allow, record, waive, thin, lend;
	struct seki_rate_said rate; /* of .thin */
	bool other_mode;	    /* than the policy's */
};

static struct said say(const struct seki_view *v, const char *domain, __u16 label)
{
	const struct seki_bundle_domain *d = seki_view_domain_named(v, domain);
	__u32 index = (d ? d->id : SEKI_DOMAIN_OTHER) * SEKI_LABEL_MAX + label;
	const struct seki_cell *cell = &v->cell[index];
	const struct seki_bundle_rule *r = seki_view_rated(v, cell->rate);
	struct seki_rate_said rate = { 0 };

	if (r)
		rate = seki_rule_rate(r);
	return (struct said){ cell->allow,
			      cell->record & cell->allow,
			      cell->waive,
			      seki_bundle_thinned(v->b, cell),
			      cell->lend,
			      rate,
			      !seki_label_enforced(label) && cell->mode != v->b->meta->mode };
}

enum change {
	OPENED,
	CLOSED,
	RECORDED,
	UNRECORDED,
	ALWAYS,
	BEST_EFFORT,
	RATED,
	EACH,
	LENDABLE,
	CLOSED_TO_GRANTS,
	MODE,
	CHANGES
};

static bool same_rate(struct seki_rate_said a, struct seki_rate_said b)
{
	return a.records == b.records && a.seconds == b.seconds;
}

static __u32 changed(enum change what, struct said a, struct said b)
{
	switch (what) {
	case OPENED:
		return b.allow & ~a.allow;
	case CLOSED:
		return a.allow & ~b.allow;
	case RECORDED:
		return a.allow & b.allow & b.record & ~a.record;
	case UNRECORDED:
		return a.allow & b.allow & a.record & ~b.record;
	case ALWAYS:
		return a.record & b.record & a.waive & ~b.waive;
	case BEST_EFFORT:
		return a.record & b.record & b.waive & ~a.waive;
	case RATED:
		return b.thin & ~(same_rate(a.rate, b.rate) ? a.thin : 0);
	case EACH:
		return a.thin & b.record & ~b.thin;
	case LENDABLE:
		return b.lend & ~a.lend;
	case CLOSED_TO_GRANTS:
		return a.lend & ~b.lend & ~b.allow;
	default:
		return a.other_mode != b.other_mode ? SEKI_ACCESS_ALL : 0;
	}
}

/* Every domain of either, each once. */
static unsigned int all_domains(const struct diff *d, const char *ret[2 * SEKI_DOMAIN_MAX])
{
	unsigned int n = 0;

	for (__u32 i = 0; i < d->a->b->n_domains; i++)
		ret[n++] = str(d->a, d->a->b->domains[i].name);
	for (__u32 i = 0; i < d->b->b->n_domains; i++)
		if (!seki_view_domain_named(d->a, str(d->b, d->b->b->domains[i].name)))
			ret[n++] = str(d->b, d->b->b->domains[i].name);
	return n;
}

static void print_access(struct diff *d, enum change what, __u32 access, const char *label)
{
	char text[SEKI_ACCESS_TEXT_MAX];

	if (what == MODE)
		fprintf(line(d), "  %s", label);
	else if (access == SEKI_ACCESS_ALL)
		fprintf(line(d), "  all on %s", label);
	else
		fprintf(line(d), "  %s on %s", seki_access_text(access, text, sizeof(text)), label);
}

/* Domains for which the same changes stand on one line. */
static void label_changed(struct diff *d, enum change what, __u16 a, __u16 b, const char *label)
{
	const char *domain[2 * SEKI_DOMAIN_MAX];
	__u32 bits[2 * SEKI_DOMAIN_MAX];
	struct seki_rate_said rate[2 * SEKI_DOMAIN_MAX] = { 0 };
	unsigned int n = all_domains(d, domain);

	for (unsigned int i = 0; i < n; i++) {
		struct said after = say(d->b, domain[i], b);

		bits[i] = changed(what, say(d->a, domain[i], a), after);
		if (what == RATED)
			rate[i] = after.rate;
	}
	for (unsigned int i = 0; i < n; i++) {
		__u32 access = bits[i];
		const char *sep = ": ";
		char text[SEKI_RATE_TEXT];

		if (!access)
			continue;
		print_access(d, what, access, label);
		if (what == RATED)
			fprintf(d->out, ", %s", seki_rate_text(rate[i], text));
		for (unsigned int j = i; j < n; j++) {
			if (bits[j] != access || !same_rate(rate[j], rate[i]))
				continue;
			fprintf(d->out, "%s%s", sep, domain[j]);
			sep = ", ";
			bits[j] = 0;
		}
		fputc('\n', d->out);
	}
}

static void cells(struct diff *d)
{
	static const char *const title[CHANGES] = {
		"refused before, allowed now",
		"allowed before, refused now",
		"allowed, and recorded from now on",
		"allowed, and recorded no more",
		"allowed and recorded, and refused from now on where there is no room",
		"allowed and recorded, and let through from now on where there is no room",
		"allowed, and recorded at this rate from now on",
		"allowed, and recorded each time from now on",
		"refused, and a grant may lend it from now on",
		"refused, and no grant may lend it from now on",
		"refusals in another mode than the policy's, or no more",
	};

	for (enum change what = 0; what < CHANGES; what++) {
		begin(d, title[what]);
		for (__u32 i = 1; i < d->a->b->n_labels; i++) {
			const struct seki_bundle_label *a = &d->a->b->labels[i];
			const char *name = str(d->a, a->name);
			const struct seki_bundle_label *b = seki_view_label_named(d->b, name);

			if (b)
				label_changed(d, what, a->id, b->id, name);
		}
	}
}

unsigned int seki_diff_print(const struct seki_view *a, const struct seki_view *b, FILE *out)
{
	struct diff d = { .a = a, .b = b, .out = out };

	head(&d);
	domains(&d);
	begin(&d, "what is guarded");
	paths(&d);
	addresses(&d);
	cells(&d);
	return d.n;
}
