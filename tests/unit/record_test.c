// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/record.h"

#include "tests/harness.h"
#include "tests/unit/events.h"

static struct seki_host host = { .id = "0123456789abcdef",
				 .site = "tokyo-1",
				 .boot = "00112233445566778899aabbccddeeff" };
static struct seki_clock clock_ = { .sync = true, .checked = 1, .second = -1 };
static struct seki_facts facts;
static struct seki_record record;
static char line[65536];

static struct seki_policy policy = {
	.meta = { .name = "osmo-hlr", .policy_version = 7, .generation = 1 },
	.digest = "9f2c41d07a66e3b19f2c41d07a66e3b19f2c41d07a66e3b19f2c41d07a66e3b1",
	.domain = { [0] = "other", [8] = "hlr" },
	.label = { [16] = "hlr.data" },
	.kind = { [16] = SEKI_KIND_DATA },
};

/* As enrich would fill it, without a host to look at. */
static void fill(const struct seki_event *e)
{
	memset(&facts, 0, sizeof(facts));
	facts.in.e = e;
	facts.policy = &policy;
	facts.domain = "other";
	facts.login = "ope";
	facts.user = "root";
	facts.tty = "pts/0";
	if (e->kind == SEKI_EVENT_ACCESS) {
		facts.in.access = (const void *)e;
		facts.label = "hlr.data";
		facts.label_kind = SEKI_KIND_DATA;
		facts.path.len = strlen("/var/lib/osmocom/hlr.db");
		memcpy(facts.path.text, "/var/lib/osmocom/hlr.db", facts.path.len);
	} else if (e->kind == SEKI_EVENT_EXEC) {
		facts.in.exec = (const void *)e;
		facts.from_domain = "other";
	} else if (e->kind == SEKI_EVENT_POLICY) {
		facts.in.policy = (const void *)e;
	}
}

/* The line as JSON; the test fails if it is none. */
static json_t *written(void)
{
	struct seki_buf b = { .data = line, .cap = sizeof(line) - 1 };
	json_error_t error;
	json_t *j;

	ASSERT_EQ(0, seki_record_write(&record, &host, &clock_, &b));
	ASSERT_EQ('\n', line[b.len - 1]);
	line[b.len] = '\0';
	j = json_loads(line, JSON_REJECT_DUPLICATES, &error);
	if (!j)
		printf("# %s: %s\n", error.text, line);
	ASSERT_TRUE(j);
	return j;
}

TEST(denial_has_every_field)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{ "id", "0123456789abcdef:001122334455:1" },
		{ "t", "1970-01-01T01:08:43.000000000+00:00" },
		{ "clock", "sync" },
		{ "site", "tokyo-1" },
		{ "class", "access" },
		{ "act", "open for reading" },
		{ "hook", "file_open" },
		{ "verdict", "denied" },
		{ "reason", "default" },
		{ "err", "EPERM" },
		{ "policy.name", "osmo-hlr" },
		{ "policy.digest", "9f2c41d07a66e3b1" },
		{ "who.session", "3bff5f34e00" },
		{ "who.name", "ope" },
		{ "who.user", "root" },
		{ "who.tty", "pts/0" },
		{ "who.from", "192.0.2.7" },
		{ "who.service", "sshd" },
		{ "proc.comm", "cat" },
		{ "proc.domain", "other" },
		{ "proc.dev", "8:1" },
		{ "proc.exe", "/usr/bin/cat" },
		{ "obj.label", "hlr.data" },
		{ "obj.kind", "data" },
		{ "obj.path", "/var/lib/osmocom/hlr.db" },
		{ "obj.mode", "0100640" },
	};
	struct seki_access_event a = event_denied();
	struct seki_person who = { .from = "192.0.2.7", .service = "sshd" };
	struct seki_program program = { .path = "/usr/bin/cat" };
	json_t *j;

	setenv("TZ", "UTC", 1);
	memset(program.sha256, 'a', 64);
	fill(&a.e);
	facts.person = &who;
	facts.program = &program;
	ASSERT_EQ(0, seki_record_build(&facts, false, &record));
	seki_ids_add_text(&record.controls, "MIC3-IV.1.1.12 TTS-S2-02 IPA-DAT-01");
	j = written();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_STREQ(rows[i].text, json_text(j, rows[i].path));
	EXPECT_EQ(3, json_array_size(json_object_get(j, "controls")));
	EXPECT_EQ(2, json_array_size(json_object_get(json_object_get(j, "proc"), "anc")));
	EXPECT_TRUE(json_is_true(json_object_get(json_object_get(j, "who"), "mark")));
	printf("# a denial with everything known: %zu bytes\n", strlen(line));
	EXPECT_LT(strlen(line), 1024);
	json_decref(j);
}

TEST(environment_is_never_written)
{
	struct seki_exec_event x = event_exec();
	json_t *j, *argv;

	fill(&x.e);
	ASSERT_EQ(0, seki_record_build(&facts, false, &record));
	j = written();
	argv = json_object_get(json_object_get(j, "exec"), "argv");
	ASSERT_EQ(2, json_array_size(argv));
	EXPECT_STREQ("/etc/x", json_string_value(json_array_get(argv, 1)));
	EXPECT_TRUE(!strstr(line, "SECRET"));
	EXPECT_TRUE(!strstr(line, "\"cut\""));
	json_decref(j);
	x.argc = 5;
	x.argv_len = 8; /* in the middle of the second */
	j = written();
	EXPECT_TRUE(json_is_true(json_object_get(json_object_get(j, "exec"), "cut")));
	json_decref(j);
}

/* Any byte in each text the actor chooses: comm, argv, names of files. */
TEST(hostile_text_stays_text)
{
	for (int c = 1; c < 256; c++) {
		struct seki_access_event a = event_denied();
		char evil[] = { '"', (char)c, '}', '\n', '\033', '[', '2', 'J', (char)c, 0 };
		json_t *j;

		memcpy(a.e.comm, evil, sizeof(evil));
		memcpy(a.e.ancestors[0].comm, evil, sizeof(evil));
		memset(a.target_comm, c, sizeof(a.target_comm));
		a.target_pid = 1;
		fill(&a.e);
		facts.target_domain = "hlr";
		memcpy(facts.path.text, evil, strlen(evil));
		seki_record_build(&facts, false, &record);
		j = written();
		EXPECT_STREQ("denied", json_text(j, "verdict"));
		EXPECT_EQ(1, strcspn(line, "\n") == strlen(line) - 1);
		EXPECT_TRUE(!strchr(line, '\033'));
		json_decref(j);
	}
}

TEST(longest_record_fits)
{
	struct seki_exec_event x = event_exec();
	json_t *j;

	fill(&x.e);
	memset(x.argv, 1, sizeof(x.argv));
	x.argv_len = sizeof(x.argv);
	x.argc = 1;
	memset(x.e.comm, 1, sizeof(x.e.comm));
	for (int i = 0; i < SEKI_ANCESTORS; i++) {
		x.e.ancestors[i].pid = 0xffffffff;
		memset(x.e.ancestors[i].comm, 1, sizeof(x.e.ancestors[i].comm));
	}
	/* ten names of 31 bytes below a mount point */
	facts.path.len = SEKI_MOUNT_TEXT + SEKI_PATH_DEPTH * (SEKI_PATH_NAME + 3);
	memset(facts.path.text, 1, facts.path.len);
	ASSERT_EQ(0, seki_record_build(&facts, false, &record));
	j = written();
	EXPECT_LT(strlen(line), SEKI_LINE_MAX);
	json_decref(j);
}

TEST(record_that_does_not_fit_leaves_nothing)
{
	struct seki_access_event a = event_denied();
	struct seki_buf b = { .data = line, .len = 10, .cap = 200 };

	fill(&a.e);
	seki_record_build(&facts, false, &record);
	EXPECT_LT(seki_record_write(&record, &host, &clock_, &b), 0);
	EXPECT_EQ(10, b.len);
	EXPECT_FALSE(b.over);
}

TEST(execs_of_nobody_teach_only)
{
	struct seki_exec_event x = event_exec();

	x.e.flags = 0;
	fill(&x.e);
	EXPECT_EQ(1, seki_record_build(&facts, false, &record));
	EXPECT_EQ(0, seki_record_build(&facts, true, &record));
	x.e.flags = SEKI_EVENT_MARKED;
	EXPECT_EQ(0, seki_record_build(&facts, false, &record));
	x.e.flags = SEKI_EVENT_NOT_ENTERED;
	EXPECT_EQ(0, seki_record_build(&facts, false, &record));
	x.e.flags = 0;
	x.e.domain = 8;
	EXPECT_EQ(0, seki_record_build(&facts, false, &record));
}

TEST(objects_are_described_by_kind)
{
	struct seki_access_event a = event_denied();
	json_t *j;

	fill(&a.e);
	a.hook = SEKI_HOOK_task_kill;
	a.want = SEKI_SIGNAL;
	a.detail = 19;
	seki_record_build(&facts, false, &record);
	j = written();
	EXPECT_STREQ("send a signal", json_text(j, "act"));
	EXPECT_STREQ("SIGSTOP", json_text(j, "obj.detail"));
	json_decref(j);

	a.hook = SEKI_HOOK_socket_connect;
	a.family = 2;
	a.socktype = 1;
	a.port = 4258;
	memcpy(a.addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16);
	seki_record_build(&facts, false, &record);
	j = written();
	EXPECT_STREQ("127.0.0.1", json_text(j, "obj.addr"));
	EXPECT_STREQ("inet", json_text(j, "obj.family"));
	json_decref(j);
	memcpy(a.addr, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	j = written();
	EXPECT_STREQ("2001:db8::1", json_text(j, "obj.addr"));
	json_decref(j);
}

TEST(what_the_loader_did_is_told)
{
	struct seki_policy_event p = event_policy();
	json_t *j;

	fill(&p.e);
	EXPECT_EQ(0, seki_record_build(&facts, false, &record));
	j = written();
	EXPECT_STREQ("policy", json_text(j, "class"));
	EXPECT_STREQ("bundle refused", json_text(j, "act"));
	EXPECT_STREQ("high", json_text(j, "sev"));
	EXPECT_STREQ("old-version", json_text(j, "reason"));
	EXPECT_STREQ("next", json_text(j, "bundle.name"));
	EXPECT_EQ(0, strncmp("ab00", json_text(j, "bundle.digest"), 4));
	EXPECT_EQ(0, strncmp("cd00", json_text(j, "bundle.key"), 4));
	json_decref(j);
	p.act = SEKI_POLICY_LOADED;
	p.refused = 0;
	memset(p.key, 0, sizeof(p.key));
	memset(p.name, 'n', sizeof(p.name));
	seki_record_build(&facts, false, &record);
	j = written();
	EXPECT_STREQ("policy takes effect", json_text(j, "act"));
	EXPECT_STREQ("", json_text(j, "sev"));
	EXPECT_STREQ("", json_text(j, "bundle.key"));
	EXPECT_EQ(sizeof(p.name), strlen(json_text(j, "bundle.name")));
	json_decref(j);
	p.act = 200;
	seki_record_build(&facts, false, &record);
	EXPECT_STREQ("unknown act of the loader", record.act);
}

/* No task did it: what a head without one leaves must not look like somebody. */
TEST(what_the_kernel_did_alone_is_nobodys)
{
	struct seki_policy_event p = event_policy(), bare = { .act = SEKI_POLICY_RETURNED };
	json_t *j;

	bare.e.abi = p.e.abi;
	bare.e.size = p.e.size;
	bare.e.kind = p.e.kind;
	bare.e.seq = bare.e.cpu_seq = 1;
	bare.e.time_ns = p.e.time_ns;
	bare.e.flags = SEKI_EVENT_KTHREAD;
	bare.e.loginuid = 0xffffffff;
	bare.version = 2;
	memcpy(bare.name, p.name, sizeof(bare.name));
	fill(&bare.e);
	EXPECT_EQ(0, seki_record_build(&facts, false, &record));
	j = written();
	EXPECT_STREQ("policy on trial not confirmed, the one before is back", json_text(j, "act"));
	EXPECT_EQ(0, json_integer_value(json_object_get(json_object_get(j, "proc"), "pid")));
	EXPECT_TRUE(json_is_true(json_object_get(json_object_get(j, "proc"), "kthread")));
	EXPECT_TRUE(!json_object_get(json_object_get(j, "who"), "auid"));
	EXPECT_STREQ("", json_text(j, "who.name"));
	EXPECT_EQ(2, json_integer_value(json_object_get(json_object_get(j, "bundle"), "version")));
	json_decref(j);
}

TEST(mode_of_a_rule_names_the_rule)
{
	struct seki_policy_event p = event_policy();
	json_t *j;

	p.act = SEKI_POLICY_AUDITS;
	p.refused = 0;
	p.rule = 3;
	fill(&p.e);
	EXPECT_EQ(0, seki_record_build(&facts, false, &record));
	j = written();
	EXPECT_STREQ("mode becomes audit by a signed order", json_text(j, "act"));
	EXPECT_STREQ("high", json_text(j, "sev"));
	EXPECT_EQ(3, json_integer_value(json_object_get(json_object_get(j, "rule"), "n")));
	json_decref(j);
}

/* JSON readers hold 63 bits; filesystems number inodes with 64. */
TEST(largest_inode_number_is_text)
{
	struct seki_access_event a = event_denied();
	json_t *j;

	a.object.ino = 0xffffffffffffffff;
	fill(&a.e);
	seki_record_build(&facts, false, &record);
	j = written();
	EXPECT_STREQ("18446744073709551615", json_text(j, "obj.ino"));
	json_decref(j);
}

TEST(unknown_numbers_are_shown)
{
	struct seki_access_event a = event_denied();
	json_t *j;

	a.hook = 200;
	a.reason = 99;
	a.error = 250;
	a.want = 1u << 30;
	fill(&a.e);
	seki_record_build(&facts, false, &record);
	j = written();
	EXPECT_STREQ("#200", json_text(j, "hook"));
	EXPECT_STREQ("#99", json_text(j, "reason"));
	EXPECT_STREQ("#250", json_text(j, "err"));
	EXPECT_STREQ("access", json_text(j, "act"));
	json_decref(j);
}

/* Zero is the only hook without an act of its own; 0 accesses have a text too. */
TEST(every_hook_has_an_act)
{
	for (unsigned int h = 1; h < SEKI_HOOK_COUNT; h++) {
		if (h == SEKI_HOOK_none)
			continue;
		EXPECT_NE(0, strcmp("access", seki_word_act(h, 0)));
		EXPECT_TRUE(seki_word_hook(h));
	}
}

HARNESS_MAIN
