/* SPDX-License-Identifier: GPL-2.0-only */
/* cgroup.bpf.h - whether a task is in the cgroup that a domain states, or below it. */
#ifndef SEKI_CGROUP_BPF_H
#define SEKI_CGROUP_BPF_H

#include "bpf/maps.bpf.h"

bool seki_in_cgroup(struct task_struct *t, const struct seki_domain *d);

#endif /* SEKI_CGROUP_BPF_H */
