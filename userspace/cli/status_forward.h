/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status_forward.h - the forwarder's part of "sekisho status".
 */
#ifndef SEKI_CLI_STATUS_FORWARD_H
#define SEKI_CLI_STATUS_FORWARD_H

#include <jansson.h>
#include <stdbool.h>

#define SEKI_FORWARD_SOCKET "/run/sekisho-forward/control"

/* Its answer, or NULL: no forwarder runs, which is nothing wrong. */
json_t *seki_forward_status(const char *socket_path);
/* True: a sink or an alarm has a problem. */
bool seki_forward_troubled(json_t *status);
void seki_forward_show(json_t *status);

#endif /* SEKI_CLI_STATUS_FORWARD_H */
