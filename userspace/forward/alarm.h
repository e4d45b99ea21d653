/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alarm.h - telling somebody: a thread and a queue per alarm of the file.
 */
#ifndef SEKI_FORWARD_ALARM_H
#define SEKI_FORWARD_ALARM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "userspace/collector/buf.h"
#include "userspace/forward/config.h"

/* More wait nowhere: they are counted and told with the next one. */
#define SEKI_ALARM_QUEUE 32

struct seki_alarm {
	const struct seki_alarm_config *config;
	atomic_bool *stop;
	uint64_t patience; /* ns that an alarm is tried for: the notice time */
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct {
		char *text;	 /* JSON */
		uint64_t raised; /* boot time */
	} queue[SEKI_ALARM_QUEUE];
	unsigned int first, count;
	uint64_t told, failed, dropped;
	uint64_t slowest_ms; /* from raising to telling */
	char why[256];
};

/* 0 or negative errno. */
int seki_alarm_start(struct seki_alarm *a, const struct seki_alarm_config *c, uint64_t patience,
		     atomic_bool *stop);
void seki_alarm_join(struct seki_alarm *a);
/* Copies the text. */
void seki_alarm_raise(struct seki_alarm *a, const char *json);
void seki_alarm_status(struct seki_alarm *a, struct seki_buf *b);

#endif /* SEKI_FORWARD_ALARM_H */
