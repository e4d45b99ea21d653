/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.h - a question to the collector.
 */
#ifndef SEKI_ASK_H
#define SEKI_ASK_H

#include <stddef.h>

#define SEKI_CONTROL_SOCKET "/run/sekisho/control"
#define SEKI_ANSWER_MAX (1u << 20)

/* What the collector at the socket answers to a request, a JSON text.  0 or negative errno. */
int seki_ask(const char *path, const char *request, char *buf, size_t cap);
#define seki_ask_status(path, buf, cap) seki_ask(path, "status\n", buf, cap)

#endif /* SEKI_ASK_H */
