/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * try.h - the attempts: what a program can do to a protected thing.
 *
 * An attempt runs in a process of its own, as a subject: `other` (root, started
 * by PID 1), `operator` (root with a login uid), `hlr` (the core function
 * itself).  It returns 0 or an errno, and ENODATA if it went through but did
 * not reach what it wanted: then it proves nothing.
 *
 * Each attempt must succeed without Sekisho, be refused with its errno and its
 * record in enforce mode, succeed with a would-deny record in audit mode, and
 * succeed for the core function where that is its own work.
 */
#ifndef SEKI_TRY_H
#define SEKI_TRY_H

#include <stdbool.h>
#include <sys/types.h>

#include "bpf/abi.h"

#define DATA "/srv/data"
#define DB DATA "/hlr.db"
#define SECRET "Ki=00112233445566778899aabbccddeeff"
#define CFG "/srv/etc/hlr.cfg"
#define LATE "/srv/etc/hlr.late"
#define LATER "/srv/later" /* what is guarded below it is not there yet */
#define OWN "/srv/own"
#define LINKED OWN "/second-name"
#define CODE "/srv/code" /* sealed: policy.yaml */
#define LIB CODE "/lib.so"
#define ONE_LIB "/srv/lib/one.so" /* alone in its directory */
#define SHM "/dev/shm/hlr"
#define QUEUE_LATER "hlr-later"
#define QUEUE "hlr"   /* of messages; below /dev/mqueue where that is mounted */
#define CORE_UID 4711 /* user: in policy.yaml */
#define CTRL_PATH "/srv/run/hlr.ctrl"
#define DGRAM_PATH "/srv/run/hlr.dgram"
#define VTY_PORT 4258
#define SECOND_PORT 4385 /* both want the same row of bpf/near.h */
#define UDP_PORT 4260
#define SCTP_PORT 4261
#define SPARE_PORT 4262		  /* of all three; the core function does not wait there */
#define BROKER "/run/docker.sock" /* the core function plays the daemon */

enum {
	OWN_WORK = 1, /* the core function may do it too */
	NO_AUDIT = 2, /* refused in audit mode as well: Sekisho's own, or a border */
	SILENT = 4,   /* refused without a record */
	NO_BASE = 8,  /* the thing does not exist without us */
	BY_CORE = 16, /* what the core function itself must not do */
};

struct attempt {
	const char *name;
	int (*run)(void);
	__u32 access;	   /* bit the record must show as asked */
	const char *label; /* label the record must show */
	__u8 hook;	   /* hook the record must name */
	__u8 flags;
	int error; /* expected, EPERM if 0 */
};

extern const struct attempt file_attempts[], inode_attempts[], process_attempts[], net_attempts[],
	seal_attempts[], mount_attempts[], power_attempts[], code_attempts[], memory_attempts[],
	ipc_attempts[];

/* What must stay allowed, for the subject named first. */
struct twin {
	const char *subject;
	const char *name;
	int (*run)(void);
};
extern const struct twin twins[];

/* The running core function, as other processes find it. */
pid_t victim(void);
unsigned long victim_secret(void);

/* The core function makes its System V objects. */
void ipc_serve(void);

/* What a service that was tricked hands over, to whom this name is told. */
int handed_over(const char *name);

/* 0 if fd reads as the secret. */
int reads_secret(int fd);
int read_path(const char *path);

#endif /* SEKI_TRY_H */
