// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipc.bpf.c - System V shared memory, message queues and semaphores.
 *
 * Protects what a domain made: it is part of its memory, so who uses or controls
 * it asks to trace the process.  These objects have no inode; they are known by
 * their address from the moment they are made until they are freed.
 *
 * Hooks: *_alloc_security and *_free_security, ipc_permission (get, attach, send,
 * receive, operate, look), *ctl (change, lock, remove; no object: a question
 * about the whole system).
 *
 * Left open here: objects that were made before the load.
 */
#include "bpf/check.bpf.h"
#include "bpf/emit.bpf.h"
#include "bpf/subject.bpf.h"

struct kern_ipc_perm;

/* Rather no object than one that nobody guards. */
static __always_inline int made(struct kern_ipc_perm *perm)
{
	__u64 key = (__u64)perm;
	__u32 domain = seki_current_domain();

	if (!seki_generation() || domain < SEKI_DOMAIN_FIRST)
		return 0;
	if (!bpf_map_update_elem(&seki_ipc, &key, &domain, BPF_ANY))
		return 0;
	seki_count(loss[SEKI_LOSS_OBJECT_STORAGE]);
	return -ENOMEM;
}

static __always_inline void freed(struct kern_ipc_perm *perm)
{
	__u64 key = (__u64)perm;

	bpf_map_delete_elem(&seki_ipc, &key);
}

static __always_inline int check_ipc(__u8 hook, struct kern_ipc_perm *perm, __u32 detail)
{
	struct seki_request req = { .hook = hook, .want = SEKI_TRACE, .detail = detail };
	__u32 g = seki_generation(), *domain;
	__u64 key = (__u64)perm;
	struct seki_domain *d;

	domain = bpf_map_lookup_elem(&seki_ipc, &key);
	if (!domain || !g)
		return 0;
	d = seki_domain_find(*domain, g);
	if (!d || !d->proc_label)
		return 0;
	req.generation = g;
	req.label = d->proc_label;
	req.target_domain = *domain;
	return seki_check(&req, NULL, NULL);
}

SEC("lsm/shm_alloc_security")
int BPF_PROG(hook_shm_alloc_security, struct kern_ipc_perm *perm)
{
	return made(perm);
}

SEC("lsm/msg_queue_alloc_security")
int BPF_PROG(hook_msg_queue_alloc_security, struct kern_ipc_perm *perm)
{
	return made(perm);
}

SEC("lsm/sem_alloc_security")
int BPF_PROG(hook_sem_alloc_security, struct kern_ipc_perm *perm)
{
	return made(perm);
}

SEC("lsm/shm_free_security")
int BPF_PROG(hook_shm_free_security, struct kern_ipc_perm *perm)
{
	freed(perm);
	return 0;
}

SEC("lsm/msg_queue_free_security")
int BPF_PROG(hook_msg_queue_free_security, struct kern_ipc_perm *perm)
{
	freed(perm);
	return 0;
}

SEC("lsm/sem_free_security")
int BPF_PROG(hook_sem_free_security, struct kern_ipc_perm *perm)
{
	freed(perm);
	return 0;
}

SEC("lsm/ipc_permission")
int BPF_PROG(hook_ipc_permission, struct kern_ipc_perm *perm, short flag)
{
	return check_ipc(SEKI_HOOK_ipc_permission, perm, flag);
}

SEC("lsm/shm_shmctl")
int BPF_PROG(hook_shm_shmctl, struct kern_ipc_perm *perm, int cmd)
{
	return check_ipc(SEKI_HOOK_shm_shmctl, perm, cmd);
}

SEC("lsm/msg_queue_msgctl")
int BPF_PROG(hook_msg_queue_msgctl, struct kern_ipc_perm *perm, int cmd)
{
	return check_ipc(SEKI_HOOK_msg_queue_msgctl, perm, cmd);
}

SEC("lsm/sem_semctl")
int BPF_PROG(hook_sem_semctl, struct kern_ipc_perm *perm, int cmd)
{
	return check_ipc(SEKI_HOOK_sem_semctl, perm, cmd);
}
