// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The CLI is no library: the parts under test are included as they are.
 */
#include "userspace/cli/records.c"
#include "userspace/cli/report.c"

#include "tests/harness.h"
#include "tests/unit/events.h"

static char file[128];

static const char *log_of(const char *text)
{
	char dir[64];

	snprintf(file, sizeof(file), "%s/records.jsonl", temp_dir(dir));
	file_put(file, text);
	return file;
}

TEST(times_are_written)
{
	char text[SEKI_UTC_TEXT];

	EXPECT_STREQ("1970-01-01T00:00:00Z", seki_utc_text(0, text));
	EXPECT_STREQ("2026-11-20T03:34:56Z", seki_utc_text(1795145696, text));
	EXPECT_STREQ("9999-12-31T23:59:59Z", seki_utc_text(253402300799, text));
	EXPECT_STREQ("-", seki_utc_text(253402300800, text));
	EXPECT_STREQ("-", seki_utc_text(INT64_MAX, text));
}

#define RECORD(t, rest) "{\"v\":1,\"id\":\"h:bootbootboot:1\",\"t\":\"" t "\"," rest "}\n"

TEST(times_are_read)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} rows[] = {
		{ "1970-01-01T00:00:01Z", 1000000000 },
		{ "1970-01-01T09:00:01.5+09:00", 1500000000 },
		{ "1969-12-31T23:30:00-00:30", 0 },
		{ "2026-11-20T12:34:56.123456789+09:00", 1795145696123456789 },
		{ "1970-01-02", 86400000000000 },
		{ "1970-01-02T00:01", 86460000000000 },
		{ "2554-07-21T23:34:32.9Z", 18446744072900000000u },
	};
	static const char *const wrong[] = {
		"",
		"2026",
		"2026-13-01",
		"2026-01-32",
		"2026-01-01T",
		"2026-01-01T25:00",
		"2026-01-01T00:00:00+9",
		"2026-01-01T00:00:00Zz",
		"9999-12-31",
		"2554-07-21T23:34:34Z",
		"yesterday",
		"\033[2J",
		"2026-01-01T00:00:00+09:00\033",
	};
	uint64_t ns;

	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		harness_row = rows[i].text;
		EXPECT_TRUE(seki_time_parse(rows[i].text, &ns));
		EXPECT_EQ(rows[i].ns, ns);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		harness_row = wrong[i];
		EXPECT_FALSE(seki_time_parse(wrong[i], &ns));
	}
}

TEST(verdicts_are_summed_per_item)
{
	struct seki_report r = { .to = UINT64_MAX, .life.beat = 150 };

	ASSERT_EQ(0, seki_report_items(&r, "policies/controls/items.tsv"));
	ASSERT_EQ(
		0,
		seki_report_file(
			&r,
			log_of(RECORD(
				"2026-01-01T00:00:02Z",
				"\"verdict\":\"denied\",\"class\":\"access\",\"controls\":[\"TTS-S2-02\",\"Z-9\"]")
				       RECORD("2026-01-01T00:00:01Z",
					      "\"verdict\":\"allowed\",\"class\":\"access\",\"controls\":[\"TTS-S2-02\"]")
					       RECORD("2026-01-01T00:00:03Z",
						      "\"verdict\":\"would-deny\",\"class\":\"access\",\"controls\":[7,\"Z-9\"]")
						       RECORD("2026-01-01T00:00:04Z",
							      "\"class\":\"loss\",\"count\":12"))));
	EXPECT_EQ(4, r.records);
	EXPECT_EQ(12, r.lost);
	EXPECT_EQ(1, item(&r, "TTS-S2-02")->denied);
	EXPECT_EQ(1, item(&r, "TTS-S2-02")->allowed);
	EXPECT_STREQ("2026-01-01T00:00:02Z", item(&r, "TTS-S2-02")->last);
	EXPECT_EQ(1, item(&r, "Z-9")->would_deny);
	EXPECT_EQ(0, item(&r, "IPA-DAT-01")->denied);
	EXPECT_STREQ("2026-01-01T00:00:01Z", r.first);
	EXPECT_STREQ("2026-01-01T00:00:04Z", r.last);
	seki_report_free(&r);
}

TEST(window_leaves_out_the_rest)
{
	struct seki_report r = { .life.beat = 150 };

	seki_time_parse("2026-01-01T00:00:02Z", &r.from);
	seki_time_parse("2026-01-01T00:00:03Z", &r.to);
	seki_report_file(
		&r, log_of(RECORD("2026-01-01T00:00:01Z", "\"class\":\"access\"")
				   RECORD("2026-01-01T00:00:02Z", "\"class\":\"access\"")
					   RECORD("2026-01-01T00:00:04Z", "\"class\":\"access\"")));
	EXPECT_EQ(1, r.records);
	EXPECT_EQ(2, r.outside);
	seki_report_free(&r);
}

TEST(malformed_lines_are_named_and_survived)
{
	struct seki_report r = { .to = UINT64_MAX, .life.beat = 150 };

	EXPECT_EQ(
		0,
		seki_report_file(
			&r,
			log_of("{\"v\":1\n[]\n\n{\"v\":3,\"t\":\"2026-01-01T00:00:01Z\"}\n{\"v\":1,\"t\":\"never\"}\n\"\xff\"\n" RECORD(
				"2026-01-01T00:00:01Z", "\"class\":\"access\"") "{\"v\":1,\"id")));
	EXPECT_EQ(1, r.records);
	EXPECT_EQ(6, r.bad);
	EXPECT_EQ(1, r.life.newer);
	EXPECT_EQ(1, r.bad_line[0].line);
	EXPECT_EQ(8, r.bad_line[5].line);
	EXPECT_EQ(-ENOENT, seki_report_file(&r, "/does/not/exist"));
	EXPECT_EQ(-ENOTDIR, seki_report_file(&r, "/etc/passwd/x"));
	seki_report_free(&r);
}

TEST(silence_is_seen_by_boot_time)
{
	struct seki_report r = { .to = UINT64_MAX, .life.beat = 150 };

	seki_report_file(
		&r,
		log_of(RECORD(
			"2026-01-01T00:00:00Z",
			"\"bt\":0,\"class\":\"heartbeat\",\"mode\":\"enforce\",\"canary\":\"held\"")
			       RECORD("2026-01-01T00:01:00Z",
				      "\"bt\":60000000000,\"class\":\"heartbeat\",\"mode\":\"enforce\"")
				       RECORD("2026-01-01T00:01:01Z",
					      "\"bt\":660000000000,\"class\":\"lifecycle\",\"act\":\"collector stops\"")
					       RECORD("2026-01-01T01:00:00Z",
						      "\"bt\":960000000000,\"class\":\"lifecycle\",\"act\":\"collector starts\"")));
	seki_report_end(&r);
	for (size_t i = 0; i < r.life.gaps; i++)
		printf("# gap %s %llu s\n", seki_gap_word(r.life.gap[i].kind),
		       (unsigned long long)r.life.gap[i].seconds);
	ASSERT_EQ(2, r.life.gaps);
	EXPECT_EQ(SEKI_GAP_SILENCE, r.life.gap[0].kind);
	EXPECT_EQ(600, r.life.gap[0].seconds);
	EXPECT_EQ(SEKI_GAP_STOPPED, r.life.gap[1].kind);
	EXPECT_EQ(300, r.life.gap[1].seconds);
	EXPECT_EQ(2, r.life.heartbeats);
	seki_report_free(&r);
}

TEST(endless_line_is_one_bad_line)
{
	struct seki_report r = { .to = UINT64_MAX, .life.beat = 150 };
	char dir[64];
	FILE *f;

	snprintf(file, sizeof(file), "%s/records.jsonl", temp_dir(dir));
	f = fopen(file, "w");
	for (int i = 0; i < 3 << 20; i++)
		fputc('x', f);
	fputs("\n" RECORD("2026-01-01T00:00:01Z", "\"class\":\"access\""), f);
	fclose(f);
	EXPECT_EQ(0, seki_report_file(&r, file));
	EXPECT_EQ(1, r.records);
	EXPECT_GE(r.bad, 1);
	seki_report_free(&r);
}

TEST(terminal_gets_no_controls)
{
	static const char evil[] = "a\033[2J\x7f\xc2\x9b\xe2\x80\xae\n\xe5\x8a\xa0";
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	seki_print_safe(f, evil);
	fclose(f);
	EXPECT_STREQ("a\\u{001b}[2J\\u{007f}\\u{009b}\\u{202e}\\u{000a}\xe5\x8a\xa0", text);
	free(text);
}

HARNESS_MAIN
