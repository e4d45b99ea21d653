// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * next.c - another policy takes the place of the one in force.
 *
 * Judged from the bytes in memory, never read twice: the directory it comes
 * from is open to everyone.  Whatever fails leaves the policy in force as it is.
 */
#include "loader/loader.h"

#include <string.h>
#include <unistd.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"
#include "userspace/policy/order.h"

/* The slot that another policy would fill is what the trial returns to. */
static bool on_trial(struct sekisho_bpf *s, const char *path)
{
	if (!seki_trial_runs(s))
		return false;
	seki_warnx(
		"%s: the policy in force is on trial; confirm it, or wait until the one before is back",
		path);
	return true;
}

static bool is_in_force(const struct seki_bundle *b, const struct seki_meta *now, const char *path)
{
	if (!seki_bundle_is(b, now->digest))
		return false;
	seki_warnx("%s: is the policy in force, so there is nothing to try", path);
	return true;
}

static int judge(struct sekisho_bpf *s, const struct seki_bundle *b, const char *path,
		 __u64 trial_ns)
{
	const struct seki_meta *now = seki_meta_memory(s);
	struct seki_trust t = {};
	int refused;

	if (!seki_in_place(s) || on_trial(s, path) || (trial_ns && is_in_force(b, now, path)) ||
	    seki_trust_read(&t))
		return SEKI_REFUSED_UNFIT;
	refused = seki_trust_next(&t, b, now, path);
	seki_keys_free(&t.keys);
	return refused ? refused : seki_may_succeed(b, now, path);
}

/* A policy on trial is installed once it is confirmed.  now: NULL if its bytes are gone;
 * then it can be replaced, and not returned to.
 */
static int keep_files(struct sekisho_bpf *s, const struct seki_bundle *now,
		      const struct seki_bundle *next, const struct seki_swap *how)
{
	if (how->trial_ns)
		return now ? seki_trial_keep(s, now) : -1;
	if (now && !seki_bundle_is(now, next->head->digest) && seki_keep_copy(now, SEKI_PREVIOUS))
		return -1;
	return how->installs ? seki_keep_install(s, next) : 0;
}

static int keep(struct sekisho_bpf *s, const struct seki_bundle *next, const struct seki_swap *how)
{
	struct seki_bundle now;
	int err;

	if (seki_keep_read(seki_meta_memory(s), &now))
		return keep_files(s, NULL, next, how);
	err = keep_files(s, &now, next, how);
	seki_bundle_close(&now);
	return err;
}

int seki_swap_in(struct sekisho_bpf *s, const struct seki_kernel *k, const struct seki_bundle *b,
		 const struct seki_swap *how)
{
	__u32 generation = seki_meta_memory(s)->generation + 1;
	struct seki_rows rows = {};

	if (seki_containers_check(b) || seki_resolve(s, b, SEKI_PINS, &rows) ||
	    seki_fill(s, b, &rows, generation, how->mode))
		return -1;
	seki_step("filled");
	if (keep(s, b, how) || seki_run_files(b))
		return -1;
	if (how->trial_ns && seki_trial_start(s, generation, how->trial_ns))
		return -1;
	if (how->mode && !how->mode->rule)
		seki_meta_memory(s)->mode = how->mode->mode;
	seki_step("kept");
	if (seki_seal(s, b, k, generation, 0))
		return -1;
	seki_step("sealed");
	seki_state_memory(s)->early = 0; /* what was mounted since the initramfs is known */
	return 0;
}

static int replace(struct sekisho_bpf *s, const struct seki_kernel *k, const struct seki_bundle *b,
		   const char *path, __u64 trial_ns)
{
	bool dropped = !strcmp(path, SEKI_INCOMING_BUNDLE);
	struct seki_swap how = { .trial_ns = trial_ns, .installs = dropped };

	if (seki_swap_in(s, k, b, &how))
		return -1;
	if (dropped && unlink(path) < 0)
		seki_warn("%s: cannot be removed; it is installed", path);
	return 0;
}

static int consider(struct sekisho_bpf *s, const struct seki_kernel *k, struct seki_bundle *b,
		    const char *path, __u64 trial_ns)
{
	int refused = judge(s, b, path, trial_ns);

	if (!refused && replace(s, k, b, path, trial_ns))
		refused = SEKI_REFUSED_UNFIT;
	seki_notice(s,
		    refused  ? SEKI_POLICY_REFUSED :
		    trial_ns ? SEKI_POLICY_TRIAL_BEGINS :
			       SEKI_POLICY_LOADED,
		    refused, b);
	return refused ? -1 : 0;
}

int seki_next_policy(const struct seki_kernel *k, struct sekisho_bpf *s, const char *path,
		     __u64 trial_ns)
{
	struct seki_bundle b;
	const char *error;
	int err;

	if (seki_bundle_read(path, &b, &error) < 0) {
		seki_warnx("%s: %s", path, error);
		seki_notice(s, SEKI_POLICY_REFUSED, SEKI_REFUSED_DAMAGED, NULL);
		err = -1;
	} else {
		err = consider(s, k, &b, path, trial_ns);
		if (!err)
			seki_say_in_force(&b, seki_meta_memory(s)->mode);
		seki_bundle_close(&b);
	}
	seki_disown(s);
	return err;
}
