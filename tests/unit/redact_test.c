// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/redact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/harness.h"

/* A command line with '|' between its arguments, as it is stored. */
static const char *stored(const char *line, const struct seki_redact *more)
{
	static char ret[2048];
	struct seki_redactor r = { .more = more };
	char copy[512], *rest = copy, *arg;
	size_t len = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((arg = strsep(&rest, "^"))) {
		len += seki_redact(&r, arg, strlen(arg), ret + len, sizeof(ret) - len - 2);
		ret[len++] = '^';
	}
	ret[len - 1] = '\0';
	return ret;
}

TEST(secrets_are_hidden)
{
	static const char *const rows[][2] = {
		{ "x^--password=Geheim1", "x^--password=***" },
		{ "x^--password^Geheim1^y", "x^--password^***^y" },
		{ "x^--db-password=a b c", "x^--db-password=***" },
		{ "x^-password^Geheim1", "x^-password^***" },
		{ "env^PGPASSWORD=Geheim1^psql", "env^PGPASSWORD=***^psql" },
		{ "x^API_KEY=Geheim1", "x^API_KEY=***" },
		{ "mysql^-pGeheim1^-u^root", "mysql^-p***^-u^root" },
		{ "sudo^/usr/bin/mysqldump^-pGeheim1", "sudo^/usr/bin/mysqldump^-p***" },
		{ "sshpass^-p^Geheim1^ssh^h", "sshpass^-p^***^ssh^h" },
		{ "curl^-u^a:Geheim1^http://h/", "curl^-u^***^http://h/" },
		{ "curl^-H^Authorization: Bearer Geheim1", "curl^-H^Authorization:***" },
		{ "git^clone^https://me:Geheim1@h/p", "git^clone^https://me:***@h/p" },
		{ "git^clone^https://Geheim1@h/p", "git^clone^https://***@h/p" },
		{ "x^postgres://u:Ge/heim1@h/db", "x^postgres://u:***@h/db" },
		{ "x^ghp_Geheim1Geheim1Geheim1", "x^ghp_***" },
		{ "x^eyJhbGciOiJIUzI1NiJ9.e30.x", "x^eyJ***" },
		{ "sh^-c^mysql -pGeheim1 db | gzip", "sh^-c^mysql -p*** db | gzip" },
		{ "sh^-c^X_TOKEN='Ge heim1' run", "sh^-c^X_TOKEN=*** run" },
		{ "sh^-c^curl -H 'Authorization: Bearer Geheim1' h",
		  "sh^-c^curl -H 'Authorization:***' h" },
		{ "sh^-c^x --secret Geheim1; y", "sh^-c^x --secret ***; y" },
		{ "sh^-c^X_TOKEN=Geheim1; rm -rf /", "sh^-c^X_TOKEN=***; rm -rf /" },
		{ "env^PASSWORD=a;b^run", "env^PASSWORD=***^run" },
		{ "sh^-c^id; sh -c \"curl --password=Geheim1\"",
		  "sh^-c^id; sh -c \"curl --password=***\"" },
		{ "sh^-c^su -c 'sh -c \"mysql -pGeheim1 db\" x'",
		  "sh^-c^su -c 'sh -c \"mysql -p*** db\" x'" },
		{ "env^PASSWORD=a b c^run", "env^PASSWORD=***^run" },
		{ "sim^ki=00112233", "sim^ki=***" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i][0];
		EXPECT_STREQ(rows[i][1], stored(rows[i][0], NULL));
	}
}

/* The twins: evidence that has to stay. */
TEST(what_is_no_secret_stays)
{
	static const char *const rows[] = {
		"cat^/etc/passwd",
		"mkdir^-p^/a/b",
		"x^--password-file=/run/x",
		"x^--token-file^/run/x",
		"mysql^-u^root^db",
		"ssh^-p^2222^h",
		"vi^password.txt",
		"git^clone^https://h/a@b/c",
		"git^clone^https://h:80/a@b/c",
		"x^a:b",
		"sh^-c^echo the password is gone",
		"sh^-c^ssh -p 22 h 'cat /etc/passwd'",
		"x^user@host:/path",
		"x^sk-1",
		"^^",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_STREQ(rows[i], stored(rows[i], NULL));
}

TEST(host_may_name_more)
{
	char text[] = "# ours\n\nname *pin*\nkeep spin\nattached -s tool other\nnext -k tool\n"
		      "token zz9\n";
	struct seki_redact *r;
	char err[128];

	ASSERT_EQ(0, seki_redact_parse("f", text, &r, err, sizeof(err)));
	EXPECT_STREQ("x^--mypin=***^--spin=5", stored("x^--mypin=1^--spin=5", r));
	EXPECT_STREQ("other^-s***", stored("other^-sGeheim", r));
	EXPECT_STREQ("tool^-k^***^-x", stored("tool^-k^Geheim^-x", r));
	EXPECT_STREQ("third^-sGeheim", stored("third^-sGeheim", r));
	EXPECT_STREQ("x^zz9***", stored("x^zz9Geheim1Geheim1", r));
	EXPECT_STREQ("x^--password=***", stored("x^--password=Geheim", r));
	seki_redact_free(r);
}

TEST(wrong_file_is_told_with_its_line)
{
	static const char *const rows[][2] = {
		{ "name a\nnam b\n", "f:2: no rule: begin with name" },
		{ "name\n", "f:1: no rule: give a pattern" },
		{ "next -p\n", "f:1: no rule: name the programs" },
		{ "name a b\n", "f:1: no rule: name, keep and token" },
	};
	struct seki_redact *r;
	char text[128], err[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i][0];
		snprintf(text, sizeof(text), "%s", rows[i][0]);
		EXPECT_EQ(-EINVAL, seki_redact_parse("f", text, &r, err, sizeof(err)));
		EXPECT_TRUE(strstr(err, rows[i][1]) == err);
	}
}

TEST(room_is_kept)
{
	char arg[300], out[SEKI_REDACT_ROOM(sizeof(arg))];
	struct seki_redactor r = { 0 };

	for (size_t i = 0; i < sizeof(arg); i++)
		arg[i] = "ki=1 "[i % 5];
	arg[0] = 'x';
	EXPECT_EQ(sizeof(arg) + 2 * (sizeof(arg) / 5 - 1),
		  seki_redact(&r, arg, sizeof(arg), out, sizeof(out)));
	EXPECT_TRUE(r.hidden);
}

HARNESS_MAIN
