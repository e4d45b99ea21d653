// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hits.c - room for the counters of rules, and new counters for a new policy.
 *
 * The room is of the first load: what reads it mapped it once.
 */
#include "loader/loader.h"

#include <string.h>
#include <sys/mman.h>

#include <bpf/libbpf.h>

#include "bpf/hits.h"
#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"

static __u32 rows_for(__u32 rules)
{
	__u32 rows = 2 * rules + 1;

	if (rows < SEKI_HITS_ROWS_MIN)
		return SEKI_HITS_ROWS_MIN;
	return rows < SEKI_HITS_ROWS_MAX ? rows : SEKI_HITS_ROWS_MAX;
}

/* A share for each CPU, or fewer: a count may be shared, memory must be bounded. */
static __u32 shares_for(__u32 cpus, __u32 rows)
{
	__u32 shares = 1;

	while (shares * 2 <= cpus &&
	       (__u64)shares * 4 * rows * sizeof(struct seki_hits) <= SEKI_HITS_BYTES)
		shares *= 2;
	return shares;
}

void seki_hits_make(struct sekisho_bpf *s, __u32 rules)
{
	struct seki_hits_shape shape = { .rows = rows_for(rules) };

	shape.shares = shares_for((__u32)libbpf_num_possible_cpus(), shape.rows);
	s->rodata->seki_hits_rows = shape.rows;
	s->rodata->seki_hits_shares = shape.shares;
	bpf_map__set_max_entries(s->maps.seki_hits, 2 * seki_hits_slot(shape));
}

void seki_hits_take(struct sekisho_bpf *s)
{
	struct seki_hits_shape shape =
		seki_hits_shape_of(seki_meta_memory(s), bpf_map__max_entries(s->maps.seki_hits));

	s->rodata->seki_hits_rows = shape.rows;
	s->rodata->seki_hits_shares = shape.shares;
}

/* Nobody counts in the idle slot. */
int seki_hits_clear(struct sekisho_bpf *s, __u32 slot)
{
	struct seki_hits_shape shape = { s->rodata->seki_hits_rows, s->rodata->seki_hits_shares };
	size_t size = 2 * seki_hits_slot(shape) * sizeof(struct seki_hits);
	struct seki_hits *all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
				     bpf_map__fd(s->maps.seki_hits), 0);

	if (all == MAP_FAILED) {
		seki_warn("the counters of rules can't be reached");
		return -1;
	}
	memset(all + seki_hits_label(shape, slot, 0), 0, size / 2);
	munmap(all, size);
	return 0;
}
