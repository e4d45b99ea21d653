/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.h - a question to the collector.
 */
#ifndef SEKI_ASK_H
#define SEKI_ASK_H

#include <stddef.h>

#define SEKI_CONTROL_SOCKET "/run/sekisho/control"
#define SEKI_ANSWER_MAX (1u << 20)

/* The status of the collector at the socket, a JSON text.  0 or negative errno. */
int seki_ask_status(const char *path, char *buf, size_t cap);

#endif /* SEKI_ASK_H */
