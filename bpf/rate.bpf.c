// SPDX-License-Identifier: GPL-2.0-only
/*
 * rate.bpf.c - records of a rule that may make only so many in a time.
 *
 * A bucket is the time at which all its records are paid, one word: CPUs agree on it
 * by compare and swap, so a burst leaves exactly as many records as it may.  Before
 * the number of the event: what is left out is no gap, and has counters of its own.
 */
#include "bpf/rate.bpf.h"
#include "bpf/emit.bpf.h"
#include "bpf/hits.h"

#define TRIES 8

static __always_inline bool pay(struct seki_bucket *b)
{
	__u64 now = bpf_ktime_get_boot_ns(), due, from;
	int i;

	for (i = 0; i < TRIES; i++) {
		due = *(volatile __u64 *)&b->due;
		from = due > now ? due : now;
		if (from + b->spacing - now > b->burst)
			return false;
		if (__sync_val_compare_and_swap(&b->due, due, from + b->spacing) == due)
			return true;
	}
	return true; /* rather a record too many */
}

static __always_inline void tell(const struct seki_bucket *b, __u32 slot)
{
	struct seki_hits_shape shape = { seki_hits_rows, seki_hits_shares };
	__u32 row = seki_hits_rule(shape, slot, bpf_get_smp_processor_id(), b->rule);
	struct seki_hits *h = bpf_map_lookup_elem(&seki_hits, &row);

	seki_count(left_out);
	if (h)
		__sync_fetch_and_add(&h->count[SEKI_LEFT_OUT], 1);
}

int seki_left_out(__u32 generation, __u32 rate, __u32 waived)
{
	__u32 slot = generation & 1, row = slot * SEKI_RATES_MAX + rate;
	struct seki_bucket *b;

	if (!rate || rate >= SEKI_RATES_MAX)
		return false;
	b = bpf_map_lookup_elem(&seki_rates, &row);
	if (!b || !b->spacing || waived & ~b->access || pay(b))
		return false;
	tell(b, slot);
	return true;
}
