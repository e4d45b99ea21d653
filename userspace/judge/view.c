// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/judge/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int seki_view_open(const struct seki_bundle *b, struct seki_view *ret)
{
	ret->b = b;
	ret->cell = seki_bundle_matrix(b, &ret->n_cells);
	return ret->cell ? 0 : -ENOMEM;
}

void seki_view_close(struct seki_view *v)
{
	free(v->cell);
	*v = (struct seki_view){ 0 };
}

/* The map lookup of check.bpf.c. */
static const struct seki_cell *lookup(const struct seki_view *v, __u16 domain, __u16 label)
{
	__u32 index = (__u32)domain * SEKI_LABEL_MAX + label;

	return index < v->n_cells ? &v->cell[index] : NULL;
}

void seki_view_decide(const struct seki_view *v, __u16 domain, __u16 label, __u32 want,
		      struct seki_decision *ret)
{
	if (!label) {
		*ret = (struct seki_decision){ .verdict = SEKI_ALLOWED };
		return;
	}
	seki_judge(lookup(v, domain, label), want, ret);
	if (ret->missing)
		ret->reason = seki_reason_of(ret->reason, label);
}

const char *seki_decision_word(const struct seki_decision *d)
{
	if (d->verdict == SEKI_DENIED)
		return "denied";
	return d->verdict == SEKI_WOULD_DENY ? "would-deny" : "allowed";
}

const struct seki_bundle_domain *seki_view_domain(const struct seki_view *v, __u16 id)
{
	for (__u32 i = 0; i < v->b->n_domains; i++)
		if (v->b->domains[i].id == id)
			return &v->b->domains[i];
	return NULL;
}

const struct seki_bundle_label *seki_view_label(const struct seki_view *v, __u16 id)
{
	for (__u32 i = 0; i < v->b->n_labels; i++)
		if (v->b->labels[i].id == id)
			return &v->b->labels[i];
	return NULL;
}

const struct seki_bundle_domain *seki_view_domain_named(const struct seki_view *v, const char *name)
{
	for (__u32 i = 0; i < v->b->n_domains; i++)
		if (!strcmp(seki_bundle_string(v->b, v->b->domains[i].name), name))
			return &v->b->domains[i];
	return NULL;
}

/* hlr.process in a policy is proc.hlr in records. */
static bool is_process_of(const char *label, const char *word)
{
	const char *dot = strchr(word, '.');
	size_t n = dot ? (size_t)(dot - word) : 0;

	return dot && !strcmp(dot, ".process") && !strncmp(label, "proc.", 5) &&
	       !strncmp(label + 5, word, n) && !label[5 + n];
}

const struct seki_bundle_label *seki_view_label_named(const struct seki_view *v, const char *name)
{
	for (__u32 i = 0; *name && i < v->b->n_labels; i++) {
		const char *label = seki_bundle_string(v->b, v->b->labels[i].name);

		if (!strcmp(label, name) || is_process_of(label, name))
			return &v->b->labels[i];
	}
	return NULL;
}

void seki_place_print(const struct seki_view *v, const char *file, __u32 where, FILE *out)
{
	const char *included = seki_bundle_file(v->b, where), *slash = strrchr(file, '/');

	if (!included)
		fputs(file, out);
	else if (*included == '/' || !slash)
		fputs(included, out);
	else
		fprintf(out, "%.*s%s", (int)(slash + 1 - file), file, included);
	fprintf(out, ":%u", seki_where_line(where));
}

const struct seki_bundle_rule *seki_view_rated(const struct seki_view *v, __u32 rate)
{
	return seki_bundle_rule(v->b, seki_bundle_rated(v->b, rate));
}

/* Only written rules read "allow ... to ... on ...": names have no blanks. */
bool seki_view_rule_written(const struct seki_view *v, __u32 rule)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(v->b, rule);
	const char *text = r ? seki_bundle_string(v->b, r->text) : "";

	return (!strncmp(text, "allow ", 6) || !strncmp(text, "deny ", 5) ||
		!strncmp(text, "lendable ", 9)) &&
	       strstr(text, " to ");
}
