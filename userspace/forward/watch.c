// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/forward/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "userspace/collector/clock.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"
#include "userspace/reader/source.h"
#include "userspace/reader/time.h"

#define AT_ONCE 4096 /* records read in one step */
/* So many alarms in so long are told one by one; what is more, as a number. */
#define FLOOD 10
#define FLOOD_WINDOW (60 * SEKI_NS)

/* ---- raising ------------------------------------------------------------- */

static void send_all(struct seki_watch *w, const char *kind, const char *what, json_t *record)
{
	char host[256] = "", t[SEKI_UTC_TEXT];
	json_t *j;
	char *text;

	gethostname(host, sizeof(host) - 1);
	seki_utc_text((uint64_t)time(NULL), t);
	j = json_pack("{ss ss ss ss ss}", "source", "sekisho", "t", t, "host", host, "alarm", kind,
		      "what", what);
	if (record)
		json_object_set(j, "record", record);
	if (w->held)
		json_object_set_new(j, "not_told", json_integer((json_int_t)w->held));
	text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	for (unsigned int i = 0; text && i < w->alarms; i++)
		seki_alarm_raise(&w->alarm[i], text);
	w->held = 0;
	free(text);
	json_decref(j);
}

/* An attacker who makes alarms by the thousand must not hide the next one from
 * people; all are records anyhow.
 */
static void raise_(struct seki_watch *w, const char *kind, const char *what, json_t *record)
{
	uint64_t now = seki_clock_now();

	w->raised++;
	if (now - w->window > FLOOD_WINDOW) {
		w->window = now;
		w->in_window = 0;
	}
	if (w->in_window++ < FLOOD)
		send_all(w, kind, what, record);
	else
		w->held++;
}

/* Alarms that a flood held back are told when its window ends. */
static void tell_held(struct seki_watch *w)
{
	if (w->held && seki_clock_now() - w->window > FLOOD_WINDOW)
		raise_(w, "flood", "more alarms came than were told one by one", NULL);
}

/* ---- the log ------------------------------------------------------------- */

const char *seki_watch_judge(json_t *r)
{
	const char *class = seki_field(r, "class"), *act = seki_field(r, "act");

	if (!strcmp(seki_field(r, "sev"), "high"))
		return act;
	/* field k of MIC3-IV.1.1.12: the protection's own start and end */
	if (!strcmp(class, "lifecycle") &&
	    (!strcmp(act, "collector stops") || !strcmp(act, "policy changes")))
		return act;
	return NULL;
}

static void look_at_clock(struct seki_watch *w, json_t *r)
{
	json_t *ntp = json_object_get(r, "ntp");
	bool unkept = ntp && json_is_false(json_object_get(ntp, "sync"));

	if (!ntp || unkept == w->unkept)
		return;
	w->unkept = unkept;
	raise_(w, "clock",
	       unkept ? "the wall clock is not kept synchronised" :
			"the wall clock is synchronised again",
	       r);
}

static void look_at_record(struct seki_watch *w, const struct seki_source_record *s)
{
	json_t *r = seki_source_whole(w->source, s);
	const char *why = seki_watch_judge(r), *id = seki_field(r, "id");

	if (why)
		raise_(w, "record", why, r);
	if (!strcmp(seki_field(r, "class"), "heartbeat"))
		look_at_clock(w, r);
	if (!strcmp(seki_field(r, "class"), "heartbeat") ||
	    !strcmp(seki_field(r, "act"), "collector starts"))
		w->sign = seki_clock_now();
	if (strlen(id) < sizeof(w->cursor.id))
		memcpy(w->cursor.id, id, strlen(id) + 1);
	w->cursor.next = s->index + 1;
	json_decref(r);
}

static void read_log(struct seki_watch *w)
{
	struct seki_source_record r;
	uint64_t before = w->cursor.next, first;
	int got = 0, err = 0;

	if (!w->source)
		err = seki_source_open(w->config->log, w->cursor.next, &w->source);
	if (err == -ENODATA && !seki_source_first(w->config->log, &first))
		w->cursor.next = first;
	for (int i = 0; !err && i < AT_ONCE && (got = seki_source_read(w->source, &r)) > 0; i++)
		look_at_record(w, &r);
	if (got < 0) {
		seki_source_close(w->source);
		w->source = NULL;
	}
	/* An alarm may come twice after a crash, and is not lost. */
	if (w->cursor.next != before && seki_cursor_save(w->path, &w->cursor))
		seki_warnx("%s can't be written: alarms may come twice", w->path);
}

static void look_for_silence(struct seki_watch *w)
{
	uint64_t silent = seki_clock_now() - w->sign;
	char what[96];

	if (w->silent == (silent > w->silence))
		return;
	w->silent = !w->silent;
	if (!w->silent) {
		raise_(w, "silence", "the collector's heartbeats are back", NULL);
		return;
	}
	snprintf(what, sizeof(what), "no heartbeat of the collector for %llu s",
		 (unsigned long long)(silent / SEKI_NS));
	raise_(w, "silence", what, NULL);
}

static void look_at_sinks(struct seki_watch *w, struct seki_worker *workers, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		bool stuck = seki_worker_waits(&workers[i]) * SEKI_NS > w->backlog;
		char what[128];

		if (stuck == w->stuck[i])
			continue;
		w->stuck[i] = stuck;
		snprintf(what, sizeof(what), "records %s sink %s",
			 stuck ? "can't leave the host by" : "leave the host again by",
			 workers[i].sink->name);
		raise_(w, "backlog", what, NULL);
	}
}

void seki_watch_step(struct seki_watch *w, struct seki_worker *workers, unsigned int count)
{
	if (!w->alarms)
		return;
	read_log(w);
	look_for_silence(w);
	look_at_sinks(w, workers, count);
	tell_held(w);
}

/* ---- life ---------------------------------------------------------------- */

/* A first start tells nothing of the past; a later one what came in between. */
static int open_cursor(struct seki_watch *w, const char *state)
{
	int err;

	if (asprintf(&w->path, "%s/alarms.position", state) < 0)
		return -ENOMEM;
	err = access(w->path, F_OK) ? seki_source_size(w->config->log, &w->cursor.next) :
				      seki_cursor_load(w->path, &w->cursor);
	if (err == -ENOENT) /* no log yet */
		err = 0;
	if (err)
		seki_warnx("%s: %s", w->path, strerror(-err));
	return err;
}

int seki_watch_start(struct seki_watch *w, const struct seki_forward_config *c,
		     const struct seki_limits *l, const char *state, atomic_bool *stop)
{
	int err = 0;

	w->config = c;
	w->limits = *l;
	w->silence = l->silence * SEKI_NS;
	w->backlog = l->backlog * SEKI_NS;
	w->sign = seki_clock_now();
	if (c->alarms)
		err = open_cursor(w, state);
	for (unsigned int i = 0; !err && i < c->alarms; i++) {
		err = seki_alarm_start(&w->alarm[i], &c->alarm[i], l->notice * SEKI_NS, stop);
		w->alarms += !err;
	}
	return err;
}

void seki_watch_stop(struct seki_watch *w)
{
	for (unsigned int i = 0; i < w->alarms; i++)
		seki_alarm_join(&w->alarm[i]);
	seki_source_close(w->source);
	free(w->path);
	w->alarms = 0;
}

void seki_watch_status(struct seki_watch *w, struct seki_buf *b)
{
	seki_put_u64(b, "pattern", w->limits.pattern);
	seki_put_open(b, "problems", '[');
	for (unsigned int i = 0; i < w->limits.findings; i++)
		seki_buf_item(b, w->limits.finding[i]);
	seki_put_close(b, ']');
	seki_put_u64(b, "silent_s", (seki_clock_now() - w->sign) / SEKI_NS);
	seki_put_u64(b, "alarms_raised", w->raised);
	seki_put_open(b, "alarms", '[');
	for (unsigned int i = 0; i < w->alarms; i++)
		seki_alarm_status(&w->alarm[i], b);
	seki_put_close(b, ']');
}
