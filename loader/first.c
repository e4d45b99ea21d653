// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * first.c - a first policy: the order of the steps, or all of them undone.
 *
 * Until the last line of seal the programs answer every hook with "not our
 * business", so whatever fails before leaves the host as it was.
 */
#include "loader/loader.h"

#include <stdio.h>
#include <sys/stat.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"

void seki_say_in_force(const struct seki_bundle *b, __u32 mode)
{
	printf("sekisho: policy %s version %u in force (%s)\n",
	       seki_bundle_string(b, b->meta->name), b->meta->version, seki_mode_text(mode));
}

int seki_first_load(const struct seki_kernel *k, const struct seki_bundle *b, bool early)
{
	struct seki_rows rows = {};
	struct sekisho_bpf *s;
	unsigned int programs;

	seki_pin_undo(SEKI_PINS_NEW);
	if (seki_containers_check(b) || seki_run_files(b) || seki_load_fresh(k, b->n_rules, &s))
		return -1;
	seki_step("loaded");
	if (mkdir(SEKI_PINS_NEW, 0700) < 0) {
		seki_warn("%s: cannot make it; is bpffs mounted there and writable?",
			  SEKI_PINS_NEW);
		return -1;
	}
	if (seki_resolve(s, b, SEKI_PINS_NEW, &rows) || seki_fill(s, b, &rows, 1, NULL))
		goto undo;
	seki_step("filled");
	if (seki_adopt_self(s) || seki_adopt_running(s, b))
		goto undo;
	seki_moves_ask(true);
	seki_step("adopted");
	if (seki_pin_all(s, &programs))
		goto undo;
	seki_step("pinned");
	seki_state_memory(s)->early = early;
	if (seki_seal(s, b, k, 1, programs) || seki_seal_proof(s))
		goto undo;
	seki_step("sealed");
	seki_notice(s, SEKI_POLICY_LOADED, 0, b);
	seki_say_in_force(b, b->meta->mode);
	return 0;
undo:
	seki_moves_ask(false);
	seki_pin_undo(SEKI_PINS_NEW);
	seki_pin_undo(SEKI_PINS);
	return -1;
}
