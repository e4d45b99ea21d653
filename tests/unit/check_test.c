// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy against the files of a host: a small tree below --root. */
#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tests/unit/policy_helper.h"

static char root[] = "/tmp/seki-root-XXXXXX";

static void put(const char *path, mode_t mode, const char *content)
{
	char full[256];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	f = fopen(full, "w");
	ASSERT_TRUE(f);
	fputs(content, f);
	fclose(f);
	chmod(full, mode);
}

static void put_link(const char *target, const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), "%s%s", root, path);
	ASSERT_EQ(0, symlink(target, full));
}

static void make_root(void)
{
	strcpy(root, "/tmp/seki-root-XXXXXX");
	ASSERT_TRUE(mkdtemp(root));
	put("/usr/bin/hlr", 0755, "\177ELF");
	put("/var/lib/hlr/db", 0600, "");
	put("/usr/lib/systemd/system/hlr.service", 0644, "");
}

static void remove_root(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	EXPECT_EQ(0, system(command));
}

static struct compiled check_here(const char *text)
{
	struct compiled c =
		compile_sized(text, strlen(text), &(struct seki_options){ .root = root });

	if (strstr(c.said, "Function not implemented"))
		SKIP("no openat2 here");
	return c;
}

TEST(files_in_place_accepted)
{
	struct compiled c;

	make_root();
	c = check_here(HEAD HLR);
	EXPECT_EQ(0, c.rc);
	EXPECT_STREQ("", c.said);
	compiled_free(&c);
	remove_root();
}

TEST(missing_files_named_unless_optional)
{
	struct compiled c;

	make_root();
	c = check_here(
		HEAD HLR
		"    keys: [/etc/hlr.key, { path: /etc/hlr.key2, optional: true }]\n"
		"  two: { core-function: 1, exec: /usr/bin/two, unit: two.service, argv: [two] }\n");
	EXPECT_EQ(2, c.errors);
	EXPECT_SAID(
		"'/etc/hlr.key' does not exist; create it, or write { path: /etc/hlr.key, optional: true }",
		c);
	EXPECT_SAID("'/usr/bin/two' does not exist; install it", c);
	EXPECT_SAID("unit 'two.service' is not on this host", c);
	compiled_free(&c);
	remove_root();
}

TEST(program_must_be_an_executable_binary)
{
	struct compiled c;

	make_root();
	put("/usr/bin/hlr", 0755, "#!/bin/sh\n");
	c = check_here(HEAD HLR);
	EXPECT_SAID("'/usr/bin/hlr' is a script", c);
	compiled_free(&c);
	put("/usr/bin/hlr", 0644, "\177ELF");
	c = check_here(HEAD HLR);
	EXPECT_SAID("'/usr/bin/hlr' is not executable", c);
	compiled_free(&c);
	remove_root();
}

TEST(programs_that_others_may_write_are_told)
{
	struct compiled c;

	make_root();
	put("/usr/bin/hlr", 0775, "\177ELF");
	c = check_here(HEAD HLR);
	EXPECT_EQ(0, c.rc);
	EXPECT_SAID("'/usr/bin/hlr' has mode 0775, so others may change it", c);
	EXPECT_SAID("[W17]", c);
	compiled_free(&c);
	put("/usr/bin/hlr", 0755, "\177ELF");
	if (!getuid()) {
		char full[256];

		snprintf(full, sizeof(full), "%s/usr/bin/hlr", root);
		ASSERT_EQ(0, chown(full, 4711, 0));
		c = check_here(HEAD HLR);
		EXPECT_SAID("'/usr/bin/hlr' belongs to uid 4711", c);
		compiled_free(&c);
	}
	remove_root();
}

TEST(filesystems_mounted_elsewhere_are_told)
{
	char line[256];
	struct compiled c;
	struct stat st;

	make_root();
	ASSERT_EQ(0, stat(root, &st));
	snprintf(line, sizeof(line),
		 "1 0 %u:%u / / rw - ext4 /dev/x rw\n2 1 %u:%u / /mnt/second rw - ext4 /dev/x rw\n",
		 major(st.st_dev), minor(st.st_dev), major(st.st_dev), minor(st.st_dev));
	put("/proc/self/mountinfo", 0644, line);
	c = check_here(HEAD HLR);
	EXPECT_EQ(0, c.rc);
	EXPECT_SAID(
		"p:11:12: warning: the filesystem of '/var/lib/hlr' is mounted on /mnt/second too",
		c);
	compiled_free(&c);
	*strchr(line, '\n') = '\0';
	put("/proc/self/mountinfo", 0644, line);
	c = check_here(HEAD HLR);
	EXPECT_STREQ("", c.said);
	compiled_free(&c);
	remove_root();
}

TEST(directory_as_program_refused)
{
	struct compiled c;

	make_root();
	put("/usr/bin/two/x", 0755, "");
	c = check_here(HEAD HLR "domains: { two: { exec: /usr/bin/two } }\n"
				"rules: [{ allow: two, to: read, on: hlr.data }]\n");
	EXPECT_SAID("'/usr/bin/two' is not a file", c);
	compiled_free(&c);
	remove_root();
}

/* Two names, one object: the second label would silently win or lose. */
TEST(one_object_under_two_labels_refused)
{
	struct compiled c;

	make_root();
	put_link("/var/lib/hlr", "/var/lib/other-name");
	c = check_here(HEAD HLR "    keys: [/var/lib/other-name]\n");
	EXPECT_EQ(1, c.errors);
	EXPECT_SAID(
		"p:12:12: error: overlapping label: '/var/lib/other-name' and '/var/lib/hlr' are one object",
		c);
	EXPECT_SAID("p:11:12: note: the other name, hlr.data", c);
	compiled_free(&c);
	remove_root();
}

/* An absolute link inside the tree leads to the tree's own root. */
TEST(link_to_sekishos_own_refused)
{
	struct compiled c;

	make_root();
	put("/etc/sekisho/policy", 0644, "");
	put_link("/etc/sekisho", "/var/lib/innocent");
	c = check_here(HEAD HLR "    keys: [/var/lib/innocent]\n");
	EXPECT_EQ(1, c.errors);
	EXPECT_SAID(
		"p:12:12: error: overlapping label: '/var/lib/innocent' and '/etc/sekisho' are one object",
		c);
	compiled_free(&c);
	remove_root();
}

TEST(masked_units_are_not_one_object)
{
	struct compiled c;

	make_root();
	put("/usr/bin/two", 0755, "\177ELF");
	put("/etc/systemd/system/x", 0644, "");
	put_link("/dev/null", "/etc/systemd/system/hlr.service");
	put_link("/dev/null", "/etc/systemd/system/two.service");
	c = check_here(
		HEAD HLR
		"  two: { core-function: 1, exec: /usr/bin/two, unit: two.service, argv: [two] }\n");
	EXPECT_EQ(0, c.errors);
	compiled_free(&c);
	remove_root();
}

#define ROLES(keys)                           \
	HEAD HLR "operators:\n  dba: { " keys \
		 " }\nrules:\n  - { allow: dba, to: read, on: hlr.data }\n"

/* Members, those whose first group it is, and never root. */
TEST(people_of_a_role_are_looked_up)
{
	static const struct {
		const char *text, *uids; /* NULL: refused, with said */
		const char *said;
	} row[] = {
		{ ROLES("login: tanaka"), "2001", "" },
		{ ROLES("login: [sato, tanaka], uid: 2003"), "2001-2003", "" },
		{ ROLES("group: dba"), "2001, 2004", "" },
		{ ROLES("group: dba, login: tanaka"), "2001, 2004", "" },
		{ ROLES("login: root"), NULL, "p:13:17: error: 'root' is no user of this host" },
		{ ROLES("login: suzuki"), NULL, "'suzuki' is no user of this host" },
		{ ROLES("login: twice"), NULL, "'twice' is no user of this host but root" },
		{ ROLES("group: dbb"), NULL, "'dbb' is no group of this host" },
		{ ROLES("group: empty"), NULL, "nobody is in group 'empty'" },
	};

	make_root();
	put("/etc/passwd", 0644,
	    "root:x:0:0::/root:/bin/sh\ntanaka:x:2001:100::/:/bin/sh\n"
	    "sato:x:2002:100::/:/bin/sh\nyamada:x:2004:50::/:/bin/sh\n"
	    "twice:x:0:0::/:/bin/sh\ntwice:x:2005:100::/:/bin/sh\n");
	put("/etc/group", 0644,
	    "root:x:0:\nusers:x:100:\ndba:x:50:tanaka,root,gone\nempty:x:51:root\n");
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct compiled c = check_here(row[i].text);
		char *uids;

		harness_row = row[i].text;
		EXPECT_EQ(!row[i].uids, !!c.rc);
		EXPECT_SAID(row[i].said, c);
		if (!c.rc) {
			uids = seki_bundle_logins_text(&c.b, c.b.logins[0].role);
			EXPECT_STREQ(row[i].uids, uids);
			free(uids);
		}
		compiled_free(&c);
	}
	remove_root();
}

TEST(missing_root_is_one_error)
{
	struct compiled c = compile_sized(HEAD HLR, strlen(HEAD HLR),
					  &(struct seki_options){ .root = "/nonexistent" });

	EXPECT_EQ(1, c.errors);
	EXPECT_SAID("--root /nonexistent: No such file or directory", c);
	compiled_free(&c);
}

HARNESS_MAIN
