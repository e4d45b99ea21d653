/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * canary.h - proof, each second, that the kernel still enforces.
 *
 * Links that read "attached" prove nothing: with kernel.ftrace_enabled=0 the
 * programs are silently not called.  So a file that nobody may open is opened.
 */
#ifndef SEKI_CANARY_H
#define SEKI_CANARY_H

#include <stdint.h>

#include "bpf/abi.h"

enum seki_canary_state {
	SEKI_CANARY_UNKNOWN,	/* not looked yet, or no policy is loaded */
	SEKI_CANARY_HELD,	/* refused with EPERM and counted by our program */
	SEKI_CANARY_LOST,	/* it opened: nothing is enforced */
	SEKI_CANARY_UNCOUNTED,	/* refused, but not by our program */
	SEKI_CANARY_MISSING,	/* no such file */
	SEKI_CANARY_UNREADABLE, /* refused by something else */
};

struct seki_canary {
	const char *path;   /* NULL: none */
	const char *ftrace; /* /proc/sys/kernel/ftrace_enabled */
	enum seki_canary_state state;
	uint64_t looks, held;
};

/* Open it once and judge.  stats may be NULL: not counted then. */
enum seki_canary_state seki_canary_look(const char *path, const struct seki_stats *stats,
					unsigned int cpus);
const char *seki_canary_word(enum seki_canary_state state);
/* Value of ftrace_enabled as text, "unreadable" if so. */
void seki_canary_ftrace(const char *path, char *ret, int size);

#endif /* SEKI_CANARY_H */
