/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - /etc/sekisho/forward.yaml: which records go where, and who is told
 * when something is wrong.  sekisho-forward(8) tells the keys.
 */
#ifndef SEKI_FORWARD_CONFIG_H
#define SEKI_FORWARD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "userspace/lib/arena.h"
#include "userspace/policy/diag.h"

enum seki_sink_type {
	SEKI_SINK_SYSLOG,
	SEKI_SINK_OTLP,
	SEKI_SINK_NATS,
	SEKI_SINK_FILE,
	SEKI_SINK_STDOUT,
	SEKI_SINK_WITNESS,
	SEKI_SINK_TIMESTAMP,
	SEKI_SINK_TYPES
};

enum seki_format { SEKI_FORMAT_NATIVE, SEKI_FORMAT_OCSF };

struct seki_tls {
	const char *ca;	  /* PEM file; NULL: the system's */
	const char *cert; /* ours, with its chain; NULL: none */
	const char *key;
	const char *name; /* that the other side must have; NULL: that of the address */
};

#define SEKI_ADDRESSES 8
#define SEKI_WORDS 16

struct seki_words {
	const char *v[SEKI_WORDS + 1]; /* NULL behind the last */
	unsigned int n;
};

struct seki_sink_config {
	const char *name;
	enum seki_sink_type type;
	bool typed; /* type: was given */
	enum seki_format format;
	struct seki_words to;
	struct seki_tls tls;
	bool plain;	    /* tls: off */
	const char *stream; /* nats */
	const char *subject;
	const char *credentials; /* nats: file */
	const char *token_file;	 /* otlp: bearer token */
	const char *witness;	 /* witness: its verifier key */
	const char *authority;	 /* timestamp: PEM file of who vouches for the stamps */
	const char *log, *state; /* of the forwarder */
	unsigned long confirm;	 /* s; 0: of the type */
	struct seki_pos pos;
};

enum seki_alarm_type { SEKI_ALARM_COMMAND, SEKI_ALARM_SYSLOG, SEKI_ALARM_HTTP };

struct seki_alarm_config {
	const char *name;
	enum seki_alarm_type type;
	bool typed;
	struct seki_words to; /* arguments, address, URL */
	struct seki_tls tls;
	bool plain;
	struct seki_pos pos;
};

#define SEKI_SINKS 16
#define SEKI_ALARMS 8

struct seki_forward_config {
	const char *log;
	unsigned long pattern; /* service pattern 1-4; 0: that of the host */
	unsigned long silence; /* s without a heartbeat; 0: of the pattern */
	unsigned long backlog; /* s a record may wait; 0: of the pattern */
	struct seki_sink_config sink[SEKI_SINKS];
	unsigned int sinks;
	struct seki_alarm_config alarm[SEKI_ALARMS];
	unsigned int alarms;
	struct seki_arena arena;
};

/* False when d has an error. */
bool seki_forward_config_read(const char *text, size_t size, struct seki_diag *d,
			      struct seki_forward_config *ret);
/* From a file, with diagnostics on stderr; after false nothing is to be freed. */
bool seki_forward_file(const char *path, struct seki_forward_config *ret);
void seki_forward_config_free(struct seki_forward_config *c);

#endif /* SEKI_FORWARD_CONFIG_H */
