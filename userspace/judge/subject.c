// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who acts: what task.bpf.c derives from lineage, from the names in a bundle.
 */
#include "userspace/judge/view.h"

#include <string.h>

#define OPERATOR "operator"

static const struct seki_bundle_domain *entered_by(const struct seki_view *v, const char *program)
{
	for (__u32 i = 0; i < v->b->n_paths; i++) {
		const struct seki_bundle_path *p = &v->b->paths[i];

		if (p->flags & SEKI_PATH_ENTRY &&
		    !strcmp(seki_bundle_string(v->b, p->path), program))
			return seki_view_domain(v, p->entry);
	}
	return NULL;
}

static bool find_program(const struct seki_view *v, const char *program, struct seki_subject *ret)
{
	ret->program = program;
	ret->entry = entered_by(v, program);
	if (ret->entry && (!ret->marked || ret->entry->open_to_operator))
		ret->domain = ret->entry->id;
	return true;
}

void seki_subject_decide(const struct seki_view *v, const struct seki_subject *who, __u16 label,
			 __u32 want, struct seki_decision *ret)
{
	if (seki_only_operators(label) && !who->marked)
		label = SEKI_LABEL_NONE;
	seki_view_decide(v, who->domain, label, want, ret);
}

/* "operator" or a role, and what stands behind its ':'; NULL: neither. */
static const char *find_operator(const struct seki_view *v, const char *who,
				 struct seki_subject *ret)
{
	size_t n = strcspn(who, ":");

	if (n == strlen(OPERATOR) && !strncmp(who, OPERATOR, n)) {
		ret->marked = true;
		return who + n;
	}
	for (__u32 i = 0; i < v->b->n_domains; i++) {
		const struct seki_bundle_domain *d = &v->b->domains[i];
		const char *name = seki_bundle_string(v->b, d->name);

		if (strlen(name) != n || strncmp(who, name, n) || !seki_bundle_is_role(v->b, d->id))
			continue;
		ret->marked = true;
		ret->domain = d->id;
		return who + n;
	}
	return NULL;
}

bool seki_subject_find(const struct seki_view *v, const char *who, struct seki_subject *ret,
		       const char **ret_why)
{
	const struct seki_bundle_domain *d;
	const char *rest;

	*ret = (struct seki_subject){ 0 };
	rest = find_operator(v, who, ret);
	if (rest && !*rest)
		return true;
	if (rest)
		who = rest + 1;
	if (*who == '/')
		return find_program(v, who, ret);
	d = ret->marked ? NULL : seki_view_domain_named(v, who);
	if (!d) {
		*ret_why =
			ret->marked ?
				"an operator acts through a program; give its absolute path" :
				"no domain of this policy; give one, a role, a program's absolute path, or operator";
		return false;
	}
	ret->domain = d->id;
	return true;
}
