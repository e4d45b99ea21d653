// SPDX-License-Identifier: GPL-2.0-or-later
/* What the matrix says, cell by cell, and that big policies are quick. */
#include <time.h>

#include "tests/unit/policy_helper.h"

static const struct seki_cell *cell(const struct compiled *c, const char *domain, const char *label)
{
	for (__u32 i = 0; i < c->b.n_cells; i++) {
		const struct seki_bundle_cell *x = &c->b.cells[i];

		if (!strcmp(seki_bundle_domain_name(&c->b, x->domain), domain) &&
		    !strcmp(seki_bundle_label_name(&c->b, x->label), label))
			return &x->cell;
	}
	return NULL;
}

static __u32 allowed(const struct compiled *c, const char *domain, const char *label)
{
	const struct seki_cell *x = cell(c, domain, label);

	return x ? x->allow : 0;
}

#define PROCESS (SEKI_INSPECT | SEKI_SIGNAL)
#define FULL                                                                        \
	HEAD HLR "    keys: [/etc/hlr.key]\n    management: [tcp:127.0.0.1:4258]\n" \
		 "domains: { backup: { exec: /usr/bin/backup } }\nrules:\n"

TEST(naming_a_function_opens_it_to_itself_only)
{
	static const struct {
		const char *domain, *label;
		__u32 allow;
	} row[] = {
		{ "other", "hlr.data", 0 },
		{ "init", "hlr.data", SEKI_MOUNT },
		{ "sekisho.loader", "hlr.data", SEKI_READ },
		{ "sekisho.collector", "hlr.data", 0 },
		{ "backup", "hlr.data", SEKI_READ },
		{ "hlr", "hlr.data",
		  SEKI_READ | SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_LINK |
			  SEKI_ATTR | SEKI_IOCTL | SEKI_WATCH },
		{ "other", "hlr.keys", 0 },
		{ "hlr", "hlr.keys", SEKI_READ },
		{ "sekisho.loader", "hlr.keys", SEKI_READ },
		{ "sekisho.collector", "hlr.keys", 0 },
		{ "other", "hlr.exec", SEKI_READ },
		{ "init", "hlr.exec", SEKI_READ | SEKI_EXEC | SEKI_MOUNT },
		{ "hlr", "hlr.exec", SEKI_READ | SEKI_EXEC },
		{ "other", "hlr.management", 0 },
		{ "other", "proc.hlr", 0 },
		{ "init", "proc.hlr", PROCESS },
		{ "sekisho.collector", "proc.hlr", SEKI_INSPECT },
		{ "hlr", "proc.hlr", SEKI_ACCESS_ALL },
		{ "hlr", "hlr.device", 0 },
		{ "other", "hlr.device", 0 },
		{ "init", "hlr.unit", SEKI_READ | SEKI_MOUNT },
		{ "hlr", "hlr.unit", SEKI_READ },
		{ "other", "backup.exec", SEKI_READ | SEKI_EXEC },
		{ "other", "proc.backup", 0 },
		{ "other", "kernel.ftrace", SEKI_READ },
		{ "sekisho.loader", "kernel.ftrace", SEKI_READ },
		{ "sekisho.loader", "sekisho.canary", 0 },
		{ "sekisho.loader", "sekisho.bpf", SEKI_ACCESS_ALL },
		{ "init", "sekisho.bpf", SEKI_MOUNT },
		{ "sekisho.loader", "sekisho.config",
		  SEKI_READ | SEKI_EXEC | SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME |
			  SEKI_ATTR },
		{ "other", "sekisho.config", SEKI_READ | SEKI_EXEC },
		{ "other", "sekisho.log", SEKI_READ | SEKI_CONNECT },
		{ "other", "net.capture", 0 },
		{ "init", "kernel.bpf", SEKI_USE },
		{ "other", "kernel.bpf", 0 },
		{ "other", "kernel.blockmap", 0 },
		{ "other", "proc.init", PROCESS },
		{ "other", "proc.sekisho", 0 },
		{ "other", "unlocated", 0 },
		{ "other", "kernel.module", 0 },
		{ "init", "kernel.module", 0 },
		{ "other", "kernel.sysctl", SEKI_READ | SEKI_EXEC | SEKI_IOCTL | SEKI_WATCH },
		{ "other", "kernel.namespace", 0 },
		{ "init", "kernel.namespace", SEKI_USE },
		{ "other", "kernel.hardware", 0 },
		{ "other", "proc.host", 0 },
		{ "init", "proc.host", 0 },
		{ "sekisho.loader", "unlocated", 0 },
	};
	struct compiled c = compile_text(FULL "  - { allow: backup, to: read, on: hlr.data }\n");

	ASSERT_EQ(0, c.rc);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s on %s", row[i].domain, row[i].label);
		harness_row = name;
		EXPECT_EQ(row[i].allow, allowed(&c, row[i].domain, row[i].label));
		harness_row = NULL;
	}
	compiled_free(&c);
}

TEST(rule_is_recorded_unless_it_says_never)
{
	struct compiled c = compile_text(
		FULL "  - { allow: backup, to: attr, on: hlr.data, record: best-effort }\n"
		     "  - { allow: backup, to: read, on: hlr.data, controls: [A-1, B-2] }\n"
		     "  - { allow: backup, to: watch, on: hlr.data, record: never }\n");
	const struct seki_cell *x = cell(&c, "backup", "hlr.data");
	const struct seki_bundle_rule *r;

	ASSERT_TRUE(x);
	EXPECT_EQ(SEKI_READ | SEKI_WATCH | SEKI_ATTR, x->allow);
	EXPECT_EQ(SEKI_READ | SEKI_ATTR, x->record);
	EXPECT_EQ(SEKI_ATTR, x->waive);
	r = seki_bundle_rule(&c.b, x->rule);
	ASSERT_TRUE(r);
	EXPECT_STREQ("A-1 B-2", seki_bundle_string(&c.b, r->controls));
	EXPECT_STREQ("allow backup to read on hlr.data", seki_bundle_string(&c.b, r->text));
	EXPECT_EQ(17, r->line);
	EXPECT_EQ(3, r->severity);
	compiled_free(&c);
}

/* Numbered in the order of rules; a pair has one, of the accesses that its rule names. */
TEST(rate_is_of_the_accesses_of_its_rule)
{
	struct compiled c = compile_text(
		FULL
		"  - { allow: backup, to: read, on: hlr.keys, record: best-effort, rate: 3/h }\n"
		"  - { allow: backup, to: attr, on: hlr.data, record: best-effort }\n"
		"  - { allow: backup, to: read, on: hlr.data, record: best-effort, rate: 7/min }\n");
	const struct seki_cell *x = cell(&c, "backup", "hlr.data");
	const struct seki_bundle_rule *r;

	ASSERT_TRUE(x);
	EXPECT_EQ(2, x->rate);
	EXPECT_EQ(SEKI_READ | SEKI_ATTR, x->waive);
	EXPECT_EQ(SEKI_READ, seki_bundle_thinned(&c.b, x));
	r = seki_bundle_rule(&c.b, seki_bundle_rated(&c.b, 2));
	ASSERT_TRUE(r);
	EXPECT_EQ(7, r->rate_records);
	EXPECT_EQ(60, r->rate_seconds);
	EXPECT_EQ(1, cell(&c, "backup", "hlr.keys")->rate);
	EXPECT_EQ(0, seki_bundle_rated(&c.b, 3));
	EXPECT_EQ(0, cell(&c, "hlr", "hlr.data")->rate);
	compiled_free(&c);
}

TEST(deny_takes_a_preset_away)
{
	struct compiled c = compile_text(FULL
					 "  - { deny: hlr, to: [delete, link], on: hlr.data }\n"
					 "  - { deny: other, to: read, on: hlr.exec }\n");

	EXPECT_EQ(0, allowed(&c, "hlr", "hlr.data") & (SEKI_DELETE | SEKI_LINK));
	EXPECT_TRUE(allowed(&c, "hlr", "hlr.data") & SEKI_WRITE);
	ASSERT_TRUE(cell(&c, "other", "hlr.exec")); /* closed by rule, not by default */
	EXPECT_EQ(0, allowed(&c, "other", "hlr.exec"));
	EXPECT_EQ(SEKI_READ, allowed(&c, "backup", "hlr.exec"));
	compiled_free(&c);
}

/* The mechanism is enforced in every policy; the loader gives absent cells the
 * policy's mode, so built-in labels need a cell for everyone.
 */
TEST(audit_policy_still_enforces_the_mechanism)
{
	struct compiled c =
		compile_text("sekisho: 1\nname: t\nversion: 1\nmode: audit\n" HLR
			     "rules: [{ deny: other, to: write, on: hlr.exec, mode: enforce }]\n");

	ASSERT_EQ(0, c.rc);
	for (__u32 d = 0; d < c.b.n_domains; d++)
		for (__u16 l = 1; l <= SEKI_LABEL_MEMORY; l++) {
			const struct seki_cell *x =
				cell(&c, seki_bundle_domain_name(&c.b, c.b.domains[d].id),
				     seki_bundle_label_name(&c.b, l));

			ASSERT_TRUE(x);
			EXPECT_EQ(SEKI_MODE_ENFORCE, x->mode);
		}
	EXPECT_EQ(SEKI_MODE_AUDIT, cell(&c, "hlr", "hlr.data")->mode);
	EXPECT_EQ(SEKI_MODE_ENFORCE, cell(&c, "other", "hlr.exec")->mode);
	EXPECT_TRUE(!cell(&c, "other", "hlr.data"));
	compiled_free(&c);
}

TEST(loopback_address_closes_its_second_door)
{
	static const __u8 loopback[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 };
	static const __u8 unspecified[16] = { [10] = 0xff, 0xff };
	struct compiled c = compile_text(FULL "  - { deny: hlr, to: link, on: hlr.data }\n");

	ASSERT_EQ(2, c.b.n_addrs);
	EXPECT_EQ(0, memcmp(c.b.addrs[0].key.addr, loopback, 16));
	EXPECT_EQ(0, memcmp(c.b.addrs[1].key.addr, unspecified, 16));
	EXPECT_EQ(4258, c.b.addrs[1].key.port);
	compiled_free(&c);
}

TEST(equal_texts_give_equal_bundles)
{
	struct compiled a = compile_text(FULL "  - { deny: hlr, to: link, on: hlr.data }\n");
	struct compiled b = compile_text(FULL "  - { deny: hlr, to: link, on: hlr.data }\n");

	ASSERT_EQ(a.size, b.size);
	EXPECT_EQ(0, memcmp(a.image, b.image, a.size));
	compiled_free(&a);
	compiled_free(&b);
}

#define ACTORS 240
#define RULES 100000

static char *big_policy(bool contradict, size_t *ret_size)
{
	char *text;
	FILE *f = open_memstream(&text, ret_size);

	fprintf(f, HEAD "functions:\n");
	for (int i = 0; i < ACTORS; i++) {
		fprintf(f,
			"  f%d:\n    core-function: 1\n    exec: /opt/f%d/run\n"
			"    unit: f%d.service\n    argv: [run]\n    data:\n",
			i, i, i);
		for (int j = 0; j < 5; j++)
			fprintf(f, "      - /srv/f%d/%d\n", i, j);
	}
	fprintf(f, "rules:\n");
	for (int i = 0; i < RULES; i++)
		fprintf(f, "  - { %s: f%d, to: [read], on: f%d.%s }\n",
			contradict && i % 2 ? "deny" : "allow", contradict ? 1 : i % ACTORS,
			contradict ? 2 : i / ACTORS % ACTORS, i % 2 ? "unit" : "data");
	fclose(f);
	return text;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of the sanitizer, whose header gcc does not have. */
size_t __sanitizer_get_allocated_size(const volatile void *p);
int __sanitizer_install_malloc_and_free_hooks(void (*took)(const volatile void *, size_t),
					      void (*gave)(const volatile void *));

/* What is allocated at a time, at most: resident memory says little under sanitizers. */
static size_t heap, peak;

static void took(const volatile void *p, size_t size)
{
	(void)p;
	heap += size;
	if (heap > peak)
		peak = heap;
}

static void gave(const volatile void *p)
{
	heap -= p ? __sanitizer_get_allocated_size(p) : 0;
}

/* 194 MiB, of which the reader's tree of the text takes most; what is kept of a rule
 * may grow by 60 bytes.
 */
TEST(hundred_thousand_rules_in_bounded_memory)
{
	size_t size;
	char *text = big_policy(false, &size);
	struct compiled c;

	ASSERT_TRUE(__sanitizer_install_malloc_and_free_hooks(took, gave));
	c = compile_sized(text, size, &(struct seki_options){ .offline = true });
	EXPECT_EQ(0, c.rc);
	EXPECT_LT(peak, 200u << 20);
	EXPECT_GE(peak, c.size); /* the hooks count */
	compiled_free(&c);
	free(text);
}

/* About 1 s without sanitizers; a scan of rules by rules would take minutes. */
TEST(hundred_thousand_rules_and_a_thousand_paths_in_seconds)
{
	for (int contradict = 0; contradict < 2; contradict++) {
		size_t size;
		char *text = big_policy(contradict, &size);
		double start = seconds();
		struct compiled c =
			compile_sized(text, size, &(struct seki_options){ .offline = true });

		EXPECT_LT(seconds() - start, 30);
		if (!contradict) {
			EXPECT_EQ(0, c.rc);
			EXPECT_GE(c.b.n_rules, RULES);
			EXPECT_GE(c.b.n_paths, 1000);
		}
		compiled_free(&c);
		free(text);
	}
}

TEST(more_domains_than_the_kernel_holds_refused_once)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct compiled c;

	fprintf(f, HEAD HLR "domains:\n");
	for (int i = 0; i < 400; i++)
		fprintf(f, "  d%d: { exec: /opt/d%d }\n", i, i);
	fclose(f);
	c = compile_text(text);
	EXPECT_EQ(1, c.errors);
	EXPECT_SAID("more functions and domains than the kernel tables hold (248)", c);
	compiled_free(&c);
	free(text);
}

/* A small file must not make a big tree. */
TEST(copies_of_variables_are_bounded)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct compiled c;

	fputs(HEAD "variables:\n  many: [x", f);
	for (int i = 0; i < 1000; i++)
		fprintf(f, ", a%d", i);
	fputs("]\n" HLR "rules:\n", f);
	for (int i = 0; i < 20000; i++)
		fputs("  - { deny: hlr, to: link, on: hlr.data, controls: \"${many}\" }\n", f);
	fclose(f);
	c = compile_text(text);
	EXPECT_EQ(1, c.errors);
	EXPECT_SAID("variables make more than 64 MiB; use fewer", c);
	compiled_free(&c);
	free(text);
}

HARNESS_MAIN
