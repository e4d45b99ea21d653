// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/clock.h"

#include <time.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/collector.h"

static char proc[64];

static void process(const char *pid, const char *comm)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", proc, pid);
	ASSERT_EQ(0, mkdir(path, 0755));
	strcat(path, "/comm");
	file_put(path, comm);
}

/* Short: microseconds, and Z for a zone that is none. */
TEST(time_is_shown_whole_and_short)
{
	static const struct {
		const char *zone, *whole, *brief;
	} rows[] = {
		{ "UTC0", "2001-09-09T01:46:40.000000009+00:00", "2001-09-09T01:46:40.000000Z" },
		{ "JST-9", "2001-09-09T10:46:40.000000009+09:00",
		  "2001-09-09T10:46:40.000000+09:00" },
		{ "NST3:30", "2001-09-08T22:16:40.000000009-03:30",
		  "2001-09-08T22:16:40.000000-03:30" },
	};
	char text[SEKI_TIME_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seki_clock c = { .offset = (int64_t)SEKI_NS, .second = -1 };

		setenv("TZ", rows[i].zone, 1);
		tzset();
		EXPECT_EQ(strlen(rows[i].whole),
			  seki_clock_text(&c, 999999999 * SEKI_NS + 9, text));
		EXPECT_STREQ(rows[i].whole, text);
		EXPECT_EQ(strlen(rows[i].brief),
			  seki_clock_brief(&c, 999999999 * SEKI_NS + 9, text));
		EXPECT_STREQ(rows[i].brief, text);
		seki_clock_brief(&c, 1000000000 * SEKI_NS - 1, text);
		EXPECT_EQ(0, strncmp(".999999", strchr(text, '.'), 7));
	}
	unsetenv("TZ");
	tzset();
}

TEST(program_that_keeps_the_clock_is_named)
{
	struct seki_ntp ntp;

	temp_dir(proc);
	process("1", "systemd\n");
	process("self", "chronyd\n"); /* no process */
	seki_clock_ntp(proc, &ntp);
	EXPECT_STREQ("", ntp.source);
	process("77", "systemd-timesyn\n");
	process("78", "chronyd-like\n");
	seki_clock_ntp(proc, &ntp);
	EXPECT_STREQ("systemd-timesyn", ntp.source);
	seki_clock_ntp("/no/such", &ntp);
	EXPECT_STREQ("", ntp.source);
}

TEST(heartbeat_holds_the_state_of_the_clock)
{
	struct seki_collector *c = calloc(1, sizeof(*c));
	json_t *r, *ntp;

	ASSERT_EQ(0, seki_collector_open(c));
	seki_host_read(&c->host, "none");
	c->heartbeat = 300 * SEKI_NS;
	c->n.clock_steps = 2;
	seki_notice_heartbeat(c);
	r = json_loadb(c->out.data, c->out.len, 0, NULL);
	ASSERT_TRUE(r);
	EXPECT_EQ(300, json_integer_value(json_object_get(r, "interval")));
	ntp = json_object_get(r, "ntp");
	EXPECT_TRUE(json_is_boolean(json_object_get(ntp, "sync")));
	EXPECT_TRUE(json_is_integer(json_object_get(ntp, "offset_us")));
	EXPECT_TRUE(json_is_integer(json_object_get(ntp, "maxerror_us")));
	EXPECT_EQ(2, json_integer_value(json_object_get(ntp, "steps")));
	json_decref(r);
	seki_collector_close(c);
	free(c);
}

HARNESS_MAIN
