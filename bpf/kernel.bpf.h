/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.bpf.h - the kernel fields we read, and no others.
 *
 * CO-RE structs: libbpf finds the real offsets in the running kernel's BTF.
 * Every read of these is a plain load that the verifier turns into a
 * fault-safe one, so the programs load under lockdown=confidentiality, where
 * bpf_probe_read_kernel() is refused.  Names as in include/linux of 6.1; a
 * ___suffix marks the shape of a later kernel.
 */
#ifndef SEKI_KERNEL_BPF_H
#define SEKI_KERNEL_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define __core __attribute__((preserve_access_index))

typedef _Bool bool;
#define true 1
#define false 0

/* ---- files ---- */

typedef struct {
	__u32 val;
} kuid_t;
typedef struct {
	__u32 val;
} kgid_t;

struct qstr {
	__u32 hash;
	__u32 len;
	const unsigned char *name;
} __core;

struct super_block;

struct inode {
	unsigned short i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_nlink;
	__u32 i_rdev;
	__u32 i_generation;
	long long i_size;
} __core;

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[32];

	struct super_block *d_sb;
} __core;

/* d_iname became a union in 6.14. */
struct shortname_store___new {
	unsigned char string[40];
} __core;

struct dentry___new {
	struct shortname_store___new d_shortname;
} __core;

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
	struct dentry *s_root;
} __core;

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
} __core;

struct mount { /* holds the vfsmount; fs/mount.h */
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
} __core;
#define MS_REMOUNT (1 << 5)
#define MS_BIND (1 << 12)
#define MS_MOVE (1 << 13)
#define MS_PROPAGATION (1 << 17 | 1 << 18 | 1 << 19 | 1 << 20)

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} __core;

struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
	unsigned int f_mode;
} __core;

struct anon_vma;

struct vm_area_struct {
	unsigned long vm_flags;
	struct anon_vma *anon_vma; /* there are private, written pages */
	struct file *vm_file;
} __core;

struct iattr {
	unsigned int ia_valid;
	unsigned short ia_mode;
	kuid_t ia_uid;
	kgid_t ia_gid;
} __core;

#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFBLK 0060000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_CREATED 0x100000
#define FMODE_EXEC 0x20 /* in f_flags: the open that execve does */
#define ATTR_MODE (1 << 0)
#define ATTR_UID (1 << 1)
#define ATTR_GID (1 << 2)
#define ATTR_SIZE (1 << 3)
#define TMPFS_MAGIC 0x01021994
#define HUGETLBFS_MAGIC 0x958458f6
#define PROC_SUPER_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
#define CGROUP_MAGIC 0x27e0eb
#define CGROUP2_MAGIC 0x63677270
#define TRACEFS_MAGIC 0x74726163
#define DEBUGFS_MAGIC 0x64626720
#define SECURITYFS_MAGIC 0x73636673
#define SELINUX_MAGIC 0xf97cff8c
#define CONFIGFS_MAGIC 0x62656570
#define EFIVARFS_MAGIC 0xde5e81e4
#define BINFMTFS_MAGIC 0x42494e4d
#define F_RDLCK 0
#define F_UNLCK 2
#define MQUEUE_MAGIC 0x19800202
#define FAN_PERM 0x170000 /* open, access, exec, before access */
#define VM_EXEC 0x4
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define MAP_TYPE 0x0f
#define MAP_PRIVATE 0x02

/* ---- tasks ---- */

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t suid;
	kuid_t euid;
	kuid_t fsuid;
} __core;

/* A set of capabilities is one word from 6.3, two before. */
struct cred___caps64 {
	struct {
		__u64 val;
	} cap_effective;
} __core;
struct cred___caps32 {
	struct {
		__u32 cap[2];
	} cap_effective;
} __core;

struct user_namespace {
	int level;
} __core;

struct thread_info {
	__u32 status;
} __core;
#define TS_COMPAT 0x2 /* in a 32-bit system call */

/* bpf/ptrace registers of the system call; x86-64. */
struct pt_regs {
	unsigned long dx;
	unsigned long si;
	unsigned long orig_ax;
} __core;

struct tty_driver {
	int major;
	int minor_start;
} __core;

struct tty_struct {
	struct tty_driver *driver;
	int index;
} __core;

struct signal_struct {
	struct tty_struct *tty;
} __core;

struct mm_struct {
	struct file *exe_file;
} __core;

struct kernfs_node {
	const char *name;
	__u64 id;
	unsigned int hash;
	struct kernfs_node *parent;
} __core;

struct kernfs_node___new { /* from 6.15 */
	struct kernfs_node *__parent;
} __core;

struct cgroup {
	struct kernfs_node *kn;
	int level;
} __core;

struct css_set {
	struct cgroup *dfl_cgrp;
} __core;

struct fdtable {
	unsigned int max_fds;
} __core;

#define FILES_INLINE 64 /* BITS_PER_LONG descriptors lie in files_struct itself */
struct files_struct {
	struct fdtable *fdt;
	struct file *fd_array[FILES_INLINE];
} __core;

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	unsigned int ptrace;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	__u64 start_boottime;
	const struct cred *real_cred;
	const struct cred *cred;
	char comm[16];
	struct mm_struct *mm;
	struct files_struct *files;
	struct signal_struct *signal;
	kuid_t loginuid;
	unsigned int sessionid;
	struct css_set *cgroups;
} __core;

#define PF_KTHREAD 0x00200000
#define NO_LOGINUID 0xffffffffu
#define CLONE_THREAD 0x00010000
#define CLONE_INTO_CGROUP 0x200000000ull

struct linux_binprm {
	unsigned long p;
	unsigned long exec;
	struct cred *cred;
	struct file *file;
	int argc;
} __core;

struct kernel_siginfo;

#define CAP_CHOWN 0
#define CAP_DAC_OVERRIDE 1
#define CAP_FOWNER 3
#define CAP_NET_ADMIN 12
#define CAP_NET_RAW 13
#define CAP_SYS_MODULE 16
#define CAP_SYS_RAWIO 17
#define CAP_SYS_PACCT 20
#define CAP_SYS_ADMIN 21
#define CAP_SYS_BOOT 22
#define CAP_SYS_TIME 25
#define CAP_AUDIT_CONTROL 30
#define CAP_MAC_ADMIN 33
#define CAP_PERFMON 38
#define PTRACE_MODE_READ 0x01
#define PTRACE_MODE_ATTACH 0x02
#define PTRACE_MODE_NOAUDIT 0x04

/* ---- sockets ---- */

struct in6_addr {
	union {
		__u32 u6_addr32[4];
	} in6_u;
} __core;

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
	__u32 skc_daddr;
	struct in6_addr skc_v6_daddr; /* CONFIG_IPV6 */
} __core;

struct sock {
	struct sock_common __sk_common;
	unsigned short sk_type;
	unsigned short sk_protocol;
	int sk_rx_dst_ifindex; /* where its packets come in; 1: loopback */
} __core;

struct sk_buff {
	unsigned char *data;
} __core;
#define NETLINK_SOCK_DIAG 4
#define SOCK_DIAG_BY_FAMILY 20

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
} __core;

struct unix_address {
	int len; /* of what follows, the family included */
	struct sockaddr_un name[];
} __core;

struct unix_sock {
	struct unix_address *addr;
	struct path path;
} __core;

struct socket {
	short type;
	struct sock *sk;
} __core;

struct sockaddr {
	unsigned short sa_family;
	char sa_data[14];
} __core;

struct msghdr {
	void *msg_name;
	int msg_namelen;
	unsigned int msg_flags;
} __core;

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17
#define AF_XDP 44
#define SOCK_TYPE_MASK 0xf
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define IPPROTO_TCP 6
#define IPPROTO_SCTP 132
#define TCP_ESTABLISHED 1
#define LOOPBACK_IFINDEX 1
#define SOCKADDR_IN 16 /* bytes */
#define SOCKADDR_IN6 28
#define SCTP_SOCKOPT_BINDX_ADD 100
#define MSG_FASTOPEN 0x20000000

/* ---- bpf ---- */

struct bpf_map {
	__u32 id;
} __core;

struct bpf_prog_aux {
	__u32 id;
} __core;

struct bpf_prog {
	struct bpf_prog_aux *aux;
} __core;

/* ---- powers ---- */

/* kernel_read_file_id has the same numbers: include/linux/security.h. */
enum kernel_load_data_id {
	LOADING_MODULE = 2,
	LOADING_KEXEC_IMAGE = 3,
	LOADING_KEXEC_INITRAMFS = 4,
};
/* Numbers differ between kernels: always through bpf_core_enum_value(). */
enum lockdown_reason {
	LOCKDOWN_EFI_TEST,
	LOCKDOWN_KEXEC,
	LOCKDOWN_HIBERNATION,
	LOCKDOWN_PCI_ACCESS,
	LOCKDOWN_IOPORT,
	LOCKDOWN_MSR,
	LOCKDOWN_ACPI_TABLES,
	LOCKDOWN_PCMCIA_CIS,
	LOCKDOWN_TIOCSSERIAL,
	LOCKDOWN_MODULE_PARAMETERS,
	LOCKDOWN_MMIOTRACE,
	LOCKDOWN_DEBUGFS,
	LOCKDOWN_KPROBES,
	LOCKDOWN_PERF,
	LOCKDOWN_TRACEFS,
	LOCKDOWN_XFRM_SECRET,
};

/* ---- errors a hook may answer with ---- */

#define EPERM 1
#define EAGAIN 11
#define ENOMEM 12
#define EXDEV 18

#endif /* SEKI_KERNEL_BPF_H */
