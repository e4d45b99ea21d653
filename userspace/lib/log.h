/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - what programs say to people, on stderr, with the program's name.
 * The x means "errno has nothing to add".  Only programs call these; the
 * library parts return an error and stay silent.
 */
#ifndef SEKI_LOG_H
#define SEKI_LOG_H

#define SEKI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

void seki_warn(const char *fmt, ...) SEKI_PRINTF(1, 2);
void seki_warnx(const char *fmt, ...) SEKI_PRINTF(1, 2);
void seki_die(const char *fmt, ...) SEKI_PRINTF(1, 2) __attribute__((noreturn));
void seki_diex(const char *fmt, ...) SEKI_PRINTF(1, 2) __attribute__((noreturn));

#endif /* SEKI_LOG_H */
