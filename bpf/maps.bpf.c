// SPDX-License-Identifier: GPL-2.0-only
/* maps.bpf.c - the maps and globals of maps.bpf.h. */
#include "bpf/maps.bpf.h"

struct seki_matrix_map seki_matrix SEC(".maps");
struct seki_domains_map seki_domains SEC(".maps");
struct seki_roots_map seki_roots SEC(".maps");
struct seki_names_map seki_names SEC(".maps");
struct seki_devices_map seki_devices SEC(".maps");
struct seki_addrs_map seki_addrs SEC(".maps");
struct seki_tasks_map seki_tasks SEC(".maps");
struct seki_inodes_map seki_inodes SEC(".maps");
struct seki_socks_map seki_socks SEC(".maps");
struct seki_own_map seki_own SEC(".maps");
struct seki_evidence_map seki_evidence SEC(".maps");
struct seki_activity_map seki_activity SEC(".maps");
struct seki_denied_map seki_denied SEC(".maps");
struct seki_stats_map seki_stats SEC(".maps");
struct seki_hits_map seki_hits SEC(".maps");
struct seki_rates_map seki_rates SEC(".maps");
struct seki_meta_map seki_meta SEC(".maps");
struct seki_lister_map seki_lister SEC(".maps");
struct seki_ipc_map seki_ipc SEC(".maps");
struct seki_clock_map seki_clock SEC(".maps");

const volatile __u32 seki_can_probe = 1;
const volatile __u32 seki_perfmon_reads = 1;
const volatile __u32 seki_hits_rows = 1;
const volatile __u32 seki_hits_shares = 1;

struct seki_state seki_state;

char LICENSE[] SEC("license") = "GPL";
