// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * carry.c - carry out a signed order that leaves a policy in force: back to the one
 * before, or another mode of this one.
 *
 * Either makes a next load, so the same order is then for another one.
 */
#include "loader/loader.h"

#include <stdio.h>
#include <string.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"
#include "userspace/policy/order.h"

static bool names(const struct seki_order *o, const __u8 *digest, const char *path)
{
	if (!memcmp(o->digest, digest, sizeof(o->digest)))
		return true;
	seki_warnx("%s: %s", path, seki_order_text(SEKI_REFUSED_OTHER_POLICY));
	return false;
}

static int judge_previous(const struct seki_bundle *b, const struct seki_order *o,
			  struct sekisho_bpf *s, const char *path)
{
	struct seki_trust t = {};
	int refused;

	if (!names(o, b->head->digest, path))
		return SEKI_REFUSED_OTHER_POLICY;
	if (seki_trust_read(&t))
		return SEKI_REFUSED_UNFIT;
	refused = seki_trust_next(&t, b, seki_meta_memory(s), SEKI_PREVIOUS);
	seki_keys_free(&t.keys);
	if (!refused && seki_fits_running(b, SEKI_PREVIOUS))
		refused = SEKI_REFUSED_UNFIT;
	return refused;
}

/* Its version is lower: that is what the order is for. */
static int roll_back(struct sekisho_bpf *s, const struct seki_kernel *k, const struct seki_order *o,
		     const char *path)
{
	struct seki_swap how = { .installs = true };
	struct seki_bundle b;
	const char *error;
	int refused;

	if (seki_bundle_read(SEKI_PREVIOUS, &b, &error) < 0) {
		seki_warnx("%s: %s", SEKI_PREVIOUS, error);
		return SEKI_REFUSED_UNFIT;
	}
	refused = judge_previous(&b, o, s, path);
	if (!refused && seki_swap_in(s, k, &b, &how))
		refused = SEKI_REFUSED_UNFIT;
	if (!refused) {
		seki_notice(s, SEKI_POLICY_ROLLED_BACK, 0, &b);
		seki_say_in_force(&b, seki_meta_memory(s)->mode);
	}
	seki_bundle_close(&b);
	return refused;
}

static bool has_rule(const struct seki_bundle *b, const struct seki_order *o, const char *path)
{
	if (!o->rule || seki_bundle_rule(b, o->rule))
		return true;
	seki_warnx("%s: rule %u is not in the policy; it has %u", path, o->rule, b->n_rules);
	return false;
}

static void tell_mode(struct sekisho_bpf *s, const struct seki_bundle *b,
		      const struct seki_order *o)
{
	const char *word = seki_mode_text(o->mode);

	seki_notice_mode(s, b, o);
	if (o->rule)
		printf("sekisho: mode %s for rule %u (%s)\n", word, o->rule,
		       seki_bundle_string(b, seki_bundle_rule(b, o->rule)->text));
	else
		printf("sekisho: mode %s\n", word);
}

static int change_mode(struct sekisho_bpf *s, const struct seki_kernel *k,
		       const struct seki_order *o, const char *path)
{
	const struct seki_meta *now = seki_meta_memory(s);
	struct seki_swap how = { .mode = o };
	struct seki_bundle b;
	int refused = 0;

	if (!names(o, now->digest, path))
		return SEKI_REFUSED_OTHER_POLICY;
	if (seki_keep_read(now, &b))
		return SEKI_REFUSED_UNFIT;
	if (!has_rule(&b, o, path) || seki_swap_in(s, k, &b, &how))
		refused = SEKI_REFUSED_UNFIT;
	else
		tell_mode(s, &b, o);
	seki_bundle_close(&b);
	return refused;
}

static int carry_out(struct sekisho_bpf *s, const struct seki_kernel *k, const char *path)
{
	struct seki_order o;
	int refused = seki_order_judge(s, path, &o);

	if (refused)
		return refused;
	if (seki_trial_runs(s)) {
		seki_warnx("%s: the policy in force is on trial; confirm it first, or wait", path);
		return SEKI_REFUSED_UNFIT;
	}
	if (o.act == SEKI_ORDER_ROLLBACK)
		return roll_back(s, k, &o, path);
	if (o.act == SEKI_ORDER_MODE)
		return change_mode(s, k, &o, path);
	seki_warnx("%s: is an order to take the policy out; start sekisho-unload.service for it",
		   path);
	return SEKI_REFUSED_UNFIT;
}

int seki_carry_out(const struct seki_kernel *k, const char *path)
{
	struct sekisho_bpf *s;
	int refused;

	if (!seki_is_loaded()) {
		seki_warnx("%s: no policy is in force", path);
		return -1;
	}
	if (seki_load_pinned(k, &s))
		return -1;
	refused = carry_out(s, k, path);
	if (refused)
		seki_notice(s, SEKI_POLICY_ORDER_REFUSED, refused, NULL);
	seki_disown(s);
	sekisho_bpf__destroy(s);
	return refused ? -1 : 0;
}
