/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.h - guest instructions per operation.
 *
 * PID 1 of a guest goes through phases (nothing loaded, the control, empty
 * programs or Sekisho) and starts the same measuring processes in each: one per
 * subject, the same way a service manager or a login does.
 */
#ifndef SEKI_BENCH_H
#define SEKI_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#define PROGRAM "/usr/bin/bench"     /* no policy names it */
#define CORE_PROGRAM "/usr/bin/core" /* enters the domain "core" */
#define COLLECTOR "/usr/sbin/sekishod"
#define LOADER "/usr/sbin/sekisho-load"
#define CORE_CGROUP "/sys/fs/cgroup/core.service"
#define KEEPER_CGROUP "/sys/fs/cgroup/sekishod.service"
#define CORE_PID "/tmp/core.pid"
#define ROWS "/tmp/rows"
#define CHAIN "/tmp/chain"
#define CGROUPS 128 /* 272 bytes for each processor, each */
#define CORE_PORT 4258
#define FREE_PORT 5258

/* Eight components each, like the paths of the published baselines. */
#define BELOW "/c/d/e/f/g/"
#define FREE "/srv/free" BELOW	  /* no label, guarded filesystem */
#define DATA "/srv/data" BELOW	  /* core.data: open to core, no record */
#define BOOK "/srv/book" BELOW	  /* book.data: core reads, recorded */
#define PLAIN "/plain/free" BELOW /* a filesystem the policy names nothing on */
#define FILE_NAME "file"
#define SOCKET "/srv/free/socket"

#define N_OPS 301    /* odd: p50 is a value that was measured */
#define N_SPAWNS 101 /* fewer, so that all pids have the same length */
#define SPAWNERS 5   /* processes that fork and exec, one after the other */

enum { OTHER = 1, OPERATOR = 2, CORE = 4 };

/* One operation.  once() does it, with the ticks it took, and tells its errno. */
struct op {
	const char *name;
	unsigned int subjects;
	int (*once)(uint64_t *ret_ticks);
	int refusal; /* the errno it must give under Sekisho */
	void (*prepare)(void);
	bool spawns; /* measured in processes of its own, see measure.c */
};
extern const struct op ops[];
void ops_end(void); /* what they left running */

/* Under icount the counter advances by one per instruction. */
static inline uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* Print what failed, and end: a bench that goes on shows wrong figures. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* measure.c: the rows of one subject in one phase, appended to ROWS. */
int measure(const char *phase, const char *subject, bool spawns);
int chain_link(uint64_t end, char **argv);

/* object.c: attach the programs of empty.bpf.o whose name has this prefix, and
 * pin them; or let them go.
 */
int object_attach(const char *prefix);
void object_detach(void);
int object_losses(void);

#endif /* SEKI_BENCH_H */
