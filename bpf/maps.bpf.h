/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * maps.bpf.h - every map once: its key, why its size, what a full one means.
 * Defined in maps.bpf.c; the policy maps are read by decide and label only.
 *
 * The policy stands in two slots.  The loader fills the idle one, freezes it,
 * then raises the generation; generation & 1 is the slot in force.  A hook
 * reads the generation once, so it never judges by two policies.
 */
#ifndef SEKI_MAPS_BPF_H
#define SEKI_MAPS_BPF_H

#include "bpf/abi.h"
#include "bpf/kernel.bpf.h"

#define SEKI_SLOTS 2

/* Inner maps here are templates; the loader makes them to measure.  Sizes, not
 * types: clang leaves types used only inside an inner map as forward declarations.
 */

struct seki_matrix_inner { /* index: domain * SEKI_LABEL_MAX + label */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct seki_cell));
};

struct seki_matrix_map {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SEKI_SLOTS);
	__type(key, __u32);
	__array(values, struct seki_matrix_inner);
};

struct seki_domains_inner { /* index: domain */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct seki_domain));
};

struct seki_domains_map {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SEKI_SLOTS);
	__type(key, __u32);
	__array(values, struct seki_domains_inner);
};

struct seki_roots_inner { /* explicit objects: roots, programs, anchors */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct seki_object_id));
	__uint(value_size, sizeof(struct seki_root));
};

struct seki_roots_map {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SEKI_SLOTS);
	__type(key, __u32);
	__array(values, struct seki_roots_inner);
};

struct seki_names_inner { /* names that may not exist yet -> label */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct seki_name_key));
	__uint(value_size, sizeof(struct seki_root));
};

struct seki_names_map {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SEKI_SLOTS);
	__type(key, __u32);
	__array(values, struct seki_names_inner);
};

struct seki_devices_inner { /* raw devices -> label */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct seki_device_key));
	__uint(value_size, sizeof(__u32));
};

struct seki_devices_map {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SEKI_SLOTS);
	__type(key, __u32);
	__array(values, struct seki_devices_inner);
};

struct seki_addrs_inner { /* management addresses -> label */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct seki_addr_key));
	__uint(value_size, sizeof(__u32));
};

struct seki_addrs_map {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SEKI_SLOTS);
	__type(key, __u32);
	__array(values, struct seki_addrs_inner);
};

/* Local storage grows with the objects; a failed allocation is a closed door:
 * fork answers -EAGAIN, a label is resolved again at the next access.
 */
struct seki_tasks_map {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct seki_task);
};

struct seki_inodes_map {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct seki_inode);
};

struct seki_socks_map { /* of a listening unix socket: the label of what it is bound to */
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct seki_inode);
};

/* Our own maps and programs by kernel id: (1 << 32 | map id), (2 << 32 | program id). */
#define SEKI_OWN_MAP (1ull << 32)
#define SEKI_OWN_PROG (2ull << 32)
struct seki_own_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512); /* two generations of everything, twice over */
	__type(key, __u64);
	__type(value, __u32);
};

/* Denials and integrity: 4 MiB hold 6,500 refusals before any is lost; the last
 * quarter takes no refusal that a session just had (check.bpf.c).
 * Activity has its own ring, so a flood of it hides no denial.
 */
#define SEKI_EVIDENCE_BYTES (4 << 20)
struct seki_evidence_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SEKI_EVIDENCE_BYTES);
};

struct seki_activity_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
};

/* What was refused whom since the evidence ring is nearly full -> when (check.bpf.c).
 * A full table forgets the oldest, who may then leave one more record.
 */
struct seki_denied_key {
	__u64 session; /* or the id of a cgroup */
	__u32 want;
	__u16 label;
	__u8 hook;
	__u8 marked;
};

struct seki_denied_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct seki_denied_key);
	__type(value, __u64);
};

/* Per possible CPU, set to their number at load; mmapable: read with no syscall. */
struct seki_stats_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct seki_stats);
};

/* Counters of rules and labels, set to measure at load; hits.h has its layout. */
struct seki_hits_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct seki_hits);
};

/* Of rules with a rate (rate.bpf.c); the loader fills the idle slot. */
struct seki_rates_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SEKI_SLOTS *SEKI_RATES_MAX);
	__type(key, __u32);
	__type(value, struct seki_bucket);
};

struct seki_meta_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct seki_meta);
};

/* Thread that just asked sock_diag for a listing, on this CPU (power.bpf.c). */
struct seki_lister_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
};

/* System V objects that a domain made, by their address in the kernel -> domain.
 * A full table refuses to make more.
 */
struct seki_ipc_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u32);
};

/* The kernel's own clock of a trial (trial.bpf.c): it ticks as long as the pin is there. */
struct seki_clock {
	struct bpf_timer timer;
};
struct seki_clock_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct seki_clock);
};

extern struct seki_matrix_map seki_matrix SEC(".maps");
extern struct seki_domains_map seki_domains SEC(".maps");
extern struct seki_roots_map seki_roots SEC(".maps");
extern struct seki_names_map seki_names SEC(".maps");
extern struct seki_devices_map seki_devices SEC(".maps");
extern struct seki_addrs_map seki_addrs SEC(".maps");
extern struct seki_tasks_map seki_tasks SEC(".maps");
extern struct seki_inodes_map seki_inodes SEC(".maps");
extern struct seki_socks_map seki_socks SEC(".maps");
extern struct seki_own_map seki_own SEC(".maps");
extern struct seki_evidence_map seki_evidence SEC(".maps");
extern struct seki_activity_map seki_activity SEC(".maps");
extern struct seki_denied_map seki_denied SEC(".maps");
extern struct seki_stats_map seki_stats SEC(".maps");
extern struct seki_hits_map seki_hits SEC(".maps");
extern struct seki_rates_map seki_rates SEC(".maps");
extern struct seki_meta_map seki_meta SEC(".maps");
extern struct seki_lister_map seki_lister SEC(".maps");
extern struct seki_ipc_map seki_ipc SEC(".maps");
extern struct seki_clock_map seki_clock SEC(".maps");

/* Set by the loader between open and load. */
extern const volatile __u32 seki_can_probe;		      /* 0 under lockdown=confidentiality */
extern const volatile __u32 seki_perfmon_reads;		      /* loader/probe.c */
extern const volatile __u32 seki_hits_rows, seki_hits_shares; /* loader/hits.c */

extern struct seki_state seki_state;

/* Read once by a hook and handed on: label, domain and cell are then of one policy. */
static __always_inline __u32 seki_generation(void)
{
	return *(volatile __u32 *)&seki_state.generation;
}

static __always_inline struct seki_domain *seki_domain_find(__u32 domain, __u32 generation)
{
	__u32 slot = generation & 1;
	void *domains = bpf_map_lookup_elem(&seki_domains, &slot);

	return domains ? bpf_map_lookup_elem(domains, &domain) : NULL;
}

/* Labels of what the lock closes. */
static __always_inline bool seki_label_is_power(__u32 label)
{
	return label >= SEKI_LABEL_LOCKED && label < SEKI_LABEL_ALWAYS;
}

static __always_inline bool seki_locked(void)
{
	return *(volatile __u64 *)&seki_state.locked;
}

#endif /* SEKI_MAPS_BPF_H */
