// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A ticket is what a session said with the right command, and nothing that looks like it.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/enrich.h"
#include "userspace/collector/ticket.h"

TEST(names_that_people_use_fit)
{
	static const struct {
		const char *text;
		bool fits;
	} rows[] = {
		{ "CHG-7", true },
		{ "7", true },
		{ "a.b_c-d/e#f:1", true },
		{ "0123456789012345678901234567890123456789", true },
		{ "01234567890123456789012345678901234567890", false },
		{ "", false },
		{ "-7", false },
		{ "--help", false },
		{ "#7", false },
		{ "CHG 7", false },
		{ "CHG-7\n", false },
		{ "CHG\"7", false },
		{ "\xe7\xa5\xa8", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i].text;
		EXPECT_EQ(rows[i].fits, seki_ticket_fits(rows[i].text));
	}
	harness_row = NULL;
}

#define ARGV(text) text, sizeof(text)

TEST(only_the_command_in_a_session_says_one)
{
	static const struct {
		const char *path, *argv;
		size_t len;
		unsigned int argc;
		uint64_t session;
		bool partial, said;
	} rows[] = {
		{ "/usr/bin/sekisho", ARGV("sekisho\0ticket\0CHG-7"), 3, 5, false, true },
		{ "/usr/bin/sekisho", ARGV("x\0ticket\0CHG-7\0more"), 4, 5, false, true },
		{ "/usr/bin/sekisho", ARGV("sekisho\0ticket\0CHG-7"), 3, 0, false, false },
		{ "/usr/bin/sekisho", ARGV("sekisho\0ticket\0CHG-7"), 3, 5, true, false },
		{ "/usr/bin/sekisho", ARGV("sekisho\0ticket\0CHG-7"), 2, 5, false, false },
		{ "/usr/bin/sekisho", ARGV("sekisho\0tickets\0CHG-7"), 3, 5, false, false },
		{ "/usr/bin/sekisho", ARGV("sekisho\0ticket\0--help"), 3, 5, false, false },
		{ "/usr/bin/sekishox", ARGV("sekisho\0ticket\0CHG-7"), 3, 5, false, false },
		{ "/tmp/sekisho", ARGV("sekisho\0ticket\0CHG-7"), 3, 5, false, false },
		/* the argument is cut off */
		{ "/usr/bin/sekisho", "sekisho\0ticket\0CHG-7", 20, 3, 5, false, false },
		{ "/usr/bin/sekisho", "", 0, 3, 5, false, false },
	};
	static struct seki_facts f;
	char ticket[SEKI_TICKET_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seki_exec_event x = event_exec();

		harness_row = rows[i].argv;
		memset(x.argv, 'A', sizeof(x.argv));
		memcpy(x.argv, rows[i].argv, rows[i].len);
		x.argv_len = (__u16)rows[i].len;
		x.argc = (__u16)rows[i].argc;
		x.e.session = rows[i].session;
		f.in.e = &x.e;
		f.in.exec = &x;
		f.path.len = strlen(rows[i].path);
		memcpy(f.path.text, rows[i].path, f.path.len);
		f.path.partial = rows[i].partial;
		EXPECT_EQ(rows[i].said, seki_ticket_said(&f, ticket));
		if (rows[i].said)
			EXPECT_STREQ("CHG-7", ticket);
	}
	harness_row = NULL;
	f.in.exec = NULL;
	EXPECT_FALSE(seki_ticket_said(&f, ticket));
}

TEST(each_session_has_its_own_and_the_oldest_goes)
{
	static struct seki_tickets t;
	char text[8];

	seki_tickets_set(&t, 1, "A");
	seki_tickets_set(&t, 2, "B");
	seki_tickets_set(&t, 1, "C");
	EXPECT_STREQ("C", seki_tickets_of(&t, 1));
	EXPECT_STREQ("B", seki_tickets_of(&t, 2));
	EXPECT_STREQ("", seki_tickets_of(&t, 3));
	EXPECT_STREQ("", seki_tickets_of(&t, 0));
	seki_tickets_set(&t, 2, "");
	EXPECT_TRUE(seki_tickets_know(&t, 2));
	EXPECT_STREQ("", seki_tickets_of(&t, 2));
	for (unsigned int i = 0; i < SEKI_TICKETS - 1; i++) {
		snprintf(text, sizeof(text), "T%u", i);
		seki_tickets_set(&t, 100 + i, text);
	}
	EXPECT_EQ(SEKI_TICKETS, t.count);
	EXPECT_FALSE(seki_tickets_know(&t, 1));
	EXPECT_TRUE(seki_tickets_know(&t, 2));
	EXPECT_STREQ("T0", seki_tickets_of(&t, 100));
}

HARNESS_MAIN
