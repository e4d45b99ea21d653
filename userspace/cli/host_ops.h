/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_ops.h - how this host is asked for what no file shows. */
#ifndef SEKI_CLI_HOST_OPS_H
#define SEKI_CLI_HOST_OPS_H

#include "userspace/posture/posture.h"

extern const struct seki_posture_ops seki_host_ops;

/* root NULL: this host.  False with a message. */
bool seki_host_open(struct seki_posture *p, const char *root);

#endif /* SEKI_CLI_HOST_OPS_H */
