/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * otlp.h - records as the JSON form of OpenTelemetry's ExportLogsServiceRequest,
 * and its answer.
 */
#ifndef SEKI_FORWARD_OTLP_H
#define SEKI_FORWARD_OTLP_H

#include "userspace/forward/target.h"

/* A LogRecord. */
json_t *seki_otlp_record(const struct seki_parcel *p);
/* The request around an array of them, which it takes over; for free(). */
char *seki_otlp_request(json_t *records, const char *host);
/* Records that a receiver says it did not take: of an answer with status 200.
 * -EBADMSG: not an answer.
 */
long seki_otlp_rejected(const char *answer, size_t size, char why[SEKI_WHY]);

#endif /* SEKI_FORWARD_OTLP_H */
