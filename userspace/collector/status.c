// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * status.c - the answer of the control socket: all that is known, and a list
 * of what is wrong, so that nobody has to know which number should be zero.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/collector/collector.h"
#include "userspace/collector/confine.h"
#include "userspace/collector/held.h"

static void put_policy(const struct seki_collector *c, struct seki_buf *b)
{
	const struct seki_policy *p = seki_names_now(&c->know.names);

	if (!p)
		return;
	seki_put_open(b, "policy", '{');
	seki_put_str(b, "name", p->meta.name);
	seki_put_u64(b, "version", p->meta.policy_version);
	seki_put_str(b, "digest", p->digest);
	seki_put_str(b, "mode", seki_mode_text(p->meta.mode));
	seki_put_u64(b, "generation", p->meta.generation);
	seki_put_u64(b, "programs", p->meta.programs);
	seki_put_u64(b, "loaded_ns", p->meta.loaded_ns);
	seki_put_str(b, "kernel", p->meta.kernel);
	if (c->meta && c->meta->trial_ns > seki_clock_now())
		seki_put_u64(b, "trial_s", (c->meta->trial_ns - seki_clock_now()) / SEKI_NS);
	if (c->meta && c->meta->locked_ns)
		seki_buf_lit(b, "\"locked\":true,");
	else
		seki_buf_lit(b, "\"locked\":false,");
	if (p->words)
		seki_put_true(b, "names");
	seki_put_close(b, '}');
}

struct seki_stats seki_stats_sum(const struct seki_collector *c)
{
	struct seki_stats sum = { 0 };

	for (unsigned int i = 0; c->stats && i < c->track.count; i++) {
		const struct seki_stats *s = &c->stats[i];

		sum.denied += s->denied;
		sum.would_deny += s->would_deny;
		sum.recorded += s->recorded;
		sum.refused_unrecorded += s->refused_unrecorded;
		sum.canary += s->canary;
		sum.events += s->events;
		sum.quiet += s->quiet;
		sum.left_out += s->left_out;
		for (int j = 0; j < SEKI_LOSS_COUNT; j++)
			sum.loss[j] += s->loss[j];
	}
	return sum;
}

static void put_counters(const struct seki_stats *sum, struct seki_buf *b)
{
	seki_put_open(b, "counters", '{');
	seki_put_u64(b, "denied", sum->denied);
	seki_put_u64(b, "would_deny", sum->would_deny);
	seki_put_u64(b, "recorded", sum->recorded);
	seki_put_u64(b, "refused_unrecorded", sum->refused_unrecorded);
	seki_put_u64(b, "canary", sum->canary);
	seki_put_u64(b, "events", sum->events);
	seki_put_u64(b, "quiet", sum->quiet);
	seki_put_u64(b, "left_out", sum->left_out);
	seki_put_close(b, '}');
}

static uint64_t put_causes(const __u64 loss[SEKI_LOSS_COUNT], struct seki_buf *b)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < SEKI_LOSS_COUNT; i++) {
		if (!loss[i])
			continue;
		seki_buf_quote(b, seki_word_loss(i), strlen(seki_word_loss(i)));
		seki_buf_char(b, ':');
		seki_buf_number(b, loss[i]);
		seki_buf_char(b, ',');
		sum += loss[i];
	}
	return sum;
}

static void put_losses(const struct seki_collector *c, const struct seki_stats *sum,
		       struct seki_buf *b)
{
	seki_put_open(b, "loss", '{');
	put_causes(sum->loss, b);
	seki_put_close(b, '}');
	seki_put_open(b, "loss_cpu", '[');
	for (unsigned int i = 0; c->stats && i < c->track.count; i++) {
		size_t begin = b->len;

		seki_buf_char(b, '{');
		seki_put_u64(b, "cpu", i);
		if (!put_causes(c->stats[i].loss, b)) {
			b->len = begin; /* most CPUs lost nothing */
			continue;
		}
		seki_put_close(b, '}');
	}
	seki_put_close(b, ']');
}

static void put_rings(const struct seki_collector *c, struct seki_buf *b)
{
	static const char *const names[] = { "evidence", "activity" };

	seki_put_open(b, "rings", '[');
	for (unsigned int i = 0; i < c->rings; i++) {
		seki_buf_char(b, '{');
		seki_put_str(b, "name", names[i]);
		seki_put_u64(b, "size", c->ring[i].mask + 1);
		seki_put_u64(b, "read", seki_ring_read(&c->ring[i]));
		seki_put_u64(b, "backlog", seki_ring_backlog(&c->ring[i]));
		seki_put_close(b, '}');
	}
	seki_put_close(b, ']');
}

static void put_work(const struct seki_collector *c, struct seki_buf *b)
{
	seki_put_open(b, "collector", '{');
	seki_put_u64(b, "events", c->n.events);
	seki_put_u64(b, "records", c->n.records);
	seki_put_u64(b, "own", c->n.own);
	seki_put_u64(b, "unwanted", c->n.unwanted);
	seki_put_u64(b, "duplicates", c->n.duplicates);
	seki_put_u64(b, "undecodable", c->n.undecodable);
	seki_put_u64(b, "unwritten", c->n.unwritten);
	seki_put_u64(b, "lost", c->n.lost);
	seki_put_u64(b, "late", c->track.late);
	seki_put_close(b, '}');
}

static void put_sink(const struct seki_collector *c, struct seki_buf *b)
{
	seki_put_open(b, "sink", '{');
	seki_put_str(b, "name", c->sink->ops->name);
	seki_put_str(b, "state", c->stalled ? strerror(c->stalled) : "ok");
	if (c->stalled)
		seki_put_u64(b, "stalled_ms", (seki_clock_now() - c->stalled_since) / 1000000);
	seki_put_u64(b, "sync_errors", c->n.sync_errors);
	c->sink->ops->status(c->sink, b);
	seki_put_close(b, '}');
}

static void put_self(const struct seki_collector *c, struct seki_buf *b)
{
	char caps[24];

	seki_confine_capabilities(caps);
	seki_put_u64(b, "pid", (uint64_t)getpid());
	seki_put_u64(b, "uid", geteuid());
	seki_put_str(b, "capabilities", caps);
	seki_put_str(b, "landlock", c->landlock ? "on" : "off");
	seki_put_str(b, "seccomp", c->seccomp ? "on" : "off");
	seki_put_u64(b, "links_held", c->links);
	seki_put_u64(b, "uptime_s", (seki_clock_now() - c->started) / SEKI_NS);
}

static void put_problems(const struct seki_collector *c, const struct seki_stats *sum,
			 struct seki_buf *b)
{
	const struct seki_policy *p = seki_names_now(&c->know.names);
	uint64_t losses = 0;
	char text[128];

	for (int i = 0; i < SEKI_LOSS_COUNT; i++)
		losses += sum->loss[i];
	seki_put_open(b, "problems", '[');
	if (!p)
		seki_buf_item(b, "no policy is loaded");
	else if (!p->words)
		seki_buf_item(b, "the bundle in force can't be read: records show numbers");
	if (p && c->canary.state != SEKI_CANARY_HELD) {
		snprintf(text, sizeof(text), "enforcement is not proven: canary %s",
			 seki_canary_word(c->canary.state));
		seki_buf_item(b, text);
	}
	if (c->stalled)
		seki_buf_item(b, "the log can't be written");
	if (c->unsynced)
		seki_buf_item(b, "the log can't be brought to stable storage");
	if (losses)
		seki_buf_item(b, "events were lost since load");
	if (c->n.undecodable)
		seki_buf_item(b, "events could not be decoded");
	for (unsigned int i = 0; i < c->service.findings; i++)
		seki_buf_item(b, c->service.finding[i]);
	if (c->broken)
		seki_buf_item(b, "a ring holds what no kernel writes");
	seki_put_close(b, ']');
}

void seki_status_write(void *what, const struct seki_asker *by, const char *argument,
		       struct seki_buf *b)
{
	const struct seki_collector *c = what;
	struct seki_stats sum = seki_stats_sum(c);

	(void)by;
	(void)argument;
	seki_buf_char(b, '{');
	put_problems(c, &sum, b);
	put_self(c, b);
	if (c->service.pattern)
		seki_put_u64(b, "pattern", c->service.pattern);
	seki_put_u64(b, "interval_s", c->heartbeat / SEKI_NS);
	put_policy(c, b);
	put_counters(&sum, b);
	put_losses(c, &sum, b);
	put_rings(c, b);
	put_work(c, b);
	seki_put_open(b, "canary", '{');
	seki_put_str(b, "state", seki_canary_word(c->canary.state));
	seki_put_u64(b, "looks", c->canary.looks);
	seki_put_u64(b, "held", c->canary.held);
	seki_put_close(b, '}');
	seki_foreign_put(&c->foreign, b);
	if (c->held)
		seki_held_put(c->held, b);
	put_sink(c, b);
	seki_buf_close(b, '}');
	seki_buf_char(b, '\n');
}

static void write_rules(void *what, const struct seki_asker *by, const char *argument,
			struct seki_buf *b)
{
	const struct seki_collector *c = what;
	struct seki_clock clock = c->clock;

	(void)by;
	seki_hits_put(&c->hits, seki_names_now(&c->know.names), &clock,
		      strtoull(argument, NULL, 10), b);
}

const struct seki_request seki_requests[] = {
	{ "status", seki_status_write },
	{ "rules", write_rules },
	{ "baseline", seki_change_said },
	{ 0 },
};
