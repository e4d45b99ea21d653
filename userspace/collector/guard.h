/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.h - the one privileged act that is left: writing 1 back to
 * kernel.ftrace_enabled when the canary shows that enforcement is off.
 *
 * The guard is the parent.  It holds a socket to its child and the name of one
 * file, has no capabilities, and restarts nothing; systemd does that.
 */
#ifndef SEKI_GUARD_H
#define SEKI_GUARD_H

/* Fork.  In the child returns a descriptor to ask with; the parent does not
 * return but exits as the child did.  Negative errno: no child was made.
 */
int seki_guard_fork(const char *ftrace);
/* Ask for the repair and wait a tenth of a second.  0: written, errno: refused,
 * -1: no guard or no answer.
 */
int seki_guard_ask(int fd);

#endif /* SEKI_GUARD_H */
