// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe_test.c - what sekisho selftest tries of a policy, and that a try that is let
 * through changes nothing.  The CLI is no library: its parts are included.
 */
#include "userspace/cli/probe.c"
#include "userspace/cli/probe_log.c"
#include "userspace/cli/probe_try.c"
#include "userspace/cli/records.c"

#include "tests/unit/events.h"
#include "tests/unit/policy_helper.h"

static struct compiled c;
static struct seki_view v;
static struct seki_probes probes;

static void plan(const char *text)
{
	c = compile_text(text);
	if (c.rc)
		HARNESS_FAIL("refused: %s", c.said);
	ASSERT_EQ(0, c.rc);
	ASSERT_EQ(0, seki_view_open(&c.b, &v));
	ASSERT_EQ(0, seki_probes_make(&v, &probes));
}

static void plan_free(void)
{
	seki_probes_free(&probes);
	seki_view_close(&v);
	compiled_free(&c);
}

static struct seki_probe *probe_of(const char *label, const char *what)
{
	for (size_t i = 0; i < probes.count; i++)
		if (!strcmp(seki_bundle_label_name(&c.b, probes.list[i].label), label) &&
		    !strcmp(probes.list[i].what, what))
			return &probes.list[i];
	return NULL;
}

/* A function of the files below dir. */
static void plan_files(const char *dir)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 HEAD "functions:\n  hlr:\n    core-function: 4\n    exec: %s/hlr\n"
		      "    unit: hlr.service\n    argv: [hlr]\n    data: [%s/data]\n"
		      "    keys: [%s/key]\n    management: [tcp:127.0.0.1:1, unix:%s/socket]\n",
		 dir, dir, dir, dir);
	plan(text);
}

TEST(each_kind_of_asset_is_tried)
{
	static const struct {
		const char *label, *what;
		enum seki_way way;
	} row[] = {
		{ "hlr.data", "/var/lib/hlr", SEKI_WAY_OPEN },
		{ "hlr.exec", "/usr/bin/hlr", SEKI_WAY_MODE },
		{ "hlr.unit", "/etc/systemd/system/hlr.service", SEKI_WAY_MODE },
		{ "hlr.management", "tcp:127.0.0.1:4258", SEKI_WAY_INET },
		{ "hlr.management", "unix:@hlr", SEKI_WAY_UNIX },
		{ "proc.hlr", "hlr", SEKI_WAY_INSPECT },
		{ "proc.sekisho", "sekisho.collector", SEKI_WAY_INSPECT },
		{ "sekisho.config", "/etc/sekisho", SEKI_WAY_MODE },
		{ "sekisho.log", "/var/log/sekisho", SEKI_WAY_MODE },
		{ "sekisho.secret", "/var/lib/sekisho/secret", SEKI_WAY_OPEN },
		{ "net.capture", "the network", SEKI_WAY_CAPTURE },
		{ "kernel.bpf", "bpf(2)", SEKI_WAY_BPF },
	};

	plan(HEAD HLR "    management: [tcp:127.0.0.1:4258, unix:@hlr]\n");
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct seki_probe *p = probe_of(row[i].label, row[i].what);

		harness_row = row[i].what;
		ASSERT_TRUE(p);
		EXPECT_EQ(row[i].way, p->way);
	}
	plan_free();
}

TEST(what_proves_nothing_is_not_tried)
{
	plan(HEAD HLR "kernel: { capture: allow }\n");
	EXPECT_FALSE(probe_of("net.capture", "the network"));
	for (size_t i = 0; i < probes.count; i++) {
		EXPECT_NE(SEKI_LABEL_CANARY, probes.list[i].label); /* no record */
		EXPECT_NE(SEKI_LABEL_BROKER, probes.list[i].label); /* operators only */
	}
	plan_free();
}

TEST(mode_audit_closes_the_same)
{
	size_t enforced;

	plan(HEAD HLR);
	enforced = probes.count;
	plan_free();
	plan("sekisho: 1\nname: t\nversion: 1\nmode: audit\n" HLR);
	EXPECT_EQ(enforced, probes.count);
	plan_free();
}

TEST(a_few_of_many_are_tried)
{
	char text[4096] = HEAD HLR "    keys:\n", dir[64];
	size_t tried = 0, len;

	temp_dir(dir);
	for (int i = 0; i < 20; i++) {
		char path[96];

		snprintf(path, sizeof(path), "%s/%d", dir, i);
		file_put(path, "");
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "      - %s\n", path);
	}
	plan(text);
	for (size_t i = 0; i < probes.count; i++)
		tried += !strcmp(seki_bundle_label_name(&c.b, probes.list[i].label), "hlr.keys");
	EXPECT_EQ(SEKI_PROBES_OF_LABEL, tried);
	EXPECT_EQ(20 - SEKI_PROBES_OF_LABEL, probes.left);
	plan_free();
}

static void keep_only(const char *what)
{
	for (size_t i = 0; i < probes.count; i++)
		probes.list[i].absent |= !strstr(probes.list[i].what, what);
}

TEST(what_is_let_through_is_told_and_changes_nothing)
{
	char dir[64], path[96];
	struct stat before, after;

	temp_dir(dir);
	snprintf(path, sizeof(path), "%s/data", dir);
	file_put(path, "kept");
	chmod(path, 0640);
	ASSERT_EQ(0, stat(path, &before));
	plan_files(dir);
	keep_only("/data");
	ASSERT_EQ(0, seki_probes_try(&probes));
	ASSERT_TRUE(probe_of("hlr.data", path));
	EXPECT_FALSE(probe_of("hlr.data", path)->absent);
	EXPECT_EQ(0, probe_of("hlr.data", path)->error);
	EXPECT_FALSE(seki_probe_refused(probe_of("hlr.data", path)));
	ASSERT_EQ(0, stat(path, &after));
	EXPECT_EQ(before.st_mode, after.st_mode);
	EXPECT_EQ(before.st_size, after.st_size);
	EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	EXPECT_EQ(before.st_atim.tv_nsec, after.st_atim.tv_nsec);
	plan_free();
}

TEST(what_is_not_there_is_no_refusal)
{
	char dir[64], path[96];

	plan_files(temp_dir(dir));
	keep_only(dir);
	ASSERT_EQ(0, seki_probes_try(&probes));
	snprintf(path, sizeof(path), "%s/data", dir);
	ASSERT_TRUE(probe_of("hlr.data", path));
	EXPECT_TRUE(probe_of("hlr.data", path)->absent);
	EXPECT_FALSE(seki_probe_refused(probe_of("hlr.data", path)));
	/* A port is asked for before anybody looks who listens. */
	keep_only("nothing");
	probe_of("hlr.management", "tcp:127.0.0.1:1")->absent = false;
	ASSERT_EQ(0, seki_probes_try(&probes));
	EXPECT_FALSE(probe_of("hlr.management", "tcp:127.0.0.1:1")->absent);
	EXPECT_FALSE(seki_probe_refused(probe_of("hlr.management", "tcp:127.0.0.1:1")));
	plan_free();
}

static void put_record(const char *file, int pid, unsigned long long bt, const char *verdict)
{
	FILE *f = fopen(file, "a");

	fprintf(f,
		"{\"v\":1,\"bt\":%llu,\"class\":\"access\",\"verdict\":\"%s\",\"proc\":{\"pid\":%d,"
		"\"comm\":\"" SEKI_PROBE_COMM "\"}}\n",
		bt, verdict, pid);
	fclose(f);
}

TEST(a_probe_finds_its_record_and_no_other)
{
	struct seki_probe list[] = { { .pid = 7, .error = EPERM },
				     { .pid = 8, .error = EPERM },
				     { .pid = 9, .error = EPERM },
				     { .pid = 10, .absent = true },
				     { .pid = 11 } };
	struct seki_probes p = { .list = list, .count = 5, .begin = 1000 };
	struct seki_lines l;
	char dir[64], file[96];

	snprintf(file, sizeof(file), "%s/records", temp_dir(dir));
	file_put(file, "not a record\n");
	ASSERT_EQ(0, seki_probes_log(&l, file));
	put_record(file, 8, 999999999, "denied"); /* of an earlier run */
	put_record(file, 7, 1000000000, "denied");
	put_record(file, 9, 1000000001, "allowed");
	put_record(file, 11, 1000000002, "would-deny");
	ASSERT_EQ(0, seki_probes_find(&p, &l, 0));
	seki_lines_close(&l);
	EXPECT_TRUE(list[0].recorded);
	EXPECT_EQ(3, list[0].record);
	EXPECT_FALSE(list[1].recorded);
	EXPECT_FALSE(list[2].recorded);
	EXPECT_FALSE(list[3].recorded);
	EXPECT_TRUE(list[4].recorded);
}

HARNESS_MAIN
