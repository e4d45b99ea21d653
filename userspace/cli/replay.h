/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay.h - a log into a replay, for the commands that judge recorded acts. */
#ifndef SEKI_CLI_REPLAY_H
#define SEKI_CLI_REPLAY_H

#include "userspace/judge/replay.h"

/* Every record of a log or a file; what is wrong went to stderr.  0 or negative. */
int seki_replay_log(struct seki_replay *r, const char *log);
/* The changes, at most so many of each kind; 0: all. */
void seki_replay_print_changes(const struct seki_replay *r, unsigned int most, FILE *out);

#endif /* SEKI_CLI_REPLAY_H */
