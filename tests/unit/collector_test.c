// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_test.c - the whole pipeline over rings in shared memory: killed at
 * any moment, on a full disk, with events it can't read.
 */
#define _GNU_SOURCE
#include "bpf/hits.h"
#include "tests/unit/fakering.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

#include "userspace/collector/collector.h"
#include "tests/harness.h"
#include "tests/unit/events.h"
#include "tests/unit/evidence.h"
#include "userspace/evidence/segment.h"
#include "userspace/reader/sequence.h"
#include "userspace/reader/whole.h"

#define CPUS 3
#define MAPPING "policies/controls/mapping.json"

static struct fakering ring[SEKI_RING_COUNT];
static struct seki_stats *stats; /* shared */
static uint64_t seq;
static char dir[64];

/* ---- the kernel's side -------------------------------------------------- */

static void make_kernel(size_t size)
{
	temp_dir(dir);
	test_keys();
	fakering_make(&ring[0], size);
	fakering_make(&ring[1], size);
	stats = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static bool happen_on(unsigned int cpu, unsigned int to)
{
	struct seki_access_event a = event_denied();

	a.verdict = to ? SEKI_ALLOWED : SEKI_DENIED;
	a.e.seq = ++seq;
	a.e.cpu = cpu;
	a.e.time_ns += seq;
	a.e.cpu_seq = __atomic_add_fetch(&stats[cpu].events, 1, __ATOMIC_RELAXED);
	if (fakering_put(&ring[to], &a, sizeof(a)))
		return true;
	__atomic_add_fetch(&stats[cpu].loss[to ? SEKI_LOSS_ACTIVITY_FULL : SEKI_LOSS_EVIDENCE_FULL],
			   1, __ATOMIC_RELAXED);
	return false;
}

/* ---- the collector's side ----------------------------------------------- */

static void knowledge(struct seki_collector *c)
{
	char err[256];

	ASSERT_EQ(0, seki_collector_open(c));
	ASSERT_EQ(0, seki_controls_load(MAPPING, &c->controls, err, sizeof(err)));
	ASSERT_EQ(0, seki_programs_open(&c->know.programs, false));
	c->know.mounts.fd = -1;
	seki_people_open(&c->know.people, "none");
	seki_host_read(&c->host, "none");
	memset(c->host.boot, 'b', 32);
	for (int i = 0; i < SEKI_RING_COUNT; i++)
		c->ring[i] = fakering_reader(&ring[i]);
	c->rings = SEKI_RING_COUNT;
	c->stats = stats;
	ASSERT_EQ(0, seki_track_open(&c->track, CPUS, stats));
}

static struct seki_collector *collector(uint64_t max_size)
{
	struct seki_collector *c = calloc(1, sizeof(*c));
	struct seki_log_options o = { .origin = TEST_ORIGIN,
				      .key = &test_key,
				      .segment = max_size,
				      .hasher = seki_lanes_open() };
	struct seki_log_moment now = test_now();
	struct seki_log_found found;
	struct seki_turn turn;

	knowledge(c);
	o.boot = c->host.boot;
	o.dir = open(dir, O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, seki_sink_log_open(&o, &now, &c->sink, &found));
	ASSERT_EQ(0, seki_resume_log(o.dir, c->host.boot, &c->resume, turn.previous));
	seki_resume_apply(&c->resume, &c->track);
	seki_tickets_take(&c->tickets, &c->resume.tickets);
	if (turn.previous[0])
		seki_notice_turn(c, &turn);
	if (found.cut)
		seki_notice_found(c, &found);
	seki_notice_start(c);
	seki_collector_catch_up(c);
	return c;
}

static void end(struct seki_collector *c)
{
	c->sink->ops->close(c->sink);
	seki_collector_close(c);
	free(c);
}

/* Rounds of continuity need a second each: turn the clock instead. */
static void settle(struct seki_collector *c)
{
	for (int i = 0; i < 3; i++) {
		seki_collector_settle(c, false);
		c->track.since = 0;
		seki_collector_step(c);
	}
	seki_collector_flush(c);
}

/* ---- the log, read back ------------------------------------------------- */

struct sums {
	unsigned int lines, events, twice, bad, lost, high;
	unsigned char seen[1 << 20];
	char acts[65536];
};
static struct sums sums;

static void add_line(const char *text)
{
	json_t *j = json_loads(text, 0, NULL);

	sums.lines++;
	if (!j) {
		sums.bad++;
		return;
	}
	if (json_object_get(j, "cseq")) {
		const char *id = strrchr(json_text(j, "id"), ':');
		unsigned long n = strtoul(id + 1, NULL, 10);

		sums.events++;
		sums.twice += sums.seen[n]++ > 0;
	} else {
		strcat(sums.acts, json_text(j, "act"));
		strcat(sums.acts, ";");
	}
	sums.lost += (unsigned int)json_integer_value(json_object_get(j, "count"));
	sums.high += !strcmp(json_text(j, "sev"), "high");
	json_decref(j);
}

static void read_log(void)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct seki_log_reader *r;
	struct seki_log_record record;
	char *text;

	memset(&sums, 0, sizeof(sums));
	ASSERT_EQ(0, seki_log_reader_open(fd, 0, SEKI_LOG_WRITTEN, &r));
	while (seki_log_read(r, &record) == 1) {
		text = strndup(record.data, record.size);
		add_line(text);
		free(text);
	}
	seki_log_reader_close(r);
	close(fd);
}

/* The segment that grows. */
static const char *last_segment(void)
{
	static char path[128];
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct seki_segments s;
	char name[SEKI_SEGMENT_NAME];

	seki_segments_list(fd, &s);
	seki_segment_name(s.n ? s.v[s.n - 1].first : 0, SEKI_SEGMENT_PLAIN, name);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	seki_segments_free(&s);
	close(fd);
	return path;
}

/* The numbers of labels and domains are another policy's: the collector looks which
 * before it writes what that one judged, not at its next look, up to a second later.
 */
TEST(first_event_of_the_next_policy_is_named_by_it)
{
	struct seki_meta meta = { .generation = 1, .name = "first" };
	struct seki_collector *c;
	const char *out, *change, *judged;

	make_kernel(1 << 20);
	c = collector(1 << 20);
	c->meta = &meta;
	seki_collector_tick(c, -1);
	EXPECT_EQ(1, c->know.names.generation);
	meta.generation = 2;
	strcpy(meta.name, "next");
	{
		struct seki_access_event a = event_denied();

		a.e.seq = a.e.cpu_seq = ++seq;
		a.e.cpu = 0;
		a.e.generation = 2;
		c->out.len = 0;
		seki_collector_event(c, &a, sizeof(a));
		seki_buf_char(&c->out, '\0');
	}
	out = c->out.data;
	change = strstr(out, "policy changes");
	judged = strstr(out, "\"verdict\":\"denied\"");
	ASSERT_TRUE(change && judged);
	EXPECT_LT(change - out, judged - out);
	EXPECT_TRUE(strstr(judged, "\"policy\":[\"next\""));
	EXPECT_EQ(2, c->know.names.generation);
	end(c);
}

TEST(events_become_records_evidence_first)
{
	struct seki_collector *c;
	char first[128];
	FILE *f;

	make_kernel(1 << 20);
	happen_on(0, 1);
	happen_on(0, 0);
	c = collector(1 << 20);
	c->shown[0x3bff5f34e00 * 0x9e3779b97f4a7c15ull >> 54].session = 0x3bff5f34e00;
	EXPECT_EQ(2, seki_collector_step(c));
	EXPECT_EQ(0, seki_ring_backlog(&c->ring[0]));
	settle(c);
	read_log();
	EXPECT_EQ(2, sums.events);
	EXPECT_EQ(0, sums.lost);
	snprintf(first, sizeof(first), "sed -n 2p %s | grep -c denied", last_segment());
	f = popen(first, "r");
	EXPECT_EQ('1', fgetc(f));
	pclose(f);
	end(c);
}

/* ---- killed ------------------------------------------------------------- */

static void __attribute__((noreturn)) collect_for_ever(uint64_t max_size)
{
	struct seki_collector *c = collector(max_size);

	for (;;) {
		seki_collector_step(c);
		/* the second's work, all the time */
		c->second = 0;
		c->track.patience = SEKI_NS / 50;
		seki_collector_tick(c, -1);
	}
}

static void wait_a_little(unsigned int us)
{
	struct timespec t = { .tv_nsec = (long)us * 1000 };

	nanosleep(&t, NULL);
}

/* Bytes in the log: the collector is at work. */
static bool grows(void)
{
	static off_t before;
	struct stat st;
	bool ret;

	if (stat(last_segment(), &st))
		return false;
	ret = st.st_size != before;
	before = st.st_size;
	return ret;
}

static void kill_often(uint64_t max_size, size_t ring_size, int kills, int crowd)
{
	uint64_t kept = 0;

	make_kernel(ring_size);
	srandom(42);
	for (int i = 0; i < kills; i++) {
		pid_t child = fork();
		long until = random() % 8;

		if (!child)
			collect_for_ever(max_size);
		/* Kill it somewhere in its work, and some before it began. */
		for (long n = 0, steps = 0; steps < until && n < 2000; n++) {
			for (int j = 0; j < crowd && seq < sizeof(sums.seen) - 1; j++)
				kept += happen_on((unsigned int)random() % CPUS,
						  (unsigned int)random() % 2);
			wait_a_little((unsigned int)random() % 300);
			steps += grows();
		}
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	{
		struct seki_collector *c = collector(max_size);

		while (seki_collector_step(c))
			;
		settle(c);
		settle(c);
		end(c);
	}
	read_log();
	printf("# %llu happened, %llu kept, %u records, %u lost, %u cuts and starts\n",
	       (unsigned long long)seq, (unsigned long long)kept, sums.events, sums.lost,
	       sums.lines - sums.events);
	EXPECT_EQ(kept, sums.events);
	EXPECT_EQ(0, sums.twice);
	EXPECT_EQ(0, sums.bad);
	/* every event is a record or counted as lost, once */
	EXPECT_EQ(seq - kept, sums.lost);
}

TEST(killed_at_any_moment_loses_and_doubles_nothing)
{
	kill_often(2u << 20, 1 << 20, 40, 5);
}

/* Refusals without end keep the other ring waiting, over many restarts. */
TEST(other_ring_waits_for_long_and_is_not_doubled)
{
	struct seki_collector *c;
	uint64_t consumer;

	make_kernel(1 << 20);
	c = collector(1u << 30);
	happen_on(0, 1);
	consumer = *ring[1].consumer;
	seki_collector_step(c);
	end(c);
	*ring[1].consumer = consumer; /* killed between the two releases */
	for (int i = 0; i < 6; i++) {
		c = collector(1u << 30);
		EXPECT_EQ(i ? 0 : 1, c->n.duplicates);
		for (int j = 0; j < 1500; j++)
			happen_on(1, 0);
		while (seki_ring_backlog(&c->ring[0]))
			seki_collector_step(c);
		end(c);
	}
	read_log();
	EXPECT_EQ(9001, sums.events);
	EXPECT_EQ(0, sums.twice);
}

TEST(killed_while_files_turn_loses_and_doubles_nothing)
{
	kill_often(100000, 1 << 20, 40, 5);
}

TEST(killed_with_full_rings_counts_each_loss_once)
{
	kill_often(1u << 30, 16384, 40, 20);
}

/* ---- full --------------------------------------------------------------- */

struct fickle {
	struct seki_sink sink;
	struct seki_sink *file;
	size_t room; /* bytes it takes before it is full */
};

static ssize_t fickle_write(struct seki_sink *s, const char *data, size_t len)
{
	struct fickle *f = (struct fickle *)s;

	if (!f->room)
		return -ENOSPC;
	if (len > f->room)
		len = f->room;
	f->room -= len;
	return f->file->ops->write(f->file, data, len);
}

static int fickle_sync(struct seki_sink *s)
{
	(void)s;
	return 0;
}

static int fickle_seal(struct seki_sink *s, enum seki_log_why why,
		       const struct seki_log_moment *now)
{
	(void)s;
	(void)why;
	(void)now;
	return 0;
}

static int fickle_turn(struct seki_sink *s, const struct seki_log_moment *now,
		       struct seki_turn *turn)
{
	(void)s;
	(void)now;
	(void)turn;
	return 0;
}

static void fickle_status(struct seki_sink *s, struct seki_buf *b)
{
	(void)s;
	(void)b;
}

static const struct seki_sink_ops fickle_ops = {
	.name = "fickle",
	.write = fickle_write,
	.sync = fickle_sync,
	.seal = fickle_seal,
	.turn = fickle_turn,
	.status = fickle_status,
};

TEST(full_disk_leaves_events_in_the_kernel)
{
	struct fickle f = { .sink.ops = &fickle_ops, .room = 1500 };
	struct seki_collector *c;
	uint64_t kept = 0;

	make_kernel(32768);
	c = collector(1u << 30);
	f.file = c->sink;
	c->sink = &f.sink;
	for (int i = 0; i < 100; i++)
		kept += happen_on(0, 0);
	seki_collector_step(c);
	EXPECT_EQ(ENOSPC, c->stalled);
	EXPECT_GT(seki_ring_backlog(&c->ring[0]), 0);
	EXPECT_EQ(0, *ring[0].consumer);
	/* own records find room while it lasts */
	seki_notice_heartbeat(c);
	EXPECT_EQ(0, seki_collector_step(c)); /* not before the pause is over */
	c->retry = 0;
	seki_collector_step(c);
	EXPECT_EQ(ENOSPC, c->stalled);
	f.room = 1 << 30;
	c->retry = 0;
	while (c->stalled || seki_collector_step(c))
		seki_collector_flush(c);
	settle(c);
	settle(c);
	read_log();
	EXPECT_EQ(kept, sums.events);
	EXPECT_EQ(0, sums.twice);
	EXPECT_EQ(0, sums.bad);
	EXPECT_EQ(100 - kept, sums.lost);
	EXPECT_TRUE(strstr(sums.acts, "sink-stalled;"));
	EXPECT_TRUE(strstr(sums.acts, "alive;"));
	c->sink = f.file;
	end(c);
}

/* The real thing: a filesystem with 64 kB, and room made by deleting. */
TEST(full_tmpfs_is_survived)
{
	struct seki_collector *c;
	uint64_t kept = 0;
	char ballast[128];

	make_kernel(1 << 20);
	if (mount("none", dir, "tmpfs", 0, "size=65536"))
		SKIP("may not mount: %s", strerror(errno));
	snprintf(ballast, sizeof(ballast), "%s/ballast", dir);
	close(open(ballast, O_WRONLY | O_CREAT, 0600));
	ASSERT_EQ(0, truncate(ballast, 0));
	{
		int fd = open(ballast, O_WRONLY);
		char page[4096] = "";

		for (int i = 0; i < 12; i++)
			ASSERT_EQ(4096, write(fd, page, sizeof(page)));
		close(fd);
	}
	c = collector(1u << 30);
	for (int i = 0; i < 40; i++)
		kept += happen_on(1, 0);
	seki_collector_step(c);
	EXPECT_EQ(ENOSPC, c->stalled);
	unlink(ballast);
	c->retry = 0;
	seki_collector_step(c);
	EXPECT_EQ(0, c->stalled);
	settle(c);
	read_log();
	umount2(dir, MNT_DETACH);
	EXPECT_EQ(kept, sums.events);
	EXPECT_EQ(0, sums.bad);
	EXPECT_EQ(0, sums.lost);
	EXPECT_TRUE(strstr(sums.acts, "sink-stalled;"));
	end(c);
}

/* ---- not understood ----------------------------------------------------- */

TEST(unknown_version_is_a_record_and_no_end)
{
	struct seki_access_event a = event_denied();
	struct seki_collector *c;

	make_kernel(1 << 20);
	c = collector(1 << 20);
	settle(c); /* what was before is another's */
	happen_on(0, 0);
	a.e.abi = 77;
	stats[0].events++;
	fakering_put(&ring[0], &a, sizeof(a));
	fakering_put(&ring[0], "xyz", 3);
	stats[0].events++;
	happen_on(0, 0);
	EXPECT_EQ(4, seki_collector_step(c));
	settle(c);
	read_log();
	EXPECT_EQ(2, sums.events);
	EXPECT_EQ(2, c->n.undecodable);
	EXPECT_TRUE(strstr(sums.acts, "undecodable;undecodable;"));
	EXPECT_EQ(2, sums.lost); /* their numbers are missing, with the cause */
	end(c);
}

TEST(broken_ring_is_told_once)
{
	struct seki_collector *c;

	make_kernel(1 << 14);
	c = collector(1 << 20);
	*(uint32_t *)(void *)ring[0].data = 0x3fffffff;
	*ring[0].producer = 64;
	seki_collector_step(c);
	seki_collector_step(c);
	EXPECT_TRUE(c->broken);
	happen_on(0, 1);
	EXPECT_EQ(1, seki_collector_step(c)); /* the other one goes on */
	read_log();
	EXPECT_TRUE(strstr(sums.acts, "ring-broken;"));
	end(c);
}

static bool said(const struct seki_collector *c, size_t from, const char *text)
{
	return memmem(c->out.data + from, c->out.len - from, text, strlen(text));
}

/* By heartbeats, and of the policy before where it changes. */
TEST(what_rates_left_out_is_told)
{
	const struct seki_hits_shape shape = { .rows = 8, .shares = 1 };
	struct seki_hits *all = calloc(2 * seki_hits_slot(shape), sizeof(*all));
	struct seki_meta meta = { .hit_rows = 8 };
	struct seki_collector *c;
	size_t from;

	make_kernel(1 << 20);
	c = collector(1 << 20);
	c->hits = (struct seki_hits_view){ &meta, all, 2 * seki_hits_slot(shape) };
	c->know.names.generation = 4;
	seki_notice_heartbeat(c);
	EXPECT_TRUE(!said(c, 0, "left_out"));
	stats[1].left_out = 9;
	all[seki_hits_rule(shape, 0, 0, 3)].count[SEKI_LEFT_OUT] = 2;
	all[seki_hits_rule(shape, 1, 0, 5)].count[SEKI_LEFT_OUT] = 7;
	from = c->out.len;
	seki_notice_heartbeat(c);
	EXPECT_TRUE(said(c, from, "\"left_out\":9"));
	EXPECT_TRUE(said(c, from, "\"left_out\":{\"3\":2}"));
	from = c->out.len;
	seki_notice_policy(c, 3, NULL);
	EXPECT_TRUE(said(c, from, "\"left_out_before\":{\"5\":7}"));
	from = c->out.len;
	seki_notice_policy(c, 2, NULL); /* its slot has another policy by now */
	EXPECT_TRUE(!said(c, from, "left_out_before"));
	seki_collector_flush(c);
	end(c);
	free(all);
}

TEST(clean_stop_and_start_keep_the_count)
{
	struct seki_collector *c;

	make_kernel(1 << 20);
	c = collector(1 << 20);
	for (int i = 0; i < 50; i++)
		happen_on((unsigned int)i % CPUS, (unsigned int)i % 2);
	seki_collector_step(c);
	seki_notice_stop(c, "request");
	seki_collector_flush(c);
	end(c);
	/* one is lost while nobody is there, and the kernel hides it */
	stats[1].events++;
	happen_on(1, 0);
	c = collector(1 << 20);
	EXPECT_TRUE(c->resume.clean);
	seki_collector_step(c);
	settle(c);
	settle(c);
	read_log();
	EXPECT_EQ(51, sums.events);
	EXPECT_EQ(0, sums.twice);
	EXPECT_EQ(1, sums.lost);
	end(c);
}

/* ---- tickets ------------------------------------------------------------ */

static struct seki_collector *collector_with_mounts(void)
{
	struct seki_collector *c = collector(1 << 20);
	char file[128];

	snprintf(file, sizeof(file), "%s.mountinfo", dir);
	file_put(file, "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
	seki_mounts_open(&c->know.mounts, file);
	return c;
}

static void say_ticket(uint64_t session, const char *ticket)
{
	struct seki_exec_event x = event_exec();
	size_t len = strlen(ticket) + 1;

	x.path = event_path("usr/bin/sekisho");
	x.argc = 3;
	x.argv_len = (__u16)(15 + len);
	memcpy(x.argv, "sekisho\0ticket", 15);
	memcpy(x.argv + 15, ticket, len);
	x.e.session = session;
	x.e.seq = ++seq;
	x.e.time_ns += seq;
	x.e.cpu_seq = __atomic_add_fetch(&stats[0].events, 1, __ATOMIC_RELAXED);
	ASSERT_TRUE(fakering_put(&ring[1], &x, sizeof(x)));
}

static void act_in(uint64_t session)
{
	struct seki_access_event a = event_denied();

	a.e.session = session;
	a.e.seq = ++seq;
	a.e.time_ns += seq;
	a.e.cpu_seq = __atomic_add_fetch(&stats[0].events, 1, __ATOMIC_RELAXED);
	ASSERT_TRUE(fakering_put(&ring[0], &a, sizeof(a)));
}

/* "class ticket;" of each record that has one, in their order. */
static void tickets_told(char ret[1024])
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct seki_log_reader *r;
	struct seki_log_record record;

	*ret = '\0';
	ASSERT_EQ(0, seki_log_reader_open(fd, 0, SEKI_LOG_WRITTEN, &r));
	while (seki_log_read(r, &record) == 1) {
		json_t *j = seki_whole_read(NULL, record.data, record.size);

		bool seen = !strcmp(json_text(j, "act"), "operator session seen");

		if (!seen && (*json_text(j, "ticket") || strstr(json_text(j, "act"), "ticket")))
			sprintf(ret + strlen(ret), "%s %s;", json_text(j, "class"),
				json_text(j, "ticket"));
		json_decref(j);
	}
	seki_log_reader_close(r);
	close(fd);
}

TEST(what_a_session_says_stands_in_its_records_and_outlives_the_collector)
{
	struct seki_collector *c;
	char told[1024];

	make_kernel(1 << 20);
	c = collector_with_mounts();
	act_in(7);
	seki_collector_step(c);
	say_ticket(7, "CHG-7");
	say_ticket(8, "no ticket");
	say_ticket(0, "CHG-0");
	seki_collector_step(c);
	act_in(7);
	act_in(8);
	seki_collector_step(c);
	tickets_told(told);
	EXPECT_STREQ("session CHG-7;exec CHG-7;access CHG-7;", told);
	end(c); /* killed: no state was told since */
	c = collector_with_mounts();
	act_in(7);
	seki_collector_step(c);
	seki_notice_heartbeat(c);
	say_ticket(8, "CHG-8");
	seki_collector_step(c);
	end(c);
	c = collector_with_mounts();
	act_in(7);
	act_in(8);
	say_ticket(7, "none");
	seki_collector_step(c);
	end(c);
	c = collector_with_mounts();
	act_in(7);
	act_in(8);
	seki_notice_stop(c, "request");
	seki_collector_step(c);
	end(c);
	c = collector_with_mounts();
	act_in(7);
	act_in(8);
	seki_collector_step(c);
	tickets_told(told);
	EXPECT_STREQ("session CHG-7;exec CHG-7;access CHG-7;" /* as above */
		     "access CHG-7;session CHG-8;exec CHG-8;"
		     "access CHG-7;access CHG-8;session CHG-7;"
		     "access CHG-8;access CHG-8;",
		     told);
	end(c);
}

TEST(newest_tickets_outlive_the_collector)
{
	struct seki_collector *c;

	make_kernel(1 << 20);
	c = collector_with_mounts();
	for (uint64_t i = 0; i < SEKI_TICKETS; i++)
		say_ticket(100 + i, "CHG-1");
	seki_collector_step(c);
	seki_notice_heartbeat(c);
	say_ticket(8, "CHG-8");
	say_ticket(9, "CHG-9");
	seki_collector_step(c);
	end(c);
	c = collector_with_mounts();
	EXPECT_STREQ("CHG-8", seki_tickets_of(&c->tickets, 8));
	EXPECT_STREQ("CHG-9", seki_tickets_of(&c->tickets, 9));
	EXPECT_STREQ("CHG-1", seki_tickets_of(&c->tickets, 99 + SEKI_TICKETS));
	EXPECT_FALSE(seki_tickets_know(&c->tickets, 100));
	say_ticket(10, "CHG-10"); /* takes the place of the oldest that is left */
	seki_collector_step(c);
	EXPECT_FALSE(seki_tickets_know(&c->tickets, 102));
	EXPECT_STREQ("CHG-1", seki_tickets_of(&c->tickets, 103));
	EXPECT_STREQ("CHG-8", seki_tickets_of(&c->tickets, 8));
	end(c);
}

static bool nothing_of_interest_on(unsigned int cpu)
{
	struct seki_exec_event x = event_exec();

	x.e.flags = 0;
	x.e.domain = x.from_domain = SEKI_DOMAIN_OTHER;
	x.e.seq = ++seq;
	x.e.cpu = cpu;
	x.e.cpu_seq = __atomic_add_fetch(&stats[cpu].events, 1, __ATOMIC_RELAXED);
	return fakering_put(&ring[1], &x, sizeof(x));
}

static void traffic(struct seki_collector *c)
{
	for (unsigned int i = 0; i < 60; i++) {
		happen_on(i % CPUS, i % 2);
		nothing_of_interest_on(i % 2);
		if (!(i % 7))
			seki_collector_step(c);
	}
	seki_collector_step(c);
}

/* Records in their order, without the one at .skip, as a reader accounts for them. */
static void account(struct seki_sequence *s, unsigned int skip)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct seki_log_reader *r;
	struct seki_log_record record;
	unsigned int events = 0;

	*s = (struct seki_sequence){ .whole = true };
	ASSERT_EQ(0, seki_log_reader_open(fd, 0, SEKI_LOG_WRITTEN, &r));
	while (seki_log_read(r, &record) == 1) {
		json_t *j = seki_whole_read(NULL, record.data, record.size);

		if (!json_object_get(j, "cseq") || events++ != skip)
			seki_sequence_add(s, j, true);
		json_decref(j);
	}
	seki_log_reader_close(r);
	close(fd);
}

/* Up to a heartbeat that is told now. */
static void account_all(struct seki_collector *c, struct seki_sequence *s)
{
	settle(c);
	seki_notice_heartbeat(c);
	seki_collector_flush(c);
	account(s, UINT_MAX);
}

/* Records and what needs none and told losses are all the numbers there are, also
 * over a clean stop; one record less, and it shows.
 */
TEST(every_number_is_accounted_for)
{
	struct seki_collector *c;
	struct seki_sequence s;

	make_kernel(1 << 20);
	c = collector(1 << 20);
	settle(c); /* its place is known from here on */
	traffic(c);
	settle(c);
	seki_notice_heartbeat(c);
	traffic(c);
	stats[1].events++; /* lost, and counted */
	stats[1].loss[SEKI_LOSS_ACTIVITY_FULL]++;
	happen_on(1, 1);
	seki_collector_step(c);
	seki_notice_stop(c, "request");
	seki_collector_flush(c);
	end(c);
	c = collector(1 << 20);
	EXPECT_TRUE(c->resume.clean);
	traffic(c);
	settle(c);
	account_all(c, &s);
	EXPECT_EQ(3 * 60 + 1, s.records);
	EXPECT_EQ(3 * 60, s.unwanted);
	EXPECT_EQ(1, s.lost);
	EXPECT_EQ(0, s.missing);
	EXPECT_EQ(0, s.all_missing);
	EXPECT_EQ(0, s.unjudged);
	EXPECT_EQ(0, s.twice);
	EXPECT_EQ(3 * 120 + 2, s.numbers);
	seki_sequence_free(&s);
	for (unsigned int skip = 0; skip < 3 * 60; skip += 59) {
		account(&s, skip);
		EXPECT_EQ(1, s.missing);
		seki_sequence_free(&s);
	}
	/* killed: its last numbers are of no span, those of the next one are again */
	traffic(c);
	end(c);
	c = collector(1 << 20);
	EXPECT_FALSE(c->resume.clean);
	settle(c);
	traffic(c);
	account_all(c, &s);
	EXPECT_EQ(4 * 60 + 1, s.records);
	EXPECT_EQ(0, s.missing);
	EXPECT_EQ(0, s.twice);
	seki_sequence_free(&s);
	account(&s, 5 * 60);
	EXPECT_EQ(1, s.missing);
	seki_sequence_free(&s);
	end(c);
}

/* Stopped before its first round, a crash's successor does not know its place. */
TEST(crash_then_early_stop_invents_no_loss)
{
	struct seki_collector *c;

	make_kernel(1 << 20);
	c = collector(1 << 20);
	for (int i = 0; i < 50; i++)
		happen_on((unsigned int)i % CPUS, (unsigned int)i % 2);
	seki_collector_step(c);
	seki_collector_flush(c);
	end(c);
	c = collector(1 << 20);
	EXPECT_FALSE(c->resume.clean);
	happen_on(0, 0);
	seki_collector_step(c);
	seki_notice_stop(c, "request");
	seki_collector_flush(c);
	end(c);
	c = collector(1 << 20);
	EXPECT_TRUE(c->resume.clean);
	happen_on(1, 0);
	seki_collector_step(c);
	settle(c);
	settle(c);
	read_log();
	EXPECT_EQ(52, sums.events);
	EXPECT_EQ(0, sums.twice);
	EXPECT_EQ(0, sums.lost);
	end(c);
}

TEST(file_names_the_one_before_it)
{
	struct seki_collector *c;
	char command[256];
	FILE *f;

	make_kernel(1 << 20);
	c = collector(4000);
	for (int i = 0; i < 10; i++)
		happen_on(0, 0);
	seki_collector_step(c);
	happen_on(0, 0);
	seki_collector_step(c);
	end(c);
	snprintf(command, sizeof(command),
		 "head -1 %s | grep 'log file begins' | grep records.000000000000.jsonl |"
		 " grep -c '\"after\":\"[0-9a-f]*:bbbbbbbbbbbb:10\"'",
		 last_segment());
	f = popen(command, "r");
	EXPECT_EQ('1', fgetc(f));
	pclose(f);
}

/* First the record and its signature, then the deletion; none on hold. */
TEST(old_segments_go_with_a_record_and_not_on_hold)
{
	char hold[96], command[160];
	struct seki_collector *c;
	uint64_t first;
	int fd;

	make_kernel(1 << 20);
	c = collector(4000);
	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < 10; j++)
			happen_on(0, 0);
		seki_collector_step(c);
	}
	snprintf(hold, sizeof(hold), "%s/hold", dir);
	file_put(hold, "");
	c->keep = (struct seki_keep){ .size = 1000, .hold = hold };
	seki_collector_retain(c);
	seki_collector_flush(c);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, seki_log_first(fd, &first));
	EXPECT_EQ(0, first);
	ASSERT_EQ(0, unlink(hold));
	seki_collector_retain(c); /* not twice in a minute */
	ASSERT_EQ(0, seki_log_first(fd, &first));
	EXPECT_EQ(0, first);
	c->keep.looked = 0;
	seki_collector_retain(c);
	ASSERT_EQ(0, seki_log_first(fd, &first));
	EXPECT_GT(first, 0);
	snprintf(command, sizeof(command), "grep -c 'legal hold begins' %s", last_segment());
	EXPECT_EQ(0, system(command));
	snprintf(command, sizeof(command), "grep -c '\"log segment deleted\",\"first\":0,' %s",
		 last_segment());
	EXPECT_EQ(0, system(command));
	close(fd);
	end(c);
}

TEST(status_is_json_and_names_problems)
{
	static const struct seki_asker nobody = { .uid = (uid_t)-1 };
	static char text[200000];
	struct seki_buf b = { .data = text, .cap = sizeof(text) - 1 };
	struct seki_collector *c;
	json_t *j;

	make_kernel(1 << 20);
	c = collector(1 << 20);
	stats[2].loss[1] = 5;
	c->stalled = ENOSPC;
	seki_status_write(c, &nobody, "", &b);
	j = json_loads(text, 0, NULL);
	ASSERT_TRUE(j);
	EXPECT_EQ(3, json_array_size(json_object_get(j, "problems")));
	EXPECT_EQ(5, json_integer_value(
			     json_object_get(json_object_get(j, "loss"), "activity-ring-full")));
	EXPECT_EQ(1, json_array_size(json_object_get(j, "loss_cpu")));
	json_decref(j);
	end(c);
}

HARNESS_MAIN
