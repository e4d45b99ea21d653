// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/forward/config.h"
#include "userspace/forward/cursor.h"
#include "userspace/forward/otlp.h"
#include "userspace/forward/syslog.h"
#include "userspace/forward/watch.h"

static unsigned int errors(const char *text, struct seki_forward_config *c)
{
	struct seki_diag *d = calloc(1, sizeof(*d));
	unsigned int n;

	d->file = "f";
	d->text = text;
	d->size = strlen(text);
	EXPECT_EQ(seki_forward_config_read(text, strlen(text), d, c), !d->errors);
	n = d->errors;
	seki_diag_free(d);
	free(d);
	return n;
}

TEST(file_is_read)
{
	struct seki_forward_config c;

	ASSERT_EQ(0,
		  errors("sekisho-forward: 1\nlog: /l\npattern: 3\nsilence: 5\nsinks:\n"
			 "  a: { type: syslog, to: '[::1]:6514', tls: { ca: /c, name: n } }\n"
			 "  b: { type: nats, to: [tls://x:1, tls://y:2], stream: S, subject: t,\n"
			 "       format: ocsf, confirm: 7 }\n"
			 "alarms:\n  p: { command: [/bin/x, y, z] }\n",
			 &c));
	EXPECT_STREQ("/l", c.log);
	EXPECT_EQ(3, c.pattern);
	EXPECT_EQ(5, c.silence);
	ASSERT_EQ(2, c.sinks);
	EXPECT_STREQ("/c", c.sink[0].tls.ca);
	EXPECT_EQ(SEKI_FORMAT_NATIVE, c.sink[0].format);
	EXPECT_EQ(2, c.sink[1].to.n);
	EXPECT_EQ(SEKI_FORMAT_OCSF, c.sink[1].format);
	EXPECT_EQ(7, c.sink[1].confirm);
	ASSERT_EQ(1, c.alarms);
	EXPECT_EQ(3, c.alarm[0].to.n);
	EXPECT_TRUE(!c.alarm[0].to.v[3]);
	seki_forward_config_free(&c);
}

TEST(the_pattern_gives_the_times_of_the_watch)
{
	static const struct {
		uint64_t silence, backlog;
	} of[] = { { 130, 150 }, { 610, 300 }, { 1210, 600 }, { 3610, 900 } };
	struct seki_complaint why;
	struct seki_limits l;

	for (unsigned int n = 1; n <= 4; n++) {
		struct seki_forward_config c = { .pattern = n };

		ASSERT_EQ(0, seki_watch_limits(&c, "policies/controls", &l, &why));
		EXPECT_EQ(of[n - 1].silence, l.silence);
		EXPECT_EQ(of[n - 1].backlog, l.backlog);
		EXPECT_EQ(0, l.findings);
		c.silence = l.silence + 1;
		c.backlog = l.backlog + 1;
		ASSERT_EQ(0, seki_watch_limits(&c, "policies/controls", &l, &why));
		EXPECT_EQ(2, l.findings);
		EXPECT_EQ(c.silence, l.silence);
	}
	EXPECT_EQ(-ENOENT, seki_watch_limits(&(struct seki_forward_config){ .pattern = 1 },
					     "/nowhere", &l, &why));
}

TEST(wrong_file_is_refused)
{
#define SINK(text) "sekisho-forward: 1\nsinks: { a: { " text " } }\n"
#define ALARM(text) "sekisho-forward: 1\nalarms: { a: { " text " } }\n"
	static const char *const wrong[] = {
		"",
		"[]",
		"sinks: {}",
		"sekisho-forward: 2",
		"sekisho-forward: 1\nsinks: []",
		"sekisho-forward: 1\nsinks: { A: { type: stdout } }",
		"sekisho-forward: 1\nsinks: { ../x: { type: stdout } }",
		"sekisho-forward: 1\npattern: 0",
		"sekisho-forward: 1\nlog: l",
		"sekisho-forward: 1\nlog: /l\nlog: /m",
		SINK("to: /x"),
		SINK("type: file"),
		SINK("type: file, to: [/x, /y]"),
		SINK("type: file, to: /x, stream: s"),
		SINK("type: stdout, to: /x"),
		SINK("type: syslog, to: host"),
		SINK("type: syslog, to: 'tls://h:1'"),
		SINK("type: syslog, to: 'h:1', tls: on"),
		SINK("type: syslog, to: 'h:1', tls: { cert: /c }"),
		SINK("type: syslog, to: 'h:1', tls: { ca: c }"),
		SINK("type: otlp, to: 'http://h/'"),
		SINK("type: nats, to: 'nats://h', stream: s, subject: s"),
		SINK("type: nats, to: 'tls://h', stream: s"),
		SINK("type: witness, to: 'https://h/add-checkpoint'"),
		SINK("type: witness, to: 'http://h/add-checkpoint', witness: k"),
		SINK("type: witness, to: 'https://h/', witness: k, format: ocsf"),
		SINK("type: timestamp, to: 'https://h/'"),
		SINK("type: timestamp, to: 'https://h/', authority: /c, witness: k"),
		SINK("type: file, to: /x, confirm: 0"),
		SINK("type: file, to: /x, format: xml"),
		ALARM(""),
		ALARM("command: page"),
		ALARM("command: /x, http: 'https://h'"),
		ALARM("http: ftp"),
		ALARM("syslog: host"),
	};
	struct seki_forward_config c;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		harness_row = wrong[i];
		EXPECT_LT(0, errors(wrong[i], &c));
		seki_forward_config_free(&c);
	}
}

TEST(cursor_comes_back_and_nothing_else_is_one)
{
	static const char *const wrong[] = {
		"",
		"sekisho-cursor 1\n",
		"sekisho-cursor 2\nnext 1\nid a\nsize 0\n",
		"sekisho-cursor 1\nnext 1\nid a\nsize 0",
		"sekisho-cursor 1\nnext 1\nid a\nsize 0\n\n",
		"sekisho-cursor 1\nnext -1\nid a\nsize 0\n",
		"sekisho-cursor 1\nnext 01\nid a\nsize 0\n",
		"sekisho-cursor 1\nnext 99999999999999999999999\nid a\nsize 0\n",
	};
	struct seki_cursor c = { .next = UINT64_MAX, .id = "h:b:9", .mark.size = 77 }, d;
	char dir[64], path[80];

	snprintf(path, sizeof(path), "%s/c", temp_dir(dir));
	ASSERT_EQ(0, seki_cursor_load(path, &d));
	EXPECT_EQ(0, d.next);
	ASSERT_EQ(0, seki_cursor_save(path, &c));
	ASSERT_EQ(0, seki_cursor_load(path, &d));
	EXPECT_TRUE(c.next == d.next && c.mark.size == d.mark.size);
	EXPECT_STREQ(c.id, d.id);
	c.id[0] = '\0';
	ASSERT_EQ(0, seki_cursor_save(path, &c));
	ASSERT_EQ(0, seki_cursor_load(path, &d));
	EXPECT_STREQ("", d.id);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		harness_row = wrong[i];
		EXPECT_EQ(-EBADMSG, seki_cursor_parse(wrong[i], &d));
	}
}

/* What a stranger can put into a field must not end a header. */
TEST(syslog_header_holds_words_only)
{
	json_t *r = json_pack("{ss ss}", "class", "a b]\n", "t", "2026-11-21 <13>1 x\nevil");
	struct seki_parcel p = { .json = r, .body = "{}", .size = 2, .index = 4294967295u };
	size_t size;
	char *frame = seki_syslog_frame(&p, "host name", &size);

	EXPECT_STREQ(
		"115 <110>1 - - sekisho - - [meta sequenceId=\"2\"][origin software=\"sekisho\"]"
		"[timeQuality tzKnown=\"1\" isSynced=\"0\"] \xef\xbb\xbf{}",
		frame);
	EXPECT_EQ(strlen(frame), size);
	EXPECT_EQ(size - 4, (size_t)atoi(frame));
	free(frame);
	json_decref(r);
}

TEST(answer_of_a_receiver_is_judged)
{
	static const struct {
		const char *answer;
		long want;
	} answers[] = {
		{ "", 0 },
		{ "{}", 0 },
		{ "{\"partialSuccess\":{}}", 0 },
		{ "{\"partialSuccess\":{\"rejectedLogRecords\":\"2\",\"errorMessage\":\"no\"}}",
		  2 },
		{ "{\"partialSuccess\":{\"rejectedLogRecords\":3}}", 3 },
		{ "{\"partialSuccess\":{\"rejectedLogRecords\":-3}}", -EBADMSG },
		{ "{\"partialSuccess\":7}", 0 },
		{ "[]", -EBADMSG },
		{ "<html>", -EBADMSG },
		{ "{", -EBADMSG },
	};
	char why[SEKI_WHY];

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		harness_row = answers[i].answer;
		EXPECT_EQ(answers[i].want,
			  seki_otlp_rejected(answers[i].answer, strlen(answers[i].answer), why));
	}
}

HARNESS_MAIN
