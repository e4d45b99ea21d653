// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gap_test.c - what a report keeps of a window: the times in which the protection
 * was not shown, with their bounds, and what could not be read.
 */
#define _GNU_SOURCE
#include "tests/unit/window.h"

#include "tests/harness.h"
#include "userspace/report/paper.h"

static struct seki_controls rules;
static struct seki_catalogue catalogue;
static struct seki_sums sums;
static struct window w;
static unsigned int pattern;

static void take(void *of, uint64_t index, const char *data, size_t size)
{
	seki_sums_add(of, index, data, size);
}

/* A window of seconds from the begin of the host's time; 0 to 0 is open. */
static void begin(unsigned int from, unsigned int to)
{
	struct seki_complaint why;
	char err[256];

	setenv("TZ", "UTC", 1);
	ASSERT_EQ(0,
		  seki_controls_rules("policies/controls/mapping.json", &rules, err, sizeof(err)));
	ASSERT_EQ(0, seki_catalogue_load(&catalogue, "policies/controls", &why));
	sums.from = from ? (WINDOW_BEGIN + from) * WINDOW_NS : 0;
	sums.to = to ? (WINDOW_BEGIN + to) * WINDOW_NS : UINT64_MAX;
	sums.beat = 150;
	ASSERT_EQ(0, seki_sums_open(&sums, &rules));
	ASSERT_EQ(0, seki_sums_source(&sums, "a-log"));
	w.line = take;
	w.of = &sums;
	ASSERT_EQ(0, window_open(&w));
}

static void finish(void)
{
	seki_sums_source_end(&sums);
	seki_sums_end(&sums);
	for (size_t i = 0; i < sums.gaps; i++)
		printf("# gap %s %llu s\n", seki_gap_word(sums.gap[i].kind),
		       (unsigned long long)sums.gap[i].seconds);
}

static void finish_free(void)
{
	window_close(&w);
	seki_sums_close(&sums);
	seki_controls_free(&rules);
	seki_catalogue_free(&catalogue);
}

static uint64_t second(unsigned int n)
{
	return (WINDOW_BEGIN + n) * WINDOW_NS;
}

static enum seki_judgement judged(const char *item)
{
	struct seki_case k = { &catalogue, &sums, NULL, false, pattern, NULL };
	struct seki_opinion v;
	size_t row;

	ASSERT_TRUE(seki_sheet_find(&catalogue.sheet[SEKI_SHEET_ITEMS], item, strlen(item), &row));
	seki_judge(&k, row, &v);
	return v.judgement;
}

TEST(no_gap_where_signs_come_in_time)
{
	begin(0, 0);
	window_beats(&w, 60);
	finish();
	EXPECT_EQ(0, sums.gaps);
	EXPECT_EQ(60, sums.heartbeats);
	EXPECT_EQ(60, sums.held);
	EXPECT_EQ(SEKI_MET, judged("MIC3-IV.1.1.3"));
	finish_free();
}

TEST(each_pattern_judges_by_its_own_values)
{
	static const enum seki_judgement beats[] = { SEKI_MET, SEKI_NOT_MET, SEKI_NOT_MET, SEKI_MET,
						     SEKI_MET };

	begin(0, 0);
	ASSERT_EQ(0, window_happen(&w, "read-data"));
	w.c.heartbeat = 600 * SEKI_NS;
	w.c.keep.age = 1500 * 86400 * SEKI_NS;
	window_beats(&w, 3);
	finish();
	EXPECT_EQ(600, sums.slowest);
	EXPECT_EQ(1500, sums.keep);
	for (pattern = 0; pattern <= 4; pattern++) {
		bool kept = !pattern || pattern == 4;

		EXPECT_EQ(beats[pattern], judged("MIC3-IV.1.1.3"));
		EXPECT_EQ(beats[pattern], judged("MIC3-III.1.1.3") == SEKI_SUPPORTING ?
						  beats[pattern] :
						  judged("MIC3-III.1.1.3"));
		EXPECT_EQ(kept ? SEKI_MET : SEKI_PARTLY, judged("MIC3-IV.1.1.12"));
	}
	pattern = 0;
	finish_free();
}

TEST(what_the_size_drove_out_was_kept_as_long_as_it_was)
{
	struct seki_log_oldest o = { .first = 0, .count = 9 };

	begin(0, 0);
	window_beats(&w, 1);
	o.wall = window_wall - 30 * 86400 * SEKI_NS;
	seki_notice_delete(&w.c, &o, "size");
	window_read(&w);
	finish();
	EXPECT_EQ(30, sums.keep);
	finish_free();
}

TEST(ten_minutes_without_enforcement_have_exact_bounds)
{
	begin(0, 0);
	window_beats(&w, 5);
	ASSERT_EQ(0, window_happen(&w, "read-data"));
	window_pass(59993); /* the event took 7 ms: minute 6 */
	w.c.canary.state = SEKI_CANARY_LOST;
	seki_clock_tick(&w.c.clock);
	seki_notice_canary(&w.c, "enforcement-lost", true, "0", -1);
	window_read(&w);
	window_beats(&w, 10);
	w.c.canary.state = SEKI_CANARY_HELD;
	seki_clock_tick(&w.c.clock);
	seki_notice_canary(&w.c, "enforcement-restored", true, "1", 0);
	window_read(&w);
	window_beats(&w, 5);
	finish();
	ASSERT_EQ(1, sums.gaps);
	EXPECT_EQ(SEKI_GAP_LOST, sums.gap[0].kind);
	EXPECT_EQ(second(360), sums.gap[0].from);
	/* The heartbeat of that moment has its name; the next is 1 ns on. */
	EXPECT_EQ(second(960) + 1, sums.gap[0].to);
	EXPECT_EQ(600, sums.gap[0].seconds);
	EXPECT_EQ(SEKI_NOT_MET, judged("TTS-S2-02"));	   /* refuses */
	EXPECT_EQ(SEKI_NOT_MET, judged("MIC3-IV.1.1.3"));  /* lives */
	EXPECT_EQ(SEKI_NOT_MET, judged("MIC3-IV.1.1.12")); /* records */
	EXPECT_EQ(SEKI_PARTLY, judged("MIC3-IV.1.1.5"));   /* report */
	finish_free();
}

TEST(silence_is_bounded_by_the_signs_around_it)
{
	begin(0, 0);
	window_beats(&w, 5);
	ASSERT_EQ(0, window_happen(&w, "read-data"));
	window_pass(539993);
	window_beats(&w, 5);
	finish();
	ASSERT_EQ(1, sums.gaps);
	EXPECT_EQ(SEKI_GAP_SILENCE, sums.gap[0].kind);
	EXPECT_EQ(second(300), sums.gap[0].from);
	EXPECT_EQ(second(900), sums.gap[0].to);
	EXPECT_TRUE(sums.gap[0].held); /* same boot, same policy, canary refused */
	EXPECT_EQ(SEKI_PARTLY, judged("TTS-S2-02"));
	EXPECT_EQ(SEKI_NOT_MET, judged("MIC3-IV.1.1.3"));
	finish_free();
}

TEST(silence_that_another_boot_ends_is_not_held)
{
	begin(0, 0);
	window_beats(&w, 3);
	window_pass(600000);
	window_boot = 10 * WINDOW_NS;
	memset(w.c.host.boot, 'c', 32);
	w.c.named = 0;
	window_beats(&w, 3);
	finish();
	ASSERT_EQ(1, sums.gaps);
	EXPECT_EQ(SEKI_GAP_RESTART, sums.gap[0].kind);
	EXPECT_EQ(second(180), sums.gap[0].from);
	EXPECT_EQ(second(840), sums.gap[0].to);
	EXPECT_FALSE(sums.gap[0].held);
	EXPECT_EQ(2, sums.boots);
	finish_free();
}

TEST(a_stop_that_was_told_is_no_silence)
{
	begin(0, 0);
	window_beats(&w, 3);
	seki_notice_stop(&w.c, "asked to");
	window_read(&w);
	window_pass(600000);
	seki_clock_tick(&w.c.clock);
	seki_notice_start(&w.c);
	window_read(&w);
	window_beats(&w, 3);
	finish();
	ASSERT_EQ(1, sums.gaps);
	EXPECT_EQ(SEKI_GAP_STOPPED, sums.gap[0].kind);
	EXPECT_EQ(SEKI_PARTLY, judged("MIC3-IV.1.1.3"));
	finish_free();
}

TEST(audit_mode_is_a_gap_until_it_ends)
{
	begin(0, 0);
	window_beats(&w, 3);
	w.c.know.names.policy[0].meta.mode = SEKI_MODE_AUDIT;
	window_beats(&w, 4);
	w.c.know.names.policy[0].meta.mode = SEKI_MODE_ENFORCE;
	window_beats(&w, 3);
	ASSERT_EQ(0, window_happen(&w, "read-data"));
	finish();
	ASSERT_EQ(1, sums.gaps);
	EXPECT_EQ(SEKI_GAP_AUDIT, sums.gap[0].kind);
	EXPECT_EQ(second(240), sums.gap[0].from);
	EXPECT_EQ(second(480), sums.gap[0].to);
	EXPECT_EQ(SEKI_NOT_MET, judged("TTS-S2-02"));
	finish_free();
}

TEST(the_ends_of_the_window_are_gaps_where_nothing_lives)
{
	begin(600, 7200);
	window_pass(1200000);
	window_beats(&w, 10); /* seconds 1260 to 1800 */
	finish();
	ASSERT_EQ(2, sums.gaps);
	EXPECT_EQ(SEKI_GAP_BEFORE, sums.gap[0].kind);
	EXPECT_EQ(second(600), sums.gap[0].from);
	EXPECT_EQ(second(1260), sums.gap[0].to);
	EXPECT_EQ(SEKI_GAP_AFTER, sums.gap[1].kind);
	EXPECT_EQ(second(1800), sums.gap[1].from);
	EXPECT_EQ(second(7200), sums.gap[1].to);
	finish_free();
}

TEST(a_gap_over_the_edge_is_cut_there)
{
	begin(600, 1800);
	window_beats(&w, 5); /* to second 300 */
	window_pass(840000);
	window_beats(&w, 20); /* from second 1200 */
	finish();
	ASSERT_EQ(1, sums.gaps);
	EXPECT_EQ(second(600), sums.gap[0].from);
	EXPECT_EQ(second(1200), sums.gap[0].to);
	EXPECT_EQ(600, sums.gap[0].seconds);
	finish_free();
}

TEST(a_clock_set_back_is_told_and_makes_no_gap)
{
	begin(0, 0);
	window_beats(&w, 5);
	window_wall -= 120 * WINDOW_NS;
	seki_clock_tick(&w.c.clock);
	seki_notice_clock(&w.c, -120 * (int64_t)WINDOW_NS);
	window_read(&w);
	window_beats(&w, 5);
	finish();
	EXPECT_EQ(0, sums.gaps);
	ASSERT_EQ(1, sums.clocks);
	EXPECT_TRUE(sums.clock[0].back);
	EXPECT_EQ(120000, sums.clock[0].ms);
	EXPECT_EQ(SEKI_PARTLY, judged("MIC3-IV.1.1.6"));
	finish_free();
}

TEST(a_window_without_data_is_never_met)
{
	size_t judged_items = 0;

	begin(86400, 172800);
	window_beats(&w, 5);
	finish();
	EXPECT_EQ(0, sums.records);
	EXPECT_EQ(5, sums.outside);
	for (size_t row = 0; row < catalogue.sheet[SEKI_SHEET_ITEMS].rows; row++) {
		struct seki_case k = { &catalogue, &sums, NULL, true, 0, NULL };
		struct seki_opinion v;

		seki_judge(&k, row, &v);
		if (v.judgement > SEKI_NOT_OBSERVABLE)
			continue;
		judged_items++;
		EXPECT_EQ(SEKI_NOT_OBSERVABLE, v.judgement);
		EXPECT_GT(v.reasons, 0);
	}
	EXPECT_EQ(152, judged_items);
	finish_free();
}

/* Policies in force that neither the loader nor the kernel told of putting there; of the
 * first one nothing tells, since it is older than the window.
 */
static unsigned long long unexplained(const char *act)
{
	static const char *const in_force =
		"{\"v\":1,\"t\":\"2026-11-21T08:00:02Z\",\"class\":\"lifecycle\","
		"\"act\":\"policy changes\",\"mode\":\"enforce\",\"digest\":\"bbbbbbbbbbbbbbbb\"}";
	unsigned long long ret;
	char told[256];

	snprintf(told, sizeof(told),
		 "{\"v\":1,\"t\":\"2026-11-21T08:00:01Z\",\"class\":\"policy\",\"act\":\"%s\","
		 "\"bundle\":{\"digest\":\"bbbbbbbbbbbbbbbb\"}}",
		 act);
	memset(&sums, 0, sizeof(sums));
	memset(&w, 0, sizeof(w));
	memset(&catalogue, 0, sizeof(catalogue));
	begin(0, 0);
	window_beats(&w, 2);
	seki_sums_add(&sums, 100, told, strlen(told));
	seki_sums_add(&sums, 101, in_force, strlen(in_force));
	finish();
	ret = sums.unexplained_policy;
	finish_free();
	return ret;
}

TEST(what_puts_a_policy_in_force_explains_it)
{
	static const char *const acts[] = {
		"policy takes effect",
		"policy takes effect on trial",
		"policy on trial not confirmed, the one before is back",
		"policy before is back by a signed order",
	};

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		harness_row = acts[i];
		EXPECT_EQ(0, unexplained(acts[i]));
	}
	EXPECT_EQ(1, unexplained("bundle refused"));
	harness_row = NULL;
}

TEST(what_is_no_record_is_counted)
{
	static const char *const lines[] = {
		"",
		"not json",
		"[]",
		"{\"v\":1}",
		"{\"v\":1,\"t\":\"yesterday\"}",
		"{\"v\":1,\"t\":\"2026-11-21T08:00:00Z\",\"class\":\"heartbeat\"",
		"{\"v\":1,\"t\":\"2026-11-21T08:00:00Z\",\"class\":\"heartbeat\"} more",
		"{\"v\":0,\"t\":\"2026-11-21T08:00:00Z\"}",
		"{\"v\":1,\"t\":\"2026-11-21T08:00:00Z\",\"act\":\"\\",
	};
	const char *newer = "{\"v\":3,\"t\":\"2026-11-21T08:00:00Z\",\"class\":\"access\"}";

	begin(0, 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		seki_sums_add(&sums, i, lines[i], strlen(lines[i]));
	EXPECT_EQ(sizeof(lines) / sizeof(lines[0]), sums.bad);
	EXPECT_EQ(0, sums.records);
	seki_sums_add(&sums, 9, newer, strlen(newer));
	EXPECT_EQ(1, sums.newer);
	window_beats(&w, 5);
	finish();
	EXPECT_EQ(SEKI_PARTLY, judged("MIC3-IV.1.1.3"));
	finish_free();
}

#define SAID(act, ticket)                                                                    \
	"{\"v\":2,\"t\":\"2026-11-21T08:00:00Z\",\"class\":\"session\",\"act\":\"" act "\"," \
	"\"ticket\":\"" ticket "\",\"who\":{\"mark\":true,\"session\":\"7\"}}"

TEST(tickets_of_a_session_are_told_and_are_not_its_begin)
{
	static const char *const lines[] = {
		SAID("ticket declared", "CHG-12"), SAID("ticket declared", ""),
		SAID("ticket declared", "CHG-1"),  SAID("ticket declared", "CHG-12"),
		SAID("ticket ends", "CHG-12"),
	};
	static const char begins[] = SAID("operator session seen", "CHG-12");

	begin(0, 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		seki_sums_add(&sums, i, lines[i], strlen(lines[i]));
	ASSERT_EQ(1, sums.visits);
	EXPECT_STREQ("CHG-12, CHG-1", sums.visit[0].ticket);
	EXPECT_EQ(0, sums.visit[0].begun);
	seki_sums_add(&sums, 9, begins, strlen(begins));
	EXPECT_EQ(1, sums.visit[0].begun);
	finish();
	finish_free();
}

TEST(fields_are_picked_where_they_belong)
{
	static const char line[] =
		"{\"v\":1,\"obj\":{\"who\":{\"name\":\"x\"},\"label\":\"a.data\",\"t\":\"no\"},"
		"\"who\":{\"name\":\"\\u65e5\\u672c \\\"q\\\"\",\"mark\":true},\"list\":[{\"v\":9}],"
		"\"t\":\"2026-11-21T08:00:00Z\",\"bt\":18446744073709551615}";
	struct seki_seen r;
	char text[64];

	ASSERT_TRUE(seki_pick(line, strlen(line), &r));
	EXPECT_EQ(1, seki_picked_number(&r, SEKI_PICK_V));
	seki_picked_text(&r, SEKI_PICK_LOGIN, text, sizeof(text));
	EXPECT_STREQ("日本 \"q\"", text);
	seki_picked_text(&r, SEKI_PICK_LOGIN, text, 6);
	EXPECT_STREQ("日", text);
	EXPECT_TRUE(seki_picked_is(&r, SEKI_PICK_LABEL, "a.data"));
	EXPECT_FALSE(seki_picked_is(&r, SEKI_PICK_LABEL, "a.dat"));
	EXPECT_TRUE(seki_picked_is(&r, SEKI_PICK_T, "2026-11-21T08:00:00Z"));
	EXPECT_EQ(UINT64_MAX, seki_picked_number(&r, SEKI_PICK_BT));
	EXPECT_FALSE(seki_picked_has(&r, SEKI_PICK_CLASS));
}

TEST(every_act_has_its_japanese)
{
	struct seki_paper p = { .k = { .japanese = true } };

	/* No act asks for more than two accesses together. */
	for (unsigned int n = 0; n < SEKI_HOOK_COUNT * 32 * 32; n++) {
		uint32_t want = 1u << n % 32 | 1u << n / 32 % 32;

		harness_row = seki_word_act(n / 32 / 32, want);
		ASSERT_NE(0, strcmp(seki_act_text(&p, harness_row), harness_row));
	}
	for (unsigned int i = 1; seki_word_policy_act(i); i++) {
		harness_row = seki_word_policy_act(i);
		EXPECT_NE(0, strcmp(seki_act_text(&p, harness_row), harness_row));
	}
	p.k.japanese = false;
	EXPECT_STREQ("open for reading", seki_act_text(&p, "open for reading"));
}

TEST(every_cut_of_a_record_is_refused)
{
	static const char line[] = "{\"v\":1,\"who\":{\"name\":\"a\\n\",\"x\":[1,{\"y\":null}]},"
				   "\"t\":\"2026-11-21T08:00:00Z\"}";
	struct seki_seen r;

	for (size_t len = 0; len < strlen(line); len++) {
		char *cut = strndup(line, len);
		char *exact = malloc(len + !len);

		memcpy(exact, cut, len);
		EXPECT_FALSE(seki_pick(exact, len, &r));
		free(exact);
		free(cut);
	}
	EXPECT_TRUE(seki_pick(line, strlen(line), &r));
}

TEST(deep_nesting_is_refused)
{
	char line[4096] = "{\"a\":";
	struct seki_seen r;

	memset(line + 5, '[', 2000);
	memset(line + 2005, ']', 2000);
	line[4005] = '}';
	EXPECT_FALSE(seki_pick(line, 4006, &r));
}

HARNESS_MAIN
