// SPDX-License-Identifier: GPL-2.0-or-later
/* order.c - is this order signed for this load? */
#include "loader/loader.h"

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

int seki_order_judge(struct sekisho_bpf *s, const char *path, struct seki_order *ret)
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
	*ret = f.order;
	return refused;
}
