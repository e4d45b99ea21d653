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

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/file.h"
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

/* The bytes that were judged when they came into force, and no others. */
static int read_in_force(const char *path, const struct seki_meta *now, struct seki_bundle *ret)
{
	const char *error;

	if (seki_bundle_read(path, ret, &error) < 0) {
		seki_warnx("%s: %s", path, error);
		return -1;
	}
	if (!memcmp(ret->head->digest, now->digest, sizeof(now->digest)))
		return 0;
	seki_warnx("%s: is not the policy in force; reload the policy first", path);
	seki_bundle_close(ret);
	return -1;
}

static int keep(const struct seki_bundle *b)
{
	int err = seki_file_write(SEKI_RUN_PREVIOUS, b->head, b->size, 0644);

	if (!err)
		return 0;
	errno = -err;
	seki_warn("%s: cannot be written; the policy in force stays", SEKI_RUN_PREVIOUS);
	return -1;
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

int seki_trial_keep(struct sekisho_bpf *s)
{
	struct seki_bundle now;
	int err;

	if (read_in_force(SEKI_RUN_BUNDLE, seki_meta_memory(s), &now))
		return -1;
	identify(&seki_state_memory(s)->trial.back, &now);
	err = keep(&now);
	seki_bundle_close(&now);
	return err;
}

/* Before the seal: whatever happens to this process, the clock ticks. */
int seki_trial_start(struct sekisho_bpf *s, __u32 generation, __u64 ns)
{
	struct seki_trial *t = &seki_state_memory(s)->trial;

	t->back.mode = seki_meta_memory(s)->mode;
	t->until = seki_boottime() + ns;
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

static int confirm(struct sekisho_bpf *s)
{
	struct seki_meta *meta = seki_meta_memory(s);
	struct seki_bundle b;
	int err;

	if (!seki_trial_runs(s)) {
		seki_warnx("no policy is on trial, so there is nothing to confirm");
		return -1;
	}
	if (!seki_in_place(s) || read_in_force(SEKI_RUN_BUNDLE, meta, &b))
		return -1;
	if (decide(seki_state_memory(s))) {
		meta->trial_ns = 0;
		seki_notice(s, SEKI_POLICY_CONFIRMED, 0, &b);
		err = seki_install(&b);
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
	__u32 generation = state->generation;

	seki_pin_release();
	while (__atomic_load_n(&state->trial.generation, __ATOMIC_SEQ_CST) == generation)
		usleep(LOOK_US);
	if (seki_pin_lock())
		return -1;
	if (state->generation == generation) {
		puts("sekisho: confirmed");
		return 0;
	}
	seki_warnx("not confirmed in time; the policy before is in force again");
	if (state->generation == generation + 1)
		seki_next_policy(k, s, SEKI_RUN_PREVIOUS, 0);
	return -1;
}
