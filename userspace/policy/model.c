// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nodes to model, by tables: one row per key of the language.  A value of the
 * wrong type is reported where it stands and reading goes on with the next.
 */
#include "userspace/policy/model.h"

#include <string.h>

#define KEY SEKI_KEY
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void read_functions(struct seki_model *m, const struct seki_node *n, void *field);
static void read_domains(struct seki_model *m, const struct seki_node *n, void *field);
static void read_rules(struct seki_model *m, const struct seki_node *n, void *field);
static void read_kernel(struct seki_model *m, const struct seki_node *n, void *field);
static void read_description(struct seki_model *m, const struct seki_node *n, void *field);

static const struct seki_key policy_keys[] = {
	KEY("sekisho", seki_read_language, seki_policy, language, true),
	KEY("name", seki_read_text, seki_policy, name, true),
	KEY("version", seki_read_number, seki_policy, version, true),
	KEY("mode", seki_read_mode, seki_policy, mode, true),
	KEY("description", seki_read_prose, seki_policy, description, false),
	KEY("site", seki_read_text, seki_policy, site, false),
	KEY("include", seki_read_before, seki_policy, end, false),
	KEY("variables", seki_read_variables, seki_policy, end, false),
	KEY("functions", read_functions, seki_policy, functions, false),
	KEY("domains", read_domains, seki_policy, domains, false),
	KEY("operators", seki_read_roles, seki_policy, role, false),
	KEY("rules", read_rules, seki_policy, rule, false),
	KEY("kernel", read_kernel, seki_policy, kernel, false),
};

static const struct seki_key fragment_keys[] = {
	KEY("sekisho", seki_read_language, seki_fragment, language, true),
	KEY("description", seki_read_prose, seki_fragment, description, false),
	KEY("include", seki_read_before, seki_fragment, end, false),
	KEY("variables", seki_include_map, seki_fragment, root, false),
	KEY("functions", seki_include_map, seki_fragment, root, false),
	KEY("domains", seki_include_map, seki_fragment, root, false),
	KEY("operators", seki_include_map, seki_fragment, root, false),
	KEY("rules", seki_include_list, seki_fragment, root, false),
	KEY("kernel", seki_include_map, seki_fragment, root, false),
};

static const struct seki_key function_keys[] = {
	KEY("core-function", seki_read_number, seki_actor, core_function, true),
	KEY("exec", seki_read_path, seki_actor, exec, true),
	KEY("unit", seki_read_text, seki_actor, unit, false),
	KEY("cgroup", seki_read_text, seki_actor, cgroup, false),
	KEY("argv", seki_read_argv, seki_actor, argv, false),
	KEY("container", seki_read_container, seki_actor, container, false),
	KEY("user", seki_read_text, seki_actor, user, false),
	KEY("data", seki_read_files, seki_actor, data, false),
	KEY("keys", seki_read_files, seki_actor, keys, false),
	KEY("code", seki_read_files, seki_actor, code, false),
	KEY("anonymous-code", seki_read_permit, seki_actor, anonymous_code, false),
	KEY("management", seki_read_texts, seki_actor, management, false),
	KEY("traffic", seki_read_texts, seki_actor, traffic, false),
	KEY("origin", seki_read_text, seki_actor, origin, false),
	KEY("description", seki_read_prose, seki_actor, description, false),
};

static const struct seki_key domain_keys[] = {
	KEY("exec", seki_read_path, seki_actor, exec, true),
	KEY("unit", seki_read_text, seki_actor, unit, false),
	KEY("cgroup", seki_read_text, seki_actor, cgroup, false),
	KEY("argv", seki_read_argv, seki_actor, argv, false),
	KEY("origin", seki_read_text, seki_actor, origin, false),
	KEY("operator", seki_read_flag, seki_actor, for_operators, false),
	KEY("description", seki_read_prose, seki_actor, description, false),
};

static const struct seki_key rule_keys[] = {
	KEY("allow", seki_read_texts, seki_rule, allow, false),
	KEY("deny", seki_read_texts, seki_rule, deny, false),
	KEY("lendable", seki_read_texts, seki_rule, lendable, false),
	KEY("to", seki_read_texts, seki_rule, to, true),
	KEY("on", seki_read_texts, seki_rule, on, true),
	KEY("record", seki_read_record, seki_rule, record, false),
	KEY("rate", seki_read_rate, seki_rule, rate, false),
	KEY("mode", seki_read_rule_mode, seki_rule, mode, false),
	KEY("severity", seki_read_severity, seki_rule, severity, false),
	KEY("controls", seki_read_texts, seki_rule, controls, false),
	KEY("description", read_description, seki_rule, description, false),
};

static const struct seki_key kernel_keys[] = {
	KEY("capture", seki_read_power, seki_kernel, capture, false),
	KEY("bpf", seki_read_bpf_power, seki_kernel, bpf, false),
	KEY("blockmap", seki_read_power, seki_kernel, blockmap, false),
	KEY("brokers", seki_read_broker_power, seki_kernel, brokers, false),
	KEY("modules", seki_read_power, seki_kernel, modules, false),
	KEY("kexec", seki_read_power, seki_kernel, kexec, false),
	KEY("trace", seki_read_power, seki_kernel, trace, false),
	KEY("sysctl", seki_read_power, seki_kernel, sysctl, false),
	KEY("helpers", seki_read_power, seki_kernel, helpers, false),
	KEY("devices", seki_read_power, seki_kernel, devices, false),
	KEY("hardware", seki_read_power, seki_kernel, hardware, false),
	KEY("time", seki_read_power, seki_kernel, time, false),
	KEY("power", seki_read_power, seki_kernel, power, false),
	KEY("audit", seki_read_power, seki_kernel, audit, false),
	KEY("lsm", seki_read_power, seki_kernel, lsm, false),
	KEY("cgroups", seki_read_power, seki_kernel, cgroups, false),
	KEY("namespaces", seki_read_power, seki_kernel, namespaces, false),
	KEY("mounts", seki_read_power, seki_kernel, mounts, false),
	KEY("log", seki_read_power, seki_kernel, log, false),
	KEY("processes", seki_read_power, seki_kernel, processes, false),
	KEY("console", seki_read_power, seki_kernel, console, false),
	KEY("network", seki_read_power, seki_kernel, network, false),
};

static const struct seki_key file_keys[] = {
	KEY("path", seki_read_path, seki_file, path, true),
	KEY("optional", seki_read_flag, seki_file, optional, false),
};

static const struct seki_key container_keys[] = {
	KEY("bundle", seki_read_path, seki_bundle_said, bundle, true),
	KEY("image", seki_read_text, seki_bundle_said, image, false),
	KEY("label", seki_read_pairs, seki_bundle_said, label, false),
};

static const struct seki_key description_keys[] = {
	KEY("en", seki_read_prose, seki_description, en, true),
	KEY("ja", seki_read_prose, seki_description, ja, true),
};

enum { POLICY, FRAGMENT, FUNCTION, DOMAIN, ROLE, RULE, KERNEL, FILE_, CONTAINER, DESCRIPTION };
const struct seki_key_table seki_key_tables[] = {
	[POLICY] = { "policy", "the policy", policy_keys, COUNT(policy_keys) },
	[FRAGMENT] = { "fragment", "an included file", fragment_keys, COUNT(fragment_keys) },
	[FUNCTION] = { "function", "a function", function_keys, COUNT(function_keys) },
	[DOMAIN] = { "domain", "a domain", domain_keys, COUNT(domain_keys) },
	[ROLE] = { "role", "a role", seki_role_keys, SEKI_ROLE_KEYS },
	[RULE] = { "rule", "a rule", rule_keys, COUNT(rule_keys) },
	[KERNEL] = { "kernel", "'kernel'", kernel_keys, COUNT(kernel_keys) },
	[FILE_] = { "file", "a path", file_keys, COUNT(file_keys) },
	[CONTAINER] = { "container", "a container", container_keys, COUNT(container_keys) },
	[DESCRIPTION] = { "description", "a description", description_keys,
			  COUNT(description_keys) },
};
const unsigned int seki_key_tables_count = COUNT(seki_key_tables);
const struct seki_key_table *const seki_fragment_keys = &seki_key_tables[FRAGMENT];
const struct seki_key_table *const seki_role_table = &seki_key_tables[ROLE];

static const struct seki_key *find_key(const struct seki_key_table *t, const char *name)
{
	for (unsigned int i = 0; i < t->n; i++)
		if (!strcmp(t->key[i].name, name))
			return &t->key[i];
	return NULL;
}

/* What people look for beside the program. */
static bool is_image(const char *key)
{
	return !strcmp(key, "image") || !strcmp(key, "label");
}

static void unknown_key(struct seki_model *m, const struct seki_key_table *t,
			const struct seki_node *key)
{
	const char *known[32], *meant;
	char list[256] = "";

	for (unsigned int i = 0; i < t->n; i++) {
		known[i] = t->key[i].name;
		strcat(strcat(list, i ? ", " : ""), known[i]);
	}
	meant = seki_closest(key->text, known, t->n);
	if (find_key(t, "container") && is_image(key->text))
		seki_error(m->diag, key->pos,
			   "unknown key '%.64s'; it is a condition on an OCI bundle, write "
			   "'container: { bundle: DIR, %.64s: ... }'",
			   key->text, key->text);
	else if (meant)
		seki_error(m->diag, key->pos, "unknown key '%.64s'; did you mean '%s'?", key->text,
			   meant);
	else
		seki_error(m->diag, key->pos, "unknown key '%.64s'; %s knows %s", key->text,
			   t->what, list);
}

static void check_required(struct seki_model *m, const struct seki_key_table *t,
			   struct seki_pos pos, __u32 seen)
{
	for (unsigned int i = 0; i < t->n; i++)
		if (t->key[i].required && !(seen & 1u << i))
			seki_error(m->diag, pos, "%s needs '%s'; add it", t->what, t->key[i].name);
}

bool seki_read_map(struct seki_model *m, const struct seki_node *map,
		   const struct seki_key_table *t, struct seki_pos pos, void *object)
{
	__u32 seen = 0;

	if (map->kind != SEKI_NODE_MAP) {
		seki_wrong_type(m, map, "a mapping of keys to values");
		return false;
	}
	for (const struct seki_node *k = map->first; k; k = k->next->next) {
		const struct seki_key *key;

		if (k->kind != SEKI_NODE_SCALAR)
			continue;
		key = find_key(t, k->text);
		if (!key) {
			unknown_key(m, t, k);
			continue;
		}
		if (seen & 1u << (key - t->key))
			continue; /* given twice: reported, and the first one holds */
		seen |= 1u << (key - t->key);
		m->key = k;
		key->read(m, k->next, (char *)object + key->offset);
	}
	check_required(m, t, pos, seen);
	return true;
}

/* functions: and domains: map names to mappings. */
static unsigned int read_actors(struct seki_model *m, const struct seki_node *n, bool is_function,
				struct seki_actor **ret)
{
	const struct seki_key_table *t = &seki_key_tables[is_function ? FUNCTION : DOMAIN];
	unsigned int count = 0;

	if (n->kind != SEKI_NODE_MAP) {
		seki_wrong_type(m, n, "a mapping of names to mappings");
		return 0;
	}
	*ret = seki_arena_array(m->arena, n->count + 1, sizeof(**ret));
	for (const struct seki_node *k = n->first; k; k = k->next->next) {
		struct seki_actor *a = *ret + count;

		if (k->kind != SEKI_NODE_SCALAR)
			continue;
		a->name = (struct seki_text){ k->text, k->pos };
		a->is_function = is_function;
		m->key = k;
		seki_read_map(m, k->next, t, k->pos, a);
		count++;
	}
	return count;
}

static void read_functions(struct seki_model *m, const struct seki_node *n, void *field)
{
	m->policy->n_functions = read_actors(m, n, true, field);
}

static void read_domains(struct seki_model *m, const struct seki_node *n, void *field)
{
	m->policy->n_domains = read_actors(m, n, false, field);
}

static void read_rules(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_rule *rule;

	(void)field;
	if (n->kind != SEKI_NODE_LIST) {
		seki_wrong_type(m, n, "a list of rules, each '- { allow: ..., to: ..., on: ... }'");
		return;
	}
	rule = m->policy->rule = seki_arena_array(m->arena, n->count + 1, sizeof(*rule));
	for (const struct seki_node *e = n->first; e; e = e->next) {
		rule->pos = e->pos;
		if (seki_read_map(m, e, &seki_key_tables[RULE], e->pos, rule))
			rule++;
	}
	m->policy->n_rules = (unsigned int)(rule - m->policy->rule);
}

static void read_kernel(struct seki_model *m, const struct seki_node *n, void *field)
{
	seki_read_map(m, n, &seki_key_tables[KERNEL], n->pos, field);
}

/* One text, or one per language. */
static void read_description(struct seki_model *m, const struct seki_node *n, void *field)
{
	struct seki_description *d = field;

	if (n->kind == SEKI_NODE_MAP)
		seki_read_map(m, n, &seki_key_tables[DESCRIPTION], n->pos, d);
	else
		seki_read_prose(m, n, &d->en);
}

void seki_read_container(struct seki_model *m, const struct seki_node *n, void *field)
{
	seki_read_map(m, n, &seki_key_tables[CONTAINER], n->pos, field);
}

/* An entry of data: or keys: that is a mapping. */
void seki_read_file(struct seki_model *m, const struct seki_node *n, struct seki_file *ret)
{
	if (n->kind == SEKI_NODE_MAP)
		seki_read_map(m, n, &seki_key_tables[FILE_], n->pos, ret);
	else
		seki_read_path(m, n, &ret->path);
}

static void join_actors(struct seki_policy *p, struct seki_arena *arena)
{
	p->n_actors = p->n_functions + p->n_domains;
	p->actor = seki_arena_array(arena, p->n_actors + 1, sizeof(*p->actor));
	for (unsigned int i = 0; i < p->n_functions; i++)
		p->actor[i] = p->functions[i];
	for (unsigned int i = 0; i < p->n_domains; i++)
		p->actor[p->n_functions + i] = p->domains[i];
}

void seki_model_read(const struct seki_node *root, struct seki_policy *policy,
		     struct seki_arena *arena, struct seki_diag *d)
{
	struct seki_model m = { policy, arena, d, root };

	seki_read_map(&m, root, &seki_key_tables[POLICY], root->pos, policy);
	join_actors(policy, arena);
}
