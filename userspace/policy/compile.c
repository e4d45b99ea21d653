// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One compilation, stage after stage.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/matrix.h"

/* The name is a word in records and file names; struct seki_meta holds 63. */
static void check_name(struct seki_compilation *c)
{
	const struct seki_text *t = &c->policy.name;

	if (t->s && (strlen(t->s) > 63 || strpbrk(t->s, " /")))
		seki_error(c->diag, t->pos,
			   "'%.64s' is not a policy name; use up to 63 "
			   "characters without blank and '/'",
			   t->s);
}

static void judge(struct seki_compilation *c)
{
	check_name(c);
	seki_symbols_build(c);
	seki_check_actors(c);
	seki_check_roles(c);
	seki_check_rules(c);
	seki_check_kernel(c);
	seki_check_use(c);
	seki_collect_paths(c);
	seki_collect_code(c);
	seki_collect_addresses(c);
	seki_check_host(c);
}

static int read_model(struct seki_compilation *c, const char *text, size_t size)
{
	struct seki_node *root;

	if (!seki_text_check(text, size, c->diag))
		return -EINVAL;
	seki_accept_read(c->diag, text, size);
	root = seki_yaml_parse(text, size, &c->arena, c->diag, SEKI_POLICY_BEGIN);
	if (!root || !seki_include(c, root) || !seki_variables_expand(root, &c->arena, c->diag))
		return -EINVAL;
	seki_model_read(root, &c->policy, &c->arena, c->diag);
	seki_cgroup_units(c);
	return 0;
}

static void release(struct seki_compilation *c)
{
	seki_table_free(&c->sym.domain_ids);
	seki_table_free(&c->sym.label_ids);
	seki_table_free(&c->place_of);
	seki_table_free(&c->addr_of);
	seki_arena_free(&c->arena);
}

static void summarize(const struct seki_compilation *c, struct seki_summary *ret)
{
	*ret = (struct seki_summary){ c->policy.n_functions,
				      c->policy.n_actors - c->policy.n_functions,
				      c->policy.n_rules,
				      c->n_places,
				      0,
				      c->diag->accepted };
	for (unsigned int i = 0; i < c->policy.n_functions; i++)
		ret->unsealed += !c->policy.actor[i].label[SEKI_PART_CODE];
}

int seki_compile(const char *text, size_t size, const struct seki_options *options,
		 struct seki_diag *d, void **ret, size_t *ret_size,
		 struct seki_summary *ret_summary)
{
	struct seki_compilation *c = calloc(1, sizeof(*c));
	struct seki_matrix *m;
	int err;

	if (!c)
		return -ENOMEM;
	c->diag = d;
	c->options = *options;
	d->text = text;
	d->size = size;
	err = read_model(c, text, size);
	if (!err) {
		judge(c);
		m = seki_matrix_build(c);
		seki_check_reach(m);
		seki_accept_check(d);
		err = d->errors ? -EINVAL : seki_lower(c, m, ret, ret_size);
		seki_matrix_free(m);
		summarize(c, ret_summary);
	}
	release(c);
	free(c);
	return err;
}
