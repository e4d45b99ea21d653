/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lanes.h - SHA-256 of many messages side by side, by Intel's multi-buffer library.
 *
 * What the processor does for one message waits for its own results; a batch from the
 * ring has thousands that do not depend on each other.
 */
#ifndef SEKI_LANES_H
#define SEKI_LANES_H

#include "userspace/evidence/hasher.h"

/* For the life of the process.  NULL: built without the library, or it does not serve
 * this processor.  Weak: who is linked without it calls nothing.
 */
struct seki_hasher *seki_lanes_open(void) __attribute__((weak));

#endif /* SEKI_LANES_H */
