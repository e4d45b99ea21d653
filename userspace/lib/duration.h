/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duration.h - "90s", "5m", "2h" as nanoseconds. */
#ifndef SEKI_DURATION_H
#define SEKI_DURATION_H

#include <stdint.h>

/* 0 if text is none, or nothing. */
uint64_t seki_duration(const char *text);

#endif /* SEKI_DURATION_H */
