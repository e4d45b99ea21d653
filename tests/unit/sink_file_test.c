// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/sink.h"

#include <errno.h>
#include <sys/resource.h>

#include "tests/harness.h"
#include "tests/unit/events.h"

static char dir[64];
static struct seki_sink *sink;
static uint64_t cut_;

static int reopen(uint64_t max, unsigned int keep)
{
	struct seki_sink_file_options o = { .max_size = max, .keep = keep };
	int err;

	o.dir = open(dir, O_RDONLY | O_DIRECTORY);
	err = seki_sink_file_open(&o, &sink, &cut_);
	if (err)
		close(o.dir);
	return err;
}

static void shut(void)
{
	sink->ops->close(sink);
}

static const char *content(const char *name)
{
	static char text[4096];
	char path[128];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static void put(const char *text)
{
	EXPECT_EQ(strlen(text), sink->ops->write(sink, text, strlen(text)));
}

TEST(lines_are_appended_for_owner_and_group)
{
	struct stat st;
	char path[128];

	temp_dir(dir);
	umask(0);
	ASSERT_EQ(0, reopen(1000, 0));
	put("one\n");
	shut();
	ASSERT_EQ(0, reopen(1000, 0));
	put("two\n");
	EXPECT_EQ(0, sink->ops->sync(sink));
	shut();
	EXPECT_STREQ("one\ntwo\n", content(SEKI_LOG_NAME));
	snprintf(path, sizeof(path), "%s/%s", dir, SEKI_LOG_NAME);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(0640, st.st_mode & 07777);
}

TEST(full_file_gets_a_number_for_good)
{
	struct seki_turn turn;

	temp_dir(dir);
	ASSERT_EQ(0, reopen(8, 2));
	put("first\n");
	EXPECT_EQ(0, sink->ops->turn(sink, &turn));
	put("more\n");
	ASSERT_EQ(1, sink->ops->turn(sink, &turn));
	EXPECT_STREQ("records.000001.jsonl", turn.previous);
	EXPECT_STREQ("", turn.removed);
	EXPECT_EQ(0, sink->ops->turn(sink, &turn));
	put("second..\n");
	EXPECT_STREQ("first\nmore\n", content("records.000001.jsonl"));
	EXPECT_STREQ("second..\n", content(SEKI_LOG_NAME));
	ASSERT_EQ(1, sink->ops->turn(sink, &turn));
	put("third...\n");
	ASSERT_EQ(1, sink->ops->turn(sink, &turn));
	EXPECT_STREQ("records.000003.jsonl", turn.previous);
	EXPECT_STREQ("records.000001.jsonl", turn.removed);
	EXPECT_TRUE(!content("records.000001.jsonl"));
	shut();
	/* numbers go on after a start */
	ASSERT_EQ(0, reopen(8, 2));
	put("fourth..\n");
	ASSERT_EQ(1, sink->ops->turn(sink, &turn));
	EXPECT_STREQ("records.000004.jsonl", turn.previous);
	shut();
}

TEST(unfinished_line_is_cut_back)
{
	static const struct {
		const char *before, *after;
		int bytes;
	} rows[] = {
		{ "", "", 0 },	  { "a\n", "a\n", 0 }, { "a\nbc", "a\n", 2 },
		{ "abc", "", 3 }, { "\n", "\n", 0 },
	};
	char path[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		temp_dir(dir);
		snprintf(path, sizeof(path), "%s/%s", dir, SEKI_LOG_NAME);
		file_put(path, rows[i].before);
		ASSERT_EQ(0, reopen(1000, 0));
		EXPECT_EQ(rows[i].bytes, cut_);
		put("x\n");
		shut();
		EXPECT_EQ(strlen(rows[i].after) + 2, strlen(content(SEKI_LOG_NAME)));
	}
}

TEST(long_unfinished_line_is_cut_back)
{
	char path[128], text[10001];

	temp_dir(dir);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[99] = '\n';
	snprintf(path, sizeof(path), "%s/%s", dir, SEKI_LOG_NAME);
	file_put(path, text);
	ASSERT_EQ(0, reopen(1000, 0));
	EXPECT_EQ(9900, cut_);
	shut();
}

TEST(second_writer_is_refused)
{
	struct seki_sink *first;

	temp_dir(dir);
	ASSERT_EQ(0, reopen(1000, 0));
	first = sink;
	EXPECT_EQ(-EWOULDBLOCK, reopen(1000, 0));
	first->ops->close(first);
	EXPECT_EQ(0, reopen(1000, 0));
	shut();
}

TEST(symbolic_link_is_not_followed)
{
	char path[128];

	temp_dir(dir);
	snprintf(path, sizeof(path), "%s/%s", dir, SEKI_LOG_NAME);
	ASSERT_EQ(0, symlink("/tmp/sekisho-elsewhere", path));
	EXPECT_EQ(-ELOOP, reopen(1000, 0));
}

TEST(limit_is_an_error_and_not_death)
{
	struct rlimit limit = { 6, 6 };

	temp_dir(dir);
	signal(SIGXFSZ, SIG_IGN);
	ASSERT_EQ(0, reopen(1000, 0));
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &limit));
	EXPECT_EQ(6, sink->ops->write(sink, "one\ntwo\n", 8));
	EXPECT_EQ(-EFBIG, sink->ops->write(sink, "o\n", 2));
	shut();
}

HARNESS_MAIN
