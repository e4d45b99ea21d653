/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * time.h - the times that records and options name.
 */
#ifndef SEKI_READER_TIME_H
#define SEKI_READER_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* RFC 3339 or a part of it from the date on, local time without an offset; before the
 * year 2554, which 64 bits of nanoseconds hold.
 */
bool seki_time_parse(const char *text, uint64_t *ret_ns);

/* RFC 3339 in UTC, whole seconds; "-" for a year that has more than four digits.  Returns ret. */
#define SEKI_UTC_TEXT 24
const char *seki_utc_text(uint64_t seconds, char ret[SEKI_UTC_TEXT]);

#endif /* SEKI_READER_TIME_H */
