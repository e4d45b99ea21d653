// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkwindow - a signed log of a time on a host, for tests of reports: events go
 * through the collector's own stages.
 *
 * usage: mkwindow DIR KEYS WORD...
 *
 *	beat:N		N heartbeats, a minute apart
 *	silence:N	N seconds without a sign of life
 *	lost:N		N minutes in which the canary opens
 *	interval:N	heartbeats promise the next one in N seconds
 *	keep:N		records are deleted after N days
 *	pattern:N	the host is set to service pattern N
 *	audit, enforce	the mode from here on
 *	back:N		the wall clock is set back N seconds
 *	many:N		N times: the database is read and that is refused
 *	THING		see tests/unit/window.h
 *
 * SEGMENT in the environment: bytes of a segment (64M).
 *
 * Prints the public key.
 */
#define _GNU_SOURCE
#include "tests/unit/window.h"

#include "userspace/evidence/keys.h"
#include "userspace/evidence/log.h"

static struct seki_log *out;
static struct window w;

static void must(int err, const char *what)
{
	if (err >= 0)
		return;
	fprintf(stderr, "mkwindow: %s: %s\n", what, strerror(-err));
	exit(1);
}

static struct seki_log_moment now(void)
{
	return (struct seki_log_moment){ window_boot, window_wall, true };
}

static void put(void *of, uint64_t index, const char *data, size_t size)
{
	struct seki_log_moment moment = now();

	(void)of;
	/* With its newline. */
	must((int)seki_log_append(out, data, size + 1), "append");
	if (index % 5000 != 4999)
		return;
	must(seki_log_checkpoint(out, SEKI_LOG_TIME, &moment), "checkpoint");
	must(seki_log_turn(out, &moment), "turn");
	while (seki_log_tidy(out) > 0)
		;
}

static void lose(unsigned int minutes)
{
	struct seki_collector *c = &w.c;

	window_pass(1000);
	seki_clock_tick(&c->clock);
	c->canary.state = SEKI_CANARY_LOST;
	seki_notice_canary(c, "enforcement-lost", true, "0", -1);
	window_read(&w);
	window_beats(&w, minutes);
	c->canary.state = SEKI_CANARY_HELD;
	seki_notice_canary(c, "enforcement-restored", true, "1", 0);
	window_read(&w);
}

static void set_back(unsigned int seconds)
{
	window_wall -= seconds * WINDOW_NS;
	seki_clock_tick(&w.c.clock);
	seki_notice_clock(&w.c, -(int64_t)(seconds * WINDOW_NS));
	window_read(&w);
}

static void many(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		must(window_happen(&w, "read-data"), "read-data");
		if (i % 8000 == 7999)
			window_beat(&w);
	}
}

static void happen(const char *word)
{
	const char *colon = strchr(word, ':');
	unsigned int n = colon ? (unsigned int)strtoul(colon + 1, NULL, 10) : 0;
	__u32 *mode = &w.c.know.names.policy[0].meta.mode;

	if (!strncmp(word, "beat:", 5))
		window_beats(&w, n);
	else if (!strncmp(word, "silence:", 8))
		window_pass(n * 1000ull);
	else if (!strncmp(word, "lost:", 5))
		lose(n);
	else if (!strncmp(word, "back:", 5))
		set_back(n);
	else if (!strncmp(word, "many:", 5))
		many(n);
	else if (!strncmp(word, "interval:", 9))
		w.c.heartbeat = n * SEKI_NS;
	else if (!strncmp(word, "keep:", 5))
		w.c.keep.age = n * 86400ull * SEKI_NS;
	else if (!strncmp(word, "pattern:", 8))
		w.c.service.pattern = n;
	else if (!strcmp(word, "audit"))
		*mode = SEKI_MODE_AUDIT;
	else if (!strcmp(word, "enforce"))
		*mode = SEKI_MODE_ENFORCE;
	else
		must(window_happen(&w, word) ? -EINVAL : 0, word);
}

static void open_all(const char *dir, const char *key_dir, struct seki_log_keys *keys)
{
	struct seki_log_options o = { .boot = w.c.host.boot, .segment = 64u << 20 };
	const char *segment = getenv("SEGMENT");
	struct seki_log_moment moment = now();
	struct seki_log_found found;
	char origin[SEKI_NOTE_NAME], err[256];

	if (segment)
		o.segment = strtoull(segment, NULL, 10);
	seki_log_origin(w.c.host.id, origin);
	if (seki_log_keys_open(key_dir, origin, 0, keys, err, sizeof(err))) {
		fprintf(stderr, "mkwindow: %s\n", err);
		exit(1);
	}
	o.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o.origin = origin;
	o.key = &keys->key;
	must(seki_log_open(&o, &moment, &out, &found), "open");
}

int main(int argc, char **argv)
{
	char text[2 * SEKI_VKEY_TEXT];
	struct seki_log_keys keys;
	struct seki_log_moment moment;

	if (argc < 3) {
		fprintf(stderr, "usage: mkwindow DIR KEYS WORD...\n");
		return 2;
	}
	setenv("TZ", "Asia/Tokyo", 1);
	w.line = put;
	must(window_open(&w), "window");
	open_all(argv[1], argv[2], &keys);
	seki_clock_tick(&w.c.clock);
	must(window_happen(&w, "load-policy"), "load-policy");
	seki_notice_start(&w.c);
	window_read(&w);
	for (int i = 3; i < argc; i++)
		happen(argv[i]);
	moment = now();
	must(seki_log_checkpoint(out, SEKI_LOG_STOP, &moment), "stop");
	seki_log_close(out);
	seki_log_keys_text(&keys, text);
	fputs(text, stdout);
	seki_log_keys_close(&keys);
	window_close(&w);
	return 0;
}
