// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Roles of operators as the policy describes them.
 */
#include "userspace/policy/model.h"

const struct seki_key seki_role_keys[SEKI_ROLE_KEYS] = {
	SEKI_KEY("login", seki_read_texts, seki_role, login, false),
	SEKI_KEY("uid", seki_read_texts, seki_role, uid, false),
	SEKI_KEY("group", seki_read_texts, seki_role, group, false),
	SEKI_KEY("through", seki_read_texts, seki_role, through, false),
	SEKI_KEY("network", seki_read_texts, seki_role, network, false),
	SEKI_KEY("terminal", seki_read_texts, seki_role, terminal, false),
	SEKI_KEY("description", seki_read_prose, seki_role, description, false),
};

void seki_read_roles(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_role *role;

	(void)field;
	if (n->kind != SEKI_NODE_MAP) {
		seki_wrong_type(m, n, "a mapping of names to mappings");
		return;
	}
	role = m->policy->role = seki_arena_array(m->arena, n->count + 1, sizeof(*role));
	for (const struct seki_node *k = n->first; k; k = k->next->next) {
		if (k->kind != SEKI_NODE_SCALAR)
			continue;
		role->name = (struct seki_text){ k->text, k->pos };
		m->key = k;
		seki_read_map(m, k->next, seki_role_table, k->pos, role);
		role++;
	}
	m->policy->n_roles = (unsigned int)(role - m->policy->role);
}

struct seki_role *seki_role_of(const struct seki_compilation *c, __u16 id)
{
	for (unsigned int i = 0; id && i < c->policy.n_roles; i++)
		if (c->policy.role[i].id == id)
			return &c->policy.role[i];
	return NULL;
}
