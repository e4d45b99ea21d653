// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_bench - records per second of the collector's pipeline, beside a
 * bare line: the same events, a hand-written JSON of 20 fields, SHA-256 chained
 * over the digest before, write, fdatasync each 100 ms.  One thread, a ring in
 * memory filled before each turn, the log on the filesystem of DIR.
 *
 * usage: collector_bench DIR SECONDS bare|collector
 *
 * Prints records, seconds, seconds of processor, bytes a record, resident kB.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/events.h"
#include "tests/unit/fakering.h"
#include "userspace/collector/collector.h"
#include "userspace/collector/lanes.h"
#include "userspace/policy/key.h"

#define RING (64u << 20)
#define PROGRAM "/usr/bin/cat"

static struct fakering ring[2];
static struct seki_stats stats[4];
static uint64_t seq;
static struct seki_signer key;

/* An operator's `sudo cat` of the subscriber database over ssh, as a host tells it:
 * nothing is left out because nobody knows it.
 */
static struct seki_access_event typical(void)
{
	static const char *const comms[] = { "sudo", "bash", "sshd" };
	struct seki_access_event a = event_denied();
	struct stat st;

	if (stat(PROGRAM, &st))
		abort();
	a.e.exe_dev = seki_dev_kernel(st.st_dev);
	a.e.exe_ino = st.st_ino;
	a.e.loginuid = 1000;
	for (unsigned int i = 0; i < 3; i++) {
		a.e.ancestors[i].pid = 1233 - 9 * i;
		name_set(a.e.ancestors[i].comm, sizeof(a.e.ancestors[i].comm), comms[i]);
	}
	a.label = SEKI_LABEL_FIRST;
	a.rule = 0;
	return a;
}

static uint32_t random_(void)
{
	static uint64_t x = 1;

	x = x * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(x >> 33);
}

/* Each act is of another process, at its own time, on one of 64 files. */
static void vary(struct seki_access_event *a)
{
	char name[16];

	a->e.time_ns += 1000 + random_() % 1000000;
	a->e.start_ns = a->e.time_ns - 1000000 - random_() % 1000000;
	a->e.pid = a->e.tid = 100000 + random_() % 900000;
	a->e.ancestors[0].pid = a->e.pid - 1;
	a->object.ino = 1000 + random_() % 64;
	snprintf(name, sizeof(name), "hlr-%02u.db", (unsigned int)(a->object.ino - 1000));
	name_set(a->path.names[0], sizeof(a->path.names[0]), name);
}

static size_t fill(void)
{
	struct seki_access_event a = typical();
	size_t count = 0;

	for (;; count++) {
		a.e.seq = ++seq;
		a.e.cpu = seq % 4;
		a.e.cpu_seq = ++stats[a.e.cpu].events;
		vary(&a);
		if (!fakering_put(&ring[0], &a, sizeof(a)))
			return count;
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the bare line ------------------------------------------------------- */

struct bare {
	int fd;
	double synced;
	size_t bytes;
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char text[1 << 20];
	struct seki_buf b;
};

static void bare_record(struct bare *x, const struct seki_access_event *a)
{
	struct seki_buf *b = &x->b;
	size_t begin = b->len;

	seki_buf_char(b, '{');
	seki_put_u64(b, "seq", a->e.seq);
	seki_put_u64(b, "cpu", a->e.cpu);
	seki_put_u64(b, "cseq", a->e.cpu_seq);
	seki_put_u64(b, "t", a->e.time_ns);
	seki_put_u64(b, "session", a->e.session);
	seki_put_u64(b, "start", a->e.start_ns);
	seki_put_u64(b, "exe", a->e.exe_ino);
	seki_put_u64(b, "pid", a->e.pid);
	seki_put_u64(b, "tid", a->e.tid);
	seki_put_u64(b, "uid", a->e.uid);
	seki_put_u64(b, "euid", a->e.euid);
	seki_put_u64(b, "auid", a->e.loginuid);
	seki_put_u64(b, "tty", a->e.tty);
	seki_put_str(b, "comm", a->e.comm);
	seki_put_u64(b, "hook", a->hook);
	seki_put_u64(b, "verdict", a->verdict);
	seki_put_u64(b, "label", a->label);
	seki_put_u64(b, "ino", a->object.ino);
	seki_put_u64(b, "dev", a->object.dev);
	seki_put_str(b, "name", a->path.names[0]);
	seki_buf_close(b, '}');
	seki_buf_char(b, '\n');
	memcpy(b->data + b->len, x->digest, sizeof(x->digest));
	SHA256((unsigned char *)b->data + begin, b->len - begin + sizeof(x->digest), x->digest);
}

static void bare_write(struct bare *x)
{
	if (write(x->fd, x->b.data, x->b.len) != (ssize_t)x->b.len)
		abort();
	x->bytes += x->b.len;
	x->b.len = 0;
	if (seconds() - x->synced > 0.1) {
		fdatasync(x->fd);
		x->synced = seconds();
	}
}

static void bare_drain(struct bare *x)
{
	struct seki_ring r = fakering_reader(&ring[0]);
	const void *event;
	size_t size;

	while (seki_ring_next(&r, &event, &size) > 0) {
		bare_record(x, event);
		if (x->b.len > sizeof(x->text) - 4096) {
			bare_write(x);
			seki_ring_release(&r);
		}
	}
	bare_write(x);
	seki_ring_release(&r);
}

/* ---- the collector --------------------------------------------------------- */

static void put_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

/* What the collector knows of a host: accounts, a session, mounts. */
static void make_host(const char *dir)
{
	static const char *const dirs[] = { "etc", "run", "run/systemd", "run/systemd/sessions" };
	char path[256];

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		mkdir(path, 0700);
	}
	put_file(dir, "etc/passwd",
		 "root:x:0:0::/root:/bin/sh\noper:x:1000:1000::/home/oper:/bin/sh\n");
	put_file(dir, "run/systemd/sessions/3",
		 "USER=oper\nREMOTE_HOST=10.0.2.2\nSERVICE=sshd\nTTY=pts/0\nLEADER=1200\n");
	put_file(dir, "mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
}

static void know(struct seki_knowledge *k, const char *dir)
{
	struct seki_access_event a = typical();
	struct seki_path_text exe = { .len = strlen(PROGRAM) };
	struct seki_policy *p = &k->names.policy[0];
	char mountinfo[256];

	make_host(dir);
	memcpy(exe.text, PROGRAM, exe.len);
	seki_programs_learn(&k->programs, a.e.exe_dev, a.e.exe_ino, 0, &exe);
	seki_people_open(&k->people, dir);
	snprintf(mountinfo, sizeof(mountinfo), "%s/mountinfo", dir);
	seki_mounts_open(&k->mounts, mountinfo);
	k->names.fixed = true;
	k->names.generation = 1;
	p->meta = (struct seki_meta){ .name = "osmo-hlr", .policy_version = 1, .generation = 1 };
	memcpy(p->digest, "9f2c410000000000", 17);
	p->label[SEKI_LABEL_FIRST] = "hlr.data";
	p->kind[SEKI_LABEL_FIRST] = SEKI_KIND_DATA;
}

static struct seki_collector *collector(const char *dir)
{
	struct seki_collector *c = calloc(1, sizeof(*c));
	struct seki_log_options o = {
		.segment = 1ull << 40, .origin = "bench", .key = &key, .hasher = seki_lanes_open()
	};
	struct seki_log_moment now = { .boottime = 1 };
	struct seki_log_found found;
	char err[256];

	key.key = seki_key_generate();
	snprintf(key.name, sizeof(key.name), "bench");
	o.boot = "00000000000000000000000000000000";
	o.dir = open(dir, O_RDONLY | O_DIRECTORY);
	if (seki_collector_open(c) || seki_programs_open(&c->know.programs, true) ||
	    seki_controls_load("policies/controls/mapping.json", &c->controls, err, sizeof(err)) ||
	    seki_track_open(&c->track, 4, stats) || seki_sink_log_open(&o, &now, &c->sink, &found))
		abort();
	know(&c->know, dir);
	seki_host_read(&c->host, "");
	c->ring[0] = fakering_reader(&ring[0]);
	c->ring[1] = fakering_reader(&ring[1]);
	c->rings = 2;
	c->stats = stats;
	return c;
}

static void drain(struct seki_collector *c)
{
	while (seki_collector_step(c))
		seki_collector_tick(c, -1);
}

/* ---- what it took ------------------------------------------------------------ */

struct took {
	size_t records;
	double wall, cpu;
};

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* kB of this process, without the ring: that is the kernel's. */
static long resident(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	long sum = 0, n;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %ld", &n) == 1 || sscanf(line, "RssFile: %ld", &n) == 1)
			sum += n;
	if (f)
		fclose(f);
	return sum;
}

/* The ring is filled while the clock stands. */
static void turn(struct took *t, struct bare *x, struct seki_collector *c)
{
	double wall, cpu;
	size_t count = fill();

	wall = seconds();
	cpu = cpu_seconds();
	if (c)
		drain(c);
	else
		bare_drain(x);
	t->wall += seconds() - wall;
	t->cpu += cpu_seconds() - cpu;
	t->records += count;
}

static uint64_t bytes_in(const char *dir, const char *like)
{
	struct dirent **list;
	uint64_t sum = 0;
	int n = scandir(dir, &list, NULL, NULL);

	while (n-- > 0) {
		char path[512];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", dir, list[n]->d_name);
		if (strstr(list[n]->d_name, like) && !stat(path, &st))
			sum += (uint64_t)st.st_size;
		free(list[n]);
	}
	return sum;
}

int main(int argc, char **argv)
{
	static struct bare bare;
	struct took took = { 0 };
	struct seki_collector *c = NULL;
	bool ours = argc == 4 && !strcmp(argv[3], "collector");
	char path[256];
	double limit;

	if (argc != 4 || (!ours && strcmp(argv[3], "bare")) || (limit = atof(argv[2])) <= 0) {
		fprintf(stderr, "usage: collector_bench DIR SECONDS bare|collector\n");
		return 2;
	}
	fakering_make(&ring[0], RING);
	fakering_make(&ring[1], 4096);
	snprintf(path, sizeof(path), "%s/bare", argv[1]);
	bare.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	bare.b = (struct seki_buf){ .data = bare.text, .cap = sizeof(bare.text) };
	if (ours)
		c = collector(argv[1]);
	while (took.wall < limit)
		turn(&took, &bare, c);
	if (ours)
		c->sink->ops->sync(c->sink);
	printf("%zu %.3f %.3f %.0f %ld\n", took.records, took.wall, took.cpu,
	       (double)bytes_in(argv[1], ours ? ".jsonl" : "bare") / (double)took.records,
	       resident());
	return 0;
}
