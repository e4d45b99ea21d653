// SPDX-License-Identifier: GPL-2.0-only
/*
 * pseudo.bpf.c - files that the kernel makes up: a write there is a power.
 *
 * /proc, sysfs, cgroup, tracefs, debugfs, securityfs, configfs, efivarfs,
 * binfmt_misc.  Told by superblock and names, so every mount of them is the
 * same to us.  What nobody can write and nobody may not read has no label:
 * ps(1) and top(1) pay two compares a file.
 *
 * Left open here: /proc/PID of another process in a procfs of a child PID
 * namespace, whose numbers are not ours; it shows only that namespace.
 */
#include "bpf/pseudo.bpf.h"
#include "bpf/label.bpf.h"
#include "bpf/name.bpf.h"
#include "bpf/subject.bpf.h"

/* Names as they lie in the dentry, eight bytes a word. */
#define FTRACE_E 0x655f656361727466ull /* "ftrace_e" */
#define NABLED 0x00000064656c62616eull /* "nabled" */
#define KERNEL 0x006c656e72656bull     /* "kernel" */
#define KCORE 0x00000065726f636bull    /* "kcore" */
#define VMCORE 0x000065726f636d76ull   /* "vmcore" */
#define SYS 0x00737973ull	       /* "sys" */
#define MEM 0x006d656dull	       /* "mem" */
#define NET 0x0074656eull	       /* "net" */
#define PRESSURE 0x6572757373657270ull /* "pressure" */
#define SYSRQ_TR 0x72742d7172737973ull /* "sysrq-tr" */
#define CORE_PAT 0x7461705f65726f63ull /* "core_pat" */
#define MODPROBE 0x65626f7270646f6dull /* "modprobe" */
#define HOTPLUG 0x0067756c70746f68ull  /* "hotplug" */
#define POWEROFF 0x66666f7265776f70ull /* "poweroff" */
#define CGROUP_F 0x662e70756f726763ull /* "cgroup.f" */
#define CGROUP_K 0x6b2e70756f726763ull /* "cgroup.k" */
#define CGROUP_P 0x702e70756f726763ull /* "cgroup.p" */
#define CGROUP_S 0x732e70756f726763ull /* "cgroup.s" */
#define CGROUP_T 0x742e70756f726763ull /* "cgroup.t" */
#define USER_0_S 0x732e304072657375ull /* "user@0.s" */
#define USERMODE 0x65646f6d72657375ull /* "usermode" */

/* First eight bytes, what follows the name's end cleared. */
static __always_inline __u64 name_of(struct dentry *d)
{
	__u32 len = d->d_name.len;
	__u64 name[4];

	seki_name_inline(d, (char *)name);
	return len < 8 ? name[0] & ((1ull << (len * 8)) - 1) : name[0];
}

static __always_inline bool is_ftrace_switch(struct dentry *d)
{
	__u64 name[4];

	if (d->d_name.len != 14)
		return false;
	seki_name_inline(d, (char *)name);
	return name[0] == FTRACE_E && (name[1] & 0xffffffffffffull) == NABLED &&
	       name_of(d->d_parent) == KERNEL;
}

/* The number that a name spells, 0 if it is none. */
static __always_inline __u32 number_of(struct dentry *d)
{
	__u32 len = d->d_name.len, n = 0, i, digit;
	__u64 word = name_of(d);

	if (len > 8)
		return 0;
	for (i = 0; i < 8; i++) {
		if (i >= len)
			break;
		digit = (word >> (i * 8) & 0xff) - '0';
		if (digit > 9)
			return 0;
		n = n * 10 + digit;
	}
	return n;
}

/* The child of the root that d lies below. */
static __always_inline struct dentry *below_root(struct dentry *d)
{
	struct dentry *top = d, *parent;
	int i;

	for (i = 0; i < 8; i++) {
		parent = d->d_parent;
		if (parent == d)
			break;
		top = d;
		d = parent;
	}
	return top;
}

/* Programs the kernel starts by itself, as root, outside every session. */
static __always_inline bool names_helper(struct dentry *d)
{
	__u64 name = name_of(d), dir = name_of(d->d_parent);

	return dir == USERMODE || (dir == KERNEL && (name == CORE_PAT || name == MODPROBE ||
						     name == HOTPLUG || name == POWEROFF));
}

/* /proc/net is in there: what packets are sent, who is let in, what is exported. No loop:
 * clang would ask for the place of the name before it, and before it knows which of two.
 */
static __always_inline bool of_network(struct dentry *d)
{
	struct dentry *a = d->d_parent, *b = a->d_parent, *c = b->d_parent;

	return name_of(a) == NET || name_of(b) == NET || name_of(c) == NET ||
	       name_of(c->d_parent) == NET;
}

/* mem asks ptrace_access_check, which knows the process. */
static __always_inline __u32 process_file(struct dentry *d, __u32 pid)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (name_of(d) == MEM)
		return SEKI_LABEL_NONE;
	if (pid == (__u32)t->tgid || pid == (__u32)t->pid) /* daemons go on with it */
		return seki_current_marked() && of_network(d) ? SEKI_LABEL_DEVICE : SEKI_LABEL_NONE;
	return seki_current_privileged() ? SEKI_LABEL_PROCESS : SEKI_LABEL_NONE;
}

static __always_inline __u32 proc_writable(struct dentry *d)
{
	struct dentry *child = below_root(d);
	__u32 pid = number_of(child);
	__u64 top = name_of(child);

	if (pid)
		return process_file(d, pid);
	if (top == SYS)
		return names_helper(d) ? SEKI_LABEL_HELPER : SEKI_LABEL_SYSCTL;
	if (top == SYSRQ_TR)
		return SEKI_LABEL_POWER;
	return top == PRESSURE ? SEKI_LABEL_NONE : SEKI_LABEL_DEVICE;
}

static __always_inline bool is_memory(struct dentry *d)
{
	__u64 name;

	if (d->d_name.len > 6 || d->d_parent->d_parent != d->d_parent)
		return false;
	name = name_of(d);
	return name == KCORE || name == VMCORE;
}

static __always_inline __u32 proc_label(struct dentry *d, bool writable)
{
	if (!d)
		return SEKI_LABEL_NONE;
	if (is_ftrace_switch(d))
		return SEKI_LABEL_FTRACE;
	if (is_memory(d))
		return SEKI_LABEL_MEMORY;
	return writable && seki_locked() ? proc_writable(d) : SEKI_LABEL_NONE;
}

__hidden __u32 seki_label_instance(__u64 magic)
{
	switch (magic) {
	case TRACEFS_MAGIC:
	case DEBUGFS_MAGIC:
		return SEKI_LABEL_TRACE;
	case CGROUP_MAGIC:
		return SEKI_LABEL_CGROUP;
	case BINFMTFS_MAGIC:
		return SEKI_LABEL_HELPER;
	}
	return SEKI_LABEL_NONE;
}

/* What moves a task in, makes children or hands out controllers. */
static __always_inline bool handed_out(__u64 name)
{
	return name == CGROUP_P || name == CGROUP_S || name == CGROUP_T;
}

/*
 * What stops or limits Sekisho's processes: the knobs of their cgroups, and the
 * freezer and killer of those above.  Not what moves a task in, or children.
 */
static __always_inline __u32 cgroup_file(struct dentry *d)
{
	__u64 name, ino;
	int i;

	if (!d)
		return SEKI_LABEL_CGROUP;
	ino = d->d_parent->d_inode->i_ino;
	name = name_of(d);
	if (handed_out(name))
		return SEKI_LABEL_CGROUP;
	if (ino == seki_state.cgroup_loader)
		return SEKI_LABEL_CGROUP_OWN;
	for (i = 0; i < SEKI_CGROUPS; i++) {
		if (ino != seki_state.cgroups[i])
			continue;
		if (i == SEKI_CGROUPS - 1 || !seki_state.cgroups[i + 1] || name == CGROUP_F ||
		    name == CGROUP_K)
			return SEKI_LABEL_CGROUP_OWN;
	}
	return SEKI_LABEL_CGROUP;
}

#define MANAGER_LEVEL 3 /* /user.slice/user-0.slice/user@0.service */
#define MANAGER_DEPTH 8

/*
 * The systemd of root's own logins arranges its jobs below its cgroup, as those of
 * other users do without a privilege.  Whom it moves there from elsewhere it must be
 * allowed to (power.bpf.c).
 */
static __always_inline bool in_own_manager(struct dentry *d, bool dir)
{
	__u64 id = bpf_get_current_ancestor_cgroup_id(MANAGER_LEVEL), name = name_of(d);
	struct inode *inode;
	int i;

	for (i = 0; id && i < MANAGER_DEPTH; i++) {
		inode = d->d_inode;
		if (!inode) /* never, but 6.18 wants to see it */
			return false;
		if (inode->i_ino == id)
			return name_of(d) == USER_0_S && (dir || i > 1 || handed_out(name));
		d = d->d_parent;
	}
	return false;
}

static __always_inline __u32 cgroup_label(struct dentry *d, bool dir, bool writable)
{
	__u32 label = writable ? cgroup_file(d) : SEKI_LABEL_CGROUP;

	if (label == SEKI_LABEL_CGROUP_OWN)
		return label;
	if (!seki_current_privileged() || (d && in_own_manager(d, dir)))
		return SEKI_LABEL_NONE;
	return label;
}

/* A queue is made in its directory, then opened by the same task: it is its maker's. */
static __always_inline __u32 queue_label(bool dir)
{
	struct seki_task *s = seki_task_get(bpf_get_current_task_btf());

	if (!s || s->domain < SEKI_DOMAIN_FIRST)
		return SEKI_LABEL_NONE;
	if (dir) {
		s->asked = SEKI_ASKED_QUEUE;
		return SEKI_LABEL_NONE;
	}
	if (s->asked != SEKI_ASKED_QUEUE)
		return SEKI_LABEL_NONE;
	s->asked = 0;
	return SEKI_LABEL_FRESH;
}

__hidden __u32 seki_label_pseudo(struct dentry *dentry, struct inode *inode)
{
	__u64 magic = inode->i_sb->s_magic;
	__u16 mode = inode->i_mode;
	bool dir = (mode & S_IFMT) == S_IFDIR, writable = !dir && mode & 0222;

	switch (magic) {
	case PROC_SUPER_MAGIC:
		return proc_label(dentry, writable);
	case SYSFS_MAGIC:
		return writable ? SEKI_LABEL_DEVICE : SEKI_LABEL_NONE;
	case CGROUP_MAGIC:
		return seki_current_privileged() ? SEKI_LABEL_CGROUP : SEKI_LABEL_NONE;
	case CGROUP2_MAGIC:
		return cgroup_label(dentry, dir, writable);
	case TRACEFS_MAGIC:
	case DEBUGFS_MAGIC:
		return SEKI_LABEL_TRACE;
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
		return writable ? SEKI_LABEL_LSM : SEKI_LABEL_NONE;
	case CONFIGFS_MAGIC:
	case EFIVARFS_MAGIC:
		return SEKI_LABEL_DEVICE;
	case BINFMTFS_MAGIC:
		return writable ? SEKI_LABEL_HELPER : SEKI_LABEL_NONE;
	case MQUEUE_MAGIC:
		return queue_label(dir);
	}
	return SEKI_LABEL_NONE;
}
