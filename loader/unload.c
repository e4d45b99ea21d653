// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unload.c - take the policy out again, by an order signed for this load.
 *
 * The record comes first: without it nothing is taken out.  The generation is
 * what ends enforcement; links that the collector holds end with it.
 */
#include "loader/loader.h"

#include <stdio.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"
#include "userspace/policy/order.h"

static int judge(struct sekisho_bpf *s, const char *path)
{
	struct seki_order order;
	int refused = seki_order_judge(s, path, &order);

	if (refused || order.act == SEKI_ORDER_UNLOAD)
		return refused;
	seki_warnx("%s: is no order to take the policy out; start sekisho-order.service for it",
		   path);
	return SEKI_REFUSED_UNFIT;
}

static void take_out(struct sekisho_bpf *s)
{
	__atomic_store_n(&seki_state_memory(s)->generation, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&seki_state_memory(s)->trial.generation, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&seki_meta_memory(s)->generation, 0, __ATOMIC_RELEASE);
	seki_pin_undo(SEKI_PINS);
	seki_moves_ask(false);
}

int seki_unload(const struct seki_kernel *k, const char *path)
{
	struct sekisho_bpf *s;
	int refused, err = -1;

	if (!seki_is_loaded()) {
		seki_warnx("%s: nothing is loaded that could be taken out", path);
		return -1;
	}
	if (seki_load_pinned(k, &s))
		return -1;
	refused = judge(s, path);
	if (refused)
		seki_notice(s, SEKI_POLICY_ORDER_REFUSED, refused, NULL);
	else
		err = seki_notice(s, SEKI_POLICY_UNLOADED, 0, NULL);
	if (err) {
		seki_disown(s);
	} else {
		take_out(s);
		puts("sekisho: the policy is taken out; nothing is enforced");
	}
	sekisho_bpf__destroy(s);
	return err;
}
