// SPDX-License-Identifier: GPL-2.0-only
/*
 * seal.bpf.c - self-protection: our maps and programs, and the switch that
 * would turn every LSM program off.
 *
 * Protects against root reading or writing our maps by pin or id, taking links
 * by id (a cgroup link can be detached), and kernel.ftrace_enabled=0.
 *
 * Hooks: bpf, bpf_map, bpf_prog; cgroup/sysctl on the root cgroup, which runs
 * without a trampoline and so still answers when the LSM programs do not.
 * Pins are files with a label (inode.bpf.c).
 */
#include "bpf/check.bpf.h"
#include "bpf/emit.bpf.h"
#include "bpf/subject.bpf.h"

SEC("lsm/bpf")
int BPF_PROG(hook_bpf, int cmd, union bpf_attr *attr, unsigned int size)
{
	struct seki_request req = { .hook = SEKI_HOOK_bpf, .want = SEKI_USE, .detail = cmd };
	int err;

	req.generation = seki_generation();
	if (!req.generation)
		return 0;
	req.label = SEKI_LABEL_BPF;
	err = seki_check(&req, NULL, NULL);
	if (err)
		return err;
	if (cmd != BPF_LINK_GET_FD_BY_ID)
		return 0;
	req.label = SEKI_LABEL_BPF_OWN;
	return seki_check(&req, NULL, NULL);
}

static __always_inline int check_own(__u8 hook, __u64 key)
{
	struct seki_request req = {
		.hook = hook,
		.want = SEKI_USE,
		.label = SEKI_LABEL_BPF_OWN,
		.detail = (__u32)key,
	};

	req.generation = seki_generation();
	if (!req.generation || !bpf_map_lookup_elem(&seki_own, &key))
		return 0;
	return seki_check(&req, NULL, NULL);
}

SEC("lsm/bpf_map")
int BPF_PROG(hook_bpf_map, struct bpf_map *map, unsigned int fmode)
{
	return check_own(SEKI_HOOK_bpf_map, SEKI_OWN_MAP | map->id);
}

SEC("lsm/bpf_prog")
int BPF_PROG(hook_bpf_prog, struct bpf_prog *prog)
{
	return check_own(SEKI_HOOK_bpf_prog, SEKI_OWN_PROG | prog->aux->id);
}

static __always_inline bool is_ftrace_name(const char *name)
{
	const char want[] = "kernel/ftrace_enabled";
	int i;

#pragma unroll
	for (i = 0; i < (int)sizeof(want); i++)
		if (name[i] != want[i])
			return false;
	return true;
}

/* Switching on is never refused: the collector does it when the canary sings. */
static __always_inline bool switches_on(struct bpf_sysctl *ctx)
{
	char value[4] = {};

	return bpf_sysctl_get_new_value(ctx, value, sizeof(value)) > 0 && value[0] == '1' &&
	       (!value[1] || value[1] == '\n');
}

/* 1 lets the write through. Who wrote is filled in without task pointers. */
static __always_inline void emit_sysctl(void)
{
	__u64 number = seki_number();
	struct seki_access_event *a;

	a = bpf_ringbuf_reserve(&seki_evidence, sizeof(*a), 0);
	if (!a) {
		seki_count(loss[SEKI_LOSS_EVIDENCE_FULL]);
		return;
	}
	__builtin_memset(a, 0, sizeof(*a));
	seki_emit_bare(&a->e, number);
	a->e.size = sizeof(*a);
	a->e.kind = SEKI_EVENT_ACCESS;
	a->e.pid = bpf_get_current_pid_tgid() >> 32;
	a->e.tid = (__u32)bpf_get_current_pid_tgid();
	a->e.uid = (__u32)bpf_get_current_uid_gid();
	a->hook = SEKI_HOOK_cgroup_sysctl;
	a->verdict = SEKI_DENIED;
	a->reason = SEKI_BY_DEFAULT;
	a->error = EPERM;
	a->label = SEKI_LABEL_FTRACE;
	a->want = SEKI_WRITE;
	a->missing = SEKI_WRITE;
	bpf_ringbuf_submit(a, 0);
}

SEC("cgroup/sysctl")
int hook_cgroup_sysctl(struct bpf_sysctl *ctx)
{
	char name[32] = {};

	if (!ctx->write || !seki_generation())
		return 1;
	if (bpf_sysctl_get_name(ctx, name, sizeof(name), 0) < 0)
		return 1;
	if (!is_ftrace_name(name) || switches_on(ctx))
		return 1;
	emit_sysctl();
	seki_count(denied);
	return 0;
}
