// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crash_test.c - a log that is killed, whose disk fails, or whose host loses its
 * power, at every step of append, checkpoint, turn and compression.
 *
 * After each: what was acknowledged is there, every checkpoint that was ever
 * signed fits the log as it is now, and the log goes on.
 */
#define _GNU_SOURCE
#include <ftw.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "tests/unit/evidence.h"
#include "tests/unit/fault.h"
#include "userspace/evidence/segment.h"
#include "userspace/evidence/tree.h"

#define RECORDS 700
#define SEGMENT 6000
#define TRIES 60

/* Told by the one that is killed, in memory that outlives it. */
static struct told {
	uint64_t acknowledged, given;
	uint64_t steps;
} * told;

static char dir[64], other[64];

static void prepare(void)
{
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	test_keys();
}

static void fresh(char ret[64])
{
	snprintf(ret, 64, "/dev/shm/sekisho-crash.XXXXXX");
	if (!mkdtemp(ret))
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void drop(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		abort();
}

/* ---- the work ------------------------------------------------------------ */

static struct seki_log *open_faulty(void)
{
	struct seki_log_options o = { .segment = SEGMENT, .io = &fault_io };
	struct seki_log_found found;
	struct seki_log *l;

	for (int i = 0; i < TRIES; i++)
		if (!test_open_with(dir, &o, &l, &found))
			return l;
	return NULL;
}

static void acknowledge(struct seki_log *l)
{
	struct seki_log_state s;

	seki_log_state(l, &s);
	told->acknowledged = s.size;
}

static bool give(struct seki_log *l, uint64_t from, uint64_t count)
{
	static char lines[1 << 16];
	size_t len = test_batch(from, count, lines), done = 0;

	for (int i = 0; i < TRIES && done < len; i++) {
		ssize_t n = seki_log_append(l, lines + done, len - done);

		done += n > 0 ? (size_t)n : 0;
		/* As the collector does: a failed sync is tried again first. */
		if (n < 0)
			seki_log_sync(l);
	}
	return done == len;
}

static bool sign(struct seki_log *l, enum seki_log_why why)
{
	struct seki_log_moment now = test_now();

	for (int i = 0; i < TRIES; i++)
		if (!seki_log_checkpoint(l, why, &now)) {
			acknowledge(l);
			return true;
		}
	return false;
}

/* NULL: all went well, or what did not. */
static const char *work(struct seki_log *l, uint64_t from)
{
	struct seki_log_moment now;

	for (uint64_t at = from, i = 0; at < RECORDS; at += 70, i++) {
		if (!give(l, at, 70))
			return "append";
		told->given = at + 70;
		if (i % 2 && !sign(l, SEKI_LOG_TIME))
			return "checkpoint";
		if (i % 3 == 1 && !seki_log_sync(l))
			acknowledge(l);
		now = test_now();
		seki_log_turn(l, &now);
		for (int j = 0; j < TRIES && seki_log_tidy(l); j++)
			;
	}
	return sign(l, SEKI_LOG_STOP) ? NULL : "stop";
}

static uint64_t count_steps(void)
{
	struct seki_log *l;

	fresh(dir);
	fault = (struct fault){ 0 };
	*told = (struct told){ 0 };
	l = open_faulty();
	ASSERT_TRUE(l);
	EXPECT_TRUE(!work(l, 0));
	seki_log_close(l);
	EXPECT_TRUE(test_has(dir, RECORDS));
	drop(dir);
	return fault.step;
}

/* ---- the judgement ------------------------------------------------------- */

#define ROOTS 4096
static struct seki_hash root[ROOTS];

static void known_roots(void)
{
	struct seki_frontier f = { .size = 0 };
	struct seki_hash leaf;
	char line[128];

	for (uint64_t i = 0;; i++) {
		seki_frontier_root(&f, &root[i]);
		if (i + 1 == ROOTS)
			return;
		seki_hash_leaf(line, (size_t)test_record(i, line) - 1, &leaf);
		seki_frontier_add(&f, &leaf, NULL);
	}
}

/* Every checkpoint in a text has the root that these records have: records that
 * were given again are the same, so there is one root for each size.
 */
static bool roots_fit(const char *text, size_t size, uint64_t *ret_highest)
{
	const char *at = text, *end = text + size, *head = TEST_ORIGIN "\n";

	while ((at = memmem(at, (size_t)(end - at), head, strlen(head)))) {
		struct seki_note n = { .text = at, .size = (size_t)(end - at) };
		struct seki_checkpoint c;

		if (seki_checkpoint_parse(&n, &c))
			return true; /* torn: the last one */
		if (c.size >= ROOTS || !seki_hash_same(&c.root, &root[c.size]))
			return false;
		if (c.size > *ret_highest)
			*ret_highest = c.size;
		at += strlen(head);
	}
	return true;
}

static bool all_notes_fit(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct seki_segments s;
	uint64_t highest = 0;
	bool ok = !seki_segments_list(fd, &s);

	for (size_t i = 0; ok && i < s.n; i++) {
		char name[SEKI_SEGMENT_NAME], *text;
		size_t size;

		if (!s.v[i].has[SEKI_SEGMENT_NOTES])
			continue;
		seki_segment_name(s.v[i].first, SEKI_SEGMENT_NOTES, name);
		ok = !seki_io_get(fd, name, 1 << 24, &text, &size);
		if (ok) {
			ok = roots_fit(text, size, &highest);
			free(text);
		}
	}
	seki_segments_free(&s);
	close(fd);
	return ok;
}

/* The log of path goes on after what happened. */
static bool goes_on(const char *path, uint64_t acknowledged, uint64_t at_least)
{
	struct seki_log_found found;
	struct seki_log *l;
	bool ok;
	int err = test_open(path, SEGMENT, &l, &found);

	if (err) {
		printf("# open: %s\n", strerror(-err));
		return false;
	}
	ok = found.size >= acknowledged && found.size >= at_least && !found.tiles;
	if (!ok)
		printf("# %llu records, acknowledged %llu, signed %llu, tiles %d\n",
		       (unsigned long long)found.size, (unsigned long long)acknowledged,
		       (unsigned long long)at_least, found.tiles);
	if (ok && found.size < RECORDS)
		ok = !work(l, found.size);
	seki_log_close(l);
	return ok && test_has(path, RECORDS) && all_notes_fit(path);
}

/* ---- killed -------------------------------------------------------------- */

static void kill_at(uint64_t at, bool torn)
{
	pid_t child;
	int status;

	fresh(dir);
	*told = (struct told){ 0 };
	child = fork();
	if (!child) {
		struct seki_log *l;

		fault = (struct fault){ .at = at, .count = 1, .torn = torn };
		l = open_faulty();
		work(l, 0);
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (!WIFSIGNALED(status) || !goes_on(dir, told->acknowledged, 0)) {
		printf("# killed at step %llu%s\n", (unsigned long long)at, torn ? ", torn" : "");
		harness_failures++;
	}
	drop(dir);
}

TEST(killed_at_every_step)
{
	uint64_t steps;

	prepare();
	known_roots();
	steps = count_steps();
	for (uint64_t at = 1; at <= steps; at++) {
		kill_at(at, false);
		kill_at(at, true);
	}
	printf("# %llu steps, each killed twice\n", (unsigned long long)steps);
}

/* ---- a disk that fails --------------------------------------------------- */

static void fail_at(uint64_t at, uint64_t count, int error)
{
	struct seki_log *l;
	const char *what = "open";

	fresh(dir);
	*told = (struct told){ 0 };
	fault = (struct fault){ .at = at, .count = count, .error = error, .torn = at % 2 };
	l = open_faulty();
	if (l) {
		what = work(l, 0);
		seki_log_close(l);
	}
	fault.at = 0;
	if (what || !test_has(dir, RECORDS) || !all_notes_fit(dir) || !goes_on(dir, RECORDS, 0)) {
		printf("# %s at step %llu, %llu times: %s\n", strerror(error),
		       (unsigned long long)at, (unsigned long long)count, what ?: "records");
		harness_failures++;
	}
	drop(dir);
}

TEST(disk_fails_at_every_step)
{
	static const int errors[] = { ENOSPC, EIO, EROFS };
	uint64_t steps, runs = 0;

	prepare();
	known_roots();
	steps = count_steps();
	for (uint64_t at = 1; at <= steps; at++)
		for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++, runs++)
			fail_at(at, at % 3 ? 1 : 20, errors[i]);
	printf("# %llu steps, %llu runs with ENOSPC, EIO, EROFS\n", (unsigned long long)steps,
	       (unsigned long long)runs);
}

/* ---- power --------------------------------------------------------------- */

/* The work up to a step, with the model; then the disk as it might be. */
static void power_at(uint64_t at)
{
	uint64_t acknowledged, signed_ = 0;
	struct seki_log *l;

	fresh(dir);
	*told = (struct told){ 0 };
	fault = (struct fault){ .at = at, .count = UINT64_MAX / 2, .error = EIO };
	modelling = true;
	l = open_faulty();
	if (l)
		work(l, 0);
	acknowledged = told->acknowledged;
	modelling = false;
	fault.at = 0;
	for (int i = 0; i < models; i++)
		if (strstr(model[i].name, ".notes") || strstr(model[i].durable_name, ".notes"))
			roots_fit(model[i].now.data ?: "", model[i].now.size, &signed_);
	for (enum power p = 0; p < POWER_COUNT; p++) {
		fresh(other);
		power_cut(other, p);
		if (!goes_on(other, acknowledged, signed_)) {
			printf("# power cut before step %llu, form %u\n", (unsigned long long)at,
			       p);
			harness_failures++;
		}
		drop(other);
	}
	model_reset();
	if (l)
		seki_log_close(l);
	drop(dir);
}

TEST(power_is_cut_at_every_step)
{
	uint64_t steps;

	prepare();
	known_roots();
	steps = count_steps();
	for (uint64_t at = 1; at <= steps + 1; at++)
		power_at(at);
	printf("# %llu steps, %d forms of power cut at each\n", (unsigned long long)steps,
	       POWER_COUNT);
}

HARNESS_MAIN
