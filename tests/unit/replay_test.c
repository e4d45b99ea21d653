// SPDX-License-Identifier: GPL-2.0-or-later
/* Recorded acts judged again: what is counted, and that a memory of them is right. */
#include "tests/unit/policy_helper.h"
#include "userspace/judge/replay.h"
#include "userspace/reader/scan.h"

TEST(members_as_they_stand)
{
	static const struct {
		const char *text, *want; /* "key=value;" of each, "!" at the end: refused */
	} row[] = {
		{ "{}", "" },
		{ " { } ", "" },
		{ "{\"a\":1}", "a=1;" },
		{ "{\"a\":\"x\\\"}\",\"b\":[1,{\"c\":\"]\"}] , \"d\" : null }\n",
		  "a=\"x\\\"}\";b=[1,{\"c\":\"]\"}];d=null;" },
		{ "{\"a\":{\"b\":{}}}", "a={\"b\":{}};" },
		{ "{\"a\":1}x", "a=1;!" },
		{ "{\"a\":1", "a=1;!" },
		{ "{\"a\":", "!" },
		{ "{\"a\"}", "!" },
		{ "{\"a", "!" },
		{ "{\"a\":\"x\\", "!" },
		{ "{\"a\":[1", "!" },
		{ "{\"a\":1 \"b\":2}", "a=1;!" },
		{ "{\"a\":}", "!" },
		{ "[]", "!" },
		{ "", "!" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_slice key, value;
		struct seki_scan s;
		char got[256] = "";
		int more;

		harness_row = row[i].text;
		seki_scan_begin(&s, (struct seki_slice){ row[i].text, strlen(row[i].text) });
		while ((more = seki_scan_next(&s, &key, &value)) > 0)
			sprintf(got + strlen(got), "%.*s=%.*s;", (int)key.len, key.s,
				(int)value.len, value.s);
		if (more < 0)
			strcat(got, "!");
		EXPECT_STREQ(row[i].want, got);
	}
}

#define POLICY                                                                       \
	HEAD HLR "domains: { backup: { exec: /usr/bin/backup, unit: b.service } }\n" \
		 "rules: [{ allow: backup, to: read, on: hlr.data }]\n"

static void line(struct seki_replay *r, const char *text)
{
	seki_replay_line(r, text, strlen(text));
}

static void act(struct seki_replay *r, const char *domain, const char *access, const char *path,
		const char *verdict, const char *reason)
{
	static unsigned int n;
	char text[512];

	snprintf(text, sizeof(text),
		 "{\"id\":\"%u\",\"class\":\"access\",\"access\":[\"%s\"],\"verdict\":\"%s\","
		 "\"reason\":\"%s\",\"who\":{\"uid\":%u},\"proc\":{\"pid\":%u,\"domain\":\"%s\"},"
		 "\"obj\":{\"label\":\"hlr.data\",\"kind\":\"data\",\"path\":\"%s\"}}\n",
		 n, access, verdict, reason, n, n, domain, path);
	n++;
	line(r, text);
}

TEST(what_ends_otherwise_is_counted)
{
	struct compiled c = compile_text(POLICY);
	struct seki_replay r;
	struct seki_view v;
	__u32 rule = c.b.n_rules;

	ASSERT_EQ(0, c.rc);
	ASSERT_EQ(0, seki_view_open(&c.b, &v));
	ASSERT_EQ(0, seki_replay_begin(&r, &v, NULL));
	for (int i = 0; i < 3; i++) {
		act(&r, "backup", "read", "/var/lib/hlr/db", "denied", "default");
		act(&r, "other", "read", "/var/lib/hlr/db", "would-deny", "default");
		act(&r, "other", "write", "/elsewhere", "denied", "default");
		act(&r, "other", "read", "/var/lib/hlr/db", "denied", "default");
		act(&r, "other", "rename", "/var/lib/hlr/db", "denied", "border");
		line(&r, "{\"class\":\"heartbeat\"}");
		line(&r, "no record");
		line(&r, "[]");
	}
	EXPECT_EQ(24, r.records);
	EXPECT_EQ(12, r.acts);
	EXPECT_EQ(6, r.bad);
	EXPECT_EQ(3, r.row[rule].allowed);
	EXPECT_EQ(3, r.row[rule].opened);
	EXPECT_EQ(6, r.row[0].denied);
	EXPECT_EQ(3, r.row[0].closed);
	EXPECT_EQ(3, r.unguarded.allowed);
	EXPECT_EQ(3, r.unguarded.opened);
	seki_replay_sort(&r);
	ASSERT_EQ(3, r.changes);
	EXPECT_FALSE(r.change[0].opened);
	EXPECT_STREQ("other", r.change[0].domain);
	EXPECT_EQ(3, r.change[0].count);
	EXPECT_STREQ("backup", r.change[1].domain);
	EXPECT_EQ(SEKI_WRITE, r.change[2].want);
	seki_replay_end(&r);
	seki_view_close(&v);
	compiled_free(&c);
}

/* By what an older policy would have said, not by the record. */
TEST(two_policies_compared)
{
	struct compiled a = compile_text(HEAD HLR), b = compile_text(POLICY);
	struct seki_view va, vb;
	struct seki_replay r;

	ASSERT_EQ(0, seki_view_open(&a.b, &va));
	ASSERT_EQ(0, seki_view_open(&b.b, &vb));
	ASSERT_EQ(0, seki_replay_begin(&r, &vb, &va));
	act(&r, "backup", "read", "/var/lib/hlr/db", "allowed", "rule");
	act(&r, "other", "read", "/var/lib/hlr/db", "allowed", "rule");
	EXPECT_EQ(2, r.acts);
	ASSERT_EQ(1, r.changes);
	EXPECT_TRUE(r.change[0].opened);
	EXPECT_EQ(1, r.change[0].count);
	seki_replay_end(&r);
	seki_view_close(&va);
	seki_view_close(&vb);
	compiled_free(&a);
	compiled_free(&b);
}

HARNESS_MAIN
