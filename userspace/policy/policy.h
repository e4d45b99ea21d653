/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - the policy compiler: text → nodes (yaml.c, include.c,
 * variable.c) → model (model.c) → names and ids (symbol.c) →
 * judged (check_*.c, paths.c, code.c, address.c, host.c) →
 * matrix (preset.c, matrix.c) → bundle (lower.c).  Every stage reports through one
 * struct seki_diag and goes on, so one run shows everything that is wrong.
 */
#ifndef SEKI_POLICY_H
#define SEKI_POLICY_H

#include "bpf/abi.h"
#include "userspace/lib/arena.h"
#include "userspace/lib/table.h"
#include "userspace/policy/bundle.h"
#include "userspace/policy/diag.h"
#include "userspace/policy/warning.h"
#include "userspace/policy/yaml.h"

/* ---- model: what the text says, with the place of every word ------------- */

struct seki_text {
	const char *s; /* NULL: not given */
	struct seki_pos pos;
};

/* Why, in one language or two. */
struct seki_description {
	struct seki_text en, ja;
};

struct seki_texts {
	struct seki_text *v;
	unsigned int n;
	struct seki_pos pos; /* line 0: not given */
};

struct seki_number {
	__u32 n;
	struct seki_pos pos;
};

struct seki_file {
	struct seki_text path;
	__u32 optional;
};

struct seki_files {
	struct seki_file *v;
	unsigned int n;
};

/* label: of a container */
struct seki_pair {
	struct seki_text key, value;
};
struct seki_pairs {
	struct seki_pair *v;
	unsigned int n;
};

/* The OCI bundle that a function's program is in. */
struct seki_bundle_said {
	struct seki_text bundle, image;
	struct seki_pairs label;
};

/* Labels an actor brings. */
enum seki_part {
	SEKI_PART_EXEC,
	SEKI_PART_DATA,
	SEKI_PART_KEYS,
	SEKI_PART_MANAGEMENT,
	SEKI_PART_PROCESS,
	SEKI_PART_DEVICE,
	SEKI_PART_UNIT,
	SEKI_PART_SHARED,
	SEKI_PART_USER,
	SEKI_PART_CODE, /* ids of their own: SEKI_LABEL_CODE */
	SEKI_PART_COUNT
};

/* A core function, or another program that rules can name. */
struct seki_actor {
	struct seki_text name;
	bool is_function;
	struct seki_number core_function;
	struct seki_text exec, unit, cgroup, origin, user, description;
	struct seki_texts argv, management, traffic;
	struct seki_files data, keys, code;
	struct seki_bundle_said container;
	__u32 for_operators;  /* people start it too */
	__u32 anonymous_code; /* 1: it may run code that it makes in memory */
	__u32 uid;	      /* of user, 0: none; check_actor.c */
	/* symbol.c */
	__u16 id, origin_id;
	__u16 label[SEKI_PART_COUNT]; /* 0: has none */
	bool used;
};

/* People, by how they log in: an operator whom rules can name. */
struct seki_role {
	struct seki_text name, description;
	struct seki_texts login, uid, group, through, network, terminal;
	__u16 id;	    /* symbol.c */
	__u16 *through_ids; /* check_role.c */
	unsigned int n_through;
	__u64 networks, terminals; /* check_from.c: bits of their tables; 0: any */
	bool used;
};

/* Login uids of a role; check_role.c */
struct seki_login {
	__u32 first, last;
	const struct seki_role *role;
	struct seki_pos pos;
};

/* What a text under 'terminal' means, or part of it; check_from.c */
struct seki_terminal_said {
	struct seki_bundle_terminal range;
	const char *name;
};

enum seki_record {
	SEKI_RECORD_UNSAID, /* always */
	SEKI_RECORD_ALWAYS,
	SEKI_RECORD_BEST_EFFORT,
	SEKI_RECORD_NEVER,
};

/* How many records of a rule, at most, in how many seconds; 0: each. */
struct seki_rate_said {
	__u32 records, seconds;
};
struct seki_rate {
	struct seki_rate_said said;
	struct seki_pos pos;
};

struct seki_rule {
	struct seki_pos pos;
	struct seki_texts allow, deny, lendable, to, on, controls;
	struct seki_description description;
	struct seki_number severity; /* as in a bundle, + 1; 0: as the labels are */
	struct seki_number record;   /* enum seki_record */
	struct seki_rate rate;
	struct seki_number mode; /* enum seki_mode + 1; 0: the policy's */
	/* check_rule.c */
	__u32 access;
	__u16 *domains, *labels;
	unsigned int n_domains, n_labels;
};

enum seki_power_word {
	SEKI_POWER_DEFAULT,
	SEKI_POWER_DENY,
	SEKI_POWER_ALLOW,
	SEKI_POWER_SEKISHO_ONLY,
	SEKI_POWER_LISTED
};
struct seki_power {
	enum seki_power_word word;
	struct seki_texts domains;
	struct seki_pos pos;
	__u16 *ids;
	unsigned int n_ids;
};

struct seki_kernel {
	struct seki_power capture, bpf, blockmap, brokers;
	/* closed by the lock */
	struct seki_power modules, kexec, trace, sysctl, helpers, devices, hardware, time, power,
		audit, lsm, cgroups, namespaces, mounts, log, processes, console, network;
};

struct seki_policy {
	struct seki_number language, version, mode;
	struct seki_text name, description, site;
	struct seki_actor *actor; /* functions, then domains */
	unsigned int n_functions, n_actors;
	struct seki_actor *functions, *domains; /* as read */
	unsigned int n_domains;
	struct seki_role *role;
	unsigned int n_roles;
	struct seki_rule *rule;
	unsigned int n_rules;
	struct seki_kernel kernel;
	struct seki_pos end;
};

/* An included file. */
struct seki_fragment {
	struct seki_number language;
	struct seki_text description;
	struct seki_pos end;
	struct seki_node *root; /* the policy's */
};

/* model.c: key tables, so that the schema and the manual can be compared. */
struct seki_model;
struct seki_key {
	const char *name;
	void (*read)(struct seki_model *m, const struct seki_node *value, void *field);
	size_t offset;
	bool required;
};
#define SEKI_KEY(key, reader, type, field, must)                \
	{                                                       \
		key, reader, offsetof(struct type, field), must \
	}
struct seki_key_table {
	const char *name; /* "function": also the name in the schema */
	const char *what; /* for messages */
	const struct seki_key *key;
	unsigned int n;
};
extern const struct seki_key_table seki_key_tables[];
extern const unsigned int seki_key_tables_count;

void seki_model_read(const struct seki_node *root, struct seki_policy *policy,
		     struct seki_arena *arena, struct seki_diag *d);

/* role.c */
#define SEKI_ROLE_KEYS 7
extern const struct seki_key seki_role_keys[SEKI_ROLE_KEYS];
extern const struct seki_key_table *const seki_role_table;

struct seki_compilation;
/* include.c: the files it names into the policy's tree; false: none was judged on */
#define SEKI_POLICY_DIR "/usr/share/sekisho/policies"
bool seki_include(struct seki_compilation *c, struct seki_node *root);

/* variable.c: ${NAME} in values, before they are read; false: too much to go on */
bool seki_variables_expand(struct seki_node *root, struct seki_arena *arena, struct seki_diag *d);

/* Whom a rule names. */
static inline const struct seki_texts *seki_rule_who(const struct seki_rule *r)
{
	return r->allow.n ? &r->allow : r->lendable.n ? &r->lendable : &r->deny;
}

static inline __u32 seki_where_of(struct seki_pos pos)
{
	return seki_where(pos.source, pos.line);
}

/* ---- names and ids -------------------------------------------------------- */

struct seki_label {
	const char *name; /* in the bundle and in records: proc.hlr */
	const char *word; /* in policy text: hlr.process */
	__u16 id;
	__u16 kind;  /* enum seki_label_kind */
	__u16 owner; /* domain id */
	__u32 line;
	__u32 applies; /* accesses that can reach such an object */
	__u32 opens;   /* of those, what a rule may allow */
};

struct seki_symbols {
	struct seki_label *label; /* ascending ids */
	unsigned int n_labels;
	__u16 domain[SEKI_DOMAIN_MAX]; /* ids in use, ascending */
	unsigned int n_domains;
	struct seki_label *by_id[SEKI_LABEL_MAX];
	struct seki_table domain_ids; /* word → id */
	struct seki_table label_ids;
};

/* powers.c: the words of 'kernel:' that the lock closes. */
struct seki_power_row {
	const char *word;
	size_t offset; /* of its struct seki_power in struct seki_kernel */
	__u16 label;
	__u32 access; /* what having the power means */
	__u32 all;    /* of these accesses, what everyone has */
	bool init;    /* PID 1 has it: systemd needs it */
};
extern const struct seki_power_row seki_power_rows[];
extern const unsigned int seki_power_rows_count;

/* ---- one compilation ------------------------------------------------------ */

struct seki_options {
	bool offline;	  /* don't look at this host's files */
	const char *root; /* look below this directory; NULL: / */
	bool quiet;	  /* warnings are not what is asked for */
};

struct seki_compilation {
	struct seki_policy policy;
	struct seki_symbols sym;
	struct seki_arena arena;
	struct seki_diag *diag;
	struct seki_options options;
	/* paths.c */
	struct seki_place *place;
	unsigned int n_places, room_places;
	struct seki_table place_of;
	/* address.c */
	struct seki_bundle_addr *addr;
	struct seki_text *addr_text;
	unsigned int n_addrs, room_addrs;
	struct seki_table addr_of;
	/* check_role.c: ascending, no uid twice in a role */
	struct seki_login *login;
	unsigned int n_logins, room_logins;
	/* check_from.c: ascending */
	struct seki_bundle_network *network;
	struct seki_terminal_said *terminal;
	unsigned int n_networks, n_terminals;
};

/* A labelled path, of the policy or following from it. */
struct seki_place {
	const char *path;
	struct seki_pos pos;
	__u16 label, entry, device_label, flags;
};

/* paths.c: the place that has this path already, or NULL and it is one now. */
struct seki_place *seki_label_path(struct seki_compilation *c, struct seki_place place);

/* rate.c */
#define SEKI_RATE_TEXT 16
void seki_check_rate(struct seki_compilation *c, const struct seki_rule *r);
/* "10/s"; returns ret. */
const char *seki_rate_text(struct seki_rate_said rate, char ret[SEKI_RATE_TEXT]);
static inline struct seki_rate_said seki_rule_rate(const struct seki_bundle_rule *r)
{
	return (struct seki_rate_said){ r->rate_records, r->rate_seconds };
}

/* check_lend.c: what stands beside 'lendable' in a rule. */
void seki_check_lend(struct seki_compilation *c, const struct seki_rule *r);

/* check_cgroup.c */
/* Before names are made: a service's cgroup names its unit. */
void seki_cgroup_units(struct seki_compilation *c);
void seki_check_cgroup(struct seki_compilation *c, const struct seki_actor *a);

/* check_container.c */
void seki_check_container(struct seki_compilation *c, const struct seki_actor *a);
/* Against the bundle below the directory root, -1: this host's. */
void seki_check_container_host(struct seki_compilation *c, int root, const struct seki_actor *a);
/* The file that says what the container is, and which part of the function it is; the
 * path is NULL where there is none.
 */
const char *seki_container_config(struct seki_compilation *c, const struct seki_actor *a,
				  enum seki_part *ret);
/* KEY and VALUE, each with its NUL. */
const char *seki_container_labels(struct seki_compilation *c, const struct seki_actor *a,
				  size_t *ret_len);

/* suggest.c */
const char *seki_closest(const char *word, const char *const *known, unsigned int n);

/* symbol.c */
bool seki_name_ok(const char *name);
void seki_symbols_build(struct seki_compilation *c);
const char *seki_domain_word(const struct seki_compilation *c, __u16 id);
bool seki_resolve_domain(struct seki_compilation *c, const struct seki_text *t, __u16 *ret);
/* Accesses that can reach such a label, and of those what a rule may allow. */
__u32 seki_label_applies(__u16 id, __u16 kind);
__u32 seki_label_opens(__u16 id, __u16 kind);
/* Without these, changing what it is. */
#define SEKI_HARMLESS (SEKI_READ | SEKI_EXEC | SEKI_INSPECT | SEKI_WATCH | SEKI_CONNECT)
/* What no rule gives people, who could make of themselves what they like with it. */
static inline bool seki_not_for_people(__u16 label, __u16 kind, __u32 access)
{
	return access & ~SEKI_HARMLESS && (label == SEKI_LABEL_CONFIG || kind == SEKI_KIND_CODE);
}
/* words.c */
bool seki_access_word(const char *word, __u32 *ret);
const char *const *seki_access_words(unsigned int *ret_n);
const char *seki_access_text(__u32 access, char *buf, size_t size);
#define SEKI_ACCESS_TEXT_MAX 160

/* account.c: "passwd" or "group" of the host; NULL: it has none */
FILE *seki_open_accounts(struct seki_compilation *c, const char *table);
/* Whom the host means by this name; 0: root, or nobody. */
__u32 seki_uid_of(struct seki_compilation *c, const char *name);

/* check_actor.c, check_role.c, check_rule.c, paths.c, address.c, host.c */
void seki_check_actors(struct seki_compilation *c);
/* The function or domain of that id; NULL: built in. */
struct seki_actor *seki_actor_of(struct seki_compilation *c, __u16 id);
/* The role of that id, or NULL. */
struct seki_role *seki_role_of(const struct seki_compilation *c, __u16 id);
void seki_check_roles(struct seki_compilation *c);
/* check_from.c */
void seki_check_from(struct seki_compilation *c);
/* May one login be of both, if its uid is? */
bool seki_roles_meet(const struct seki_compilation *c, const struct seki_role *a,
		     const struct seki_role *b);
void seki_check_rules(struct seki_compilation *c);
void seki_check_kernel(struct seki_compilation *c);
void seki_check_use(struct seki_compilation *c);
void seki_collect_paths(struct seki_compilation *c);
void seki_collect_code(struct seki_compilation *c);
void seki_collect_addresses(struct seki_compilation *c);
/* "tcp:...", "udp:...", "sctp:..." to what the kernel looks up; false: no such address. */
bool seki_address_read(const char *text, struct seki_addr_key *ret);
void seki_check_host(struct seki_compilation *c);
/* host_files.c: how a place lies on the host; fd, st are of its object */
struct stat;
void seki_check_place(struct seki_compilation *c, const struct seki_place *p, int fd,
		      const struct stat *st);

/* lower.c */
struct seki_matrix;
int seki_lower(struct seki_compilation *c, const struct seki_matrix *m, void **ret,
	       size_t *ret_size);

/* compile.c: text in, bundle image out (malloc'ed).  0, -EINVAL when d holds
 * errors, or another negative errno.
 */
struct seki_summary {
	unsigned int functions, domains, rules, paths;
	unsigned int unsealed; /* functions whose code nobody looked for */
	unsigned int accepted; /* warnings */
};
int seki_compile(const char *text, size_t size, const struct seki_options *options,
		 struct seki_diag *d, void **ret, size_t *ret_size,
		 struct seki_summary *ret_summary);

/* preset.c: 0 to 3, how grave a refusal at a label is, if no rule says otherwise. */
__u32 seki_kind_severity(__u16 kind);

/* print.c: a bundle as text for people; equal policies print alike. */
void seki_bundle_print(const struct seki_bundle *b, FILE *out);

#endif /* SEKI_POLICY_H */
