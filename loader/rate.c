// SPDX-License-Identifier: GPL-2.0-or-later
/* rate.c - the buckets of rules with a rate, full at the start, into the idle slot. */
#include "loader/loader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"

#define SECOND 1000000000ull

static struct seki_bucket bucket_of(const struct seki_bundle *b, __u32 rate)
{
	__u32 rule = seki_bundle_rated(b, rate);
	const struct seki_bundle_rule *r = seki_bundle_rule(b, rule);
	struct seki_bucket bucket = {};

	if (!r)
		return bucket;
	bucket.spacing = r->rate_seconds * SECOND / r->rate_records;
	bucket.burst = bucket.spacing * r->rate_records;
	bucket.access = r->rate_access;
	bucket.rule = rule;
	return bucket;
}

int seki_rates_fill(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot)
{
	__u32 rate, key;

	for (rate = 1; rate < SEKI_RATES_MAX; rate++) {
		struct seki_bucket bucket = bucket_of(b, rate);

		key = slot * SEKI_RATES_MAX + rate;
		if (bpf_map_update_elem(bpf_map__fd(s->maps.seki_rates), &key, &bucket, BPF_ANY)) {
			seki_warn("the rates of rules were refused by the kernel");
			return -1;
		}
	}
	return 0;
}
