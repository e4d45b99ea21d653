/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syslog.h - a record as a message of RFC 5424, framed as RFC 5425 asks.
 */
#ifndef SEKI_FORWARD_SYSLOG_H
#define SEKI_FORWARD_SYSLOG_H

#include "userspace/forward/target.h"

/* "LENGTH MESSAGE", for free(); NULL without memory.  host: as hostname(7) has it. */
char *seki_syslog_frame(const struct seki_parcel *p, const char *host, size_t *ret_size);

#endif /* SEKI_FORWARD_SYSLOG_H */
