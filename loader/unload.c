// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unload.c - take the policy out again, by an order signed for this load.
 *
 * The record comes first: without it nothing is taken out.  The generation is
 * what ends enforcement; links that the collector holds end with it.
 */
#include "loader/loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/policy/order.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static int read_boot(char ret[SEKI_HOST_LEN + 1])
{
	seki_autofclose FILE *f = fopen(BOOT_ID, "re");
	char text[64];

	if (f && fgets(text, sizeof(text), f) && !seki_order_boot(text, ret))
		return 0;
	seki_warn("%s: cannot be read", BOOT_ID);
	return -1;
}

static int read_order(const char *path, struct seki_order_file *ret)
{
	seki_autofree char *data = NULL;
	const char *bad;
	size_t size;
	int err = seki_file_read(path, 4 * sizeof(*ret), &data, &size);

	if (err)
		bad = strerror(-err);
	else
		bad = seki_order_parse(data, size, ret);
	if (!bad)
		return 0;
	seki_warnx("%s: %s", path, bad);
	return -1;
}

static int judge(struct sekisho_bpf *s, const char *path)
{
	char boot[SEKI_HOST_LEN + 1];
	struct seki_order_file f;
	struct seki_trust t = {};
	int refused;

	if (read_order(path, &f))
		return SEKI_REFUSED_DAMAGED;
	if (!seki_in_place(s) || seki_trust_read(&t) || read_boot(boot))
		return SEKI_REFUSED_UNFIT;
	refused = seki_order_check(&f, &t.keys,
				   &(struct seki_order_place){ t.host, boot,
							       seki_meta_memory(s)->loaded_ns });
	seki_keys_free(&t.keys);
	if (refused)
		seki_warnx("%s: %s", path, seki_order_text(refused));
	return refused;
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
