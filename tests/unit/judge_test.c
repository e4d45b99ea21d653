// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy judged on the host: who, on what, and what would allow it. */
#include "tests/unit/policy_helper.h"
#include "userspace/judge/explain.h"
#include "userspace/judge/recorded.h"

#define FULL                                                                        \
	HEAD HLR "    keys: [/var/lib/hlr/keys]\n"                                  \
		 "    management: [tcp:127.0.0.1:4258, unix:/run/hlr]\n"            \
		 "domains:\n  backup: { exec: /usr/bin/backup, unit: b.service }\n" \
		 "  tool: { exec: /usr/bin/tool, operator: true }\n"                \
		 "operators:\n  dba: { uid: 2000-2999 }\n"                          \
		 "kernel: { namespaces: [tool] }\n"
#define RULES                                                     \
	"rules:\n  - { allow: backup, to: read, on: hlr.data }\n" \
	"  - { deny: hlr, to: [link, delete], on: hlr.data }\n"   \
	"  - { allow: dba, to: watch, on: hlr.data }\n"

struct judged {
	struct compiled c;
	struct seki_view v;
};

/* The view borrows the bundle, so both stay where they are. */
static struct judged *judge(const char *text)
{
	struct judged *j = calloc(1, sizeof(*j));

	j->c = compile_text(text);
	if (j->c.rc)
		HARNESS_FAIL("refused: %s", j->c.said);
	ASSERT_EQ(0, j->c.rc);
	ASSERT_EQ(0, seki_view_open(&j->c.b, &j->v));
	return j;
}

static void judged_free(struct judged *j)
{
	seki_view_close(&j->v);
	compiled_free(&j->c);
	free(j);
}

TEST(who_acts)
{
	static const struct {
		const char *who, *domain; /* NULL: refused */
		bool marked;
	} row[] = {
		{ "backup", "backup", false },
		{ "/usr/bin/backup", "backup", false },
		{ "operator:/usr/bin/backup", "other", true },
		{ "operator:/usr/bin/tool", "tool", true },
		{ "operator", "other", true },
		{ "/usr/bin/cat", "other", false },
		{ "/usr/sbin/sekishod", "sekisho.collector", false },
		{ "dba", "dba", true },
		{ "dba:/usr/bin/backup", "dba", true },
		{ "dba:/usr/bin/tool", "tool", true },
		{ "dba:backup", NULL, true },
		{ "backup:/usr/bin/cat", NULL, false },
		{ "operators", NULL, false },
		{ "operator:backup", NULL, false },
		{ "", NULL, false },
	};
	struct judged *j = judge(FULL RULES);

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		const char *why = NULL;
		struct seki_subject s;

		harness_row = row[i].who;
		EXPECT_EQ(row[i].domain != NULL, seki_subject_find(&j->v, row[i].who, &s, &why));
		EXPECT_EQ(!row[i].domain, why != NULL);
		if (!row[i].domain)
			continue;
		EXPECT_STREQ(row[i].domain, seki_bundle_domain_name(&j->c.b, s.domain));
		EXPECT_EQ(row[i].marked, s.marked);
	}
	judged_free(j);
}

TEST(on_what)
{
	static const struct {
		const char *on, *label; /* "": not guarded; NULL: refused */
	} row[] = {
		{ "hlr.data", "hlr.data" },
		{ "hlr.process", "proc.hlr" },
		{ "proc.hlr", "proc.hlr" },
		{ "/var/lib/hlr", "hlr.data" },
		{ "/var/lib/hlr/a/b", "hlr.data" },
		{ "/var/lib/hlr/keys/k", "hlr.keys" }, /* the nearest row */
		{ "/var/lib/hlr2", "" },
		{ "/var/lib", "" },
		{ "/", "" },
		{ "/var/lib/sekisho/secret/x", "sekisho.secret" },
		{ "/run/hlr", "hlr.management" },
		{ "unix:/run/hlr", "hlr.management" },
		{ "tcp:127.0.0.1:4258", "hlr.management" },
		{ "tcp:0.0.0.0:4258", "hlr.management" },
		{ "tcp:127.0.0.1:4259", "" },
		{ "tcp:10.0.0.1:4258", "" },
		{ "/sys/fs/bpf/sekisho/x", "sekisho.bpf" },
		{ "/proc/sys/kernel/x", NULL },
		{ "/dev", NULL },
		{ "/var//lib", NULL },
		{ "/var/lib/", NULL },
		{ "tcp:x:1", NULL },
		{ "tcp:127.0.0.1:0", NULL },
		{ "hlr.date", NULL },
		{ "", NULL },
	};
	struct judged *j = judge(FULL RULES);

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		const char *why = NULL;
		struct seki_target t;

		harness_row = row[i].on;
		EXPECT_EQ(row[i].label != NULL, seki_target_find(&j->v, row[i].on, &t, &why));
		EXPECT_EQ(!row[i].label, why != NULL);
		if (row[i].label)
			EXPECT_STREQ(row[i].label, seki_bundle_label_name(&j->c.b, t.label));
	}
	judged_free(j);
}

TEST(decisions_are_those_of_the_matrix)
{
	struct judged *j = judge(FULL RULES), *audit;
	__u16 data = seki_view_label_named(&j->v, "hlr.data")->id;
	__u16 backup = seki_view_domain_named(&j->v, "backup")->id;
	struct seki_decision d;

	seki_view_decide(&j->v, backup, data, SEKI_READ, &d);
	EXPECT_EQ(SEKI_ALLOWED, d.verdict);
	EXPECT_EQ(1, d.record);
	EXPECT_TRUE(seki_view_rule_written(&j->v, d.rule));
	seki_view_decide(&j->v, backup, data, SEKI_READ | SEKI_WRITE, &d);
	EXPECT_EQ(SEKI_DENIED, d.verdict);
	EXPECT_EQ(SEKI_WRITE, d.missing);
	seki_view_decide(&j->v, SEKI_DOMAIN_OTHER, data, SEKI_READ, &d);
	EXPECT_EQ(SEKI_DENIED, d.verdict);
	EXPECT_EQ(SEKI_BY_DEFAULT, d.reason);
	seki_view_decide(&j->v, SEKI_DOMAIN_OTHER, SEKI_LABEL_UNLOCATED, SEKI_READ, &d);
	EXPECT_EQ(SEKI_BY_UNLOCATED, d.reason);
	seki_view_decide(&j->v, SEKI_DOMAIN_OTHER, 0, SEKI_READ, &d);
	EXPECT_EQ(SEKI_ALLOWED, d.verdict);
	EXPECT_EQ(0, d.record);
	judged_free(j);

	audit = judge("sekisho: 1\nname: t\nversion: 1\nmode: audit\n" HLR);
	seki_view_decide(&audit->v, SEKI_DOMAIN_OTHER, data, SEKI_READ, &d);
	EXPECT_EQ(SEKI_WOULD_DENY, d.verdict);
	seki_view_decide(&audit->v, SEKI_DOMAIN_OTHER, SEKI_LABEL_CANARY, SEKI_READ, &d);
	EXPECT_EQ(SEKI_DENIED, d.verdict);
	judged_free(audit);
}

TEST(brokers_are_the_operators_affair)
{
	struct judged *j = judge(HEAD HLR "kernel: { brokers: deny }\n");
	struct seki_subject who = { 0 };
	struct seki_target on;
	struct seki_decision d;
	const char *why;

	ASSERT_TRUE(seki_target_find(&j->v, "/run/dbus/system_bus_socket", &on, &why));
	EXPECT_STREQ("kernel.broker", seki_bundle_label_name(&j->c.b, on.label));
	seki_subject_decide(&j->v, &who, on.label, SEKI_CONNECT, &d);
	EXPECT_EQ(SEKI_ALLOWED, d.verdict);
	EXPECT_EQ(SEKI_LEAVES_NOTHING, d.record);
	who.marked = true;
	seki_subject_decide(&j->v, &who, on.label, SEKI_CONNECT, &d);
	EXPECT_EQ(SEKI_DENIED, d.verdict);
	judged_free(j);
}

/* Each remedy in the text of the policy allows just what was missing. */
static void try_remedy(struct judged *j, __u16 domain, const struct seki_bundle_label *l,
		       __u32 access, const char *remedy)
{
	const char *at = strstr(remedy, "rules:\n");
	char text[4096];
	struct judged *after;
	struct seki_decision d;

	if (!at) /* take it out of a rule; one more domain */
		return;
	snprintf(text, sizeof(text), "%s" RULES "%s\n", FULL, at + strlen("rules:\n"));
	after = judge(text);
	seki_view_decide(&after->v, domain, l->id, access, &d);
	EXPECT_EQ(SEKI_ALLOWED, d.verdict);
	EXPECT_EQ(j->c.b.n_rules + 1, after->c.b.n_rules);
	judged_free(after);
}

TEST(remedies_work)
{
	struct judged *j = judge(FULL RULES);
	char text[SEKI_REMEDY_MAX];
	int useful = 0, useless = 0;

	for (__u32 d = 1; d < j->c.b.n_domains; d++)
		for (__u32 l = 1; l < j->c.b.n_labels; l++)
			for (__u32 bit = 0; bit < SEKI_ACCESS_BITS; bit++) {
				const struct seki_bundle_label *label = &j->c.b.labels[l];
				__u16 domain = j->c.b.domains[d].id;
				struct seki_decision now;

				seki_view_decide(&j->v, domain, label->id, 1u << bit, &now);
				if (!now.missing)
					continue;
				harness_row = seki_bundle_string(&j->c.b, label->name);
				if (!seki_remedy(&j->v, domain, label->id, now.missing, text)) {
					EXPECT_EQ(0, strncmp(text, "nothing", 7));
					useless++;
					continue;
				}
				useful++;
				/* a sample: each costs a compilation */
				if (useful % 16 == 0)
					try_remedy(j, domain, label, now.missing, text);
			}
	EXPECT_TRUE(useful > 300);
	EXPECT_TRUE(useless > 300);
	judged_free(j);
}

static bool read_text(const char *text, struct seki_recorded *ret, json_t **ret_json)
{
	*ret_json = json_loads(text, 0, NULL);
	ASSERT_TRUE(*ret_json);
	return seki_recorded_read(*ret_json, ret);
}

#define LOGIN(uid) "true,\"auid\":" uid
#define RECORD(domain, exe, mark, label, kind, more)                                                 \
	"{\"class\":\"access\",\"access\":[\"read\"],\"verdict\":\"denied\",\"hook\":\"file_open\"," \
	"\"who\":{\"mark\":" mark "},\"proc\":{\"domain\":\"" domain "\",\"exe\":\"" exe             \
	"\"},\"obj\":{\"label\":\"" label "\",\"kind\":\"" kind "\"" more "}}"

TEST(recorded_acts_under_another_policy)
{
	static const struct {
		const char *record, *domain, *label;
	} row[] = {
		{ RECORD("other", "/usr/bin/cat", "true", "x.data", "data",
			 ",\"path\":\"/var/lib/hlr/db\""),
		  "other", "hlr.data" },
		{ RECORD("other", "/usr/bin/backup", "false", "x.data", "data",
			 ",\"path\":\"/somewhere\""),
		  "backup", "" },
		{ RECORD("other", "/usr/bin/backup", "true", "hlr.data", "data",
			 ",\"path\":\"/cut\",\"partial\":true"),
		  "other", "hlr.data" },
		{ RECORD("other", "/usr/bin/tool", "true", "kernel.namespace", "builtin", ""),
		  "tool", "kernel.namespace" },
		{ RECORD("other", "/usr/bin/cat", LOGIN("2999"), "hlr.data", "data", ""), "dba",
		  "hlr.data" },
		{ RECORD("dba", "/usr/bin/cat", LOGIN("3000"), "hlr.data", "data", ""), "other",
		  "hlr.data" },
		{ RECORD("reader", "/usr/bin/tool", LOGIN("2000"), "hlr.data", "data", ""), "tool",
		  "hlr.data" },
		{ RECORD("other", "/usr/bin/cat", "false,\"auid\":2000", "hlr.data", "data", ""),
		  "other", "hlr.data" },
		{ RECORD("gone", "", "false", "proc.hlr", "process", ""), "other", "proc.hlr" },
		{ RECORD("hlr", "/x", "false", "y.management", "management",
			 ",\"addr\":\"127.0.0.1\",\"port\":4258"),
		  "hlr", "hlr.management" },
		{ RECORD("init", "", "false", "gone.shared", "shared", ""), "init", "" },
	};
	struct judged *j = judge(FULL RULES);

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_recorded r;
		struct seki_subject who;
		struct seki_target on;
		json_t *json;

		harness_row = row[i].record;
		EXPECT_TRUE(read_text(row[i].record, &r, &json));
		EXPECT_EQ(SEKI_READ, r.want);
		EXPECT_EQ(SEKI_HOOK_file_open, r.hook);
		seki_recorded_in(&j->v, &r, &who, &on);
		EXPECT_STREQ(row[i].domain, seki_bundle_domain_name(&j->c.b, who.domain));
		EXPECT_STREQ(row[i].label, seki_bundle_label_name(&j->c.b, on.label));
		json_decref(json);
	}
	judged_free(j);
}

/* A path is how the process saw it, the label is what the kernel judged. */
TEST(recorded_acts_under_their_own_policy)
{
	struct judged *j = judge(FULL RULES);
	struct seki_recorded r;
	struct seki_subject who;
	struct seki_target on;
	json_t *json;
	char text[512], hex[17];

	for (int i = 0; i < 8; i++)
		sprintf(hex + 2 * i, "%02x", j->c.b.head->digest[i]);
	snprintf(text, sizeof(text),
		 "{\"class\":\"access\",\"access\":[\"read\"],\"verdict\":\"denied\","
		 "\"policy\":{\"digest\":\"%s\"},\"proc\":{\"domain\":\"other\","
		 "\"exe\":\"/usr/bin/backup\"},\"obj\":{\"label\":\"hlr.keys\","
		 "\"kind\":\"keys\",\"path\":\"/var/lib/hlr/db\"}}",
		 hex);
	EXPECT_TRUE(read_text(text, &r, &json));
	EXPECT_TRUE(seki_recorded_by(&j->v, &r));
	seki_recorded_in(&j->v, &r, &who, &on);
	EXPECT_STREQ("hlr.keys", seki_bundle_label_name(&j->c.b, on.label));
	EXPECT_EQ(SEKI_DOMAIN_OTHER, who.domain);
	EXPECT_TRUE(who.entry);
	json_decref(json);
	judged_free(j);
}

TEST(records_that_are_no_access)
{
	static const char *const row[] = {
		"{}",
		"{\"class\":\"exec\",\"access\":[\"read\"],\"verdict\":\"denied\",\"obj\":{\"label\":\"x\"}}",
		"{\"class\":\"access\",\"access\":[],\"verdict\":\"denied\",\"obj\":{\"label\":\"x\"}}",
		"{\"class\":\"access\",\"access\":[1],\"verdict\":\"denied\",\"obj\":{\"label\":\"x\"}}",
		"{\"class\":\"access\",\"access\":[\"read\"],\"verdict\":\"maybe\",\"obj\":{\"label\":\"x\"}}",
		"{\"class\":\"access\",\"access\":[\"read\"],\"verdict\":\"denied\",\"obj\":[]}",
		"{\"class\":\"access\",\"access\":\"read\",\"verdict\":\"denied\",\"obj\":{\"label\":7}}",
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_recorded r;
		json_t *json;

		harness_row = row[i];
		EXPECT_FALSE(read_text(row[i], &r, &json));
		json_decref(json);
	}
}

/* The kernel's short answer and its long one, over all of two accesses. */
TEST(short_and_long_answers_agree)
{
	struct seki_decision d;
	struct seki_cell cell = { .rule = 1 };
	__u32 i, want;

	for (i = 0; i < 4 * 4 * 4 * 2 * 4; i++) {
		cell.allow = i & 3;
		cell.record = i >> 2 & 3;
		cell.waive = i >> 4 & 3;
		cell.mode = i >> 6 & 1;
		want = i >> 7 & 3;
		seki_judge(&cell, want, &d);
		ASSERT_EQ(d.verdict == SEKI_ALLOWED && d.record == SEKI_LEAVES_NOTHING,
			  seki_passes(&cell, want));
	}
}

HARNESS_MAIN
