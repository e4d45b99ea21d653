// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The service pattern: its setting, its table, and what is weaker.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/service.h"
#include "userspace/controls/catalogue.h"

static struct seki_complaint why;
static unsigned int got;

static int setting(const char *text)
{
	char dir[64], path[96];
	int err;

	temp_dir(dir);
	snprintf(path, sizeof(path), "%s/setting", dir);
	file_put(path, text);
	err = seki_pattern_which(path, &got, &why);
	unlink(path);
	rmdir(dir);
	return err;
}

TEST(a_setting_is_one_number)
{
	static const char *const wrong[] = { "",	 "\n",	   "0\n",   "5\n",  "12\n",
					     "1 2\n3\n", "2\n2\n", "two\n", "-1\n", "# 2\n" };

	EXPECT_EQ(0, seki_pattern_which("4", &got, &why));
	EXPECT_EQ(4, got);
	EXPECT_EQ(-EINVAL, seki_pattern_which("5", &got, &why));
	EXPECT_STREQ("--pattern: 5; right would be 1 to 4", why.text);
	EXPECT_EQ(-EINVAL, seki_pattern_which("", &got, &why));
	EXPECT_EQ(-ENOENT, seki_pattern_which("/no/such/setting", &got, &why));
	EXPECT_EQ(0, setting("# why\n\n  3 # batch\r\n"));
	EXPECT_EQ(3, got);
	EXPECT_EQ(0, setting("1"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		harness_row = wrong[i];
		EXPECT_EQ(-EINVAL, setting(wrong[i]));
		EXPECT_TRUE(strstr(why.text, "right would be 1 to 4"));
	}
	harness_row = NULL;
}

/* What the item prints, in the unit of the row: "1/5min", "10min", "2months", "5years". */
static bool fits(uint64_t value, const char *printed)
{
	static const struct {
		const char *word;
		uint64_t least, most;
	} units[] = { { "min", 60, 60 }, { "month", 30, 31 }, { "year", 365, 366 } };
	const char *at = strncmp(printed, "1/", 2) ? printed : printed + 2;
	char *end;
	uint64_t n = strtoull(at, &end, 10);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strncmp(end, units[i].word, strlen(units[i].word)))
			return value >= n * units[i].least && value <= n * units[i].most;
	return false;
}

/* The table says what the sources print. */
TEST(values_are_those_of_the_items)
{
	static const char *const names[] = { "liveness-interval", "notify-after-detect",
					     "periodic-report-interval",
					     "entry-record-retention-min" };
	struct seki_catalogue c;
	const struct seki_sheet *s = &c.sheet[SEKI_SHEET_PATTERNS];

	ASSERT_EQ(0, seki_catalogue_load(&c, "policies/controls", &why));
	for (enum seki_pattern_row row = 0; row < SEKI_PATTERN_ROWS; row++) {
		const char *from = seki_sheet_cell(s, row, PATTERN_FROM), *at;
		size_t item;

		harness_row = names[row];
		ASSERT_TRUE(seki_sheet_find(&c.sheet[SEKI_SHEET_ITEMS], from, strlen(from), &item));
		at = strstr(seki_item_cell(&c, item, ITEM_VALUES), names[row]);
		ASSERT_TRUE(at);
		for (unsigned int n = 1; n <= SEKI_PATTERNS; n++) {
			at = strchr(at, '=') + 1;
			EXPECT_TRUE(fits(seki_pattern_value(s, row, n), at));
		}
	}
	harness_row = NULL;
	seki_catalogue_free(&c);
}

static const char *judge(unsigned int pattern, uint64_t beat, uint64_t keep)
{
	static char said[700];
	char number[2] = { (char)('0' + pattern), '\0' };
	struct seki_service s;

	ASSERT_EQ(0, seki_service_open(&s, number, "policies/controls", &why));
	EXPECT_EQ(pattern, s.pattern);
	seki_service_judge(&s, beat, keep);
	said[0] = '\0';
	for (unsigned int i = 0; i < s.findings; i++)
		snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s\n", s.finding[i]);
	seki_service_close(&s);
	return said;
}

TEST(weaker_is_a_finding_with_its_items)
{
	EXPECT_STREQ("", judge(1, 60, 0));
	EXPECT_STREQ("", judge(1, 1, 3653));
	EXPECT_STREQ("Interval of heartbeats: 61 s; service pattern 1 asks for at most 60 s "
		     "(MIC3-III.1.1.3 MIC3-IV.1.1.3)\n",
		     judge(1, 61, 0));
	EXPECT_STREQ("", judge(2, 61, 0));
	EXPECT_TRUE(strstr(judge(2, 0, 0), "Interval of heartbeats: none"));
	EXPECT_STREQ("Time that records are kept: 365 days; service pattern 4 asks for at least "
		     "1096 days (MIC3-III.1.1.12 MIC3-IV.1.1.12)\n",
		     judge(4, 1800, 365));
	EXPECT_STREQ("", judge(4, 1800, 1096));
}

TEST(a_table_that_is_not_sound_is_refused)
{
#define HEAD "id\ttitle_ja\ttitle_en\tunit\tsense\tfinding\tp1\tp2\tp3\tp4\tfrom\titems\n"
#define ROW(id, sense, p) id "\tj\te\ts\t" sense "\tpartly\t" p "\tA-1\tA-1\n"
	static const struct {
		const char *rows, *want;
	} bad[] = {
		{ ROW("liveness", "most", "1\t2\t3\t4"), "1 rows; right would be 4" },
		{ ROW("notice", "most", "1\t2\t3\t4") ROW("liveness", "most", "1\t2\t3\t4")
			  ROW("report", "most", "1\t2\t3\t4") ROW("keep", "least", "4\t3\t2\t1"),
		  "t:2: right would be liveness here" },
		{ ROW("liveness", "most", "1\t2\t3\t2") ROW("notice", "most", "1\t2\t3\t4")
			  ROW("report", "most", "1\t2\t3\t4") ROW("keep", "least", "4\t3\t2\t1"),
		  "t:2: p4 asks more than p3" },
		{ ROW("liveness", "most", "1\t2\t3\t4") ROW("notice", "most", "1\t2\t3\t4")
			  ROW("report", "most", "1\t2\t3\t4") ROW("keep", "least", "1\t2\t3\t4"),
		  "t:5: p2 asks more than p1" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct seki_sheet s = { 0 };
		char *text;

		harness_row = bad[i].want;
		ASSERT_TRUE(asprintf(&text, "%s%s", HEAD, bad[i].rows) > 0);
		ASSERT_EQ(0,
			  seki_sheet_parse(&s, &seki_pattern_form, "t", text, strlen(text), &why));
		EXPECT_EQ(-EINVAL, seki_pattern_check(&s, &why));
		EXPECT_TRUE(strstr(why.text, bad[i].want));
		seki_sheet_free(&s);
	}
	harness_row = NULL;
}

HARNESS_MAIN
