/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line.h - a record as one line for people.
 */
#ifndef SEKI_CLI_LINE_H
#define SEKI_CLI_LINE_H

#include <jansson.h>
#include <stdbool.h>

void seki_print_line(json_t *record, bool colour);

#endif /* SEKI_CLI_LINE_H */
