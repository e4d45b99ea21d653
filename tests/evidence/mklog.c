// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mklog - a log for tests, with records as a collector writes them.
 *
 * usage: mklog DIR KEYS HOST COUNT SEGMENT [BACK [LEAVE-OUT [TOLD]]]
 *
 * COUNT more records to the log in DIR, a checkpoint each ten and at the end, in
 * segments of so many bytes.  BACK: seconds by which the wall clock is set back
 * half way.  The event LEAVE-OUT has no record, as if a collector had dropped it;
 * TOLD: there is a record of its loss instead.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/evidence/keys.h"
#include "userspace/evidence/log.h"

#define NS 1000000000ull
#define BOOT "c6e144c3170f0123456789abcdef0123"

static struct seki_log_moment now = { NS, 1795248000 * NS, true };

/* Every twentieth record is a heartbeat, the others are events of two CPUs. */
#define BEAT 20
static uint64_t leave_out = UINT64_MAX; /* number of an event, from 0 */
static bool told;
static uint64_t spoken[2]; /* numbers of each CPU up to the last heartbeat */

static uint64_t event_of(uint64_t i)
{
	return i - i / BEAT;
}

/* What is lost has no number over all CPUs. */
static uint64_t over_all(uint64_t events)
{
	return events - (told && events > leave_out);
}

static void spans(uint64_t events, char *ret, size_t size)
{
	uint64_t to[2] = { (events + 1) / 2, events / 2 };
	int len = snprintf(ret, size,
			   "\"spans\":[[0,%llu,%llu,0],[1,%llu,%llu,0]],\"all\":[%llu,%llu,0,0]",
			   (unsigned long long)spoken[0] + 1, (unsigned long long)to[0],
			   (unsigned long long)spoken[1] + 1, (unsigned long long)to[1],
			   (unsigned long long)over_all(spoken[0] + spoken[1]) + 1,
			   (unsigned long long)over_all(events));

	if (len < 0 || (size_t)len >= size)
		exit(1);
	memcpy(spoken, to, sizeof(to));
}

static int loss(const char *head, uint64_t n, char *ret, size_t size)
{
	return snprintf(
		ret, size,
		"%s\"class\":\"loss\",\"act\":\"events lost\",\"count\":1,\"lost\":[{\"cpu\":%llu,"
		"\"count\":1,\"from\":%llu,\"to\":%llu,\"cause\":{\"activity-ring-full\":1}}]}\n",
		head, (unsigned long long)n % 2, (unsigned long long)n / 2 + 1,
		(unsigned long long)n / 2 + 1);
}

static int record(const char *host, uint64_t i, char *ret, size_t size)
{
	uint64_t n = event_of(i);
	char head[256], more[256];
	time_t s = (time_t)(now.wall / NS);
	char t[40];

	strftime(t, sizeof(t), "%Y-%m-%dT%H:%M:%S", gmtime(&s));
	snprintf(head, sizeof(head),
		 "{\"v\":1,\"id\":\"%s:%.12s:d%llu\",\"bt\":%llu,\"t\":\"%s.000000000+00:00\",",
		 host, BOOT, (unsigned long long)now.boottime, (unsigned long long)now.boottime, t);
	if (i % BEAT == BEAT - 1) {
		spans(event_of(i), more, sizeof(more));
		return snprintf(
			ret, size,
			"%s\"class\":\"heartbeat\",\"act\":\"alive\",\"mode\":\"enforce\",\"boot\":\"" BOOT
			"\",%s}\n",
			head, more);
	}
	if (n == leave_out)
		return told ? loss(head, n, ret, size) : 0;
	return snprintf(
		ret, size,
		"{\"v\":1,\"id\":\"%s:%.12s:%llu\",\"cpu\":%llu,\"cseq\":%llu,\"bt\":%llu,"
		"\"t\":\"%s.000000000+00:00\",\"class\":\"access\",\"act\":\"open for reading\","
		"\"verdict\":\"denied\",\"policy\":{\"name\":\"osmo-hlr\",\"version\":1,"
		"\"digest\":\"e106f3781e25150c\"}}\n",
		host, BOOT, (unsigned long long)over_all(n + 1), (unsigned long long)n % 2,
		(unsigned long long)n / 2 + 1, (unsigned long long)now.boottime, t);
}

static void must(int err, const char *what)
{
	if (err >= 0)
		return;
	fprintf(stderr, "mklog: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void pass(uint64_t seconds)
{
	now.boottime += seconds * NS;
	now.wall += seconds * NS;
}

static void fill(struct seki_log *l, const char *host, uint64_t count, uint64_t back)
{
	struct seki_log_state s;
	char line[1024];

	seki_log_state(l, &s);
	spoken[0] = (s.size / BEAT * (BEAT - 1) + 1) / 2;
	spoken[1] = s.size / BEAT * (BEAT - 1) / 2;
	for (uint64_t i = 0; i < count; i++) {
		size_t size = (size_t)record(host, s.size + i, line, sizeof(line));

		if (size)
			must((int)seki_log_append(l, line, size), "append");
		pass(1);
		if (back && i == count / 2)
			now.wall -= back * NS;
		if (i % 10 == 9)
			must(seki_log_checkpoint(l, SEKI_LOG_TIME, &now), "checkpoint");
		must(seki_log_turn(l, &now), "turn");
		while (seki_log_tidy(l) > 0)
			;
	}
	must(seki_log_checkpoint(l, SEKI_LOG_STOP, &now), "stop");
}

int main(int argc, char **argv)
{
	struct seki_log_options o = { .boot = BOOT };
	struct seki_log_found found;
	struct seki_log_keys keys;
	char origin[SEKI_NOTE_NAME], err[256], text[2 * SEKI_VKEY_TEXT];
	struct seki_log *l;

	if (argc < 6) {
		fprintf(stderr,
			"usage: mklog DIR KEYS HOST COUNT SEGMENT [BACK [LEAVE-OUT [TOLD]]]\n");
		return 2;
	}
	seki_log_origin(argv[3], origin);
	if (seki_log_keys_open(argv[2], origin, 0, &keys, err, sizeof(err))) {
		fprintf(stderr, "mklog: %s\n", err);
		return 1;
	}
	o.dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o.origin = origin;
	o.key = &keys.key;
	o.old = keys.has_old ? &keys.old : NULL;
	o.segment = strtoull(argv[5], NULL, 10);
	leave_out = argc > 7 ? strtoull(argv[7], NULL, 10) : leave_out;
	told = argc > 8;
	must(seki_log_open(&o, &now, &l, &found), "open");
	/* A second run goes on in time: a record is a second. */
	pass(found.size);
	fill(l, argv[3], strtoull(argv[4], NULL, 10), argc > 6 ? strtoull(argv[6], NULL, 10) : 0);
	seki_log_close(l);
	seki_log_keys_text(&keys, text);
	fputs(text, stdout);
	seki_log_keys_close(&keys);
	return 0;
}
