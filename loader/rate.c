// SPDX-License-Identifier: GPL-2.0-or-later
/* rate.c - the buckets of rules with a rate, full at the start, into the idle slot. */
#include "loader/loader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"

#define SECOND 1000000000ull

static struct seki_bucket bucket_of(const struct seki_bundle_rule *r, __u32 rule)
{
	struct seki_bucket bucket = { .access = r->rate_access, .rule = rule };

	bucket.spacing = r->rate_seconds * SECOND / r->rate_records;
	bucket.burst = bucket.spacing * r->rate_records;
	return bucket;
}

int seki_rates_fill(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot)
{
	struct seki_bucket buckets[SEKI_RATES_MAX] = {};
	__u32 keys[SEKI_RATES_MAX];
	__u32 i, rate = 0, n = SEKI_RATES_MAX;

	for (i = 0; i < b->n_rules; i++)
		if (b->rules[i].rate_records)
			buckets[++rate] = bucket_of(&b->rules[i], i + 1);
	for (i = 0; i < SEKI_RATES_MAX; i++)
		keys[i] = slot * SEKI_RATES_MAX + i;
	if (bpf_map_update_batch(bpf_map__fd(s->maps.seki_rates), keys, buckets, &n, NULL)) {
		seki_warn("the rates of rules were refused by the kernel");
		return -1;
	}
	return 0;
}
