// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lock.c - the moment after which nobody gets the kernel's powers by being root.
 *
 * Early boot needs modules, sysctl and the rest from programs no policy can
 * name; after it, nobody should.  There is no way back but the next boot.
 */
#include "loader/loader.h"

#include <stdio.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"

int seki_lock(const struct seki_kernel *k)
{
	struct sekisho_bpf *s;
	struct seki_state *state;

	if (!seki_is_loaded()) {
		seki_warnx("no policy is in force, so nothing would be locked; load one first");
		return -1;
	}
	if (seki_load_pinned(k, &s))
		return -1;
	if (!seki_meta_memory(s)->generation) {
		seki_warnx("a load was cut off before its end; load the policy again first");
		return -1;
	}
	state = seki_state_memory(s);
	state->early = 0;
	if (!state->locked) {
		seki_moves_ask(true); /* what was loaded in the initramfs knew no units yet */
		__atomic_store_n(&state->locked, seki_boottime(), __ATOMIC_SEQ_CST);
		seki_meta_memory(s)->locked_ns = state->locked;
		seki_notice(s, SEKI_POLICY_LOCKED, 0, NULL); /* locked, recorded or not */
	}
	seki_held_tell(s);
	seki_disown(s);
	puts("sekisho: locked; the kernel's powers are for the domains of the policy");
	return 0;
}
