// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pipeline.c - ring, decode, enrich, record, control, sink, in this order.
 *
 * An event goes back to the kernel only after its line was written whole.  So
 * a kill at any moment leaves it in the ring or in the log, at worst in both;
 * resume.c tells the two apart at the next start.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/collector.h"
#include "userspace/collector/guard.h"
#include "userspace/lib/log.h"

#define RETRY (SEKI_NS / 5)
#define SYNC (SEKI_NS / 10)
#define SEAL (2 * SEKI_NS)
#define STEP (SEKI_NS / 2) /* a wall clock that moves more in a second was set */

int seki_collector_open(struct seki_collector *c)
{
	c->out.cap = SEKI_BATCH_MAX + SEKI_BATCH_ROOM;
	c->out.data = malloc(c->out.cap);
	c->started = seki_clock_now();
	c->seal = -1;
	c->seal_every = SEAL;
	seki_clock_tick(&c->clock);
	return c->out.data ? 0 : -ENOMEM;
}

void seki_collector_close(struct seki_collector *c)
{
	seki_names_close(&c->know.names);
	seki_mounts_close(&c->know.mounts);
	seki_people_close(&c->know.people);
	seki_programs_close(&c->know.programs);
	seki_controls_free(&c->controls);
	seki_track_close(&c->track);
	seki_resume_free(&c->resume);
	seki_redact_free(c->redact);
	seki_service_close(&c->service);
	free(c->out.data);
	c->out.data = NULL;
}

/* True once for each session, and once more when its login becomes known. */
static bool first_sight(struct seki_collector *c, const struct seki_facts *f)
{
	uint64_t id = f->in.e->session;
	struct seki_shown *s = &c->shown[id * 0x9e3779b97f4a7c15ull >> 54];

	if (!id || (s->session == id && (s->person || !f->person)))
		return false;
	s->session = id;
	s->person = f->person;
	return true;
}

static void write_record(struct seki_collector *c, struct seki_record *r)
{
	r->redact = c->redact;
	r->ticket = seki_tickets_of(&c->tickets, r->facts->in.e->session);
	/* The many; a session, a policy and the collector's own are told whole. */
	r->said = !r->own && (r->class == SEKI_CLASS_ACCESS || r->class == SEKI_CLASS_EXEC) ?
			  &c->said :
			  NULL;
	r->pieces = r->said ? &c->pieces : NULL;
	if (r->said)
		seki_pieces_now(&c->pieces, &c->know, &c->said);
	if (!seki_record_known(r))
		seki_record_control(&c->controls, r);
	if (seki_record_write(r, &c->host, &c->clock, &c->out))
		c->n.unwritten++;
}

static void show_session(struct seki_collector *c)
{
	struct seki_record r = { .facts = &c->facts,
				 .class = SEKI_CLASS_SESSION,
				 .act = "operator session seen" };

	r.own = seki_notice_name(c);
	write_record(c, &r);
	c->n.own++;
}

static void tell_ticket(struct seki_collector *c, const char *ticket)
{
	uint64_t session = c->facts.in.e->session;
	struct seki_record r = { .facts = &c->facts, .class = SEKI_CLASS_SESSION };
	bool ends = !strcmp(ticket, SEKI_TICKET_NONE);

	if (!ends)
		seki_tickets_set(&c->tickets, session, ticket);
	r.act = ends ? SEKI_TICKET_ENDS : SEKI_TICKET_SAID;
	r.own = seki_notice_name(c);
	write_record(c, &r);
	c->n.own++;
	if (ends)
		seki_tickets_set(&c->tickets, session, "");
}

/* What a session says of itself stands in its records from the saying on. */
static void hear_ticket(struct seki_collector *c)
{
	char ticket[SEKI_TICKET_TEXT];

	if (seki_ticket_said(&c->facts, ticket))
		tell_ticket(c, ticket);
}

/* Refusals, and what becomes of the policy. */
static bool urgent(const struct seki_decoded *d)
{
	return d->policy || (d->access && d->access->verdict != SEKI_ALLOWED);
}

static void look_at_policy(struct seki_collector *c)
{
	struct seki_meta one, two;
	const char *why = NULL;
	__u32 before = c->know.names.generation;
	int err;

	if (!c->meta)
		return;
	/* The loader may be writing: believe what reads the same twice. */
	memcpy(&one, (const void *)c->meta, sizeof(one));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	memcpy(&two, (const void *)c->meta, sizeof(two));
	if (memcmp(&one, &two, sizeof(one)))
		return;
	c->unloaded = before && !one.generation;
	err = seki_names_update(&c->know.names, &one, &why);
	seki_names_site(&c->know.names, c->host.site, sizeof(c->host.site));
	if (c->know.names.generation == before)
		return;
	seki_notice_policy(c, before, err < 0 ? why : NULL);
	c->seal = SEKI_LOG_POLICY;
	seki_said_forget(&c->said); /* ids of rules were texts of the policy before */
}

/* A policy has come in since the last look: its numbers have their words now, and the
 * record of the change comes before the first that it judged.
 */
static bool is_of_next_policy(const struct seki_collector *c, const struct seki_event *e)
{
	return c->know.names.generation && e->generation > c->know.names.generation;
}

void seki_collector_event(struct seki_collector *c, const void *data, size_t size)
{
	struct seki_decoded d;
	struct seki_record r;
	const char *why;

	c->n.events++;
	if (seki_decode(data, size, &d, &why)) {
		c->n.undecodable++;
		c->track.undecodable++;
		seki_notice_undecodable(c, data, size, why);
		return;
	}
	seki_track_seen(&c->track, d.e->cpu, d.e->cpu_seq);
	seki_track_seen(&c->track, SEKI_TRACK_ALL, d.e->seq);
	if (is_of_next_policy(c, d.e))
		look_at_policy(c);
	seki_enrich(&c->know, &d, &c->facts);
	if (seki_resume_has(&c->resume, d.e->cpu, d.e->cpu_seq, d.e->time_ns)) {
		c->n.duplicates++;
		return;
	}
	if (seki_record_build(&c->facts, c->all_exec, &r)) {
		c->n.unwanted++;
		seki_track_unwanted(&c->track, d.e->cpu, d.e->cpu_seq);
		seki_track_unwanted(&c->track, SEKI_TRACK_ALL, d.e->seq);
		return;
	}
	if (first_sight(c, &c->facts) && d.e->kind != SEKI_EVENT_MARK)
		show_session(c);
	if (d.exec)
		hear_ticket(c);
	write_record(c, &r);
	c->n.records++;
	c->urgent |= urgent(&d);
	c->upgraded |= d.policy && d.policy->act == SEKI_POLICY_UPGRADE_ENDS;
}

static void stall(struct seki_collector *c, int error)
{
	uint64_t now = seki_clock_now();

	if (!c->stalled) {
		c->stalled_since = now;
		seki_warnx("%s sink: %s; events wait in the kernel until it takes lines again",
			   c->sink->ops->name, strerror(error));
	}
	c->stalled = error;
	c->retry = now + RETRY;
}

static void recovered(struct seki_collector *c)
{
	int error = c->stalled;

	if (!error)
		return;
	c->stalled = 0;
	seki_warnx("%s sink takes lines again", c->sink->ops->name);
	seki_notice_stalled(c, error, c->stalled_since);
}

/* The id of the last line, for the first line of the next file. */
static void remember_last(struct seki_collector *c)
{
	const char *end = c->out.data + c->out.len - 1;
	const char *line = memrchr(c->out.data, '\n', c->out.len - 1);
	const char *id = (line ? line + 1 : c->out.data) + strlen("{\"v\":1,\"id\":\"");
	size_t len = 0;

	while (id + len < end && id[len] != '"' && len < sizeof(c->resume.last_id) - 1)
		len++;
	memcpy(c->resume.last_id, id, len);
	c->resume.last_id[len] = '\0';
}

static void sync_sink(struct seki_collector *c, bool now_)
{
	uint64_t now = seki_clock_now();
	int err;

	if (!c->dirty || (!now_ && now - c->synced < SYNC))
		return;
	err = c->sink->ops->sync(c->sink);
	c->dirty = err; /* what failed is tried again */
	c->synced = now;
	c->n.sync_errors += err < 0;
	if (err)
		seki_said_forget(&c->said);
	/* Once for each time it begins: its own record is to be synced too. */
	if (err && !c->unsynced) {
		seki_warnx("%s sink: sync: %s", c->sink->ops->name, strerror(-err));
		seki_notice_sync(c, -err);
	}
	c->unsynced = err;
}

static struct seki_log_moment moment(const struct seki_collector *c)
{
	uint64_t now = seki_clock_now();

	return (struct seki_log_moment){ now, now + (uint64_t)c->clock.offset, c->clock.sync };
}

void seki_collector_seal(struct seki_collector *c, enum seki_log_why why)
{
	struct seki_log_moment now = moment(c);
	int err = c->sink->ops->seal(c->sink, why, &now);

	c->sealed = now.boottime;
	if (!err) {
		c->dirty = false;
		c->seal = -1;
		return;
	}
	/* The reason stays; the interval comes again by itself. */
	c->seal = why == SEKI_LOG_TIME ? c->seal : (int)why;
	if (!c->n.seal_errors++)
		seki_warnx("%s sink: checkpoint: %s", c->sink->ops->name, strerror(-err));
}

static void seal_when_due(struct seki_collector *c)
{
	uint64_t since = seki_clock_now() - c->sealed;

	if (c->out.len || c->stalled)
		return;
	if (c->seal >= 0 && (!c->n.seal_errors || since >= SEKI_NS))
		seki_collector_seal(c, (enum seki_log_why)c->seal);
	else if (since >= c->seal_every)
		seki_collector_seal(c, SEKI_LOG_TIME);
}

static void turn_sink(struct seki_collector *c)
{
	struct seki_log_moment now = moment(c);
	struct seki_turn turn;

	if (c->sink->ops->turn(c->sink, &now, &turn) == 1) {
		seki_said_forget(&c->said);
		seki_notice_turn(c, &turn);
	}
}

static void release(struct seki_collector *c)
{
	for (unsigned int i = 0; i < c->rings; i++)
		seki_ring_release(&c->ring[i]);
}

static bool write_out(struct seki_collector *c)
{
	while (c->done < c->out.len) {
		ssize_t n =
			c->sink->ops->write(c->sink, c->out.data + c->done, c->out.len - c->done);

		if (n == -EINTR)
			continue;
		if (n <= 0) {
			stall(c, n ? (int)-n : EIO);
			return false;
		}
		c->done += (size_t)n;
	}
	return true;
}

static bool room(const struct seki_collector *c)
{
	/* A record of a session may come before that of the event. */
	return c->out.len + 2 * SEKI_LINE_MAX <= SEKI_BATCH_MAX;
}

void seki_collector_flush(struct seki_collector *c)
{
	bool any = c->out.len > 0, more = !room(c);

	if (!write_out(c))
		return;
	if (any)
		remember_last(c);
	c->out.len = c->done = 0;
	c->dirty |= any;
	release(c);
	recovered(c);
	/* In a flood there is no "at once": what waits is longer on its way than the interval. */
	sync_sink(c, c->urgent && !more);
	c->urgent &= c->dirty;
	if (any && !c->stopping)
		turn_sink(c);
	seal_when_due(c);
}

static size_t drain(struct seki_collector *c, unsigned int ring)
{
	const void *data;
	size_t size, count = 0;
	int more = 0;

	while (room(c) && (more = seki_ring_next(&c->ring[ring], &data, &size)) > 0) {
		seki_collector_event(c, data, size);
		count++;
	}
	if (more < 0 && !c->broken) {
		c->broken = true;
		seki_notice_broken(c, ring);
	}
	return count;
}

size_t seki_collector_step(struct seki_collector *c)
{
	size_t count = 0;

	if (c->stalled && seki_clock_now() < c->retry)
		return 0;
	seki_clock_tick(&c->clock);
	if (!c->stalled)
		for (unsigned int i = 0; i < c->rings; i++)
			count += drain(c, i);
	seki_collector_flush(c);
	return count;
}

static bool written_before(const struct seki_collector *c, const void *data, size_t size)
{
	struct seki_decoded d;
	const char *why;

	return !seki_decode(data, size, &d, &why) &&
	       seki_resume_has(&c->resume, d.e->cpu, d.e->cpu_seq, d.e->time_ns);
}

/* Position behind the last event of a ring that is in the log already. */
static uint64_t end_of_written(const struct seki_collector *c, unsigned int ring)
{
	struct seki_ring look = c->ring[ring];
	uint64_t end = look.read;
	const void *data;
	size_t size;

	while (seki_ring_next(&look, &data, &size) > 0)
		if (written_before(c, data, size))
			end = look.read;
	return end;
}

/* Before anything new is written: while refusals keep the collector busy, the
 * other ring may wait until its events have left the window of resume.c.
 */
void seki_collector_catch_up(struct seki_collector *c)
{
	const void *data;
	size_t size;

	for (unsigned int i = 0; i < c->rings; i++) {
		uint64_t end = end_of_written(c, i);

		while (c->ring[i].read < end && room(c) &&
		       seki_ring_next(&c->ring[i], &data, &size) > 0)
			seki_collector_event(c, data, size);
	}
	seki_collector_flush(c);
}

void seki_collector_settle(struct seki_collector *c, bool force)
{
	uint64_t ends[SEKI_RING_COUNT] = { 0 }, reads[SEKI_RING_COUNT] = { 0 };
	struct seki_lost lost[16];
	size_t count = 0;

	for (unsigned int i = 0; i < c->rings; i++) {
		ends[i] = seki_ring_end(&c->ring[i]);
		reads[i] = c->ring[i].read;
	}
	if (force)
		seki_track_force(&c->track);
	else if (!seki_track_due(&c->track, seki_clock_now(), ends, reads))
		return;
	for (unsigned int i = 0; i < c->track.count; i++) {
		count += seki_track_settle(&c->track, i, &lost[count]);
		if (count == sizeof(lost) / sizeof(lost[0]) || (count && i + 1 == c->track.count)) {
			seki_notice_losses(c, lost, count);
			count = 0;
		}
	}
	seki_track_settle_all(&c->track);
	seki_track_next_round(&c->track);
}

/* Somebody set the wall clock: times before and after are not of one clock. */
static void look_at_clock(struct seki_collector *c)
{
	int64_t step = c->clock.offset - c->wall;

	if (c->wall && (step > (int64_t)STEP || step < -(int64_t)STEP)) {
		c->n.clock_steps++;
		seki_notice_clock(c, step);
		c->seal = SEKI_LOG_CLOCK;
	}
	c->wall = c->clock.offset;
}

/* Written, never acknowledged, and gone when the disk failed. */
static void look_at_disk(struct seki_collector *c)
{
	struct seki_log *log = seki_sink_log(c->sink);
	struct seki_log_state state;

	if (!log)
		return;
	seki_log_state(log, &state);
	if (state.lost == c->n.disk_lost)
		return;
	seki_notice_disk(c, state.lost - c->n.disk_lost);
	c->n.disk_lost = state.lost;
}

/* Twice the same state makes one record: a change is what is told. */
static void look_at_canary(struct seki_collector *c, int guard)
{
	enum seki_canary_state was = c->canary.state, is;
	int repair = -1;
	char ftrace[16];

	if (!c->canary.path || !c->know.names.generation || c->unloaded)
		return;
	is = seki_canary_look(c->canary.path, c->stats, c->track.count);
	c->canary.looks++;
	c->canary.held += is == SEKI_CANARY_HELD;
	c->canary.state = is;
	if (is == SEKI_CANARY_LOST)
		repair = seki_guard_ask(guard);
	if (is == was || (is == SEKI_CANARY_HELD && was == SEKI_CANARY_UNKNOWN))
		return;
	seki_canary_ftrace(c->canary.ftrace, ftrace, sizeof(ftrace));
	if (is == SEKI_CANARY_HELD)
		seki_notice_canary(c, "enforcement-restored", true, ftrace, repair);
	else if (is == SEKI_CANARY_LOST)
		seki_notice_canary(c, "enforcement-lost", true, ftrace, repair);
	else
		seki_notice_canary(c, "enforcement-unproven", true, ftrace, repair);
}

void seki_collector_tick(struct seki_collector *c, int guard)
{
	uint64_t now = seki_clock_now();

	sync_sink(c, false);
	if (now - c->second < SEKI_NS)
		return;
	c->second = now;
	seki_clock_tick(&c->clock);
	look_at_clock(c);
	look_at_disk(c);
	seki_collector_retain(c);
	look_at_policy(c);
	look_at_canary(c, guard);
	seki_mounts_refresh(&c->know.mounts);
	if (!c->stalled)
		seki_collector_settle(c, false);
	if (c->heartbeat && now - c->beaten >= c->heartbeat) {
		c->beaten = now;
		seki_notice_heartbeat(c);
	}
}
