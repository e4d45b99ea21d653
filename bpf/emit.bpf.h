/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emit.bpf.h - reserve, fill, submit one event; count what could not be sent.
 */
#ifndef SEKI_EMIT_BPF_H
#define SEKI_EMIT_BPF_H

#include "bpf/maps.bpf.h"
#include "bpf/name.bpf.h"
#include "bpf/subject.bpf.h"

static __always_inline struct seki_stats *seki_stats_cpu(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&seki_stats, &cpu);
}

/* The counters are this CPU's, but a program may be preempted by another. */
#define seki_count(field)                                        \
	do {                                                     \
		struct seki_stats *stats_ = seki_stats_cpu();    \
		if (stats_)                                      \
			__sync_fetch_and_add(&stats_->field, 1); \
	} while (0)

/*
 * Functions that are not hidden are walked by the verifier once in each program, not
 * once for each way to them; so they return something, and take no kernel pointers.
 */

/* Number an attempt on this CPU; a lost event leaves a gap in the numbers. */
__u64 seki_number(void);

/* Into zeroes. */
int seki_who_now(struct seki_who *who);

static __always_inline void seki_emit_when(struct seki_event *e, __u64 cpu_seq)
{
	e->abi = SEKI_ABI_VERSION;
	e->seq = __sync_fetch_and_add(&seki_state.seq, 1) + 1;
	e->cpu_seq = cpu_seq;
	e->time_ns = bpf_ktime_get_boot_ns();
	e->cpu = bpf_get_smp_processor_id();
	e->generation = seki_generation();
}

/* When alone, into a zeroed event: for programs that see no task. */
static __always_inline void seki_emit_bare(struct seki_event *e, __u64 cpu_seq)
{
	seki_emit_when(e, cpu_seq);
	e->loginuid = NO_LOGINUID;
}

/* Fill when and who. cpu_seq was taken before the slot was reserved. */
int seki_emit_head(struct seki_event *e, __u64 cpu_seq, const struct seki_who *who);

/* Fill the names from dentry upwards; NULL leaves none. */
void seki_emit_path(struct seki_path *p, struct dentry *dentry);

#endif /* SEKI_EMIT_BPF_H */
