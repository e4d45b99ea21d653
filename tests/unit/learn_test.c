// SPDX-License-Identifier: GPL-2.0-or-later
/* What is learnt from records, and what never is. */
#include "tests/unit/policy_helper.h"
#include "userspace/judge/learn.h"

#define AUDIT "sekisho: 1\nname: t\nversion: 9\nmode: audit\n"
#define POLICY AUDIT HLR "rules:\n  - { deny: hlr, to: link, on: hlr.data }\n"

struct school {
	struct compiled c;
	struct seki_view v;
	struct seki_learn l;
};

static struct school *begin(void)
{
	struct school *s = calloc(1, sizeof(*s));

	s->c = compile_text(POLICY);
	ASSERT_EQ(0, s->c.rc);
	ASSERT_EQ(0, seki_view_open(&s->c.b, &s->v));
	s->l.v = &s->v;
	return s;
}

static void end(struct school *s)
{
	seki_learn_free(&s->l);
	seki_view_close(&s->v);
	compiled_free(&s->c);
	free(s);
}

static long long boottime = 1;

static void act(struct school *s, const char *verdict, bool mark, int ppid, const char *domain,
		const char *exe, const char *access, const char *label, const char *path)
{
	json_t *r = json_pack("{s:I,s:s,s:[s],s:s,s:s,s:s,s:{s:b},s:{s:s,s:s,s:i},s:{s:s,s:s,s:s}}",
			      "bt", (json_int_t)boottime, "class", "access", "access", access,
			      "verdict", verdict, "reason", "default", "t",
			      "2026-11-21T02:49:59.894084510+00:00", "who", "mark", mark, "proc",
			      "domain", domain, "exe", exe, "ppid", ppid, "obj", "label", label,
			      "kind", "builtin", "path", path);

	ASSERT_TRUE(r);
	seki_learn_record(&s->l, r);
	json_decref(r);
}

/* The policy that was learnt, checked as any other. */
static char *written(struct school *s)
{
	struct seki_diag d = { .file = "p" };
	struct compiled c;
	char *text = NULL;
	size_t size;

	EXPECT_TRUE(seki_learn_write(&s->l, POLICY, strlen(POLICY), &d, &text, &size));
	EXPECT_EQ(0, d.errors);
	seki_diag_free(&d);
	ASSERT_TRUE(text);
	c = compile_text(text);
	EXPECT_EQ(0, c.errors);
	compiled_free(&c);
	return text;
}

TEST(services_are_learnt)
{
	struct school *s = begin();
	char *text;

	for (int i = 0; i < 3; i++)
		act(s, "would-deny", false, 1, "other", "/usr/bin/backup", "read", "hlr.data",
		    "/x");
	act(s, "would-deny", false, 1, "hlr", "/usr/bin/hlr", "exec", "code.unsealed", "/opt/m.so");
	text = written(s);
	EXPECT_TRUE(strstr(text, "version: 10\n"));
	EXPECT_TRUE(strstr(text, "  backup: { exec: /usr/bin/backup }"));
	EXPECT_TRUE(
		strstr(text, "  - { allow: backup, to: read, on: hlr.data } # learnt: 3 records"));
	EXPECT_TRUE(strstr(text, "    code:\n      - /opt/m.so # learnt: 1 record,"));
	EXPECT_TRUE(strstr(text, "  - { deny: hlr, to: link, on: hlr.data }\n"));
	free(text);
	end(s);
}

TEST(what_is_never_learnt)
{
	struct school *s = begin();
	char *text;

	act(s, "would-deny", true, 1, "other", "/usr/bin/a", "read", "hlr.data", "/x");
	act(s, "would-deny", true, 1, "hlr", "/usr/bin/hlr", "exec", "code.unsealed", "/opt/m.so");
	EXPECT_EQ(2, s->l.operators);
	act(s, "would-deny", false, 77, "other", "/usr/bin/b", "read", "hlr.data", "/x");
	act(s, "would-deny", false, 1, "other", "", "read", "hlr.data", "/x");
	EXPECT_EQ(2, s->l.children);
	act(s, "would-deny", false, 1, "hlr", "/usr/bin/hlr", "link", "hlr.data", "/x");
	EXPECT_EQ(1, s->l.by_rule);
	act(s, "would-deny", false, 1, "hlr", "/usr/bin/hlr", "write", "sekisho.log", "/x");
	act(s, "would-deny", false, 1, "init", "/sbin/init", "read", "hlr.data", "/x");
	EXPECT_EQ(2, s->l.unfit);
	act(s, "denied", false, 1, "other", "/usr/bin/c", "read", "hlr.data", "/x");
	act(s, "allowed", false, 1, "other", "/usr/bin/d", "read", "hlr.data", "/x");
	EXPECT_EQ(0, s->l.n);
	text = written(s);
	EXPECT_FALSE(strstr(text, "allow"));
	free(text);
	end(s);
}

/* systemd-run cat: PID 1 starts it, and no mark is on it. */
TEST(what_an_operator_asked_for_is_not_learnt)
{
	struct school *s = begin();

	boottime = 1000000000000;
	act(s, "allowed", true, 77, "other", "/usr/bin/systemd-run", "connect", "kernel.broker",
	    "/run/systemd/private");
	boottime += 59000000000;
	act(s, "would-deny", false, 1, "other", "/usr/bin/cat", "read", "hlr.data", "/x");
	EXPECT_EQ(1, s->l.brokered);
	EXPECT_EQ(0, s->l.n);
	act(s, "would-deny", false, 1, "hlr", "/usr/bin/hlr", "use", "kernel.time", "/x");
	EXPECT_EQ(1, s->l.n); /* a function stays one */
	boottime += 2000000000;
	act(s, "would-deny", false, 1, "other", "/usr/bin/backup", "read", "hlr.data", "/x");
	EXPECT_EQ(2, s->l.n);
	end(s);
}

/* Whoever runs a program chooses its path, and would write the policy with it. */
TEST(names_that_would_be_policy_are_left_out)
{
	static const char *const exe[] = {
		"/x }, evil: { exec: /bin/y",
		"/x\n  evil: { exec: /bin/y }",
		"/x # accept W01",
		"/x: y",
		"/x:",
		"/bin/sh",
		"/usr/bin/python3",
		"/etc/sekisho/x",
		"/usr/bin/hlr/",
		"/a//b",
		"/*",
		"/日本",
		"/&a",
	};
	struct school *s = begin();
	char *text;

	for (size_t i = 0; i < sizeof(exe) / sizeof(*exe); i++) {
		act(s, "would-deny", false, 1, "other", exe[i], "read", "hlr.data", "/x");
		act(s, "would-deny", false, 1, "hlr", "/usr/bin/hlr", "exec", "code.unsealed",
		    exe[i]);
	}
	act(s, "would-deny", false, 1, "other", "/usr/bin/Two", "read", "hlr.data", "/x");
	act(s, "would-deny", false, 1, "other", "/opt/two", "read", "hlr.data", "/x");
	act(s, "would-deny", false, 1, "other", "/opt/hlr", "read", "hlr.data", "/x");
	text = written(s);
	EXPECT_FALSE(strstr(text, "evil"));
	EXPECT_TRUE(strstr(text, "two: { exec: /opt/two }"));
	EXPECT_TRUE(strstr(text, "two-2: { exec: /usr/bin/Two }"));
	EXPECT_TRUE(strstr(text, "p-hlr: { exec: /opt/hlr }"));
	free(text);
	end(s);
}

HARNESS_MAIN
