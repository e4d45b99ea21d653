/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - one sink at work: a thread that reads the log at its own pace.
 */
#ifndef SEKI_FORWARD_WORKER_H
#define SEKI_FORWARD_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "userspace/collector/buf.h"
#include "userspace/forward/cursor.h"

struct seki_worker {
	const struct seki_forward_config *config;
	const struct seki_sink_config *sink;
	char *path; /* of the cursor */
	struct seki_target *target;
	struct seki_cursor cursor; /* as it is on disk */
	pthread_t thread;
	bool running;
	atomic_bool *stop;
	/* shown in the status, under the lock */
	pthread_mutex_t lock;
	struct {
		bool connected;
		uint64_t next;	   /* certain up to here */
		uint64_t sent;	   /* records sent, repeated ones too */
		uint64_t certain;  /* records certain since start */
		uint64_t repeated; /* sent again after an error */
		uint64_t errors;   /* connections that ended by one */
		uint64_t malformed;
		uint64_t missed;  /* removed from the log before they were sent */
		uint64_t waiting; /* boot time since which a record waits; 0: none does */
		char why[SEKI_WHY];
	} show;
};

/* 0 or negative errno; the cursor is read here. */
int seki_worker_start(struct seki_worker *w, const struct seki_forward_config *c,
		      const struct seki_sink_config *sink, const char *state, atomic_bool *stop);
void seki_worker_join(struct seki_worker *w);

/* Its object of the status. */
void seki_worker_status(struct seki_worker *w, uint64_t size, struct seki_buf *b);
/* Seconds that the oldest record waits. */
uint64_t seki_worker_waits(struct seki_worker *w);

#endif /* SEKI_FORWARD_WORKER_H */
