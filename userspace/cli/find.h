/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * find.h - what the commands that ask the index share.
 */
#ifndef SEKI_CLI_FIND_H
#define SEKI_CLI_FIND_H

#include "userspace/index/index.h"

#define SEKI_INDEX_FILE "/var/cache/sekisho/index.sqlite"

struct seki_find {
	const char *log, *index; /* index NULL: the default file, or none if it can't be made */
	bool rebuild;
};

/* Waits until the log of this host has what happened before; opens, asks, closes and says
 * what went wrong.  Exit code.
 */
int seki_find(const struct seki_find *f, const struct seki_question *q, seki_index_taker *take,
	      void *to);

#endif /* SEKI_CLI_FIND_H */
