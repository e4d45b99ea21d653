/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_rules.h - "sekisho status --rules": how often each rule decided.
 */
#ifndef SEKI_STATUS_RULES_H
#define SEKI_STATUS_RULES_H

#include <stdbool.h>

/* Asks the collector at the socket, and prints; bundle: the one in force, for words.
 * 0, or negative errno when nobody answers.
 */
int seki_status_rules(const char *socket, const char *bundle, bool json);

#endif /* SEKI_STATUS_RULES_H */
