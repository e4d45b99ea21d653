// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notice.c - the collector's own records: its life, losses, and what it found
 * wrong.  They have the same head as event records, an id of their own kind,
 * and control items from the same mapping.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/collector/collector.h"
#include "userspace/lib/cleanup.h"

struct notice {
	struct seki_collector *c;
	struct seki_buf *b;
	size_t begin;
	struct seki_control_key key;
};

uint64_t seki_notice_name(struct seki_collector *c)
{
	uint64_t now = seki_clock_now();

	c->named = now > c->named ? now : c->named + 1;
	return c->named;
}

static struct notice begin(struct seki_collector *c, enum seki_class class, const char *act,
			   bool high)
{
	struct seki_buf *b = &c->out;
	struct notice n = { .c = c, .b = b, .begin = b->len };

	n.key.class = class;
	n.key.act = act;
	seki_record_head(b, &c->host, &c->clock, NULL, seki_notice_name(c));
	seki_put_str(b, "class", seki_word_class(class));
	seki_put_str(b, "act", act);
	if (high)
		seki_put_str(b, "sev", "high");
	c->urgent |= high;
	return n;
}

static void end(struct notice *n)
{
	struct seki_ids ids = { .count = 0 };

	seki_record_policy(n->b, seki_names_now(&n->c->know.names));
	seki_controls_match(&n->c->controls, &n->key, &ids);
	seki_record_ids(n->b, &ids);
	if (seki_record_end(n->b, n->begin))
		n->c->n.unwritten++;
	else
		n->c->n.own++;
}

/* Of a round that began after a crash nothing is known. */
static bool placed(const struct seki_collector *c, unsigned int cpu)
{
	return !c->resume.state || c->track.cpu[cpu].known;
}

/* By session, as in who; the newest first. */
static void put_tickets(struct seki_collector *c)
{
	struct seki_buf *b = &c->out;

	if (!c->tickets.count)
		return;
	seki_put_open(b, "tickets", '{');
	for (unsigned int i = 0; i < c->tickets.count; i++) {
		const struct seki_ticket *t =
			&c->tickets.of[(c->tickets.next + SEKI_TICKETS - 1 - i) % SEKI_TICKETS];

		if (!t->text[0])
			continue;
		seki_buf_char(b, '"');
		seki_buf_base(b, t->session, 4);
		seki_buf_lit(b, "\":");
		seki_buf_item(b, t->text);
	}
	seki_put_close(b, '}');
}

/* What the next collector needs: see resume.h. */
static void put_state(struct seki_collector *c)
{
	struct seki_buf *b = &c->out;

	put_tickets(c);
	if (!c->stats)
		return;
	seki_put_open(b, "state", '[');
	for (unsigned int i = 0; i < c->track.count; i++) {
		seki_buf_char(b, '[');
		seki_buf_u64(b, c->track.cpu[i].base);
		seki_buf_char(b, ',');
		seki_buf_u64(b, placed(c, i) ? c->track.cpu[i].low + c->track.cpu[i].high : 0);
		seki_buf_char(b, ',');
		for (int j = 0; j < SEKI_LOSS_COUNT; j++) {
			seki_buf_u64(b, c->track.cpu[i].told[j]);
			seki_buf_char(b, ',');
		}
		seki_put_close(b, ']');
	}
	seki_put_close(b, ']');
}

static void put_span(struct seki_buf *b, const struct seki_span *s)
{
	seki_buf_u64(b, s->from);
	seki_buf_char(b, ',');
	seki_buf_u64(b, s->to);
	seki_buf_char(b, ',');
	seki_buf_u64(b, s->unwanted);
	seki_buf_char(b, ',');
}

static void put_span_of(struct seki_buf *b, unsigned int cpu, const struct seki_span *s)
{
	seki_buf_char(b, '[');
	seki_buf_u64(b, cpu);
	seki_buf_char(b, ',');
	put_span(b, s);
	seki_put_close(b, ']');
}

/* Which numbers are settled since the last time: sekishod(8).  The next collector
 * goes on where this one stops: an empty span tells it and readers the rest.
 */
static void put_spans(struct seki_collector *c, bool stop)
{
	struct seki_buf *b = &c->out;
	struct seki_span s;

	seki_put_open(b, "spans", '[');
	for (unsigned int i = 0; i < c->track.count; i++) {
		uint64_t base = c->track.cpu[i].base, rest = seki_track_rest(&c->track, i);

		if (seki_track_span(&c->track, i, &s))
			put_span_of(b, i, &s);
		s = (struct seki_span){ base + 1, base, rest, 0 };
		if (stop && rest && placed(c, i))
			put_span_of(b, i, &s);
	}
	seki_put_close(b, ']');
	if (!seki_track_span(&c->track, SEKI_TRACK_ALL, &s))
		return;
	seki_put_open(b, "all", '[');
	put_span(b, &s);
	seki_buf_u64(b, s.missing);
	seki_buf_char(b, ',');
	seki_put_close(b, ']');
}

static void put_counters(struct seki_collector *c)
{
	struct seki_buf *b = &c->out;
	struct seki_stats sum = seki_stats_sum(c);

	seki_put_open(b, "n", '{');
	seki_put_u64(b, "denied", sum.denied);
	seki_put_u64(b, "would_deny", sum.would_deny);
	seki_put_u64(b, "recorded", sum.recorded);
	seki_put_u64(b, "refused_unrecorded", sum.refused_unrecorded);
	seki_put_u64(b, "canary", sum.canary);
	seki_put_u64(b, "events", c->n.events);
	seki_put_u64(b, "records", c->n.records);
	seki_put_u64(b, "lost", c->n.lost);
	seki_put_u64(b, "undecodable", c->n.undecodable);
	if (sum.left_out)
		seki_put_u64(b, "left_out", sum.left_out);
	seki_put_close(b, '}');
	if (sum.left_out) {
		seki_put_key(b, "left_out");
		seki_left_out_put(&c->hits, c->know.names.generation, b);
	}
}

static void put_policy_state(struct seki_collector *c)
{
	const struct seki_policy *p = seki_names_now(&c->know.names);
	struct seki_buf *b = &c->out;

	if (!p)
		return;
	seki_put_str(b, "mode", seki_mode_text(p->meta.mode));
	seki_put_u64(b, "programs", p->meta.programs);
	seki_put_str(b, "digest", p->digest);
}

static void put_host(struct seki_collector *c)
{
	seki_put_str(&c->out, "boot", c->host.boot);
	seki_put_str(&c->out, "host", c->host.name);
}

void seki_notice_start(struct seki_collector *c)
{
	struct notice n = begin(c, SEKI_CLASS_LIFECYCLE, "collector starts", false);

	put_host(c);
	seki_put_u64(n.b, "pid", (uint64_t)getpid());
	if (c->resume.last_id[0])
		seki_put_str(n.b, "after", c->resume.last_id);
	put_policy_state(c);
	put_state(c);
	end(&n);
}

void seki_notice_stop(struct seki_collector *c, const char *why)
{
	struct notice n = begin(c, SEKI_CLASS_LIFECYCLE, "collector stops", false);

	seki_put_str(n.b, "why", why);
	put_counters(c);
	put_state(c);
	put_spans(c, true);
	end(&n);
}

/* MIC3-IV.1.1.6: that the clock is kept is looked at regularly. */
static void put_ntp(struct seki_collector *c)
{
	struct seki_buf *b = &c->out;
	struct seki_ntp ntp;

	seki_clock_ntp("/proc", &ntp);
	seki_put_open(b, "ntp", '{');
	if (ntp.sync)
		seki_put_true(b, "sync");
	else
		seki_buf_lit(b, "\"sync\":false,");
	seki_put_key(b, "offset_us");
	if (ntp.offset_us < 0)
		seki_buf_char(b, '-');
	seki_buf_u64(b, (uint64_t)(ntp.offset_us < 0 ? -ntp.offset_us : ntp.offset_us));
	seki_buf_char(b, ',');
	seki_put_u64(b, "maxerror_us", ntp.maxerror_us);
	seki_put_u64(b, "esterror_us", ntp.esterror_us);
	if (ntp.source[0])
		seki_put_strn(b, "source", ntp.source, strlen(ntp.source));
	seki_put_u64(b, "steps", c->n.clock_steps);
	seki_put_close(b, '}');
}

void seki_notice_heartbeat(struct seki_collector *c)
{
	struct notice n = begin(c, SEKI_CLASS_HEARTBEAT, "alive", false);

	put_host(c);
	seki_put_str(n.b, "canary", seki_canary_word(c->canary.state));
	seki_put_u64(n.b, "canary_held", c->canary.held);
	seki_put_u64(n.b, "interval", c->heartbeat / SEKI_NS);
	if (c->service.pattern)
		seki_put_u64(n.b, "pattern", c->service.pattern);
	seki_put_u64(n.b, "keep_days", c->keep.age / SEKI_NS / 86400);
	put_ntp(c);
	put_policy_state(c);
	put_counters(c);
	put_state(c);
	put_spans(c, false);
	end(&n);
}

/* The counters of the policy before stand until the policy after the next. */
static void put_left_out_before(struct seki_collector *c, __u32 before)
{
	if (!seki_stats_sum(c).left_out || c->know.names.generation != before + 1)
		return;
	seki_put_key(&c->out, "left_out_before");
	seki_left_out_put(&c->hits, before, &c->out);
}

void seki_notice_policy(struct seki_collector *c, __u32 before, const char *trouble)
{
	struct notice n = begin(c, SEKI_CLASS_LIFECYCLE, "policy changes", false);

	put_policy_state(c);
	put_left_out_before(c, before);
	if (trouble)
		seki_put_str(n.b, "nonames", trouble);
	end(&n);
}

/* What the start mended, and that the one before had no clean end. */
void seki_notice_found(struct seki_collector *c, const struct seki_log_found *found)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, "log recovered", false);

	seki_put_u64(n.b, "size", found->size);
	seki_put_u64(n.b, "unsigned", found->unsigned_);
	seki_put_u64(n.b, "bytes", found->cut);
	if (found->tiles)
		seki_put_true(n.b, "tiles_incomplete");
	end(&n);
}

void seki_notice_clock(struct seki_collector *c, int64_t step)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, "wall clock set", true);

	seki_put_str(n.b, "direction", step < 0 ? "back" : "forward");
	seki_put_u64(n.b, "ms", (uint64_t)(step < 0 ? -step : step) / 1000000);
	end(&n);
}

void seki_notice_hold(struct seki_collector *c, bool held)
{
	struct notice n = begin(c, SEKI_CLASS_LIFECYCLE,
				held ? "legal hold begins" : "legal hold ends", true);

	end(&n);
}

/* Before it is done; its hashes stay in the tree. */
void seki_notice_delete(struct seki_collector *c, const struct seki_log_oldest *o, const char *why)
{
	struct notice n = begin(c, SEKI_CLASS_LIFECYCLE, "log segment deleted", false);
	uint64_t now = seki_clock_now() + (uint64_t)c->clock.offset;

	seki_put_u64(n.b, "first", o->first);
	seki_put_u64(n.b, "count", o->count);
	seki_put_str(n.b, "why", why);
	if (o->wall && now > o->wall)
		seki_put_u64(n.b, "days", (now - o->wall) / SEKI_NS / 86400);
	end(&n);
}

void seki_notice_disk(struct seki_collector *c, uint64_t lost)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, "records lost by the disk", true);

	seki_put_u64(n.b, "count", lost);
	end(&n);
}

void seki_notice_turn(struct seki_collector *c, const struct seki_turn *turn)
{
	struct notice n = begin(c, SEKI_CLASS_LIFECYCLE, "log file begins", false);

	put_host(c);
	seki_put_str(n.b, "previous", turn->previous);
	seki_put_str(n.b, "after", c->resume.last_id);
	put_state(c);
	end(&n);
}

void seki_notice_stalled(struct seki_collector *c, int error, uint64_t since)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, "sink-stalled", true);
	char text[SEKI_TIME_TEXT];

	seki_put_str(n.b, "err", strerrorname_np(error) ?: "unknown");
	seki_clock_text(&c->clock, since, text);
	seki_put_str(n.b, "from", text);
	seki_put_u64(n.b, "ms", (seki_clock_now() - since) / 1000000);
	end(&n);
}

void seki_notice_sync(struct seki_collector *c, int error)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, "sync-failed", true);

	seki_put_str(n.b, "err", strerrorname_np(error) ?: "unknown");
	end(&n);
}

void seki_notice_undecodable(struct seki_collector *c, const void *data, size_t size,
			     const char *why)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, "undecodable", true);
	size_t head = size < sizeof(struct seki_event) ? size : sizeof(struct seki_event);

	seki_put_str(n.b, "why", why);
	seki_put_u64(n.b, "size", size);
	seki_put_key(n.b, "head");
	seki_buf_char(n.b, '"');
	seki_buf_hex(n.b, data, head);
	seki_buf_lit(n.b, "\",");
	end(&n);
}

void seki_notice_broken(struct seki_collector *c, unsigned int ring)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, "ring-broken", true);

	seki_put_u64(n.b, "ring", ring);
	seki_put_u64(n.b, "at", c->ring[ring].read);
	end(&n);
}

static void put_loss(struct seki_buf *b, const struct seki_lost *l)
{
	seki_buf_char(b, '{');
	seki_put_u64(b, "cpu", l->cpu);
	seki_put_u64(b, "count", l->count);
	seki_put_u64(b, "from", l->from);
	seki_put_u64(b, "to", l->to);
	seki_put_open(b, "cause", '{');
	for (unsigned int i = 0; i < SEKI_LOSS_COUNT; i++) {
		if (!l->cause[i])
			continue;
		seki_buf_quote(b, seki_word_loss(i), strlen(seki_word_loss(i)));
		seki_buf_char(b, ':');
		seki_buf_number(b, l->cause[i]);
		seki_buf_char(b, ',');
	}
	if (l->undecodable)
		seki_put_u64(b, "undecodable", l->undecodable);
	if (l->unexplained)
		seki_put_u64(b, "unexplained", l->unexplained);
	seki_put_close(b, '}');
	seki_put_close(b, '}');
}

/* One line for all CPUs, with the state: told whole or not at all. */
void seki_notice_losses(struct seki_collector *c, const struct seki_lost *lost, size_t count)
{
	struct notice n = begin(c, SEKI_CLASS_LOSS, "events lost", true);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += lost[i].count;
	c->n.lost += sum;
	seki_put_u64(n.b, "count", sum);
	seki_put_open(n.b, "lost", '[');
	for (size_t i = 0; i < count; i++)
		put_loss(n.b, &lost[i]);
	seki_put_close(n.b, ']');
	put_state(c);
	end(&n);
}

/* The login session it was said in, if any: a timer has none. */
static uint64_t session_of(pid_t pid)
{
	char path[48], text[16] = "";
	seki_autofclose FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%d/sessionid", (int)pid);
	f = fopen(path, "re");
	return f && fgets(text, sizeof(text), f) ? strtoull(text, NULL, 10) : SEKI_NOBODY;
}

/* It is told who says so: root may say what is not so, but not as somebody else. */
static void put_asker(struct seki_buf *b, const struct seki_asker *by)
{
	uint64_t asid = session_of(by->pid);

	seki_put_open(b, "who", '{');
	seki_put_u64(b, "uid", by->uid);
	if (asid != SEKI_NOBODY)
		seki_put_u64(b, "asid", asid);
	seki_put_close(b, '}');
	seki_put_open(b, "proc", '{');
	seki_put_u64(b, "pid", (uint64_t)by->pid);
	seki_put_close(b, '}');
}

void seki_notice_change(struct seki_collector *c, const struct seki_change *what,
			const struct seki_asker *by)
{
	bool all = !strcmp(what->section, "all");
	struct notice n = begin(c, SEKI_CLASS_CHANGE,
				all ? "baseline compared" : "baseline differs",
				!all && strcmp(what->effect, "finding") != 0);

	if (!all)
		seki_put_str(n.b, "section", what->section);
	seki_put_u64(n.b, "changes", what->changes);
	if (what->unseen)
		seki_put_true(n.b, "not_compared");
	seki_put_str(n.b, "effect", what->effect);
	if (what->ticket[0])
		seki_put_str(n.b, "ticket", what->ticket);
	put_asker(n.b, by);
	end(&n);
}

void seki_notice_canary(struct seki_collector *c, const char *act, bool high, const char *ftrace,
			int guard_error)
{
	struct notice n = begin(c, SEKI_CLASS_INTEGRITY, act, high);

	seki_put_str(n.b, "canary", seki_canary_word(c->canary.state));
	seki_put_str(n.b, "ftrace_enabled", ftrace);
	if (guard_error >= 0)
		seki_put_str(n.b, "repair",
			     guard_error ? strerrorname_np(guard_error) ?: "unknown" : "written");
	end(&n);
}
