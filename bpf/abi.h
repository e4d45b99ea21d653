/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * abi.h - every byte the kernel programs and user space agree on.
 *
 * Three groups: the words (accesses, hooks, verdicts, built-in domains and
 * labels), the policy as the decision core reads it, the events as the
 * collector reads them.  Both sides compare SEKI_ABI_VERSION at start.
 *
 * Units: times in nanoseconds of CLOCK_BOOTTIME; devices in the kernel's own
 * dev_t encoding (major << 20 | minor, include/linux/kdev_t.h); ports in host
 * byte order; addresses in network byte order, IPv4 as ::ffff:a.b.c.d.
 */
/* Tables, and structs whose comments are one. */
/* clang-format off */
#ifndef SEKI_ABI_H
#define SEKI_ABI_H

#include <linux/types.h>

#define SEKI_ABI_VERSION	5

/* ---- words ------------------------------------------------------------- */

/*
 * Accesses.  X(NAME, bit, "policy word", "what it covers")
 * A request asks for a set of them; a matrix cell allows a set of them.
 */
#define SEKI_ACCESS_LIST(X)						       \
	X(READ,     0, "read",    "open for reading, map, list, receive a descriptor") \
	X(WRITE,    1, "write",   "open for writing, truncate, shared writable map")   \
	X(EXEC,     2, "exec",    "start as a program, map executable")		       \
	X(CREATE,   3, "create",  "make a new name: file, directory, node, socket")    \
	X(DELETE,   4, "delete",  "remove a name")				       \
	X(RENAME,   5, "rename",  "move a name, replace by a move")		       \
	X(LINK,     6, "link",    "give a second name")				       \
	X(ATTR,     7, "attr",    "mode, owner, times, extended attributes, ACL")      \
	X(IOCTL,    8, "ioctl",   "device and filesystem controls on the object")      \
	X(WATCH,    9, "watch",   "inotify and fanotify marks")			       \
	X(INSPECT, 10, "inspect", "read what /proc shows of a process (PTRACE_MODE_READ)") \
	X(TRACE,   11, "trace",   "attach to a process, its memory or descriptors (PTRACE_MODE_ATTACH)") \
	X(SIGNAL,  12, "signal",  "send a signal")				       \
	X(CONNECT, 13, "connect", "connect to a management address or socket")	       \
	X(USE,     14, "use",     "use a power of the kernel (capture, bpf)")	       \
	X(MOUNT,   15, "mount",   "mount over, unmount, move, remount")		       \
	X(LIMIT,   16, "limit",   "change limits, priority, scheduling, memory placement")

#define X(name, bit, word, text) SEKI_##name = 1u << (bit),
enum seki_access { SEKI_ACCESS_LIST(X) };
#undef X
#define SEKI_ACCESS_BITS	17
#define SEKI_ACCESS_ALL		((1u << SEKI_ACCESS_BITS) - 1)

/* Where a request was seen.  X(LSM hook or program name, id) */
#define SEKI_HOOK_LIST(X)						       \
	X(none, 0)								       \
	X(file_open, 1)							       \
	X(file_receive, 2)						       \
	X(file_ioctl, 3)						       \
	X(mmap_file, 4)							       \
	X(path_notify, 5)						       \
	X(inode_create, 6)						       \
	X(inode_mkdir, 7)						       \
	X(inode_mknod, 8)						       \
	X(inode_symlink, 9)						       \
	X(inode_link, 10)						       \
	X(inode_unlink, 11)						       \
	X(inode_rmdir, 12)						       \
	X(inode_rename, 13)						       \
	X(inode_setattr, 14)						       \
	X(inode_setxattr, 15)						       \
	X(inode_removexattr, 16)					       \
	X(inode_set_acl, 17)						       \
	X(inode_remove_acl, 18)						       \
	X(bprm_check_security, 19)					       \
	X(bprm_committed_creds, 20)					       \
	X(ptrace_access_check, 21)					       \
	X(ptrace_traceme, 22)						       \
	X(task_kill, 23)						       \
	X(socket_create, 24)						       \
	X(socket_connect, 25)						       \
	X(socket_sendmsg, 26)						       \
	X(unix_stream_connect, 27)					       \
	X(unix_may_send, 28)						       \
	X(bpf, 29)							       \
	X(bpf_map, 30)							       \
	X(bpf_prog, 31)							       \
	X(cgroup_sysctl, 32)						       \
	X(sb_mount, 33)							       \
	X(move_mount, 34)						       \
	X(sb_umount, 35)						       \
	X(file_mprotect, 36)						       \
	X(task_alloc, 37)						       \
	X(inode_file_setattr, 38)					       \
	X(task_prlimit, 39)						       \
	X(capable, 40)							       \
	X(file_send_sigiotask, 41)					       \
	X(locked_down, 42)						       \
	X(kernel_module_request, 43)					       \
	X(kernel_load_data, 44)						       \
	X(kernel_read_file, 45)						       \
	X(perf_event_open, 46)						       \
	X(syslog, 47)							       \
	X(userns_create, 48)						       \
	X(sb_remount, 49)						       \
	X(sb_kern_mount, 50)						       \
	X(task_setrlimit, 51)						       \
	X(task_setscheduler, 52)					       \
	X(task_setnice, 53)						       \
	X(task_setioprio, 54)						       \
	X(task_movememory, 55)						       \
	X(ipc_permission, 56)						       \
	X(shm_shmctl, 57)						       \
	X(msg_queue_msgctl, 58)						       \
	X(sem_semctl, 59)						       \
	X(held_descriptor, 60)						       \
	X(held_mapping, 61)						       \
	X(socket_setsockopt, 62)					       \
	X(task_fix_setuid, 63)						       \
	X(bprm_creds_from_file, 64)					       \
	X(sctp_bind_connect, 65)					       \
	X(socket_bind, 66)						       \
	X(file_lock, 67)

#define X(name, id) SEKI_HOOK_##name = (id),
enum seki_hook { SEKI_HOOK_LIST(X) };
#undef X
#define SEKI_HOOK_COUNT		68

enum seki_verdict {
	SEKI_DENIED = 1,	/* refused, -EPERM (or -EXDEV, -EAGAIN: see reason) */
	SEKI_WOULD_DENY = 2,	/* audit mode: let through, would have been refused */
	SEKI_ALLOWED = 3,	/* let through, the policy wants a record */
};

/* Why the verdict is what it is.  X(NAME, id, "text in records") */
#define SEKI_REASON_LIST(X)						       \
	X(RULE, 1, "rule")		/* a cell of the matrix names domain and label */ \
	X(DEFAULT, 2, "default")	/* closed by default: no rule names this pair */  \
	X(UNLOCATED, 3, "unlocated")	/* object on a guarded filesystem, place unknown */ \
	X(BORDER, 4, "border")		/* move or link across a label border: -EXDEV */  \
	X(NO_RECORD, 5, "no-record")	/* the record could not be kept: -EAGAIN */	  \
	X(SEALED, 6, "sealed")		/* Sekisho's own programs, maps, pins */	  \
	X(UNREADABLE, 7, "unreadable")	/* a field the decision needs can't be read */ \
	X(EARLIER, 8, "earlier")	/* held since before the policy: not refused, told */

#define X(name, id, text) SEKI_BY_##name = (id),
enum seki_reason { SEKI_REASON_LIST(X) };
#undef X

/* Why the loader refuses a bundle or an order.  X(NAME, id, "text in records") */
#define SEKI_REFUSED_LIST(X)						       \
	X(DAMAGED, 1, "damaged")	/* cut, altered, not what it should be */      \
	X(UNSIGNED, 2, "unsigned")						       \
	X(UNKNOWN_KEY, 3, "unknown-key")	/* the key is not enrolled */	       \
	X(BAD_SIGNATURE, 4, "bad-signature")					       \
	X(OTHER_HOST, 5, "other-host")						       \
	X(OTHER_BOOT, 6, "other-boot")						       \
	X(OTHER_LOAD, 7, "other-load")						       \
	X(OLD_VERSION, 8, "old-version")					       \
	X(UNFIT, 9, "unfit")		/* does not fit this host or the running tasks */ \
	X(OTHER_POLICY, 10, "other-policy")

#define X(name, id, text) SEKI_REFUSED_##name = (id),
enum seki_refused { SEKI_REFUSED_LIST(X) };
#undef X
#define SEKI_KEY_ID		16	/* bytes of a key's id */

/* What the loader did.  X(NAME, id, "act in records") */
#define SEKI_POLICY_ACT_LIST(X)						       \
	X(LOADED, 1, "policy takes effect")				       \
	X(REFUSED, 2, "bundle refused")					       \
	X(LOCKED, 3, "powers of the kernel locked")			       \
	X(UPGRADE_BEGINS, 4, "upgrade begins, old and new programs enforce")   \
	X(UPGRADE_ENDS, 5, "upgrade ends, the new programs enforce")	       \
	X(UNLOADED, 6, "policy is taken out by a signed order")		       \
	X(ORDER_REFUSED, 7, "order refused")				       \
	X(TRIAL_BEGINS, 8, "policy takes effect on trial")		       \
	X(CONFIRMED, 9, "policy on trial confirmed")			       \
	X(RETURNED, 10, "policy on trial not confirmed, the one before is back") \
	X(ROLLED_BACK, 11, "policy before is back by a signed order")	       \
	X(ENFORCES, 12, "mode becomes enforce by a signed order")	       \
	X(AUDITS, 13, "mode becomes audit by a signed order")

#define X(name, id, text) SEKI_POLICY_##name = (id),
enum seki_policy_act { SEKI_POLICY_ACT_LIST(X) };
#undef X

/* Domains every policy has.  X(NAME, id, "policy word") */
#define SEKI_DOMAIN_LIST(X)						       \
	X(OTHER, 0, "other")		/* everything no policy names */	       \
	X(INIT, 1, "init")		/* PID 1 and its children before their exec */ \
	X(LOADER, 2, "sekisho.loader")						       \
	X(COLLECTOR, 3, "sekisho.collector")				       \
	X(SHUTDOWN, 4, "init.shutdown")	/* PID 1 once it runs systemd-shutdown */

#define X(name, id, word) SEKI_DOMAIN_##name = (id),
enum seki_domain_id { SEKI_DOMAIN_LIST(X) };
#undef X
#define SEKI_DOMAIN_FIRST	8	/* first id a policy's own domains get */
#define SEKI_DOMAIN_MAX		256

/* Labels every policy has.  X(NAME, id, "policy word") */
#define SEKI_LABEL_LIST(X)						       \
	X(NONE, 0, "")								       \
	X(UNLOCATED, 1, "unlocated")	/* guarded filesystem, place unknown */	       \
	X(FTRACE, 2, "kernel.ftrace")	/* kernel.ftrace_enabled, every procfs mount */ \
	X(CANARY, 3, "sekisho.canary")	/* closed to all: the proof that we enforce */ \
	X(BPF_OWN, 4, "sekisho.bpf")	/* our maps, programs, links, pins */	       \
	X(CONFIG, 5, "sekisho.config")	/* policy, bundle, units, programs */	       \
	X(LOG, 6, "sekisho.log")						       \
	X(CAPTURE, 7, "net.capture")	/* packet and raw sockets */		       \
	X(BPF, 8, "kernel.bpf")		/* bpf(2) */				       \
	X(PROC_INIT, 9, "proc.init")						       \
	X(PROC_OWN, 10, "proc.sekisho")						       \
	X(BLOCKMAP, 11, "kernel.blockmap") /* device-mapper control: maps any disk */ \
	X(MEMORY, 12, "kernel.memory")	/* /proc/kcore, /dev/mem, /dev/port */	       \
	/* from here on: closed by the lock, see SEKI_LABEL_LOCKED */		       \
	X(MODULE, 13, "kernel.module")	/* load, unload, ask for */		       \
	X(KEXEC, 14, "kernel.kexec")						       \
	X(TRACE, 15, "kernel.trace")	/* perf, kprobes, tracefs, debugfs */	       \
	X(SYSCTL, 16, "kernel.sysctl")	/* /proc/sys, host name */		       \
	X(HELPER, 17, "kernel.helper")	/* programs the kernel starts */	       \
	X(DEVICE, 18, "kernel.device")	/* knobs in sysfs, proc, configfs; raw I/O */  \
	X(HARDWARE, 19, "kernel.hardware") /* msr, pass-through, watchdog, TPM nodes */ \
	X(TIME, 20, "kernel.time")						       \
	X(POWER, 21, "kernel.power")	/* reboot(2), sysrq, swap, hibernation */      \
	X(AUDIT, 22, "kernel.audit")	/* audit rules, a set login uid, accounting */ \
	X(LSM, 23, "kernel.lsm")	/* securityfs, selinuxfs */		       \
	X(CGROUP, 24, "kernel.cgroup")	/* cgroup files, by a privileged task */       \
	X(NAMESPACE, 25, "kernel.namespace") /* unshare, setns, clone */	       \
	X(MOUNT, 26, "kernel.mount")	/* pivot_root, mount_setattr, quota */	       \
	X(KLOG, 27, "kernel.log")	/* clear the kernel log, console level */      \
	X(PROCESS, 28, "kernel.process") /* knobs in /proc/PID of another process */   \
	X(CONSOLE, 29, "kernel.console") /* type into a terminal */		       \
	X(NETADMIN, 30, "net.admin")	/* what needs CAP_NET_ADMIN, /dev/net/tun */   \
	X(PROC_HOST, 31, "proc.host")	/* processes that no login of the actor made */ \
	X(CGROUP_OWN, 32, "sekisho.cgroup") /* what stops or limits Sekisho's processes */ \
	/* from here on: judged from the load on, see SEKI_LABEL_ALWAYS */	       \
	X(UNSEALED, 48, "code.unsealed") /* code that no policy names, in a function */ \
	X(ANONYMOUS, 49, "code.anonymous") /* code a function makes itself, in memory */ \
	X(BROKER, 50, "kernel.broker")	/* by which daemons and the kernel are asked for a job */ \
	X(SECRET, 51, "sekisho.secret")	/* private keys of the log */

#define X(name, id, word) SEKI_LABEL_##name = (id),
enum seki_label_id { SEKI_LABEL_LIST(X) };
#undef X
#define SEKI_LABEL_LOCKED	13	/* these and up are judged once the host is locked, */
#define SEKI_LABEL_ALWAYS	48	/* but these and up always */
#define SEKI_LABEL_FIRST	64	/* first id a policy's own labels get */
#define SEKI_LABEL_CODE		3840	/* first id of labels of sealed code: FUNCTION.code */
#define SEKI_LABEL_MAX		4096	/* stride of the matrix */

/* ---- policy, as the decision core reads it ------------------------------ */

enum seki_mode { SEKI_MODE_ENFORCE = 0, SEKI_MODE_AUDIT = 1 };

/*
 * One cell of the matrix: what (domain, label) may do.  Index
 * domain * SEKI_LABEL_MAX + label.  All zero is "closed and enforced, by default".
 */
struct seki_cell {
	__u32 allow;	/* enum seki_access bits let through */
	__u32 record;	/* of those, bits that leave a record or do not happen */
	__u32 lend;	/* bits a grant may lend; read by no program yet, 0 */
	__u32 rule;	/* 1-based index of the rule that set it; 0: default */
	__u16 mode;	/* enum seki_mode: what a refusal in this cell does */
	__u16 rate;	/* of waive, the number of the bucket that some are counted in; 0: none */
	__u32 waive;	/* of record, bits that happen without one where there is no room */
};

/* Records of one rule at its rate: as many at once as in its time, then one each
 * spacing.  Index slot * SEKI_RATES_MAX + cell.rate.
 */
#define SEKI_RATES_MAX		256
struct seki_bucket {
	__u64 spacing;	/* ns from record to record; 0: there is no such rule */
	__u64 burst;	/* ns: spacing times the records of the rate */
	__u64 due;	/* boottime at which all records so far are paid */
	__u32 access;	/* enum seki_access bits that have the rate */
	__u32 rule;
};

/* Identity of a filesystem object: never its path. */
struct seki_object_id {
	__u64 ino;
	__u32 dev;	/* s_dev of the superblock, kernel encoding */
	__u32 gen;	/* i_generation: tells a reused inode number */
};

/* What is known of one explicit object: a root of a label, an executable. */
struct seki_root {
	__u16 label;	/* label of it and of all below; 0: none */
	__u16 anchors;	/* it lies above an asset with this label: may not move */
	__u16 entry;	/* exec of it enters this domain; 0: none */
	__u16 flags;
};
#define SEKI_ROOT_HAS_NAMES	1	/* rows in the name table start here */

/* A name that may not exist yet, in a directory. Longer names: refused by check. */
#define SEKI_NAME_MAX		64
struct seki_name_key {
	struct seki_object_id dir;
	char name[SEKI_NAME_MAX];	/* NUL padded */
};

/* Raw devices: block devices below the data, device-mapper control. */
struct seki_device_key {
	__u32 rdev;	/* kernel encoding; minor SEKI_MINOR_ANY: the whole major */
	__u32 block;	/* 1: block, 0: character */
};
#define SEKI_MINOR_ANY		0xfffffu

/* A guarded address to connect to.  Port 0 and address :: are not wildcards
 * for the caller: a lookup tries the exact address, then the address ::.
 */
struct seki_addr_key {
	__u8 addr[16];
	__u16 port;
	__u16 kind;	/* enum seki_addr_kind */
};
enum seki_addr_kind {
	SEKI_ADDR_TCP = 0,
	SEKI_ADDR_ANYWHERE = 1,	/* with one of the others: for kernels that hide the address */
	SEKI_ADDR_UDP = 2,
	SEKI_ADDR_SCTP = 4,
	SEKI_ADDR_ABSTRACT = 6,	/* a unix name, in the table of names; only in bundles */
};
/* Abstract unix names stand in the table of names, in this directory of none. */
#define SEKI_ABSTRACT_DEV	0xffffffffu

/* How a domain is entered, and what its processes are labelled. */
#define SEKI_UNIT_MAX		64
#define SEKI_ARGV_MAX		512

/* One name on the way to a cgroup, from below the root: text, or what stands before
 * and behind its '*'.
 */
#define SEKI_CGROUP_PARTS	6
#define SEKI_CGROUP_NAME	128	/* of a cgroup, NUL included; longer ones fit nothing */
struct seki_cgroup_part {
	__u8 head, tail;	/* bytes of each */
	__u8 any;		/* 1: there is a '*' between */
	__u8 pad[5];
	char before[SEKI_UNIT_MAX];
	char behind[SEKI_UNIT_MAX];
};

struct seki_domain {
	__u16 proc_label;	/* label of its processes as objects; 0: none */
	__u16 origin;		/* exec must come from this domain */
	__u16 argv_len;		/* bytes of argv, NULs included; 0: any */
	__u8 open_to_operator;	/* 1: a task with the operator mark may enter */
	__u8 argc;		/* arguments in argv */
	__u16 unit_len;		/* bytes of unit that must be the same; 0: any unit */
	__u16 shared_label;	/* label of memory objects with a name or descriptor it makes */
	__u16 cgroup_parts;	/* names of cgroup that are filled; 0: any cgroup */
	__u16 pad;
	char unit[SEKI_UNIT_MAX];   /* name of the cgroup */
	char argv[SEKI_ARGV_MAX];   /* the argument vector, NUL separated */
	struct seki_cgroup_part cgroup[SEKI_CGROUP_PARTS]; /* it or one below */
};

/* Filesystems that hold a root; others answer at once. */
#define SEKI_GUARDED_MAX	16
struct seki_guarded {
	__u32 count;
	__u32 dev[SEKI_GUARDED_MAX];
};

/* Superblocks that hold none, by some bits of their address (plain.bpf.h). */
#define SEKI_PLAIN_WORDS	64

/* Users that only their function may become. */
#define SEKI_USERS_MAX		16
struct seki_users {
	__u32 count;
	struct {
		__u32 uid;
		__u32 label;
	} row[SEKI_USERS_MAX];
};

/* Operators by the login uid of their session: uids first to last act as role, a row of
 * the matrix, where others are `other`, if the domain through set the login uid, from one
 * of the networks and at one of the terminals.  No login fits two roles.
 */
#define SEKI_ROLES_MAX		128
#define SEKI_NETWORKS_MAX	64
#define SEKI_TERMINALS_MAX	64
struct seki_role_row {
	__u32 first;
	__u32 last;
	__u16 role;		/* a domain that no program enters */
	__u16 through;		/* 0: any */
	__u32 pad;
	__u64 networks;		/* bit i: seki_roles.network[i]; 0: from anywhere */
	__u64 terminals;	/* the same */
};
struct seki_network {
	__u8 addr[16];		/* 0 where the mask is */
	__u8 mask[16];
};
struct seki_terminal {		/* device numbers, kernel encoding */
	__u32 first;
	__u32 last;
};
struct seki_roles {
	__u32 count;
	__u32 pad;
	struct seki_role_row row[SEKI_ROLES_MAX];
	struct seki_network network[SEKI_NETWORKS_MAX];
	struct seki_terminal terminal[SEKI_TERMINALS_MAX];
};

/* ---- state ---------------------------------------------------------------- */

enum seki_asked {
	SEKI_ASKED_LOOK = 1,	/* and was refused to look into a process (process.bpf.c) */
	SEKI_ASKED_PERFMON = 2,	/* and for CAP_PERFMON after it */
	SEKI_ASKED_QUEUE = 3,	/* to make a message queue, which it opens now */
};

/* Of a task: who acts.  Inherited by fork, revised by exec. */
struct seki_task {
	__u16 domain;
	__u8 marked;		/* the operator mark: sticky */
	__u8 asked;		/* enum seki_asked: what the next question belongs to */
	__u32 loginuid;		/* as first seen with the mark */
	__u32 audit_session;
	__u16 through;		/* domain that set the login uid; 0: none, or before the load */
	__u16 sources;		/* 0: whoever set it had no connection; more than 1: several */
	__u64 session;		/* our session id: boottime of first sight; 0: none */
	__u8 source[16];	/* the other end of that connection; 0: none, or not known */
	__u32 terminal;		/* device number of where it was set; 0: none */
	__u16 entry;		/* domain of the program of the exec under way; 0: none */
	__u16 entry_at;		/* low half of the generation that says so */
	__u64 acts;		/* its role, and above it the generation that gave it */
};

/* Of an inode: its label, resolved under one policy generation. */
struct seki_inode {
	__u32 generation;
	__u16 label;
	__u16 maker;		/* domain that made this memory object; 0: it is none */
};

/* Causes of loss, counted per CPU. X(NAME, index, "text") */
#define SEKI_LOSS_LIST(X)						       \
	X(EVIDENCE_FULL, 0, "evidence-ring-full")			       \
	X(ACTIVITY_FULL, 1, "activity-ring-full")			       \
	X(TASK_STORAGE, 2, "task-storage")				       \
	X(OBJECT_STORAGE, 3, "object-storage")				       \
	X(EQUAL_DENIED, 4, "equal-denials") /* of a session, again and again */
#define X(name, id, text) SEKI_LOSS_##name = (id),
enum seki_loss { SEKI_LOSS_LIST(X) };
#undef X
#define SEKI_LOSS_COUNT		5

/* One per CPU, in an mmapable array: the collector reads it with no syscall. */
struct seki_stats {
	__u64 denied;		/* refusals, canary excluded */
	__u64 would_deny;
	__u64 recorded;		/* allowed with a record */
	__u64 refused_unrecorded; /* -EAGAIN: the record could not be kept, and not waived */
	__u64 canary;		/* refusals of the canary */
	__u64 events;		/* last cpu_seq of this CPU: events submitted and events lost */
	__u64 quiet;		/* refusals the kernel asked to keep silent (PTRACE_MODE_NOAUDIT) */
	__u64 left_out;		/* allowed, and no record by the rate of their rule */
	__u64 loss[SEKI_LOSS_COUNT];
	__u64 pad2[3];
};

/* How often a rule decided, or of a label what no rule did, since the policy took
 * effect (hits.h).  In an mmapable array.
 */
#define SEKI_VERDICTS		4
#define SEKI_LEFT_OUT		0	/* without a record, by the rate of the rule */
struct seki_hits {
	__u64 count[SEKI_VERDICTS]; /* by enum seki_verdict; [SEKI_LEFT_OUT] of [SEKI_ALLOWED] */
	__u64 last_ns;		/* boottime of the last, to a tick */
	__u64 tick;		/* jiffies at .last_ns: within one the clock is not read again */
};

/* What describes a policy in records. */
struct seki_policy_id {
	__u32 version;
	__u32 mode;		/* enum seki_mode */
	__u8 digest[32];	/* SHA-256 of the bundle */
	__u8 key[SEKI_KEY_ID];	/* all 0: not signed */
	char name[64];
};

/* A policy in force until it is confirmed or its time is over; then the other slot
 * is in force again, under a new generation.  Who takes generation away decides it.
 */
struct seki_trial {
	__u32 generation;	/* on trial; 0: none */
	__u32 owed;		/* the record of its end is still to be made */
	__u64 until;		/* boottime */
	struct seki_policy_id back;	/* in the other slot */
};

/* A guarded IPv4 address of TCP (near.h).  key 0: none. */
#define SEKI_NEAR_BITS		8
struct seki_near {
	__u64 key;
	__u64 label;
};

/* State all CPUs share, read by plain loads.  Two slots, as the policy maps. */
#define SEKI_PORT_WORDS		1024
#define SEKI_MAJOR_WORDS	8
#define SEKI_CGROUPS		4
#define SEKI_KEEPERS		8	/* two a collector, and while one takes over two of them */
struct seki_state {
	__u32 generation;	/* policy in force; 0: none yet, everything passes */
	__u32 early;		/* loaded in the initramfs, the host still mounts: no operator yet */
	__u64 seq;		/* last event number given */
	__u64 locked;		/* boottime of the lock; 0: powers of the kernel are open */
	struct seki_guarded guarded[2];
	__u32 shm_dev[2];	/* filesystem of POSIX shared memory */
	struct seki_users users[2];
	struct seki_roles roles[2];
	__u64 cgroups[SEKI_CGROUPS];	/* of the collector, from below the root to its own; 0: none */
	__u64 cgroup_loader;
	__u32 keepers[SEKI_KEEPERS];	/* the last processes of the collector */
	__u32 keepers_count;	/* of all, ever */
	__u32 pad;
	__u64 ports[2][SEKI_PORT_WORDS];	/* bit: some address of this port is guarded */
	__u64 majors[2][SEKI_MAJOR_WORDS];	/* bit: character devices of this major have a label */
	struct seki_trial trial;
	__u64 plain[2][SEKI_PLAIN_WORDS]; /* superblocks on which the policy guards nothing */
	struct seki_near near[2][1 << SEKI_NEAR_BITS];
};

/* Written by the loader, read by all: what is loaded. */
struct seki_meta {
	__u32 abi;
	__u32 generation;	/* 0: no policy; slot of the policy maps = generation & 1 */
	__u32 policy_version;
	__u32 mode;		/* enum seki_mode of the policy as a whole */
	__u32 programs;		/* attached programs */
	__u32 highest;		/* version that was ever in force since the first load */
	__u64 loaded_ns;	/* boottime */
	__u8 digest[32];	/* SHA-256 of the bundle */
	char name[64];
	char kernel[64];	/* uname -r at load */
	__u64 locked_ns;	/* boottime of the lock; 0: not locked */
	__u64 trial_ns;		/* boottime at which it ends unless confirmed; 0: no trial */
	__u32 clock;		/* id of the program that the kernel's timer holds; 0: none */
	__u32 hit_rows;		/* counters of rules there are: struct seki_hits_shape */
};

/* ---- events --------------------------------------------------------------- */

enum seki_kind {
	SEKI_EVENT_ACCESS = 1,	/* struct seki_access_event */
	SEKI_EVENT_EXEC = 2,	/* struct seki_exec_event */
	SEKI_EVENT_MARK = 3,	/* struct seki_mark_event: a task got the operator mark */
	SEKI_EVENT_POLICY = 4,	/* struct seki_policy_event: what the loader did */
};

/* Flags of an event. */
#define SEKI_EVENT_MARKED	1	/* the task carries the operator mark */
#define SEKI_EVENT_KTHREAD	2	/* a thread of the kernel acts */
#define SEKI_EVENT_ENTERED	4	/* exec: the task entered .domain by it */
#define SEKI_EVENT_NOT_ENTERED	8	/* exec of a domain's program, conditions not met */

struct seki_ancestor {
	__u32 pid;		/* thread group id, init namespace */
	char comm[16];
};
#define SEKI_ANCESTORS		4

/* What every event starts with: when, and who. */
struct seki_event {
	__u16 abi;
	__u16 size;		/* of the whole event in bytes */
	__u8 kind;
	__u8 flags;
	__u16 domain;		/* of the acting task */
	__u64 seq;		/* over all CPUs, from 1 */
	__u64 cpu_seq;		/* of this CPU, from 1, both rings; a lost event leaves a gap */
	__u64 time_ns;		/* boottime */
	__u64 session;		/* our session id; 0 without the mark */
	__u64 start_ns;		/* boottime at which the process started */
	__u64 cgroup;		/* id of the cgroup (v2) */
	__u64 exe_ino;
	__u32 exe_dev;
	__u32 exe_gen;
	__u32 cpu;
	__u32 generation;	/* of the policy that judged */
	__u32 pid;		/* thread group id, init namespace */
	__u32 tid;
	__u32 uid;
	__u32 euid;
	__u32 gid;
	__u32 loginuid;		/* 0xffffffff: never had one */
	__u32 audit_session;
	__u32 tty;		/* device number of the controlling terminal; 0: none */
	char comm[16];
	struct seki_ancestor ancestors[SEKI_ANCESTORS];
};

/* Names from the object upwards: [0] is its own. Enough for the usual path;
 * deeper ones say so.
 */
#define SEKI_PATH_DEPTH		10
#define SEKI_PATH_NAME		32
struct seki_path {
	__u8 depth;		/* names filled */
	__u8 flags;
	__u16 pad;
	__u32 long_names;	/* bit i: names[i] is longer than it shows */
	char names[SEKI_PATH_DEPTH][SEKI_PATH_NAME];	/* NUL terminated */
};
#define SEKI_PATH_DEEPER	1	/* there are more names above the last */
#define SEKI_PATH_DETACHED	2	/* the walk did not end at the root of a filesystem */

struct seki_access_event {
	struct seki_event e;
	__u8 hook;		/* enum seki_hook */
	__u8 verdict;		/* enum seki_verdict */
	__u8 reason;		/* enum seki_reason */
	__u8 error;		/* errno given to the task, 0 if let through */
	__u16 label;
	__u16 pad;
	__u32 rule;
	__u32 want;		/* enum seki_access bits asked */
	__u32 missing;		/* of those, not allowed */
	__u32 detail;		/* ioctl command, signal number, ptrace mode, bpf command */
	/* the object; what the hook does not know is 0 */
	struct seki_object_id object;
	__u32 rdev;		/* device node, kernel encoding */
	__u32 mode;		/* i_mode */
	__u32 target_pid;	/* process acted on */
	__u16 target_domain;
	__u16 family;		/* AF_* */
	__u16 port;
	__u16 socktype;		/* SOCK_* */
	__u32 protocol;
	__u8 addr[16];
	char target_comm[16];
	struct seki_path path;
};

struct seki_exec_event {
	struct seki_event e;	/* after the exec: new domain, comm, exe */
	__u16 from_domain;
	__u16 entry;		/* domain the program would enter; 0: none */
	__u16 argv_len;		/* bytes filled; the first argc strings are arguments,
				 * what follows is environment and must not be kept */
	__u16 argc;		/* arguments the program got; more than argv holds: cut */
	struct seki_path path;	/* of the program */
	char argv[SEKI_ARGV_MAX];	/* NUL separated */
};

/* Of the task that set the login uid, as in struct seki_task. */
struct seki_mark_event {
	struct seki_event e;
	__u8 source[16];	/* says nothing unless sources is 1 */
	__u32 terminal;
	__u16 sources;
	__u16 pad;
};

/* Filled by the loader, who is the acting task of .e. */
struct seki_policy_event {
	struct seki_event e;
	__u8 act;		/* enum seki_policy_act */
	__u8 refused;		/* enum seki_refused; 0: not refused */
	__u16 rule;		/* whose mode changes; 0: of all */
	__u32 version;		/* of the bundle; 0: could not be read */
	__u8 digest[32];	/* SHA-256 of the bundle */
	__u8 key[SEKI_KEY_ID];	/* all 0: not signed */
	char name[64];		/* of the policy */
};

_Static_assert(sizeof(struct seki_cell) == 24, "cell");
_Static_assert(sizeof(struct seki_bucket) == 32, "bucket");
_Static_assert(sizeof(struct seki_object_id) == 16, "object id");
_Static_assert(sizeof(struct seki_root) == 8, "root");
_Static_assert(sizeof(struct seki_name_key) == 80, "name key");
_Static_assert(sizeof(struct seki_cgroup_part) == 136, "cgroup part");
_Static_assert(sizeof(struct seki_domain) == 16 + 64 + 512 + 6 * 136, "domain");
_Static_assert(sizeof(struct seki_task) == 56, "task");
_Static_assert(sizeof(struct seki_roles) == 8 + 128 * 32 + 64 * 32 + 64 * 8, "roles");
_Static_assert(sizeof(struct seki_inode) == 8, "inode");
_Static_assert(sizeof(struct seki_stats) == 128, "stats");
_Static_assert(sizeof(struct seki_hits) == 48, "hits");
_Static_assert(sizeof(struct seki_state) == 24 + 2 * 68 + 8 + 40 + 40 + 2 * 132 + 2 * 6664 + 2 * 8192 + 2 * 64 + 136 + 2 * 512 + 2 * 4096, "state");
_Static_assert(sizeof(struct seki_meta) == 216, "meta");
_Static_assert(sizeof(struct seki_path) == 328, "path");
_Static_assert(sizeof(struct seki_event) == 208, "event");
_Static_assert(sizeof(struct seki_access_event) == 632, "access event");
_Static_assert(sizeof(struct seki_exec_event) == 1056, "exec event");
_Static_assert(sizeof(struct seki_policy_event) == 328, "policy event");

#endif /* SEKI_ABI_H */
