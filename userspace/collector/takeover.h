/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * takeover.h - end the collector before this one.
 *
 * PID 1 may not signal a collector, so what it starts anew finds the old one at
 * work in the unit's cgroup.  The new one is of the same domain and may.
 */
#ifndef SEKI_TAKEOVER_H
#define SEKI_TAKEOVER_H

#include <sys/types.h>

/*
 * Ask them to stop, and kill those that do not within patience milliseconds.
 * Returns how many there were, or negative errno when some are left.  proc and
 * cgroup: where procfs and cgroup2 are mounted.  Never ours: self and parent.
 */
int seki_takeover(const char *proc, const char *cgroup, int patience);

#endif /* SEKI_TAKEOVER_H */
