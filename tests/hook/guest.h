/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest.h - the world the attempts meet: mounts, programs, files, the core
 * function, and the records of what happened.
 */
#ifndef SEKI_GUEST_H
#define SEKI_GUEST_H

#include "tests/hook/try.h"
#include "userspace/policy/bundle.h"
#include "userspace/policy/order.h"

/* guest.c */
void guest_prepare(void);
void guest_fixture(void); /* the files, as the attempts expect them */
int guest_serve(void);	  /* the core function: never returns */

/* act.c: run one of our programs as a subject; the exit status, 128+signal. */
int act(const char *subject, const char *verb, const char *what, pid_t *ret_pid);
int act_program(const char *path, const char *arg);
pid_t act_start(const char *path, const char *arg, int in, int out);

/* loader.c: run sekisho-load as its unit does; exit status, 128+signal. */
extern char loader_said[4096]; /* on stderr */
extern unsigned int loader_ms; /* if not 0: until the kernel ends it, by SIGALRM */
int loader(const char *arg, const char *arg2);
pid_t loader_start(int err, const char *arg, const char *arg2);

/* sign.c: keys and signed bundles made in the guest. */
#define SIGN_HOST "0123456789abcdef0123456789abcdef"
struct evp_pkey_st *sign_key(void);
void sign_enroll(struct evp_pkey_st *key, const char *name);
/* A bundle signed, its version changed if not 0. */
void sign_bundle(const char *from, const char *to, struct evp_pkey_st *key, const char *host,
		 __u32 version);

/* An order for the load that is in force, or another. */
int sign_tell_load(void); /* as the collector, for sign_load() */
__u64 sign_load(void);
void sign_boot(char ret[SEKI_HOST_LEN + 1]);
void sign_order(const char *to, struct evp_pkey_st *key, const char *host, struct seki_order *o);

/* records.c */
int reader_main(void); /* as /usr/sbin/sekishod: rings to stdout */
void records_open(void);
void records_close(void);
pid_t records_reader(void);
void records_keep(void);
void records_drain(void); /* forget the old, take what is there now */
/* The access record of this process or a child of it; NULL if there is none. */
const struct seki_access_event *record_find(pid_t pid, const struct attempt *a);
const struct seki_access_event *record_of(pid_t pid, __u8 verdict);
const char *record_label(const struct seki_access_event *r);
const char *record_domain(const struct seki_access_event *r);
size_t records_count(void);		    /* kept, to be looked at */
size_t records_all(void);		    /* of accesses, that came */
void records_stats(struct seki_stats *ret); /* the kernel's counters, of all CPUs */
/* Of this process or its children, allowed, on this label. */
size_t records_allowed(pid_t pid, const char *label);
/* What is counted of a rule, by its text, and of a label: [0] and [1]. */
bool records_hits(const char *rule, const char *label, struct seki_hits ret[2]);
const struct seki_mark_event *records_mark(void); /* the last one */
/* How many the loader made of this act and reason. */
unsigned int records_policy(__u8 act, __u8 refused);
unsigned int records_of_kernel(__u8 act); /* of what no task did */
const struct seki_access_event *record_at(size_t i);

/* hits.c: the kernel's counters of rules. */
void hits_sum(const __u32 asked[2], struct seki_hits ret[2]);
void hits_enforced(void);
void hits_audited(void);

/* cgroup.c: domains by their cgroup. */
void cgroup_without(void);
void cgroup_enforced(void);
int cgroup_start_box(const char *cgroup);

/* rate.c: records that a rule leaves out, held against reads that are counted here. */
void rate_enforced(void);
int rate_reads(void);

/* life.c: what PID 1 can be asked to do to Sekisho's processes. */
void life_without(void);
void life_locked(void);
void life_as_shutdown(void);	       /* does not return */
int life_ended(int argc, char **argv); /* the program that PID 1 runs then */

/* plain.c: what is known of a superblock. */
void plain_without(void);
void plain_enforced(void);
int plain_switches(void);

/* role.c: operators by their login. */
void role_enforced(void);
int role_child(const char *what); /* "role-", "login-", "relogin-UID": exit status */

/* from.c: operators by where they log in. */
void from_enforced(void);
int from_child(const char *how); /* "UID:WHAT:WHERE": exit status */

/* held.c: descriptors and mappings from before the policy. */
int held_serve(void);
void held_start(void);
void held_locked(void);

/* rollout.c: policies on trial. */
void rollout(struct evp_pkey_st *site);
int rollout_kill(const char *pid);
int rollout_append(void);

/* swap.c: two policies under a pair of objects, in sign_test. */
void swap(void);
int swap_hammer(const char *cpu);

/* early.c: the load by an initramfs, and what follows the unit's. */
int early_child(const char *what);
void early_load(void);
void early_over(void);

/* judge.c: attempts against what their table expects; prints TAP. */
void judge_begin(const struct attempt *const *groups); /* ends with NULL */
int judge_child(const char *verb, const char *what);   /* exit status */
void judge_end(void);				       /* plan and verdict; power off */
/* What another program of PID 1 counted before it became this one. */
void judge_count(int *ret_tests, int *ret_failures);
void judge_resume(int done, int bad);
void result(bool ok, const char *fmt, ...);
const struct attempt *attempt_find(const char *name);
const struct twin *twin_find(const char *name);
void core_start(void);
void ready(const char *subject); /* core function alive, files as expected */
void each(void (*run)(const struct attempt *));
void without(const struct attempt *a);
void enforced(const struct attempt *a, const char *subject);
void enforced_all(const struct attempt *a);
void audited(const struct attempt *a);
void twin_all(void);

#endif /* SEKI_GUEST_H */
