/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collector.h - the state of one collector and the steps over it.
 */
#ifndef SEKI_COLLECTOR_H
#define SEKI_COLLECTOR_H

#include "userspace/collector/canary.h"
#include "userspace/collector/foreign.h"
#include "userspace/collector/hits.h"
#include "userspace/collector/record.h"
#include "userspace/collector/resume.h"
#include "userspace/collector/ring.h"
#include "userspace/collector/server.h"
#include "userspace/collector/service.h"
#include "userspace/collector/sink.h"
#include "userspace/collector/ticket.h"
#include "userspace/collector/track.h"

/* Order of draining: refusals before allowed acts. */
enum { SEKI_RING_EVIDENCE, SEKI_RING_ACTIVITY, SEKI_RING_COUNT };

/* Lines of one write.  Above the batch there is room for the collector's own
 * records, which are made while a full disk holds the batch back.
 */
#define SEKI_BATCH_MAX (1u << 20)
#define SEKI_BATCH_ROOM (256u << 10)

struct seki_counters {
	uint64_t events;     /* read from rings or file */
	uint64_t records;    /* lines made of them */
	uint64_t unwanted;   /* execs that concern nobody */
	uint64_t duplicates; /* written by the collector before this one */
	uint64_t undecodable;
	uint64_t own;	    /* lines of the collector itself */
	uint64_t unwritten; /* own lines that found no room */
	uint64_t lost;	    /* as told in loss records */
	uint64_t sync_errors;
	uint64_t clock_steps; /* times that the wall clock was set */
	uint64_t seal_errors;
	uint64_t disk_lost; /* as told */
};

#define SEKI_SHOWN 1024
struct seki_shown {
	uint64_t session;
	bool person; /* shown with its login session */
};

/* What is deleted of the log. */
#define SEKI_HOLD "/etc/sekisho/legal-hold"
struct seki_keep {
	uint64_t age;	  /* ns; 0: for ever */
	uint64_t size;	  /* bytes; 0: all */
	const char *hold; /* a file: while it is there nothing is deleted */
	bool held;
	uint64_t looked; /* boot time */
};

struct seki_collector {
	/* what it reads */
	struct seki_ring ring[SEKI_RING_COUNT];
	unsigned int rings;		/* 0: replay */
	const struct seki_meta *meta;	/* mapped; NULL: replay */
	const struct seki_stats *stats; /* mapped; NULL: replay */
	/* what it knows */
	struct seki_host host;
	struct seki_clock clock;
	struct seki_knowledge know;
	struct seki_controls controls;
	struct seki_track track;
	struct seki_resume resume;
	struct seki_shown shown[SEKI_SHOWN];
	struct seki_tickets tickets;
	struct seki_canary canary;
	struct seki_redact *redact; /* NULL: the built-in rules only */
	struct seki_facts facts;    /* of the event at work */
	struct seki_said said;	    /* in the segment that .out goes to */
	struct seki_pieces pieces;  /* of the records before */
	/* where it writes */
	struct seki_sink *sink;
	struct seki_buf out;
	size_t done;  /* bytes of .out that the sink took */
	bool urgent;  /* a refusal is in .out */
	bool dirty;   /* written, not on stable storage */
	int unsynced; /* errno of the last sync */
	uint64_t synced;
	uint64_t seal_every, sealed; /* ns between checkpoints; boot time of the last */
	int seal;		     /* enum seki_log_why of one that is due, or -1 */
	struct seki_keep keep;
	int64_t wall;	/* clock.offset of the second before; 0: none */
	uint64_t named; /* boot time that names the last own record */
	/* a sink that can't */
	int stalled; /* errno; 0: it can */
	uint64_t stalled_since, retry;
	/* settings and sums */
	bool all_exec;
	bool unloaded;	    /* by an order: there is nothing to wait for */
	bool upgraded;	    /* the links it holds are of programs that were replaced */
	unsigned int links; /* of programs, held open */
	struct seki_foreign foreign;
	struct seki_hits_view hits;
	const char *held;	/* file of the loader, for the status; NULL: replay */
	bool stopping;		/* the stop is to stay the last record of its file */
	bool landlock, seccomp; /* in force, for the status */
	bool broken;		/* a ring held what no kernel writes */
	uint64_t heartbeat;	/* ns; 0: none */
	struct seki_service service;
	uint64_t beaten, second; /* boot time of the last one */
	uint64_t started;
	struct seki_counters n;
};

/* pipeline.c */
int seki_collector_open(struct seki_collector *c); /* buffers; 0 or -errno */
void seki_collector_close(struct seki_collector *c);
/* One event through stages 2 to 5 into .out. */
void seki_collector_event(struct seki_collector *c, const void *data, size_t size);
/* .out through stage 6; on success gives the events back to the kernel. */
void seki_collector_flush(struct seki_collector *c);
/* Sign now; tried again each second until it went well. */
void seki_collector_seal(struct seki_collector *c, enum seki_log_why why);
/* At start: give back what the last collector wrote and could not give back. */
void seki_collector_catch_up(struct seki_collector *c);
/* Drain what waits and write it.  Number of events read. */
size_t seki_collector_step(struct seki_collector *c);
/* What is to be done each second. */
void seki_collector_tick(struct seki_collector *c, int guard);
/* Continuity: force at the end of a file and at a clean stop. */
void seki_collector_settle(struct seki_collector *c, bool force);

/* retain.c: delete what is over age or size; once a minute. */
void seki_collector_retain(struct seki_collector *c);

/* notice.c: the collector's own records */
void seki_notice_start(struct seki_collector *c);
void seki_notice_stop(struct seki_collector *c, const char *why);
void seki_notice_heartbeat(struct seki_collector *c);
void seki_notice_policy(struct seki_collector *c, __u32 before, const char *trouble);
void seki_notice_found(struct seki_collector *c, const struct seki_log_found *found);
void seki_notice_hold(struct seki_collector *c, bool held);
void seki_notice_delete(struct seki_collector *c, const struct seki_log_oldest *o, const char *why);
void seki_notice_clock(struct seki_collector *c, int64_t step);
void seki_notice_disk(struct seki_collector *c, uint64_t lost);
void seki_notice_turn(struct seki_collector *c, const struct seki_turn *turn);
void seki_notice_stalled(struct seki_collector *c, int error, uint64_t since);
void seki_notice_sync(struct seki_collector *c, int error);
void seki_notice_undecodable(struct seki_collector *c, const void *data, size_t size,
			     const char *why);
void seki_notice_broken(struct seki_collector *c, unsigned int ring);
void seki_notice_losses(struct seki_collector *c, const struct seki_lost *lost, size_t count);
void seki_notice_canary(struct seki_collector *c, const char *act, bool high, const char *ftrace,
			int guard_error);
/* What a comparison with the baseline found; "all": that it was made. */
struct seki_change {
	char section[17], effect[17];
	char ticket[SEKI_TICKET_TEXT]; /* "": none */
	uint64_t changes;
	bool unseen; /* the section, or a part of it */
};
void seki_notice_change(struct seki_collector *c, const struct seki_change *what,
			const struct seki_asker *by);
/* A name for an own record: boot time, never the same twice. */
uint64_t seki_notice_name(struct seki_collector *c);

/* change.c: "SECTION CHANGES EFFECT [TICKET]", by root. */
void seki_change_said(void *collector, const struct seki_asker *by, const char *argument,
		      struct seki_buf *b);

/* status.c: one JSON object and a newline; and all that may be asked. */
void seki_status_write(void *collector, const struct seki_asker *by, const char *argument,
		       struct seki_buf *b);
extern const struct seki_request seki_requests[];
/* Over all CPUs; zeros in replay. */
struct seki_stats seki_stats_sum(const struct seki_collector *c);

#endif /* SEKI_COLLECTOR_H */
