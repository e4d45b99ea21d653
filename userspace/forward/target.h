/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.h - the far side of one sink: a kind of connection, and what it knows
 * of records that arrived.
 *
 * A record is sent, and later it is certain.  The cursor follows what is
 * certain; after an error everything behind it is sent again.
 */
#ifndef SEKI_FORWARD_TARGET_H
#define SEKI_FORWARD_TARGET_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/forward/config.h"

/* One record on its way. */
struct seki_parcel {
	uint64_t index;
	json_t *json;	  /* the native record */
	const char *body; /* as the sink's format says, NUL terminated */
	size_t size;
	const char *id;
};

#define SEKI_WHY 256
#define SEKI_ID_MAX 128

/* What a target keeps in the cursor, to know its own end of the line again. */
struct seki_mark {
	uint64_t size; /* of a file */
};

struct seki_target {
	const struct seki_target_ops *ops;
	char why[SEKI_WHY]; /* of the last error */
};

/* Functions return 0 or negative errno, with .why said. */
struct seki_target_ops {
	unsigned int window; /* records that may be uncertain */
	unsigned int linger; /* ms they may be; the configuration's confirm goes first */
	struct seki_target *(*make)(const struct seki_sink_config *c);
	int (*open)(struct seki_target *t, const struct seki_mark *mark);
	/* Optional.  1: id is that of the last record that the far side holds. */
	int (*last)(struct seki_target *t, char id[SEKI_ID_MAX]);
	int (*send)(struct seki_target *t, const struct seki_parcel *p);
	/* All that was sent has arrived. */
	int (*confirm)(struct seki_target *t, struct seki_mark *mark);
	void (*close)(struct seki_target *t);
	void (*free)(struct seki_target *t);
};

extern const struct seki_target_ops seki_target_file, seki_target_syslog, seki_target_otlp,
	seki_target_nats, seki_target_witness,
	seki_target_timestamp; /* file: standard output too */

/* Says why and returns -err. */
int seki_target_fail(struct seki_target *t, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* SEKI_FORWARD_TARGET_H */
