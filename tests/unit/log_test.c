// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_test.c - the evidence log as its writer and its readers see it.
 */
#define _GNU_SOURCE
#include "userspace/evidence/log.h"

#include <sys/wait.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "tests/unit/evidence.h"
#include "userspace/evidence/moment.h"
#include "userspace/evidence/segment.h"
#include "userspace/evidence/tiles.h"

static char dir[64];
static struct seki_log *log_;
static struct seki_log_found found;

static void begin(uint64_t segment)
{
	temp_dir(dir);
	ASSERT_EQ(0, test_open(dir, segment, &log_, &found));
}

static void add(uint64_t from, uint64_t count)
{
	static char lines[1 << 20];
	size_t len = test_batch(from, count, lines);

	ASSERT_EQ(len, seki_log_append(log_, lines, len));
}

static void sign(enum seki_log_why why)
{
	struct seki_log_moment now = test_now();

	ASSERT_EQ(0, seki_log_checkpoint(log_, why, &now));
}

static int turn(void)
{
	struct seki_log_moment now = test_now();

	return seki_log_turn(log_, &now);
}

static void again(uint64_t segment)
{
	seki_log_close(log_);
	ASSERT_EQ(0, test_open(dir, segment, &log_, &found));
}

static char *path(const char *name)
{
	static char ret[256];

	snprintf(ret, sizeof(ret), "%s/%s", dir, name);
	return ret;
}

static struct seki_checkpoint newest(struct seki_note *n)
{
	static char text[SEKI_NOTE_MAX];
	struct seki_checkpoint c = { .size = 0 };
	FILE *f = fopen(path("checkpoint"), "r");
	size_t size = fread(text, 1, sizeof(text), f);

	fclose(f);
	EXPECT_EQ(0, seki_note_parse(text, size, n));
	EXPECT_EQ(0, seki_checkpoint_parse(n, &c));
	return c;
}

TEST(records_are_signed_and_found_again)
{
	struct seki_moment_line m;
	struct seki_checkpoint c;
	struct seki_verifier v;
	struct seki_note n;

	begin(1 << 20);
	EXPECT_EQ(0, found.size);
	add(0, 10);
	sign(SEKI_LOG_TIME);
	c = newest(&n);
	EXPECT_EQ(10, c.size);
	EXPECT_STREQ(TEST_ORIGIN, c.origin);
	ASSERT_EQ(0, seki_verifier_of(&test_key, &v));
	EXPECT_EQ(0, seki_note_verify(&n, &v));
	ASSERT_EQ(0, seki_moment_parse(&c, &m));
	EXPECT_STREQ("time", m.why);
	EXPECT_STREQ(TEST_BOOT, m.boot);
	EXPECT_EQ(1, m.epoch);
	EXPECT_EQ(1, m.note);
	add(10, 3);
	again(1 << 20);
	EXPECT_EQ(13, found.size);
	EXPECT_EQ(3, found.unsigned_);
	EXPECT_TRUE(found.unclean);
	c = newest(&n);
	EXPECT_EQ(13, c.size);
	ASSERT_EQ(0, seki_moment_parse(&c, &m));
	EXPECT_STREQ("start", m.why);
	EXPECT_EQ(2, m.epoch);
	EXPECT_EQ(2, m.note);
	sign(SEKI_LOG_STOP);
	again(1 << 20);
	EXPECT_FALSE(found.unclean);
	EXPECT_TRUE(test_has(dir, 13));
	seki_log_close(log_);
}

TEST(nothing_new_is_not_signed_again)
{
	struct seki_checkpoint one, two;
	struct seki_note n;

	begin(1 << 20);
	add(0, 1);
	sign(SEKI_LOG_TIME);
	one = newest(&n);
	EXPECT_EQ(1, one.size);
	sign(SEKI_LOG_TIME);
	two = newest(&n);
	EXPECT_EQ(one.extension_size, two.extension_size);
	EXPECT_FALSE(strstr(two.extension, "note=2"));
	sign(SEKI_LOG_POLICY);
	two = newest(&n);
	EXPECT_TRUE(strstr(two.extension, "note=2"));
	seki_log_close(log_);
}

static int shell_count(const char *command)
{
	char text[256];
	int ret = -1;
	FILE *f;

	snprintf(text, sizeof(text), "cd %s && %s", dir, command);
	f = popen(text, "r");
	if (fscanf(f, "%d", &ret) != 1)
		ret = -1;
	pclose(f);
	return ret;
}

TEST(segments_turn_and_are_compressed)
{
	char newest[SEKI_SEGMENT_NAME];
	struct seki_log_state s;
	uint64_t size = 0, before = 0;
	int turns = 0;

	begin(4000);
	for (int i = 0; i < 60; i++) {
		add(size, 17);
		size += 17;
		seki_log_state(log_, &s);
		if (!turn())
			continue;
		before = s.segment;
		turns++;
	}
	EXPECT_GT(turns, 5);
	EXPECT_TRUE(test_has(dir, size));
	for (int i = 0; i < 1000 && seki_log_tidy(log_); i++)
		;
	/* all but the newest that is closed */
	EXPECT_EQ(turns - 1, shell_count("ls *.zst | wc -l"));
	seki_segment_name(before, SEKI_SEGMENT_PLAIN, newest);
	EXPECT_EQ(0, access(path(newest), R_OK));
	EXPECT_EQ(0, access(path("records.000000000000.jsonl.zst"), R_OK));
	EXPECT_NE(0, access(path("records.000000000000.jsonl"), R_OK));
	EXPECT_TRUE(test_has(dir, size));
	again(4000);
	EXPECT_EQ(size, found.size);
	EXPECT_FALSE(found.tiles);
	EXPECT_TRUE(test_has(dir, size));
	seki_log_close(log_);
}

/* Every proof from the tiles on disk, against roots from the records. */
TEST(tiles_hold_the_tree)
{
	struct seki_frontier f = { .size = 0 };
	struct seki_tile_reader tiles = { .size = 70000 };
	struct seki_hashes h = { seki_tile_hash, &tiles };
	struct seki_hash leaf, root, want, old = { { 0 } };
	struct seki_proof p;
	char line[128];

	begin(300000);
	for (uint64_t at = 0; at < tiles.size; at += 1000) {
		add(at, 1000);
		turn();
		if (at % 7000 == 0)
			sign(SEKI_LOG_TIME);
	}
	sign(SEKI_LOG_TIME);
	tiles.dir = open(dir, O_RDONLY | O_DIRECTORY);
	for (uint64_t i = 0; i < tiles.size; i++) {
		int len = test_record(i, line);

		seki_hash_leaf(line, (size_t)len - 1, &leaf);
		seki_frontier_add(&f, &leaf, NULL);
		if (i == 65999)
			seki_frontier_root(&f, &old);
	}
	seki_frontier_root(&f, &want);
	ASSERT_EQ(0, seki_tree_root(&h, tiles.size, &root));
	EXPECT_TRUE(seki_hash_same(&want, &root));
	ASSERT_EQ(0, seki_prove_inclusion(&h, 69999, tiles.size, &p));
	EXPECT_TRUE(seki_check_inclusion(&p, 69999, tiles.size, &leaf, &want));
	ASSERT_EQ(0, seki_prove_consistency(&h, 66000, tiles.size, &p));
	EXPECT_TRUE(seki_check_consistency(&p, 66000, tiles.size, &old, &want));
	EXPECT_EQ(0, access(path("tile/0/272"), R_OK));
	EXPECT_EQ(0, access(path("tile/0/273.p/112"), R_OK));
	EXPECT_EQ(0, access(path("tile/1/000"), R_OK));
	EXPECT_EQ(0, access(path("tile/1/001.p/17"), R_OK));
	EXPECT_EQ(0, access(path("tile/2/000.p/1"), R_OK));
	close(tiles.dir);
	seki_log_close(log_);
}

TEST(tile_paths_are_those_of_tlog_tiles)
{
	char text[SEKI_TILE_PATH];

	seki_tile_path(0, 1234067, 256, text);
	EXPECT_STREQ("tile/0/x001/x234/067", text);
	seki_tile_path(1, 0, 5, text);
	EXPECT_STREQ("tile/1/000.p/5", text);
	seki_tile_path(7, 1000, 255, text);
	EXPECT_STREQ("tile/7/x001/000.p/255", text);
}

/* ---- what is altered before the writer comes ------------------------------- */

static int open_after(const char *command)
{
	char text[1024];
	int err;

	begin(1 << 20);
	add(0, 20);
	sign(SEKI_LOG_TIME);
	add(20, 5);
	seki_log_close(log_);
	snprintf(text, sizeof(text), "cd %s && %s", dir, command);
	ASSERT_EQ(0, system(text));
	err = test_open(dir, 1 << 20, &log_, &found);
	if (!err)
		seki_log_close(log_);
	return err;
}

TEST(writer_goes_on_only_behind_what_was_signed)
{
	EXPECT_EQ(0, open_after("true"));
	EXPECT_EQ(-EBADMSG, open_after("sed -i '3s/1/2/' records.*.jsonl"));
	EXPECT_EQ(-EBADMSG, open_after("sed -i 3d records.*.jsonl"));
	EXPECT_EQ(-EBADMSG, open_after("truncate -s 100 records.*.jsonl"));
	EXPECT_EQ(-EBADMSG, open_after("rm records.*.jsonl"));
	EXPECT_EQ(0, open_after("printf '{\"half' >>records.000000000000.jsonl"));
	EXPECT_EQ(6, found.cut);
	EXPECT_EQ(25, found.size);
	EXPECT_EQ(0, open_after("printf '\\0\\0\\0\\0}\\n{}\\n' >>records.000000000000.jsonl"));
	EXPECT_EQ(9, found.cut);
	EXPECT_EQ(0, open_after("printf 'sekisho.log/0\\n7\\n' >>records.000000000000.notes"));
	EXPECT_EQ(25, found.size);
	EXPECT_EQ(0, open_after("rm -rf tile checkpoint"));
	EXPECT_FALSE(found.tiles);
}

TEST(key_changes_are_signed_by_both_keys)
{
	struct seki_log_options o = { .segment = 1 << 20 };
	struct seki_verifier old;
	struct seki_note n;

	begin(1 << 20);
	add(0, 5);
	sign(SEKI_LOG_STOP);
	seki_log_close(log_);
	o.key = &test_next;
	EXPECT_EQ(-EKEYREJECTED, test_open_with(dir, &o, &log_, &found));
	o.old = &test_key;
	ASSERT_EQ(0, test_open_with(dir, &o, &log_, &found));
	EXPECT_TRUE(found.key);
	newest(&n);
	ASSERT_EQ(0, seki_verifier_of(&test_key, &old));
	EXPECT_EQ(-ENOKEY, seki_note_verify(&n, &old));
	seki_log_close(log_);
	ASSERT_EQ(0, test_open_with(dir, &o, &log_, &found));
	EXPECT_FALSE(found.key);
	seki_log_close(log_);
}

TEST(second_writer_is_refused)
{
	struct seki_log *second;

	begin(1 << 20);
	EXPECT_EQ(-EWOULDBLOCK, test_open(dir, 1 << 20, &second, &found));
	seki_log_close(log_);
}

TEST(what_is_no_record_is_not_taken)
{
	begin(1 << 20);
	EXPECT_EQ(-EINVAL, seki_log_append(log_, "\n", 1));
	EXPECT_EQ(-EINVAL, seki_log_append(log_, "{\"no end\":1}", 12));
	EXPECT_EQ(-EINVAL, seki_log_append(log_, "", 0));
	EXPECT_EQ(3, seki_log_append(log_, "{}\n{\"ha", 7));
	seki_log_close(log_);
}

/* ---- readers ------------------------------------------------------------- */

TEST(reader_follows_over_turns_compression_and_restarts)
{
	struct seki_log_reader *r;
	struct seki_log_record rec;
	uint64_t size = 0, got = 0;
	char want[128];
	int fd, len;

	begin(1000);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, seki_log_reader_open(fd, 0, SEKI_LOG_WRITTEN, &r));
	EXPECT_EQ(0, seki_log_read(r, &rec));
	for (int i = 0; i < 200; i++) {
		add(size, 1 + (uint64_t)i % 7);
		size += 1 + (uint64_t)i % 7;
		if (i % 3)
			turn();
		if (i % 5 == 0)
			seki_log_tidy(log_);
		if (i == 100)
			again(1000);
		while (i % 4 && seki_log_read(r, &rec) == 1) {
			len = test_record(got, want);
			ASSERT_EQ(got, rec.index);
			ASSERT_EQ(len - 1, rec.size);
			ASSERT_EQ(0, memcmp(want, rec.data, rec.size));
			got++;
		}
	}
	EXPECT_EQ(size, got);
	EXPECT_EQ(size, seki_log_reader_index(r));
	seki_log_reader_close(r);
	/* from anywhere */
	for (uint64_t i = 0; i < size; i += 37) {
		ASSERT_EQ(0, seki_log_reader_open(fd, i, SEKI_LOG_WRITTEN, &r));
		ASSERT_EQ(1, seki_log_read(r, &rec));
		EXPECT_EQ(i, rec.index);
		seki_log_reader_close(r);
	}
	close(fd);
	seki_log_close(log_);
}

TEST(reader_of_what_is_signed_waits_for_the_checkpoint)
{
	struct seki_log_reader *r;
	struct seki_log_record rec;
	uint64_t size;
	int fd;

	begin(1 << 20);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, seki_log_reader_open(fd, 0, SEKI_LOG_SIGNED, &r));
	add(0, 3);
	EXPECT_EQ(0, seki_log_read(r, &rec));
	EXPECT_EQ(1, seki_log_reader_wait(r, 20)); /* the first time: look again */
	EXPECT_EQ(0, seki_log_read(r, &rec));
	EXPECT_EQ(0, seki_log_reader_wait(r, 20));
	sign(SEKI_LOG_TIME);
	EXPECT_EQ(1, seki_log_reader_wait(r, 1000));
	for (uint64_t i = 0; i < 3; i++) {
		EXPECT_EQ(1, seki_log_read(r, &rec));
		EXPECT_EQ(i, rec.index);
	}
	EXPECT_EQ(0, seki_log_read(r, &rec));
	EXPECT_EQ(0, seki_log_signed(fd, &size));
	EXPECT_EQ(3, size);
	seki_log_reader_close(r);
	close(fd);
	seki_log_close(log_);
}

TEST(oldest_segment_is_removed_and_the_rest_stands)
{
	struct seki_log_oldest o;
	struct seki_log_reader *r;
	struct seki_log_record rec;
	int fd;

	begin(500);
	EXPECT_EQ(-ENOENT, seki_log_oldest(log_, &o));
	for (uint64_t i = 0; i < 5; i++) {
		add(i * 30, 30);
		ASSERT_EQ(1, turn());
	}
	while (seki_log_tidy(log_) > 0)
		;
	ASSERT_EQ(0, seki_log_oldest(log_, &o));
	EXPECT_EQ(0, o.first);
	EXPECT_EQ(30, o.count);
	EXPECT_GT(o.total, 500);
	EXPECT_EQ(1795248, o.wall / 1000000000 / 1000);
	EXPECT_EQ(-EINVAL, seki_log_remove(log_, 150)); /* it grows */
	EXPECT_EQ(0, seki_log_remove(log_, 0));
	EXPECT_EQ(0, shell_count("ls records.000000000000.* 2>/dev/null | wc -l"));
	again(500);
	EXPECT_EQ(150, found.size);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(-ENODATA, seki_log_reader_open(fd, 29, SEKI_LOG_WRITTEN, &r));
	ASSERT_EQ(0, seki_log_reader_open(fd, 30, SEKI_LOG_SIGNED, &r));
	EXPECT_EQ(1, seki_log_read(r, &rec));
	EXPECT_EQ(30, rec.index);
	seki_log_reader_close(r);
	close(fd);
	seki_log_close(log_);
}

TEST(removed_records_are_no_data)
{
	struct seki_log_reader *r;
	uint64_t first;
	int fd;

	begin(100);
	add(0, 10);
	ASSERT_EQ(1, turn());
	add(10, 10);
	ASSERT_EQ(0, unlink(path("records.000000000000.jsonl")));
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	EXPECT_EQ(-ENODATA, seki_log_reader_open(fd, 9, SEKI_LOG_WRITTEN, &r));
	EXPECT_EQ(0, seki_log_first(fd, &first));
	EXPECT_EQ(10, first);
	close(fd);
	seki_log_close(log_);
}

HARNESS_MAIN
