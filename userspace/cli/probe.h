/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - harmless tries of what a policy closes to a process like any other:
 * nothing is read, written or sent, also where a try is let through.
 */
#ifndef SEKI_CLI_PROBE_H
#define SEKI_CLI_PROBE_H

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#include "userspace/judge/view.h"
#include "userspace/report/sums.h"

#define SEKI_PROBES_OF_LABEL 8 /* objects that are tried of one label */

/* X(NAME, "what is tried") */
#define SEKI_WAY_LIST(X)                                                         \
	X(OPEN, "open for reading") /* and close */                              \
	X(MODE, "set its mode to what it is")                                    \
	X(DEVICE, "open the raw device below it")                                \
	X(INSPECT, "open the environment of a process")                          \
	X(UNIX, "connect")                                                       \
	X(INET, "connect")                                                       \
	X(CAPTURE, "make a packet socket") /* of no protocol: it gets nothing */ \
	X(BPF, "ask for the number of a BPF program")

#define X(name, text) SEKI_WAY_##name,
enum seki_way { SEKI_WAY_LIST(X) };
#undef X
const char *seki_way_text(enum seki_way way);

struct seki_probe {
	enum seki_way way;
	__u16 label;
	const char *what; /* path, address, "process of hlr" */
	char *path;	  /* that is opened, where it is another; malloc'ed */
	const struct seki_bundle_addr *addr;
	/* what came of it */
	pid_t pid;   /* that tried */
	int error;   /* errno; 0: let through */
	bool absent; /* not there to be tried, or not by this host */
	/* its record */
	bool recorded;
	unsigned long long record;
};

struct seki_probes {
	struct seki_probe *list;
	size_t count, room;
	unsigned long long begin; /* of the first try: ms since the boot */
	size_t left;		  /* objects of labels that have more than SEKI_PROBES_OF_LABEL */
};

/* What the policy closes to a process without a domain.  0 or -ENOMEM. */
int seki_probes_make(const struct seki_view *v, struct seki_probes *ret);
void seki_probes_free(struct seki_probes *p);
/* Each in a process of its own, whose number its record has.  0 or negative errno. */
int seki_probes_try(struct seki_probes *p);
static inline bool seki_probe_refused(const struct seki_probe *p)
{
	return !p->absent && (p->error == EPERM || p->error == EACCES);
}
/* probe_log.c: the records of the probes, in a log that is written meanwhile. */
struct seki_lines;
/* Where the log ends now.  0 or negative errno. */
int seki_probes_log(struct seki_lines *l, const char *path);
/* Until each that was refused or let through by mode audit has its record, or so many
 * seconds are over.
 */
int seki_probes_find(struct seki_probes *p, struct seki_lines *l, unsigned int seconds);

#endif /* SEKI_CLI_PROBE_H */
