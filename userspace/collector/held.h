/* SPDX-License-Identifier: GPL-2.0-or-later */
/* held.h - the loader's list of what is held since before the policy. */
#ifndef SEKI_HELD_H
#define SEKI_HELD_H

#include "userspace/collector/buf.h"

/* "held":{"count":N,"list":[...]}, into an object; nothing before the lock. */
void seki_held_put(const char *path, struct seki_buf *b);

#endif /* SEKI_HELD_H */
