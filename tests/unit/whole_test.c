// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The short form of a record, made whole again, is the record: both are written of
 * the same event and compared, as JSON and as a report reads it.
 */
#include "userspace/reader/whole.h"

#include <errno.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/record.h"
#include "userspace/reader/field.h"
#include "userspace/report/pick.h"

static struct seki_host host = { .id = "0123456789abcdef",
				 .boot = "00112233445566778899aabbccddeeff" };
static struct seki_clock clock_ = { .sync = true, .checked = 1, .second = -1 };
static struct seki_policy policy = {
	.meta = { .name = "osmo-hlr", .policy_version = 7 },
	.digest = "9f2c41d07a66e3b19f2c41d07a66e3b19f2c41d07a66e3b19f2c41d07a66e3b1",
};
static struct seki_program program = {
	.ino = 55,
	.dev = ROOT_DEV,
	.path = "/usr/bin/cat",
	.sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
};
static struct seki_person person = { .from = "10.0.2.2", .service = "sshd" };

/* One event and what is known of it. */
struct told {
	struct seki_access_event access;
	struct seki_exec_event exec;
	struct seki_facts facts;
	struct seki_record record;
};

static struct told denied(void)
{
	struct told t = { .access = event_denied() };

	t.facts = (struct seki_facts){
		.policy = &policy,
		.program = &program,
		.person = &person,
		.domain = "other",
		.login = "oper",
		.user = "root",
		.tty = "pts/0",
		.label = "hlr.data",
		.label_kind = SEKI_KIND_DATA,
	};
	t.facts.path.len = strlen("/var/lib/osmocom/hlr.db");
	memcpy(t.facts.path.text, "/var/lib/osmocom/hlr.db", t.facts.path.len);
	t.access.rule = 0;
	return t;
}

/* The line; its length. */
static size_t line_of(struct told *t, struct seki_said *said, char ret[SEKI_LINE_MAX])
{
	struct seki_buf b = { .data = ret, .cap = SEKI_LINE_MAX };

	if (t->exec.e.kind == SEKI_EVENT_EXEC) {
		t->facts.in.e = &t->exec.e;
		t->facts.in.exec = &t->exec;
		t->facts.from_domain = "other";
	} else {
		t->facts.in.e = &t->access.e;
		t->facts.in.access = &t->access;
	}
	ASSERT_EQ(0, seki_record_build(&t->facts, true, &t->record));
	seki_ids_add_text(&t->record.controls, "MIC3-IV.1.1.12 IPA-OPS-05 IPA-DAT-01");
	t->record.said = said;
	ASSERT_EQ(0, seki_record_write(&t->record, &host, &clock_, &b));
	ret[b.len] = '\0';
	return b.len;
}

/* What may differ: the form, the fraction of a second (boot time has it), order. */
static void level(json_t *r)
{
	char t[32];

	snprintf(t, sizeof(t), "%.26s", json_string_value(json_object_get(r, "t")));
	json_object_set_new(r, "t", json_string(t));
	json_object_del(r, "v");
}

static void expect_same_json(const char *whole, const char *brief)
{
	struct seki_whole none = { 0 };
	json_t *one = seki_whole_read(&none, whole, strlen(whole));
	json_t *two = seki_whole_read(&none, brief, strlen(brief));

	ASSERT_TRUE(one && two);
	EXPECT_EQ(1, json_integer_value(json_object_get(one, "v")));
	EXPECT_EQ(2, json_integer_value(json_object_get(two, "v")));
	level(one);
	level(two);
	if (!json_equal(one, two)) {
		HARNESS_FAIL("%s", "differ");
		json_dumpf(one, stdout, JSON_SORT_KEYS);
		json_dumpf(two, stdout, JSON_SORT_KEYS);
	}
	json_decref(one);
	json_decref(two);
	seki_whole_free(&none);
}

/* A report finds the same fields in both. */
static void expect_same_picks(const char *whole, const char *brief)
{
	struct seki_seen one, two;
	char a[512], b[512];

	ASSERT_TRUE(seki_pick(whole, strlen(whole), &one));
	ASSERT_TRUE(seki_pick(brief, strlen(brief), &two));
	for (unsigned int i = 0; i < SEKI_PICKS; i++) {
		if (i == SEKI_PICK_V || i == SEKI_PICK_T || i == SEKI_PICK_IN_FORCE ||
		    i == SEKI_PICK_USER)
			continue;
		seki_picked_text(&one, i, a, sizeof(a));
		seki_picked_text(&two, i, b, sizeof(b));
		EXPECT_STREQ(a, b);
		EXPECT_EQ(seki_picked_number(&one, i), seki_picked_number(&two, i));
		EXPECT_EQ(seki_picked_has(&one, i), seki_picked_has(&two, i));
	}
}

static void compare(struct told *t)
{
	static char whole[SEKI_LINE_MAX], brief[SEKI_LINE_MAX];
	static struct seki_said said;
	size_t len = line_of(t, NULL, whole);

	seki_said_forget(&said);
	EXPECT_TRUE(line_of(t, &said, brief) < len);
	expect_same_json(whole, brief);
	expect_same_picks(whole, brief);
}

TEST(a_denial)
{
	struct told t = denied();

	compare(&t);
}

TEST(every_field_away_from_its_usual_value)
{
	struct told t = denied();

	t.access.verdict = SEKI_ALLOWED;
	t.access.reason = SEKI_BY_RULE;
	t.access.error = 0;
	t.access.e.flags = 0;
	t.access.e.domain = 8;
	t.facts.domain = "hlr";
	t.access.e.uid = 1000;
	t.facts.user = "oper";
	t.access.mode = 0040755;
	name_set(t.access.e.comm, sizeof(t.access.e.comm), "kitten");
	t.facts.label = "kernel.module";
	t.facts.label_kind = SEKI_KIND_BUILTIN;
	compare(&t);
}

TEST(other_errors)
{
	struct told t = denied();

	t.access.error = EAGAIN;
	compare(&t);
	t.access.error = 0;
	compare(&t);
	t.access.verdict = SEKI_WOULD_DENY;
	compare(&t);
	t.access.error = EPERM;
	compare(&t);
}

TEST(kinds_that_the_label_does_not_tell)
{
	struct told t = denied();

	t.facts.label_kind = 0;
	compare(&t);
	t.facts.label_kind = SEKI_KIND_KEYS;
	compare(&t);
	t.facts.label = "sekisho.log";
	t.facts.label_kind = SEKI_KIND_BUILTIN;
	compare(&t);
}

TEST(without_a_session)
{
	struct told t = denied();

	t.access.e.session = 0;
	compare(&t);
	t.access.e.flags = 0;
	compare(&t);
	t.facts.person = NULL;
	t.facts.policy = NULL;
	t.access.e.audit_session = SEKI_NOBODY;
	compare(&t);
}

TEST(names_of_processes)
{
	static const char *const exe[] = { "/usr/bin/cat", "/usr/bin/a-name-of-more-than-15",
					   "/usr/bin/c\"t", "/usr/bin/\xe6\x97\xa5",
					   "/usr/bin/c t" };
	struct told t = denied();

	for (size_t i = 0; i < sizeof(exe) / sizeof(exe[0]); i++) {
		struct seki_program p = program;

		snprintf(p.path, sizeof(p.path), "%s", exe[i]);
		snprintf(t.access.e.comm, sizeof(t.access.e.comm), "%.15s", exe[i] + 9);
		t.facts.program = &p;
		compare(&t);
		p.sha256[0] = '\0';
		p.why = "gone";
		compare(&t);
	}
	t.facts.program = NULL;
	compare(&t);
}

TEST(a_start_of_a_program)
{
	struct told t = denied();

	t.exec = event_exec();
	t.facts.label = NULL;
	compare(&t);
}

TEST(a_clock_that_is_not_kept)
{
	struct told t = denied();

	clock_.sync = false;
	compare(&t);
	clock_.sync = true;
}

TEST(times_and_files_at_their_limits)
{
	struct told t = denied();

	t.access.object.gen = 0;
	t.access.object.ino = UINT64_MAX;
	t.access.e.start_ns = t.access.e.time_ns;
	compare(&t);
	t.access.object.ino = 0;
	t.access.e.start_ns = 0;
	compare(&t);
	t.access.e.start_ns = t.access.e.time_ns + 1;
	compare(&t);
}

/* What was written before clock, start and file were shorter. */
TEST(a_short_record_of_before)
{
	static const char before[] =
		"{\"v\":2,\"bt\":4175523424500,\"clock\":\"unsync\",\"class\":\"access\","
		"\"hook\":\"file_open\",\"access\":[\"read\"],\"verdict\":\"denied\","
		"\"proc\":{\"pid\":339799,\"start\":4175521912745,\"exe\":\"/usr/bin/cat\"},"
		"\"obj\":{\"label\":\"hlr.data\",\"dev\":\"8:1\",\"ino\":1026,\"gen\":7}}";
	json_t *r = seki_whole_read(NULL, before, strlen(before));

	EXPECT_STREQ("unsync", seki_field(r, "clock"));
	EXPECT_EQ(4175521912745, seki_field_int(r, "proc.start"));
	EXPECT_STREQ("8:1", seki_field(r, "obj.dev"));
	EXPECT_EQ(1026, seki_field_int(r, "obj.ino"));
	EXPECT_EQ(7, seki_field_int(r, "obj.gen"));
	json_decref(r);
}

TEST(said_once_and_then_referred_to)
{
	static char first[SEKI_LINE_MAX], second[SEKI_LINE_MAX], whole[SEKI_LINE_MAX];
	static struct seki_said said;
	struct seki_whole told = { 0 };
	struct told t = denied();
	json_t *one, *two;
	size_t len;

	seki_said_forget(&said);
	len = line_of(&t, &said, first);
	EXPECT_TRUE(line_of(&t, &said, second) + 100 < len);
	line_of(&t, NULL, whole);
	seki_whole_pass(&told, first, len);
	one = seki_whole_read(NULL, whole, strlen(whole));
	two = seki_whole_read(&told, second, strlen(second));
	level(one);
	level(two);
	EXPECT_TRUE(json_equal(one, two));
	json_decref(one);
	json_decref(two);
	/* Alone it says what it refers to, and makes nothing up. */
	two = seki_whole_read(NULL, second, strlen(second));
	EXPECT_TRUE(json_is_string(json_object_get(two, "controls")));
	EXPECT_STREQ("0011223344556677",
		     json_string_value(json_object_get(json_object_get(two, "proc"), "sha256")));
	json_decref(two);
	/* In the next segment all of it again. */
	seki_said_forget(&said);
	EXPECT_EQ(len, line_of(&t, &said, second));
	EXPECT_STREQ(first, second);
	seki_whole_free(&told);
}

/* A reference means the last one that was told. */
TEST(another_file_with_the_same_digits_is_told_whole)
{
	static struct seki_said said;
	struct seki_program other = program;

	seki_said_forget(&said);
	other.ino++;
	EXPECT_FALSE(seki_said_program(&said, &program));
	EXPECT_TRUE(seki_said_program(&said, &program));
	EXPECT_FALSE(seki_said_program(&said, &other));
	EXPECT_TRUE(seki_said_program(&said, &other));
	EXPECT_FALSE(seki_said_program(&said, &program));
	other.ino--;
	other.sha256[40] = 'f';
	EXPECT_FALSE(seki_said_program(&said, &other));
}

TEST(another_set_or_origin_is_told_whole)
{
	static struct seki_said said;
	struct seki_ids one = { 0 }, two = { 0 };
	const char *name, *name2;
	char first[SEKI_SAID_NAME];

	seki_said_forget(&said);
	seki_ids_add_text(&one, "A-1 B-2");
	seki_ids_add_text(&two, "A-1");
	EXPECT_FALSE(seki_said_set(&said, &one, &name));
	EXPECT_TRUE(seki_said_set(&said, &one, &name));
	snprintf(first, sizeof(first), "%s", name); /* the next set may take its place */
	EXPECT_FALSE(seki_said_set(&said, &two, &name2));
	EXPECT_TRUE(strcmp(first, name2) != 0);
	/* printf 'A-1 B-2' | sha256sum */
	EXPECT_STREQ("72684e95", first);
	EXPECT_FALSE(seki_said_origin(&said, 5, 3, "sshd"));
	EXPECT_TRUE(seki_said_origin(&said, 5, 3, "sshd"));
	EXPECT_FALSE(seki_said_origin(&said, 5, 3, "login"));
	EXPECT_FALSE(seki_said_origin(&said, 5, 4, "login"));
}

/* At most 600 bytes for an operator's refused read, as `make bench-collector` has it:
 * on a host that is up for a month and whose clock nobody keeps.
 */
TEST(a_typical_record_is_short)
{
	static char line[SEKI_LINE_MAX];
	static struct seki_said said;
	struct told t = denied();
	size_t len;

	t.access.e.seq = 10000000;
	t.access.e.cpu_seq = 2500000;
	t.access.e.time_ns = 2592000123456789;
	t.access.e.start_ns = t.access.e.time_ns - 1234567;
	t.access.e.pid = t.access.e.tid = 312345;
	t.access.e.ancestors[2].pid = 1000;
	name_set(t.access.e.ancestors[2].comm, 16, "sshd");
	seki_said_forget(&said);
	clock_.sync = false;
	line_of(&t, &said, line);
	len = line_of(&t, &said, line);
	clock_.sync = true;
	printf("# %zu bytes, %zu with a clock that is kept\n", len, line_of(&t, &said, line));
	EXPECT_TRUE(len <= 600);
}

TEST(what_is_no_short_record_stays_as_it_is)
{
	static const char *const rows[] = {
		"{\"v\":1,\"class\":\"access\",\"who\":{\"session\":\"1\"},\"proc\":{}}",
		"{\"v\":3,\"class\":\"access\",\"proc\":{}}",
		"{\"class\":\"access\"}",
		"[1]",
	};
	struct seki_whole told = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *one = json_loads(rows[i], 0, NULL);
		json_t *two = seki_whole_read(&told, rows[i], strlen(rows[i]));

		EXPECT_TRUE(json_equal(one, two));
		json_decref(one);
		json_decref(two);
	}
	EXPECT_FALSE(seki_whole_read(&told, "{\"v\":2,", 7));
	seki_whole_free(&told);
}

/* Whoever wrote it: no crash, and an object stays one. */
TEST(odd_short_records)
{
	static const char *const rows[] = {
		"{\"v\":2}",
		"{\"v\":2,\"proc\":{\"exe\":[\"/\"]},\"obj\":{\"label\":7}}",
		"{\"v\":2,\"class\":\"access\",\"access\":7,\"hook\":[],\"verdict\":{},\"who\":[],"
		"\"proc\":\"x\",\"obj\":1,\"controls\":{},\"policy\":[],\"cseq\":[1]}",
		"{\"v\":2,\"class\":\"access\",\"policy\":[1,2,3],\"controls\":{\"a\":7},"
		"\"who\":{\"session\":\"1\",\"asid\":[],\"service\":{},\"mark\":false},"
		"\"proc\":{\"sha256\":\"0011223344556677\",\"anc\":[7],\"exe\":\"/\"},"
		"\"obj\":{\"label\":\".\",\"mode\":\"x\",\"kind\":\"\"}}",
		"{\"v\":2,\"bt\":5,\"clock\":[],\"proc\":{\"age\":6},\"obj\":{\"ino\":[1]}}",
		"{\"v\":2,\"clock\":7,\"proc\":{\"age\":-1},\"obj\":{\"ino\":[[],{}]}}",
	};
	struct seki_whole told = { 0 };
	struct seki_seen seen;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *r = seki_whole_read(&told, rows[i], strlen(rows[i]));

		EXPECT_TRUE(json_is_object(r));
		if (!seki_pick(rows[i], strlen(rows[i]), &seen))
			HARNESS_FAIL("%s", rows[i]);
		json_decref(r);
	}
	seki_whole_free(&told);
}

HARNESS_MAIN
