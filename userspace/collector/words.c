// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/words.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "userspace/policy/bundle.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LOOK(table, i) ((i) < COUNT(table) ? (table)[i] : NULL)

/* clang-format off */
#define X(name, bit, word) [bit] = word,
static const char *const classes[] = { SEKI_CLASS_LIST(X) };
#undef X
#define X(name, bit, word, text) [bit] = word,
static const char *const accesses[] = { SEKI_ACCESS_LIST(X) };
#undef X
#define X(name, id) [id] = #name,
static const char *const hooks[] = { SEKI_HOOK_LIST(X) };
#undef X
#define X(name, id, word) [id] = word,
static const char *const reasons[] = { SEKI_REASON_LIST(X) };
static const char *const losses[] = { SEKI_LOSS_LIST(X) };
static const char *const policy_acts[] = { SEKI_POLICY_ACT_LIST(X) };
static const char *const refusals[] = { SEKI_REFUSED_LIST(X) };
#undef X
static const char *const verdicts[] = {
	[SEKI_DENIED] = "denied",
	[SEKI_WOULD_DENY] = "would-deny",
	[SEKI_ALLOWED] = "allowed",
};
static const char *const kinds[] = {
	[SEKI_KIND_BUILTIN] = "builtin",
	[SEKI_KIND_DATA] = "data",
	[SEKI_KIND_KEYS] = "keys",
	[SEKI_KIND_EXEC] = "exec",
	[SEKI_KIND_MANAGEMENT] = "management",
	[SEKI_KIND_PROCESS] = "process",
	[SEKI_KIND_DEVICE] = "device",
	[SEKI_KIND_UNIT] = "unit",
	[SEKI_KIND_CONFIG] = "config",
	[SEKI_KIND_CODE] = "code",
	[SEKI_KIND_SHARED] = "shared",
	[SEKI_KIND_USER] = "user",
};
static const char *const families[] = {
	[AF_UNIX] = "unix", [AF_INET] = "inet", [AF_INET6] = "inet6",
	[AF_NETLINK] = "netlink", [AF_PACKET] = "packet", [AF_VSOCK] = "vsock",
	[AF_XDP] = "xdp",
};
static const char *const socktypes[] = {
	[SOCK_STREAM] = "stream", [SOCK_DGRAM] = "dgram", [SOCK_RAW] = "raw",
	[SOCK_RDM] = "rdm", [SOCK_SEQPACKET] = "seqpacket",
	[SOCK_PACKET] = "packet",
};

/* First row whose hook fits and whose accesses are all wanted. */
static const struct {
	__u8 hook;
	__u32 want;
	const char *text;
} acts[] = {
	{ SEKI_HOOK_file_open, SEKI_READ | SEKI_WRITE, "open for reading and writing" },
	{ SEKI_HOOK_file_open, SEKI_WRITE, "open for writing" },
	{ SEKI_HOOK_file_open, SEKI_EXEC, "open to start it" },
	{ SEKI_HOOK_file_open, SEKI_READ, "open for reading" },
	{ SEKI_HOOK_file_open, 0, "open" },
	{ SEKI_HOOK_held_descriptor, SEKI_WRITE, "hold it open for writing since before the policy" },
	{ SEKI_HOOK_held_descriptor, 0, "hold it open since before the policy" },
	{ SEKI_HOOK_held_mapping, 0, "hold it mapped since before the policy" },
	{ SEKI_HOOK_file_receive, 0, "receive an open descriptor" },
	{ SEKI_HOOK_file_ioctl, 0, "control a device or filesystem" },
	{ SEKI_HOOK_mmap_file, SEKI_EXEC, "map executable" },
	{ SEKI_HOOK_mmap_file, SEKI_WRITE, "map for shared writing" },
	{ SEKI_HOOK_mmap_file, 0, "map for reading" },
	{ SEKI_HOOK_file_mprotect, 0, "make mapped memory executable" },
	{ SEKI_HOOK_path_notify, 0, "watch for changes" },
	{ SEKI_HOOK_inode_create, 0, "create a file" },
	{ SEKI_HOOK_inode_mkdir, 0, "create a directory" },
	{ SEKI_HOOK_inode_mknod, 0, "create a node" },
	{ SEKI_HOOK_inode_symlink, 0, "create a symbolic link" },
	{ SEKI_HOOK_inode_link, 0, "give a second name" },
	{ SEKI_HOOK_inode_unlink, 0, "delete a file" },
	{ SEKI_HOOK_inode_rmdir, 0, "delete a directory" },
	{ SEKI_HOOK_inode_rename, 0, "rename or move" },
	{ SEKI_HOOK_inode_setattr, SEKI_WRITE, "cut to another length" },
	{ SEKI_HOOK_inode_setattr, 0, "change mode, owner or times" },
	{ SEKI_HOOK_inode_file_setattr, 0, "change file flags" },
	{ SEKI_HOOK_inode_setxattr, 0, "set an extended attribute" },
	{ SEKI_HOOK_inode_removexattr, 0, "remove an extended attribute" },
	{ SEKI_HOOK_inode_set_acl, 0, "set an access list" },
	{ SEKI_HOOK_inode_remove_acl, 0, "remove an access list" },
	{ SEKI_HOOK_bprm_check_security, 0, "start a program" },
	{ SEKI_HOOK_bprm_committed_creds, 0, "program started" },
	{ SEKI_HOOK_ptrace_access_check, SEKI_TRACE, "reach into a process" },
	{ SEKI_HOOK_ptrace_access_check, 0, "inspect a process" },
	{ SEKI_HOOK_ptrace_traceme, 0, "ask to be traced" },
	{ SEKI_HOOK_task_kill, 0, "send a signal" },
	{ SEKI_HOOK_file_send_sigiotask, 0, "have the kernel send a signal" },
	{ SEKI_HOOK_task_prlimit, 0, "change a process's limits" },
	{ SEKI_HOOK_task_alloc, 0, "make a new task" },
	{ SEKI_HOOK_socket_create, 0, "open a capture socket" },
	{ SEKI_HOOK_socket_connect, 0, "connect" },
	{ SEKI_HOOK_sctp_bind_connect, SEKI_CREATE, "take a list of addresses" },
	{ SEKI_HOOK_sctp_bind_connect, 0, "connect to a list of addresses" },
	{ SEKI_HOOK_socket_bind, 0, "take an address" },
	{ SEKI_HOOK_file_lock, 0, "lock a file" },
	{ SEKI_HOOK_socket_sendmsg, 0, "send to an address" },
	{ SEKI_HOOK_unix_stream_connect, 0, "connect to a local socket" },
	{ SEKI_HOOK_unix_may_send, 0, "send to a local socket" },
	{ SEKI_HOOK_bpf, 0, "use the bpf call" },
	{ SEKI_HOOK_bpf_map, 0, "open a BPF map" },
	{ SEKI_HOOK_bpf_prog, 0, "open a BPF program" },
	{ SEKI_HOOK_cgroup_sysctl, SEKI_WRITE, "change a kernel setting" },
	{ SEKI_HOOK_cgroup_sysctl, 0, "read a kernel setting" },
	{ SEKI_HOOK_sb_mount, 0, "mount" },
	{ SEKI_HOOK_move_mount, 0, "move a mount" },
	{ SEKI_HOOK_sb_umount, 0, "unmount" },
	{ SEKI_HOOK_sb_remount, 0, "remount" },
	{ SEKI_HOOK_sb_kern_mount, 0, "mount a kernel filesystem" },
	{ SEKI_HOOK_capable, SEKI_LIMIT, "move a process to another cgroup" },
	{ SEKI_HOOK_capable, 0, "use a capability" },
	{ SEKI_HOOK_locked_down, 0, "reach into the kernel or the hardware" },
	{ SEKI_HOOK_kernel_module_request, 0, "have a module loaded" },
	{ SEKI_HOOK_kernel_load_data, 0, "load code into the kernel" },
	{ SEKI_HOOK_kernel_read_file, 0, "load a file into the kernel" },
	{ SEKI_HOOK_perf_event_open, 0, "open a performance event" },
	{ SEKI_HOOK_syslog, 0, "change the kernel log" },
	{ SEKI_HOOK_userns_create, 0, "make a user namespace" },
	{ SEKI_HOOK_task_setrlimit, 0, "change a process's limits" },
	{ SEKI_HOOK_task_setscheduler, 0, "change a process's scheduling" },
	{ SEKI_HOOK_task_setnice, 0, "change a process's priority" },
	{ SEKI_HOOK_task_setioprio, 0, "change a process's I/O priority" },
	{ SEKI_HOOK_ipc_permission, 0, "use a System V object" },
	{ SEKI_HOOK_shm_shmctl, 0, "control shared memory" },
	{ SEKI_HOOK_msg_queue_msgctl, 0, "control a message queue" },
	{ SEKI_HOOK_sem_semctl, 0, "control semaphores" },
	{ SEKI_HOOK_task_movememory, 0, "move a process's memory" },
	{ SEKI_HOOK_socket_setsockopt, 0, "set an option of a socket" },
	{ SEKI_HOOK_task_fix_setuid, 0, "become a user" },
	{ SEKI_HOOK_bprm_creds_from_file, 0, "become a user by a program" },
};
/* clang-format on */

const char *seki_word_class(unsigned int class)
{
	return LOOK(classes, class);
}

const char *seki_word_hook(unsigned int hook)
{
	return LOOK(hooks, hook);
}

const char *seki_word_access(unsigned int bit)
{
	return LOOK(accesses, bit);
}

const char *seki_word_verdict(unsigned int verdict)
{
	return LOOK(verdicts, verdict);
}

const char *seki_word_reason(unsigned int reason)
{
	return LOOK(reasons, reason);
}

const char *seki_word_loss(unsigned int cause)
{
	return LOOK(losses, cause);
}

const char *seki_word_policy_act(unsigned int act)
{
	return LOOK(policy_acts, act);
}

const char *seki_word_refused(unsigned int refused)
{
	return LOOK(refusals, refused);
}

const char *seki_word_kind(unsigned int label_kind)
{
	return LOOK(kinds, label_kind);
}

const char *seki_word_label_kind(const char *label)
{
	const char *dot = strrchr(label, '.');

	for (size_t i = SEKI_KIND_BUILTIN + 1; dot && i < COUNT(kinds); i++)
		if (kinds[i] && !strcmp(kinds[i], dot + 1))
			return kinds[i];
	return "";
}

const char *seki_word_family(unsigned int family)
{
	return LOOK(families, family);
}

const char *seki_word_socktype(unsigned int type)
{
	return LOOK(socktypes, type);
}

const char *seki_word_act(unsigned int hook, uint32_t want)
{
	for (size_t i = 0; i < COUNT(acts); i++)
		if (acts[i].hook == hook && (want & acts[i].want) == acts[i].want)
			return acts[i].text;
	return "access";
}

void seki_detail_text(const struct seki_access_event *a, char *ret, size_t size)
{
	const char *name;

	ret[0] = '\0';
	switch (a->hook) {
	case SEKI_HOOK_task_kill:
	case SEKI_HOOK_file_send_sigiotask:
		name = a->detail < 65 ? sigabbrev_np((int)a->detail) : NULL;
		if (name)
			snprintf(ret, size, "SIG%s", name);
		else
			snprintf(ret, size, "signal %u", a->detail);
		break;
	case SEKI_HOOK_file_ioctl:
		snprintf(ret, size, "ioctl 0x%x", a->detail);
		break;
	case SEKI_HOOK_ptrace_access_check:
		snprintf(ret, size, "mode 0x%x", a->detail);
		break;
	case SEKI_HOOK_bpf:
		snprintf(ret, size, "cmd %u", a->detail);
		break;
	default:
		if (a->detail)
			snprintf(ret, size, "%u", a->detail);
	}
}
