// SPDX-License-Identifier: GPL-2.0-only
/*
 * empty.bpf.c - the floor: a program that does nothing, on each hook of
 * Sekisho's that a measured operation passes.  What Sekisho costs is told in
 * multiples of this: the kernel's own price of asking at all.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define EMPTY(hook)                 \
	SEC("lsm/" #hook)           \
	int empty_##hook(void *ctx) \
	{                           \
		return 0;           \
	}

EMPTY(file_open)
EMPTY(mmap_file)
EMPTY(task_alloc)
EMPTY(bprm_creds_from_file)
EMPTY(socket_connect)
EMPTY(unix_stream_connect)
EMPTY(task_kill)
EMPTY(ptrace_access_check)

SEC("lsm.s/bprm_committed_creds")
int empty_bprm_committed_creds(void *ctx)
{
	return 0;
}

/*
 * The control: no operation asks this hook.  Fork and exec shift by hundreds of
 * instructions with what ran before them; they are compared with this loaded.
 */
SEC("lsm/sb_pivotroot")
int control_sb_pivotroot(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
