// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/track.h"

#include "tests/harness.h"
#include "userspace/collector/clock.h"

static struct seki_stats stats[2];
static struct seki_track t;
static struct seki_lost lost;
static uint64_t now;

static void begin(void)
{
	memset(stats, 0, sizeof(stats));
	seki_track_close(&t);
	seki_track_open(&t, 2, stats);
	now = 10 * SEKI_NS;
}

/* One round in which both rings are read to their ends. */
static bool round_of(unsigned int cpu)
{
	static const uint64_t at[2] = { 100, 100 };
	bool ret;

	while (!seki_track_due(&t, now, at, at))
		now += SEKI_NS / 4;
	ret = seki_track_settle(&t, cpu, &lost);
	seki_track_next_round(&t);
	return ret;
}

static void seen(unsigned int cpu, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i <= to; i++)
		seki_track_seen(&t, cpu, i);
	if (stats[cpu].events < to)
		stats[cpu].events = to;
}

TEST(whole_sequence_has_no_loss)
{
	begin();
	seen(0, 1, 1000);
	EXPECT_FALSE(round_of(0));
	seen(0, 1001, 2000);
	EXPECT_FALSE(round_of(0));
	EXPECT_EQ(2000, t.cpu[0].base);
}

TEST(other_order_of_rings_is_no_gap)
{
	uint64_t ends[2] = { 500, 500 }, reads[2] = { 500, 100 };

	begin();
	seki_track_seen(&t, 0, 1);
	seki_track_seen(&t, 0, 3); /* evidence was drained first */
	stats[0].events = 3;
	EXPECT_FALSE(seki_track_due(&t, now, ends, reads));
	now += 2 * SEKI_NS;
	EXPECT_FALSE(seki_track_due(&t, now, ends, reads));
	now += 100 * SEKI_NS; /* time alone proves nothing */
	EXPECT_FALSE(seki_track_due(&t, now, ends, reads));
	seki_track_seen(&t, 0, 2); /* activity comes to it */
	reads[1] = 500;
	EXPECT_TRUE(seki_track_due(&t, now, ends, reads));
	EXPECT_FALSE(seki_track_settle(&t, 0, &lost));
}

TEST(gap_is_told_with_its_cause)
{
	begin();
	seen(0, 1, 10);
	round_of(0);
	seen(0, 15, 20);
	stats[0].loss[SEKI_LOSS_ACTIVITY_FULL] = 4;
	ASSERT_TRUE(round_of(0));
	EXPECT_EQ(4, lost.count);
	EXPECT_EQ(11, lost.from);
	EXPECT_EQ(20, lost.to);
	EXPECT_EQ(4, lost.cause[SEKI_LOSS_ACTIVITY_FULL]);
	EXPECT_EQ(0, lost.unexplained);
	EXPECT_FALSE(round_of(0));
}

TEST(equal_denials_are_of_the_gap)
{
	begin();
	seen(0, 1, 10);
	round_of(0);
	seen(0, 18, 20);
	stats[0].loss[SEKI_LOSS_EVIDENCE_FULL] = 2;
	stats[0].loss[SEKI_LOSS_EQUAL_DENIED] = 5;
	stats[0].loss[SEKI_LOSS_OBJECT_STORAGE] = 1; /* has no number */
	ASSERT_TRUE(round_of(0));
	EXPECT_EQ(7 + 1, lost.count);
	EXPECT_EQ(2, lost.cause[SEKI_LOSS_EVIDENCE_FULL]);
	EXPECT_EQ(5, lost.cause[SEKI_LOSS_EQUAL_DENIED]);
	EXPECT_EQ(0, lost.unexplained);
	EXPECT_FALSE(round_of(0));
}

TEST(loss_at_the_end_is_seen_by_the_kernels_number)
{
	begin();
	round_of(0);
	seen(0, 1, 10);
	stats[0].events = 13;
	stats[0].loss[SEKI_LOSS_EVIDENCE_FULL] = 3;
	ASSERT_TRUE(round_of(0));
	EXPECT_EQ(3, lost.count);
	EXPECT_EQ(3, lost.cause[SEKI_LOSS_EVIDENCE_FULL]);
}

TEST(gap_without_a_count_is_unexplained)
{
	begin();
	seen(0, 1, 10);
	round_of(0);
	seen(0, 12, 12);
	ASSERT_TRUE(round_of(0));
	EXPECT_EQ(1, lost.count);
	EXPECT_EQ(1, lost.unexplained);
}

TEST(count_without_a_gap_is_told_a_round_later)
{
	begin();
	seen(0, 1, 10);
	round_of(0);
	stats[0].loss[SEKI_LOSS_EVIDENCE_FULL] = 2;
	EXPECT_FALSE(round_of(0));
	ASSERT_TRUE(round_of(0));
	EXPECT_EQ(2, lost.count);
	EXPECT_FALSE(round_of(0));
}

/* Losses go on: those above the goal must not be told for those below it. */
TEST(steady_loss_is_told_once)
{
	uint64_t told = 0;

	begin();
	for (int i = 0; i < 50; i++) {
		static const uint64_t at[2] = { 1, 1 };

		seki_track_seen(&t, 0, stats[0].events + 1);
		stats[0].events += 4; /* one arrived, three were lost */
		stats[0].loss[SEKI_LOSS_EVIDENCE_FULL] += 3;
		while (!seki_track_due(&t, now, at, at))
			now += SEKI_NS;
		/* more happens between the goal and the settling */
		seki_track_seen(&t, 0, stats[0].events + 1);
		stats[0].events += 6;
		stats[0].loss[SEKI_LOSS_EVIDENCE_FULL] += 5;
		if (seki_track_settle(&t, 0, &lost)) {
			told += lost.count;
			EXPECT_EQ(0, lost.unexplained);
		}
		seki_track_next_round(&t);
	}
	for (int i = 0; i < 2; i++)
		told += round_of(0) ? lost.count : 0;
	EXPECT_EQ(50 * 8, told);
}

TEST(span_tells_what_is_settled)
{
	struct seki_span s;

	begin();
	seen(0, 1, 10);
	round_of(0);
	EXPECT_FALSE(seki_track_span(&t, 0, &s)); /* what came before is not known */
	seen(0, 11, 20);
	seki_track_unwanted(&t, 0, 13);
	seki_track_unwanted(&t, 0, 14);
	stats[0].loss[SEKI_LOSS_EVIDENCE_FULL] = 1;
	seen(0, 22, 22);
	EXPECT_TRUE(round_of(0));
	seen(0, 23, 24);
	seki_track_unwanted(&t, 0, 24);
	ASSERT_TRUE(seki_track_span(&t, 0, &s));
	EXPECT_EQ(11, s.from);
	EXPECT_EQ(22, s.to);
	EXPECT_EQ(2, s.unwanted);
	EXPECT_EQ(1, s.missing);
	EXPECT_FALSE(seki_track_span(&t, 0, &s));
	EXPECT_EQ(1, seki_track_rest(&t, 0));
	round_of(0);
	ASSERT_TRUE(seki_track_span(&t, 0, &s));
	EXPECT_EQ(1, s.unwanted);
	EXPECT_EQ(0, s.missing);
}

TEST(cpus_are_apart)
{
	begin();
	seen(0, 1, 5);
	seen(1, 1, 7);
	round_of(0);
	seen(1, 9, 9);
	EXPECT_FALSE(round_of(0));
	begin();
	seki_track_seen(&t, 7, 1); /* no such CPU: no harm */
}

TEST(crash_does_not_invent_a_gap)
{
	/* the last collector took 1..100; its log says nothing of them */
	begin();
	stats[0].events = 150;
	stats[0].loss[SEKI_LOSS_EVIDENCE_FULL] = 10;
	t.cpu[0].told[SEKI_LOSS_EVIDENCE_FULL] = 10;
	seen(0, 101, 150);
	EXPECT_FALSE(round_of(0));
	/* ... and it may have released one ring only: of the evens nothing comes */
	begin();
	stats[0].events = 20;
	for (uint64_t i = 1; i < 20; i += 2)
		seki_track_seen(&t, 0, i);
	EXPECT_FALSE(round_of(0));
	seen(0, 21, 30);
	EXPECT_FALSE(round_of(0));
	seen(0, 32, 40);
	EXPECT_TRUE(round_of(0));
}

TEST(recorded_file_is_checked_from_its_first_event)
{
	seki_track_close(&t);
	seki_track_open(&t, 1, NULL);
	seki_track_seen(&t, 0, 100);
	seki_track_seen(&t, 0, 103);
	seki_track_force(&t);
	ASSERT_TRUE(seki_track_settle(&t, 0, &lost));
	EXPECT_EQ(2, lost.count);
	EXPECT_EQ(2, lost.unexplained);
}

TEST(losses_while_nobody_looked_are_told)
{
	begin();
	stats[0].loss[SEKI_LOSS_ACTIVITY_FULL] = 30;
	seen(0, 1, 100);
	seen(0, 131, 140);
	EXPECT_FALSE(round_of(0));
	ASSERT_TRUE(round_of(0));
	EXPECT_EQ(30, lost.count);
	EXPECT_EQ(0, lost.unexplained);
}

TEST(late_arrival_is_counted)
{
	begin();
	seen(0, 1, 2);
	seen(0, 4, 4);
	round_of(0);
	seki_track_seen(&t, 0, 3);
	EXPECT_EQ(1, t.late);
}

HARNESS_MAIN
