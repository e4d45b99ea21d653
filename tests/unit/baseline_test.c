// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A host of files is written down; then, one change at a time, the change is found
 * where it belongs and nothing else is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/baseline/baseline.h"
#include "userspace/lib/cleanup.h"

static char root[64];
static struct seki_sheet table;

static void put(const char *path, const char *text)
{
	seki_autofree char *file = NULL;

	ASSERT_TRUE(asprintf(&file, "%s/%s", root, path) > 0);
	for (char *c = file + strlen(root) + 1; *c; c++)
		if (*c == '/') {
			*c = '\0';
			mkdir(file, 0755);
			*c = '/';
		}
	if (text)
		file_put(file, text);
	else
		unlink(file);
}

#define SOCKET(local, state) \
	"  sl  local_address\n   0: " local " 00000000:0000 " state " 0:0 00:0 0 110 0 1 1\n"
#define HEAD "  sl  local_address\n"

static const struct {
	const char *path, *text;
} host[] = {
	{ "proc/sys/kernel/osrelease", "6.1.0-32-amd64\n" },
	{ "proc/sys/kernel/sysrq", "0\n" },
	{ "proc/sys/kernel/ns_last_pid", "4711\n" },
	{ "sys/kernel/security/lsm", "bpf\n" },
	{ "proc/cmdline", "ro console=tty0 console=ttyS0\n" },
	{ "proc/modules", "ext4 983040 1 - Live 0x0\n" },
	{ "var/lib/dpkg/status",
	  "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n" },
	{ "usr/lib/systemd/system/a.service", "[Service]\n" },
	{ "proc/self/net/tcp", SOCKET("0100007F:10A2", "0A") },
	{ "proc/self/net/udp", HEAD },
	{ "usr/bin/a", "a\n" },
};

static json_t *look(void)
{
	struct seki_posture p;
	json_t *b;

	ASSERT_EQ(0, seki_posture_open(&p, root, NULL));
	b = seki_baseline_take(&p, "2026-11-21T09:00:00Z");
	seki_posture_close(&p);
	return b;
}

static void begin(void)
{
	struct seki_complaint why;

	temp_dir(root);
	for (size_t i = 0; i < sizeof(host) / sizeof(host[0]); i++)
		put(host[i].path, host[i].text);
	ASSERT_EQ(0, seki_baseline_table(&table, "policies/controls", &why));
}

/* "kind section name", a line each. */
static void told(json_t *d, char ret[1024])
{
	static const char *const kinds[] = { "added", "removed", "changed" };
	json_t *s, *value;
	const char *name;
	size_t i, n = 0;

	ret[0] = '\0';
	json_array_foreach(json_object_get(d, "sections"), i, s)
		for (size_t k = 0; k < 3; k++)
			json_object_foreach(json_object_get(s, kinds[k]), name, value)
				n += (size_t)snprintf(ret + n, 1024 - n, "%s %s %s\n", kinds[k],
						      json_string_value(json_object_get(s, "id")),
						      name);
}

TEST(each_change_is_told_once_and_where_it_belongs)
{
	static const struct {
		const char *path, *text, *want;
		mode_t mode;
	} changes[] = {
		{ "proc/sys/kernel/osrelease", "6.12.0\n", "changed kernel release\n", 0 },
		{ "proc/sys/kernel/sysrq", "1\n", "changed settings kernel/sysrq\n", 0 },
		{ "proc/sys/kernel/sysrq", NULL, "removed settings kernel/sysrq\n", 0 },
		{ "proc/sys/kernel/ns_last_pid", "4712\n", "", 0 },
		{ "proc/sys/vm/swappiness", "60\n", "added settings vm/swappiness\n", 0 },
		{ "proc/cmdline", "ro console=ttyS0 console=tty0\n", "changed cmdline console\n",
		  0 },
		{ "proc/cmdline", "ro console=tty0 console=ttyS0 init=/x\n", "added cmdline init\n",
		  0 },
		{ "proc/modules", "ext4 983040 7 - Live 0x0\n", "", 0 },
		{ "proc/modules", "ext4 983040 1 - Live 0x0\nevil 1 0 - Live 0x0 (OE)\n",
		  "added modules evil\n", 0 },
		{ "sys/module/ext4/srcversion", "other\n", "changed modules ext4\n", 0 },
		{ "var/lib/dpkg/status",
		  "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 2\n",
		  "changed packages a:all\n", 0 },
		{ "var/lib/dpkg/status",
		  "Package: a\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n",
		  "removed packages a:all\n", 0 },
		{ "usr/lib/systemd/system/a.service", "[Unit]\n", "changed units a.service\n", 0 },
		{ "etc/systemd/system/a.service", "[Service]\n\n", "changed units a.service\n", 0 },
		{ "etc/systemd/system/x.target.wants/a.service", "",
		  "added units a.service enabled\n", 0 },
		{ "etc/systemd/system/a.service.d/x.conf", "",
		  "added units /etc/systemd/system/a.service.d/x.conf\n", 0 },
		{ "proc/self/net/tcp", SOCKET("00000000:10A2", "0A"),
		  "added ports tcp 0.0.0.0 4258\nremoved ports tcp 127.0.0.1 4258\n", 0 },
		{ "proc/self/net/tcp", SOCKET("0100007F:10A2", "01"),
		  "removed ports tcp 127.0.0.1 4258\n", 0 },
		{ "proc/self/net/udp", SOCKET("00000000:0035", "07"),
		  "added ports udp 0.0.0.0 53\n", 0 },
		{ "proc/self/net/tcp6", SOCKET("00000000000000000000000001000000:0016", "0A"),
		  "added ports tcp6 ::1 22\n", 0 },
		{ "proc/self/net/packet", "sk\n0 3 3 0003 2 1 0 0 1\n",
		  "added ports packet 0x0003 interface 2\n", 0 },
		{ "usr/bin/a", "a\n", "added setid /usr/bin/a\n", 04755 },
		{ "usr/bin/a", "a\n", "", 0755 },
	};
	char path[160], got[1024];

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		json_t *before, *now, *d;

		begin();
		before = look();
		put(changes[i].path, changes[i].text);
		snprintf(path, sizeof(path), "%s/%s", root, changes[i].path);
		if (changes[i].mode)
			ASSERT_EQ(0, chmod(path, changes[i].mode));
		now = look();
		d = seki_baseline_compare(before, now, &table);
		told(d, got);
		harness_row = changes[i].path;
		EXPECT_STREQ(changes[i].want, got);
		harness_row = NULL;
		json_decref(before);
		json_decref(now);
		json_decref(d);
		seki_sheet_free(&table);
	}
}

TEST(two_looks_at_one_host_are_the_same_bytes)
{
	seki_autofree char *a = NULL, *b = NULL;
	json_t *one, *two;

	begin();
	one = look();
	two = look();
	a = json_dumps(one, JSON_SORT_KEYS);
	b = json_dumps(two, JSON_SORT_KEYS);
	EXPECT_STREQ(a, b);
	json_decref(one);
	json_decref(two);
	seki_sheet_free(&table);
}

TEST(what_one_of_them_did_not_see_is_not_compared)
{
	json_t *before, *now, *d, *s;
	char got[1024];

	begin();
	before = look();
	put("var/lib/dpkg/status", NULL);
	now = look();
	d = seki_baseline_compare(before, now, &table);
	told(d, got);
	EXPECT_STREQ("", got);
	s = json_array_get(json_object_get(d, "sections"), SEKI_BASELINE_PACKAGES);
	EXPECT_STREQ("/var/lib/dpkg/status: No such file or directory",
		     json_string_value(json_object_get(s, "not_compared")));
	/* A tree has no programs and no policy either. */
	EXPECT_EQ(3, json_integer_value(json_object_get(d, "not_compared")));
	json_decref(before);
	json_decref(now);
	json_decref(d);
	seki_sheet_free(&table);
}

TEST(names_that_are_no_text_are_told_as_bytes)
{
	json_t *b;

	begin();
	put("etc/systemd/system/\xff.service", "x");
	b = look();
	EXPECT_TRUE(json_object_get(json_object_get(json_object_get(b, "sections"), "units"),
				    "\\xff.service"));
	json_decref(b);
	seki_sheet_free(&table);
}

TEST(a_file_that_is_no_baseline_is_refused)
{
	static const char *const wrong[] = {
		"",
		"[]",
		"{}",
		"{\"kind\":\"sekisho-report\",\"v\":1}",
		"{\"kind\":\"sekisho-baseline\",\"v\":2}",
		"{\"kind\":\"sekisho-baseline\",\"v\":1,\"t\":\"x\",\"not_seen\":{}}",
		"{\"kind\":\"sekisho-baseline\",\"v\":1,\"t\":\"x\",\"not_seen\":{},"
		"\"sections\":{\"kernel\":{\"a\":1}}}",
	};
	struct seki_complaint why;
	char path[96];

	temp_dir(root);
	snprintf(path, sizeof(path), "%s/b", root);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		harness_row = wrong[i];
		file_put(path, wrong[i]);
		EXPECT_TRUE(!seki_baseline_read(path, &why));
		EXPECT_TRUE(!strncmp(why.text, path, strlen(path)));
	}
	harness_row = NULL;
}

TEST(a_table_without_a_section_is_refused)
{
	static const char *const wrong[] = { "kernel\tj\te\t\n", "cmdline\tj\te\t\n" };
	struct seki_complaint why;
	char path[96], text[128];

	temp_dir(root);
	snprintf(path, sizeof(path), "%s/baseline.tsv", root);
	for (size_t i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "id\ttitle_ja\ttitle_en\titems\n%s", wrong[i]);
		file_put(path, text);
		EXPECT_EQ(-EINVAL, seki_baseline_table(&table, root, &why));
		seki_sheet_free(&table);
	}
}

HARNESS_MAIN
