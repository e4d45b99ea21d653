// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bundle as text.  What is printed depends on the bundle only, so two
 * policies that mean the same differ in nothing but their names.
 */
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/address.h"
#include "userspace/lib/cleanup.h"
#include "userspace/policy/policy.h"

static const char *str(const struct seki_bundle *b, __u32 offset)
{
	return seki_bundle_string(b, offset);
}

static void print_head(const struct seki_bundle *b, FILE *out)
{
	const struct seki_bundle_meta *m = b->meta;

	fprintf(out, "policy %s version %u mode %s\n", str(b, m->name), m->version,
		seki_mode_text(m->mode));
	if (*str(b, m->site))
		fprintf(out, "site %s\n", str(b, m->site));
	fprintf(out, "source %s\n", str(b, m->source));
	if (*str(b, m->description))
		fprintf(out, "description %s\n", str(b, m->description));
}

static void print_argv(const struct seki_bundle *b, const struct seki_bundle_domain *d, FILE *out)
{
	const char *s = str(b, d->argv), *end = s + d->argv_len;

	fprintf(out, "    argv");
	for (; s < end; s += strlen(s) + 1)
		fprintf(out, *s && !strpbrk(s, " '") ? " %s" : " '%s'", s);
	fprintf(out, "\n");
}

static void print_logins(const struct seki_bundle *b, __u16 id, FILE *out)
{
	seki_autofree char *uids = seki_bundle_logins_text(b, id);
	seki_autofree char *through = seki_bundle_through_text(b, id);
	seki_autofree char *networks = seki_bundle_networks_text(b, id, "");
	seki_autofree char *terminals = seki_bundle_terminals_text(b, id, "");

	if (uids && *uids)
		fprintf(out, " role of uid %s", uids);
	if (through && *through)
		fprintf(out, " through %s", through);
	if (networks && *networks)
		fprintf(out, " network %s", networks);
	if (terminals && *terminals)
		fprintf(out, " terminal %s", terminals);
}

static void print_container(const struct seki_bundle *b, const struct seki_bundle_domain *d,
			    FILE *out)
{
	seki_autofree char *labels = seki_bundle_container_labels(b, d);

	if (!*str(b, d->container))
		return;
	fprintf(out, "    container %s", str(b, d->container));
	if (*str(b, d->image))
		fprintf(out, " image %s", str(b, d->image));
	if (labels && *labels)
		fprintf(out, " label %s", labels);
	fputc('\n', out);
}

static void print_domains(const struct seki_bundle *b, FILE *out)
{
	fprintf(out, "\ndomains\n");
	for (__u32 i = 0; i < b->n_domains; i++) {
		const struct seki_bundle_domain *d = &b->domains[i];

		fprintf(out, "  %u %s", d->id, str(b, d->name));
		if (d->core_function)
			fprintf(out, " core-function %u", d->core_function);
		if (*str(b, d->exec))
			fprintf(out, " exec %s", str(b, d->exec));
		if (*str(b, d->unit))
			fprintf(out, " unit %s", str(b, d->unit));
		if (*str(b, d->cgroup))
			fprintf(out, " cgroup %s", str(b, d->cgroup));
		if (d->origin)
			fprintf(out, " from %s", seki_bundle_domain_name(b, d->origin));
		if (d->open_to_operator)
			fprintf(out, " open to operators");
		print_logins(b, d->id, out);
		fprintf(out, "\n");
		if (d->argv_len)
			print_argv(b, d, out);
		print_container(b, d, out);
	}
}

static void print_labels(const struct seki_bundle *b, FILE *out)
{
	fprintf(out, "\nlabels\n");
	for (__u32 i = 0; i < b->n_labels; i++) {
		const struct seki_bundle_label *l = &b->labels[i];

		if (!l->id)
			continue;
		fprintf(out, "  %u %s", l->id, str(b, l->name));
		if (l->owner)
			fprintf(out, " of %s", seki_bundle_domain_name(b, l->owner));
		fprintf(out, "\n");
	}
}

static void print_paths(const struct seki_bundle *b, FILE *out)
{
	fprintf(out, "\npaths\n");
	for (__u32 i = 0; i < b->n_paths; i++) {
		const struct seki_bundle_path *p = &b->paths[i];

		fprintf(out, "  %s %s", str(b, p->path), seki_bundle_label_name(b, p->label));
		if (p->flags & SEKI_PATH_ENTRY)
			fprintf(out, " enters %s", seki_bundle_domain_name(b, p->entry));
		if (p->device_label)
			fprintf(out, " device %s", seki_bundle_label_name(b, p->device_label));
		if (p->flags & SEKI_PATH_LINK)
			fputs(" link", out);
		if (p->flags & SEKI_PATH_OPTIONAL)
			fprintf(out, " optional");
		fprintf(out, "\n");
	}
}

static void print_address(const struct seki_bundle *b, const struct seki_bundle_addr *a, FILE *out)
{
	static const char *const kinds[] = { [SEKI_ADDR_UDP] = "udp ", [SEKI_ADDR_SCTP] = "sctp " };
	char text[SEKI_ADDRESS_TEXT];

	if (a->key.kind == SEKI_ADDR_ABSTRACT) {
		fprintf(out, "  %s %s\n", seki_bundle_string(b, a->text),
			seki_bundle_label_name(b, a->label));
		return;
	}
	seki_address_text(a->key.addr, text);
	fprintf(out, "  %s%s port %u %s\n", kinds[a->key.kind] ?: "",
		strcmp(text, "::") ? text : "any", a->key.port,
		seki_bundle_label_name(b, a->label));
}

static void print_addresses(const struct seki_bundle *b, FILE *out)
{
	if (b->n_addrs)
		fprintf(out, "\naddresses\n");
	for (__u32 i = 0; i < b->n_addrs; i++)
		print_address(b, &b->addrs[i], out);
}

/* The cells of one label, one per domain in the table of domains. */
struct column {
	const struct seki_bundle *b;
	__u16 label;
	const struct seki_cell **cell; /* by index of domain, or NULL */
	bool done[SEKI_DOMAIN_MAX];
};

static const char *rule_text(const struct seki_bundle *b, __u16 number)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(b, number);

	return r ? str(b, r->text) : "";
}

static bool same(const struct column *c, const struct seki_cell *x, const struct seki_cell *y)
{
	if (!x || !y)
		return x == y;
	return x->allow == y->allow && x->lend == y->lend && x->record == y->record &&
	       x->waive == y->waive && x->rate == y->rate && x->mode == y->mode &&
	       !strcmp(rule_text(c->b, x->rule), rule_text(c->b, y->rule));
}

/* What more than half of the domains share, if all have something (Boyer and
 * Moore's vote).
 */
static const struct seki_cell *common(const struct column *c)
{
	const struct seki_cell *most = NULL;
	__u32 lead = 0, count = 0;

	for (__u32 i = 0; i < c->b->n_domains; i++) {
		if (!c->cell[i])
			return NULL; /* "everyone else" must be true of all */
		if (!lead)
			most = c->cell[i];
		if (same(c, most, c->cell[i]))
			lead++;
		else
			lead--;
	}
	for (__u32 i = 0; i < c->b->n_domains; i++)
		count += same(c, most, c->cell[i]);
	return count * 2 > c->b->n_domains ? most : NULL;
}

static void print_rate(const struct seki_bundle *b, const struct seki_cell *cell, FILE *out)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(b, seki_bundle_rated(b, cell->rate));
	char rate[SEKI_RATE_TEXT], text[SEKI_ACCESS_TEXT_MAX];

	fprintf(out, "; %s at %s",
		seki_access_text(seki_bundle_thinned(b, cell), text, sizeof(text)),
		seki_rate_text(seki_rule_rate(r), rate));
}

static void print_cell(const struct column *c, const struct seki_cell *cell, FILE *out)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(c->b, cell->rule);
	char text[SEKI_ACCESS_TEXT_MAX];

	if (cell->allow == SEKI_ACCESS_ALL)
		fprintf(out, ": all");
	else
		fprintf(out, ": %s", seki_access_text(cell->allow, text, sizeof(text)));
	if (cell->record & ~cell->waive)
		fprintf(out, "; recorded %s",
			seki_access_text(cell->record & ~cell->waive, text, sizeof(text)));
	if (cell->waive)
		fprintf(out, "; best-effort %s", seki_access_text(cell->waive, text, sizeof(text)));
	if (seki_bundle_thinned(c->b, cell))
		print_rate(c->b, cell, out);
	if (cell->lend)
		fprintf(out, "; lendable %s", seki_access_text(cell->lend, text, sizeof(text)));
	if (cell->mode != c->b->meta->mode)
		fprintf(out, "; %s", seki_mode_text(cell->mode));
	if (r && *str(c->b, r->controls))
		fprintf(out, "; controls %s", str(c->b, r->controls));
	fprintf(out, "\n");
}

static void print_group(struct column *c, __u32 first, FILE *out)
{
	const struct seki_cell *cell = c->cell[first];
	const char *sep = "    ";

	for (__u32 i = first; i < c->b->n_domains; i++) {
		if (c->done[i] || !c->cell[i] || !same(c, cell, c->cell[i]))
			continue;
		c->done[i] = true;
		fprintf(out, "%s%s", sep, str(c->b, c->b->domains[i].name));
		sep = ", ";
	}
	print_cell(c, cell, out);
}

static void print_column(struct column *c, FILE *out)
{
	const struct seki_cell *most = common(c);
	bool others = false;

	fprintf(out, "  %s\n", seki_bundle_label_name(c->b, c->label));
	for (__u32 i = 0; most && i < c->b->n_domains; i++)
		if (same(c, most, c->cell[i]))
			c->done[i] = true;
	for (__u32 i = 0; i < c->b->n_domains; i++) {
		others |= !c->done[i];
		if (!c->done[i] && c->cell[i])
			print_group(c, i, out);
	}
	if (most) {
		fprintf(out, "    %s", others ? "everyone else" : "everyone");
		print_cell(c, most, out);
	}
}

/* Cells are ordered by domain; people ask by label: a pointer for each pair. */
static const struct seki_cell **transpose(const struct seki_bundle *b)
{
	const struct seki_cell **grid =
		calloc((size_t)SEKI_LABEL_MAX * (b->n_domains + 1), sizeof(*grid));
	__u32 d = 0;

	for (__u32 i = 0; grid && i < b->n_cells; i++) {
		const struct seki_bundle_cell *c = &b->cells[i];

		while (b->domains[d].id != c->domain)
			d++; /* both ascend */
		grid[(size_t)c->label * b->n_domains + d] = &c->cell;
	}
	return grid;
}

static void print_allowed(const struct seki_bundle *b, FILE *out)
{
	const struct seki_cell **grid = transpose(b);

	fprintf(out, "\nallowed (all else is refused and recorded)\n");
	for (__u32 l = 0; grid && l < b->n_labels; l++) {
		struct column c = { .b = b, .label = b->labels[l].id };
		bool any = false;

		c.cell = grid + (size_t)c.label * b->n_domains;
		for (__u32 i = 0; i < b->n_domains; i++)
			any |= c.cell[i] != NULL;
		if (any)
			print_column(&c, out);
	}
	free(grid);
}

static void print_rules(const struct seki_bundle *b, FILE *out)
{
	fprintf(out, "\nrules\n");
	for (__u32 i = 0; i < b->n_rules; i++) {
		const struct seki_bundle_rule *r = &b->rules[i];

		fprintf(out, "  %u", i + 1);
		if (r->line)
			fprintf(out, " line %u", seki_where_line(r->line));
		if (seki_bundle_file(b, r->line))
			fprintf(out, " of %s", seki_bundle_file(b, r->line));
		fprintf(out, ": %s\n", str(b, r->text));
	}
}

void seki_bundle_print(const struct seki_bundle *b, FILE *out)
{
	print_head(b, out);
	print_domains(b, out);
	print_labels(b, out);
	print_paths(b, out);
	print_addresses(b, out);
	print_allowed(b, out);
	print_rules(b, out);
}
