/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * time.h - the times that records and options name.
 */
#ifndef SEKI_READER_TIME_H
#define SEKI_READER_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* RFC 3339 or a part of it from the date on, local time without an offset. */
bool seki_time_parse(const char *text, uint64_t *ret_ns);

#endif /* SEKI_READER_TIME_H */
