/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attack.h - techniques: what an operator with root and every capability tries.
 *
 * A technique returns 0 when its effect was there to see (the secret was read,
 * the value was changed and read back), an errno when it was refused, ENODATA
 * when the call went through without the effect, and cannot() when this kernel
 * or guest has not what it needs.
 *
 * Without Sekisho it must return 0.  With it, loaded and locked, it must return
 * its errno, leave a record with its label, its access and the operator's mark,
 * and leave the world as it was.
 */
#ifndef SEKI_ATTACK_H
#define SEKI_ATTACK_H

#include "tests/hook/guest.h"

#include <linux/io_uring.h>

enum {
	CHANGES = 1,  /* the proof of the effect: the world is another one */
	BROKERED = 2, /* somebody else acts: the record has no mark */
	QUIET = 4,    /* refused without a record of its own; said why at the row */
	CLOSES = 8,   /* the refusal shows as the absence of the effect (ENODATA) */
};

struct attack {
	const char *class;
	const char *name;
	int (*run)(void);
	const char *label;  /* of the record; "a|b": either; "*": any */
	const char *access; /* its word */
	int error;	    /* expected, EPERM if 0 */
	int flags;
	const char *beyond; /* out of reach: what helps, and the posture item */
};

extern const struct attack identity_attacks[], memory_attacks[], data_attacks[], network_attacks[],
	management_attacks[], kernel_attacks[], tamper_attacks[], dos_attacks[];
extern const struct twin attack_twins[];

/* hooked.c: the attempts of tests/hook as techniques. */
size_t hooked_attacks(const struct attack **ret);

/* ways.c */
#define OK(call) ((call) < 0 ? errno : 0)
#define CANNOT 200
int cannot(const char *reason);
int open_only(const char *path, int flags);
int send_text(const char *path, const char *text);
int read_text(const char *path, char *buf, size_t size);
int poke(const char *path, const char *value);		    /* write, see it, put the old back */
const char *proc_path(pid_t pid, const char *name);	    /* /proc/PID/NAME */
const char *own_proc(void);				    /* a procfs mounted by ourselves */
int int80(int nr, long a, long b, long c, long d, long e);  /* result, or -errno */
int old80(int nr, long a, long b, long c, long d, long e);  /* 0, or errno */
int uring_do(struct io_uring_sqe *sqe, unsigned int setup); /* result, or -errno */
int netlink_ask(int protocol, int type, int flags, const void *body, size_t len);
pid_t pid_from(const char *path);
int in_child(int (*run)(void));

/* victims.c: who else lives in the guest. */
int victims_serve(void); /* the core function, with more to steal */
int daemon_serve(void);	 /* a root daemon nobody named, that also runs jobs */
int idle_serve(void);	 /* stands for the collector */
void victims_start(void);
void victims_ready(void);
pid_t bystander(void), collector(void);
int victim_shm(void);

/* world.c: what must not change, as text. */
int world_write(const char *to);
bool world_same(const char *a, const char *b, char *first, size_t size);

#endif /* SEKI_ATTACK_H */
