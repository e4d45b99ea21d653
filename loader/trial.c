// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trial.c - a policy that goes again unless somebody confirms it in time.
 *
 * The kernel keeps the time (bpf/trial.bpf.c) and the slot with the policy
 * before, so the return needs nothing of this process, which only waits to tell
 * and to tidy.  It leads one step back: to what was in force, by its digest, when
 * the trial began.
 */
#include "loader/loader.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"

#define LOOK_US 200000

static void identify(struct seki_policy_id *id, const struct seki_bundle *b)
{
	id->version = b->meta->version;
	id->mode = b->meta->mode;
	memcpy(id->digest, b->head->digest, sizeof(id->digest));
	memset(id->key, 0, sizeof(id->key));
	if (b->trailer)
		memcpy(id->key, b->trailer->key, sizeof(id->key));
	snprintf(id->name, sizeof(id->name), "%.63s", seki_bundle_string(b, b->meta->name));
}

/* Generation is 0 where a loader ended before it sealed what it would try. */
bool seki_trial_runs(struct sekisho_bpf *s)
{
	struct seki_state *state = seki_state_memory(s);
	__u32 generation = __atomic_load_n(&state->trial.generation, __ATOMIC_SEQ_CST);

	if (generation && generation != state->generation)
		__atomic_store_n(&state->trial.generation, 0, __ATOMIC_SEQ_CST);
	return generation && generation == state->generation;
}

int seki_trial_keep(struct sekisho_bpf *s, const struct seki_bundle *now)
{
	identify(&seki_state_memory(s)->trial.back, now);
	return seki_keep_copy(now, SEKI_RUN_PREVIOUS);
}

static __u32 tried; /* generation that this process put on trial */

/* Before the seal: whatever happens to this process, the clock ticks. */
int seki_trial_start(struct sekisho_bpf *s, __u32 generation, __u64 ns)
{
	struct seki_trial *t = &seki_state_memory(s)->trial;

	t->back.mode = seki_meta_memory(s)->mode;
	t->until = seki_boottime() + ns;
	tried = generation;
	__atomic_store_n(&t->generation, generation, __ATOMIC_SEQ_CST);
	if (seki_clock_start(s)) {
		__atomic_store_n(&t->generation, 0, __ATOMIC_SEQ_CST);
		return -1;
	}
	return 0;
}

/* The kernel's clock and this take the same word away; who finds it decides. */
static bool decide(struct seki_state *state)
{
	__u32 generation = state->generation;

	return __atomic_compare_exchange_n(&state->trial.generation, &generation, 0, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* What the trial would have returned to is what a rollback may return to. */
static int remember(void)
{
	struct seki_bundle b;
	const char *error;
	int err;

	if (seki_bundle_read(SEKI_RUN_PREVIOUS, &b, &error) < 0) {
		seki_warnx("%s: %s", SEKI_RUN_PREVIOUS, error);
		return -1;
	}
	err = seki_keep_copy(&b, SEKI_PREVIOUS);
	seki_bundle_close(&b);
	return err;
}

static int confirm(struct sekisho_bpf *s)
{
	struct seki_meta *meta = seki_meta_memory(s);
	struct seki_bundle b;
	int err;

	if (!seki_trial_runs(s)) {
		seki_warnx("no policy is on trial, so there is nothing to confirm");
		return -1;
	}
	if (!seki_in_place(s) || seki_keep_read(meta, &b))
		return -1;
	if (decide(seki_state_memory(s))) {
		meta->trial_ns = 0;
		seki_notice(s, SEKI_POLICY_CONFIRMED, 0, &b);
		err = remember() | seki_keep_install(s, &b);
		printf("sekisho: policy %s version %u confirmed\n",
		       seki_bundle_string(&b, b.meta->name), b.meta->version);
	} else {
		seki_warnx("too late: the policy before is in force again");
		err = -1;
	}
	seki_bundle_close(&b);
	return err;
}

int seki_confirm(const struct seki_kernel *k)
{
	struct sekisho_bpf *s;
	int err;

	if (!seki_is_loaded()) {
		seki_warnx("no policy is in force, so there is nothing to confirm");
		return -1;
	}
	if (seki_load_pinned(k, &s))
		return -1;
	err = confirm(s);
	seki_disown(s);
	return err;
}

/* 0 if it was confirmed; else the policy before is loaded as any: its paths anew. */
int seki_trial_wait(const struct seki_kernel *k, struct sekisho_bpf *s)
{
	struct seki_state *state = seki_state_memory(s);

	seki_pin_release();
	puts("sekisho: on trial; start sekisho-confirm.service in time to keep it");
	fflush(stdout);
	while (__atomic_load_n(&state->trial.generation, __ATOMIC_SEQ_CST) == tried)
		usleep(LOOK_US);
	if (seki_pin_lock())
		return -1;
	if (state->generation == tried) {
		puts("sekisho: confirmed");
		return 0;
	}
	seki_warnx("not confirmed in time; the policy before is in force again");
	if (state->generation == tried + 1)
		seki_next_policy(k, s, SEKI_RUN_PREVIOUS, 0);
	return -1;
}
