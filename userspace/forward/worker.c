// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/forward/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/collector/clock.h"
#include "userspace/forward/ocsf.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"
#include "userspace/reader/source.h"

#define MS 1000000ull
#define BACKOFF_FIRST 250   /* ms */
#define BACKOFF_LAST 30000u /* ms */

/* What one connection has on its way. */
struct trip {
	struct seki_worker *w;
	struct seki_source *source;
	unsigned int uncertain; /* records sent, not certain */
	uint64_t since;		/* boot time of the first of them */
	uint64_t next;		/* number behind the last that was sent */
	char id[SEKI_ID_MAX];	/* its id */
};

static void said(struct seki_worker *w, const char *why)
{
	pthread_mutex_lock(&w->lock);
	/* Once for each time it begins, not for each attempt. */
	if (*why && strcmp(w->show.why, why))
		seki_warnx("sink %s: %s", w->sink->name, why);
	else if (!*why && *w->show.why)
		seki_warnx("sink %s: goes on", w->sink->name);
	snprintf(w->show.why, sizeof(w->show.why), "%s", why);
	w->show.connected = !*why;
	w->show.errors += !!*why;
	pthread_mutex_unlock(&w->lock);
}

/* True: time to end. */
static bool rest(struct seki_worker *w, unsigned int ms)
{
	const struct timespec step = { .tv_nsec = 50 * MS };

	for (unsigned int done = 0; done < ms && !atomic_load(w->stop); done += 50)
		nanosleep(&step, NULL);
	return atomic_load(w->stop);
}

/* The clock of the backlog: since when something waits that is not certain. */
static void waits(struct seki_worker *w, bool any)
{
	pthread_mutex_lock(&w->lock);
	if (!any)
		w->show.waiting = 0;
	else if (!w->show.waiting)
		w->show.waiting = seki_clock_now();
	pthread_mutex_unlock(&w->lock);
}

static int settle(struct trip *t)
{
	struct seki_worker *w = t->w;
	struct seki_cursor c = w->cursor;
	int err = w->target->ops->confirm(w->target, &c.mark);

	if (err)
		return err;
	c.next = t->next;
	memcpy(c.id, t->id, sizeof(c.id));
	err = seki_cursor_save(w->path, &c);
	if (err)
		return seki_target_fail(w->target, -err, "cursor %s", w->path);
	w->cursor = c;
	pthread_mutex_lock(&w->lock);
	w->show.next = c.next;
	w->show.certain += t->uncertain;
	w->show.waiting = 0;
	pthread_mutex_unlock(&w->lock);
	t->uncertain = 0;
	return 0;
}

static bool due(const struct trip *t)
{
	const struct seki_target_ops *ops = t->w->target->ops;
	uint64_t linger = t->w->sink->confirm ? t->w->sink->confirm * SEKI_NS : ops->linger * MS;

	return t->uncertain && (t->uncertain >= ops->window || atomic_load(t->w->stop) ||
				seki_clock_now() - t->since >= linger);
}

static int send_form(struct trip *t, struct seki_parcel *p)
{
	struct seki_worker *w = t->w;
	char *text = NULL;
	int err;

	if (w->sink->format == SEKI_FORMAT_OCSF) {
		text = seki_ocsf_text(p->json, p->index, p->body);
		if (!text)
			return seki_target_fail(w->target, ENOMEM, "OCSF form of %s", p->id);
		p->body = text;
		p->size = strlen(text);
	}
	err = w->target->ops->send(w->target, p);
	free(text);
	return err;
}

static void count(struct seki_worker *w, bool malformed, bool again)
{
	pthread_mutex_lock(&w->lock);
	w->show.malformed += malformed;
	w->show.sent += !malformed;
	w->show.repeated += again;
	pthread_mutex_unlock(&w->lock);
}

/* A line that is no record has no form to be sent in; verify(8) names it. */
static int send_record(struct trip *t, const struct seki_source_record *r, uint64_t repeats)
{
	json_t *json = seki_source_whole(t->source, r);
	struct seki_parcel p = { .index = r->index,
				 .json = json,
				 .body = r->data,
				 .size = r->size,
				 .id = seki_field(json, "id") };
	bool good = json_is_object(json) && *p.id && strlen(p.id) < SEKI_ID_MAX &&
		    !strpbrk(p.id, " \t\n");
	int err = good ? send_form(t, &p) : 0;

	if (!err && good)
		memcpy(t->id, p.id, strlen(p.id) + 1);
	if (!err) {
		count(t->w, !good, r->index < repeats);
		t->next = r->index + 1;
		if (!t->uncertain++)
			t->since = seki_clock_now();
	}
	json_decref(json);
	return err;
}

/* Retention was faster than the far side: what is gone can only be counted. */
static int open_source(struct trip *t)
{
	struct seki_worker *w = t->w;
	int err = seki_source_open(w->config->log, w->cursor.next, &t->source);
	uint64_t first;

	if (err == -ENODATA && !seki_source_first(w->config->log, &first) &&
	    first > w->cursor.next) {
		seki_warnx("sink %s: %" PRIu64 " records were removed from the log unsent",
			   w->sink->name, first - w->cursor.next);
		pthread_mutex_lock(&w->lock);
		w->show.missed += first - w->cursor.next;
		pthread_mutex_unlock(&w->lock);
		w->cursor.next = first;
		err = seki_source_open(w->config->log, first, &t->source);
	}
	if (err)
		return seki_target_fail(w->target, -err, "log %s", w->config->log);
	t->next = w->cursor.next;
	memcpy(t->id, w->cursor.id, sizeof(t->id));
	return 0;
}

/* Without building the tree of every record of a long log. */
static bool has_id(const struct seki_source_record *r, const char *id)
{
	json_t *json;
	bool ret;

	if (!memmem(r->data, r->size, id, strlen(id)))
		return false;
	json = json_loadb(r->data, r->size, 0, NULL);
	ret = !strcmp(id, seki_field(json, "id"));
	json_decref(json);
	return ret;
}

/* The records up to the cursor are certain; which after it does the far side
 * hold already?  An answer was lost on its way, or we were before the cursor
 * was written.
 */
static int skip_known(struct trip *t)
{
	struct seki_worker *w = t->w;
	char id[SEKI_ID_MAX] = "";
	struct seki_source_record r;
	int got = w->target->ops->last ? w->target->ops->last(w->target, id) : 0;

	if (got <= 0 || !strcmp(id, w->cursor.id))
		return got < 0 ? got : 0;
	while ((got = seki_source_read(t->source, &r)) > 0) {
		if (!has_id(&r, id))
			continue;
		memcpy(t->id, id, sizeof(t->id));
		t->next = r.index + 1;
		t->uncertain = (unsigned int)(t->next - w->cursor.next);
		return settle(t);
	}
	if (got < 0)
		return seki_target_fail(w->target, -got, "log %s", w->config->log);
	seki_source_close(t->source);
	t->source = NULL;
	return open_source(t);
}

static int pump(struct trip *t, uint64_t repeats)
{
	struct seki_worker *w = t->w;
	struct seki_source_record r;
	int err = 0;

	while (!err) {
		int got = atomic_load(w->stop) ? 0 : seki_source_read(t->source, &r);

		if (got < 0)
			return seki_target_fail(w->target, -got, "log %s", w->config->log);
		if (got)
			err = send_record(t, &r, repeats);
		if (!err && due(t))
			err = settle(t);
		waits(w, got || t->uncertain);
		if (!err && !got && atomic_load(w->stop) && !t->uncertain)
			return 0;
		if (!err && !got)
			seki_source_wait(t->source, 100);
	}
	return err;
}

/* One connection, from the cursor on.  *ret_reached: sent up to here. */
static int travel(struct seki_worker *w, uint64_t *reached)
{
	struct trip t = { .w = w };
	int err = w->target->ops->open(w->target, &w->cursor.mark);

	if (!err)
		err = open_source(&t);
	if (!err)
		err = skip_known(&t);
	if (!err) {
		said(w, "");
		err = pump(&t, *reached);
	}
	if (t.next > *reached)
		*reached = t.next;
	w->target->ops->close(w->target);
	seki_source_close(t.source);
	return err;
}

static void *work(void *arg)
{
	struct seki_worker *w = arg;
	unsigned int pause = BACKOFF_FIRST;
	uint64_t reached = 0;

	while (!atomic_load(w->stop)) {
		uint64_t before = w->cursor.next;

		if (!travel(w, &reached))
			break;
		said(w, w->target->why);
		waits(w, true);
		if (w->cursor.next != before)
			pause = BACKOFF_FIRST;
		/* A quarter of chance, or all hosts come back at the same moment. */
		if (rest(w, pause + (unsigned int)(random() % (pause / 4 + 1))))
			break;
		pause = pause * 2 < BACKOFF_LAST ? pause * 2 : BACKOFF_LAST;
	}
	return NULL;
}

static const struct seki_target_ops *const kinds[SEKI_SINK_TYPES] = {
	[SEKI_SINK_SYSLOG] = &seki_target_syslog,	[SEKI_SINK_OTLP] = &seki_target_otlp,
	[SEKI_SINK_NATS] = &seki_target_nats,		[SEKI_SINK_FILE] = &seki_target_file,
	[SEKI_SINK_STDOUT] = &seki_target_file,		[SEKI_SINK_WITNESS] = &seki_target_witness,
	[SEKI_SINK_TIMESTAMP] = &seki_target_timestamp,
};

int seki_worker_start(struct seki_worker *w, const struct seki_forward_config *c,
		      const struct seki_sink_config *sink, const char *state, atomic_bool *stop)
{
	int err;

	w->config = c;
	w->sink = sink;
	w->stop = stop;
	pthread_mutex_init(&w->lock, NULL);
	if (asprintf(&w->path, "%s/%s.cursor", state, sink->name) < 0)
		return -ENOMEM;
	err = seki_cursor_load(w->path, &w->cursor);
	if (err) {
		seki_warnx("%s: %s; move it away to send everything again", w->path,
			   err == -EBADMSG ? "not a cursor" : strerror(-err));
		return err;
	}
	w->show.next = w->cursor.next;
	snprintf(w->show.why, sizeof(w->show.why), "not connected yet");
	w->target = kinds[sink->type]->make(sink);
	if (!w->target)
		return -ENOMEM;
	err = -pthread_create(&w->thread, NULL, work, w);
	w->running = !err;
	return err;
}

void seki_worker_join(struct seki_worker *w)
{
	if (w->running)
		pthread_join(w->thread, NULL);
	w->running = false;
	if (w->target)
		w->target->ops->free(w->target);
	free(w->path);
	w->target = NULL;
	w->path = NULL;
}

static uint64_t waited(const struct seki_worker *w)
{
	return w->show.waiting ? (seki_clock_now() - w->show.waiting) / SEKI_NS : 0;
}

uint64_t seki_worker_waits(struct seki_worker *w)
{
	uint64_t s;

	pthread_mutex_lock(&w->lock);
	s = waited(w);
	pthread_mutex_unlock(&w->lock);
	return s;
}

void seki_worker_status(struct seki_worker *w, uint64_t size, struct seki_buf *b)
{
	pthread_mutex_lock(&w->lock);
	seki_buf_char(b, '{');
	seki_put_str(b, "name", w->sink->name);
	seki_put_str(b, "state", w->show.connected ? "ok" : w->show.why);
	seki_put_u64(b, "next", w->show.next);
	seki_put_u64(b, "backlog", size > w->show.next ? size - w->show.next : 0);
	seki_put_u64(b, "waiting_s", waited(w));
	seki_put_u64(b, "sent", w->show.sent);
	seki_put_u64(b, "certain", w->show.certain);
	seki_put_u64(b, "repeated", w->show.repeated);
	seki_put_u64(b, "errors", w->show.errors);
	seki_put_u64(b, "malformed", w->show.malformed);
	seki_put_u64(b, "missed", w->show.missed);
	seki_put_close(b, '}');
	pthread_mutex_unlock(&w->lock);
}
