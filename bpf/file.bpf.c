// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.bpf.c - access to the contents of files and raw devices.
 *
 * Protects data, keys, programs and the block devices below them against every
 * task whose domain the policy does not name, whatever path, mount, namespace,
 * handle or descriptor leads to the object.
 *
 * Hooks: file_open (open, execve, io_uring, re-open by /proc/PID/fd),
 * file_receive (descriptors passed or stolen), mmap_file, file_mprotect,
 * file_ioctl, file_lock (flock, fcntl, leases), path_notify (inotify, fanotify).
 *
 * What a core function runs is sealed: a file without a label is not mapped as code
 * there, nor memory it wrote itself.  Whatever chose a library (ld.so.cache,
 * ld.so.preload, LD_*, a link) then chose among sealed ones.
 *
 * Left open here: descriptors opened before the load, metadata (stat, getxattr).
 */
#include "bpf/check.bpf.h"
#include "bpf/label.bpf.h"
#include "bpf/plain.bpf.h"
#include "bpf/subject.bpf.h"

/* What an open asks: execve's open asks to start, not to read. */
static __always_inline __u32 open_wants(struct file *file)
{
	__u32 mode = file->f_mode, want = 0;

	if (file->f_flags & FMODE_EXEC)
		return SEKI_EXEC;
	if (mode & FMODE_READ)
		want |= SEKI_READ;
	if (mode & FMODE_WRITE)
		want |= SEKI_WRITE;
	return want ? want : SEKI_READ;
}

/* The same from the flags alone, of which the mode was made when the file was: that is
 * all that came before file_open, and each load of kernel memory costs its fault check.
 */
static __always_inline __u32 opening_wants(struct file *file)
{
	__u32 flags = file->f_flags, want = (flags + 1) & (SEKI_READ | SEKI_WRITE);

	if (flags & FMODE_EXEC)
		return SEKI_EXEC;
	return want ? want : SEKI_READ;
}
_Static_assert(SEKI_READ == FMODE_READ && SEKI_WRITE == FMODE_WRITE, "as OPEN_FMODE() has it");

struct question {
	__u32 generation, label, want, detail;
	__u8 hook;
};

static __always_inline int answer_file(__u64 word, const struct question *q,
				       const struct seki_who *who, struct file *file)
{
	struct seki_request req = {
		.generation = q->generation,
		.hook = q->hook,
		.label = q->label,
		.want = q->want,
		.detail = q->detail,
	};

	return seki_answer(word, &req, who, file->f_path.dentry, file->f_inode);
}

/* The request is described only where there is something to tell. */
static __always_inline int check_file(__u8 hook, __u32 g, __u32 label, __u32 want, __u32 detail,
				      struct file *file)
{
	struct question q = { g, label, want, detail, hook };
	struct seki_who who = {};
	__u64 word = seki_decide(g, label, want, 0, &who);

	return word ? answer_file(word, &q, &who, file) : 0;
}

static __always_inline __u32 known_label(struct file *file, const struct seki_inode *known, __u32 g)
{
	if (known && known->generation == g)
		return known->label;
	return seki_label_open(file->f_path.dentry, file->f_inode, g, known);
}

/* Most files are known and have no label: one storage hit, three compares. */
static __always_inline __u32 file_label(struct file *file, __u32 g)
{
	if (!g)
		return SEKI_LABEL_NONE;
	return known_label(file, bpf_inode_storage_get(&seki_inodes, file->f_inode, NULL, 0), g);
}

/* shm_open(3), of an object that was not there. */
static __always_inline bool is_new_memory(struct file *file, __u32 g)
{
	return file->f_mode & FMODE_CREATED &&
	       file->f_inode->i_sb->s_dev == seki_state.shm_dev[g & 1] && seki_current_sealed();
}

struct opening {
	struct seki_who who;
	__u32 generation, label, want;
};

static __noinline int answer_open(__u64 word, const struct opening *o, struct file *file)
{
	struct question q = { o->generation, o->label, o->want, 0, SEKI_HOOK_file_open };

	return answer_file(word, &q, &o->who, file);
}

/* What is asked lies beside who, which seki_decide() may write: so it is kept in memory,
 * not in registers that each open would save.
 */
static __always_inline int check_open(struct file *file, __u32 g, __u32 label)
{
	struct opening o = { .generation = g, .label = label, .want = opening_wants(file) };
	__s64 word = (__s64)seki_decide(g, label, o.want, 0, &o.who);

	if (word)
		word = answer_open(word, &o, file);
	return (int)word;
}

/* Not known under this policy, or without a label. */
static __noinline int open_sought(struct file *file, __u32 g, __u64 word)
{
	__u32 label = (__u16)(word >> 32);

	if (!g)
		return 0;
	if ((__u32)word != g)
		label = seki_label_open(file->f_path.dentry, file->f_inode, g, word);
	if (!label)
		return is_new_memory(file, g) ? seki_label_made(file->f_inode, g) : 0;
	return check_open(file, g, label);
}

/*
 * The hottest of all, and so short that it saves two registers.  A file without a
 * label remembers the generation alone, one where nothing is guarded not even that.
 */
SEC("lsm/file_open")
int BPF_PROG(hook_file_open, struct file *file)
{
	struct inode *inode = file->f_inode;
	const volatile __u64 *known = bpf_inode_storage_get(&seki_inodes, inode, NULL, 0);
	__u32 g = seki_generation(), label;
	__u64 word; /* read once: seki_inode_store() */

	if (!known)
		return seki_plain(inode, g) ? 0 : open_sought(file, g, 0);
	word = *known;
	if (word == g)
		return 0;
	label = (__u16)(word >> 32);
	if ((__u32)word != g || !label)
		return open_sought(file, g, word);
	return check_open(file, g, label);
}

static __always_inline bool captures(struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;

	return family == AF_PACKET || family == AF_XDP ||
	       ((family == AF_INET || family == AF_INET6) && sk->sk_type == SOCK_RAW);
}

static __always_inline int check_socket(struct sock *sk, __u32 g)
{
	struct seki_request req = {
		.generation = g,
		.hook = SEKI_HOOK_file_receive,
		.label = SEKI_LABEL_CAPTURE,
		.want = SEKI_USE,
	};

	req.family = sk->__sk_common.skc_family;
	return seki_check(&req, NULL, NULL);
}

/* A descriptor gives what an open would have given: the receiver needs the same. */
SEC("lsm/file_receive")
int BPF_PROG(hook_file_receive, struct file *file)
{
	struct socket *sock = bpf_sock_from_file(file);
	__u32 g = seki_generation(), label;

	if (sock) {
		if (!g || !sock->sk || !captures(sock->sk))
			return 0;
		return check_socket(sock->sk, g);
	}
	label = file_label(file, g);
	if (!label)
		return 0;
	return check_file(SEKI_HOOK_file_receive, g, label, open_wants(file), 0, file);
}

static __always_inline __u32 mmap_wants(unsigned long prot, unsigned long flags)
{
	__u32 want = prot & PROT_EXEC ? SEKI_EXEC : SEKI_READ;

	if (prot & PROT_WRITE && (flags & MAP_TYPE) != MAP_PRIVATE)
		want |= SEKI_WRITE;
	return want;
}

/* Memory as code: nobody can tell what it says. */
static __always_inline int check_anonymous(__u8 hook, __u32 g, __u32 prot)
{
	struct seki_request req = {
		.generation = g,
		.hook = hook,
		.label = SEKI_LABEL_ANONYMOUS,
		.want = SEKI_EXEC,
		.detail = prot,
	};

	return g ? seki_check(&req, NULL, NULL) : 0;
}

/* Code of a file that nobody else can write: pages of our own are still memory. */
static __always_inline bool maps_memory(struct file *file, unsigned long prot, unsigned long flags)
{
	return prot & PROT_EXEC &&
	       (!file || (prot & PROT_WRITE && (flags & MAP_TYPE) == MAP_PRIVATE));
}

static __noinline int mmap_judged(struct file *file, const struct seki_inode *known,
				  unsigned long prot, unsigned long flags)
{
	__u32 g = seki_generation(), label;
	int err = 0;

	if (maps_memory(file, prot, flags) && seki_current_sealed())
		err = check_anonymous(SEKI_HOOK_mmap_file, g, prot);
	if (!g || !file || err)
		return err;
	label = known_label(file, known, g);
	if (!label && prot & PROT_EXEC && seki_current_sealed())
		label = SEKI_LABEL_UNSEALED;
	if (!label)
		return 0;
	return check_file(SEKI_HOOK_mmap_file, g, label, mmap_wants(prot, flags), 0, file);
}

/*
 * As short as file_open: four times at each exec.
 *
 * The 6.12 verifier holds the file for never NULL, and drops a test for NULL whose other
 * branch it finds no other way to: memory that is mapped then ends in an oops
 * (hook/6.12/lock_test).  So without a file it goes on where one without storage does.
 */
SEC("lsm/mmap_file")
int BPF_PROG(hook_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags)
{
	struct seki_inode *known = NULL;

	if (file)
		known = bpf_inode_storage_get(&seki_inodes, file->f_inode, NULL, 0);
	if (known && !(prot & PROT_EXEC) && seki_inode_is_free(known, seki_generation()))
		return 0;
	return mmap_judged(file, known, prot, flags);
}

/* What becomes code that was not: memory, written pages, files mapped to be read. */
SEC("lsm/file_mprotect")
int BPF_PROG(hook_file_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot)
{
	__u32 g = seki_generation(), label;
	struct file *file = vma->vm_file;

	if (!g || !(prot & PROT_EXEC) || !seki_current_sealed())
		return 0;
	if (vma->vm_flags & VM_EXEC && !(prot & PROT_WRITE))
		return 0;
	if (!file || vma->anon_vma || prot & PROT_WRITE)
		return check_anonymous(SEKI_HOOK_file_mprotect, g, prot);
	label = seki_label_walk(file->f_path.dentry, file->f_inode, g);
	if (!label)
		label = SEKI_LABEL_UNSEALED;
	return check_file(SEKI_HOOK_file_mprotect, g, label, SEKI_EXEC, 0, file);
}

/*
 * A lock or lease that others wait for asks to write, even through a descriptor that
 * reads; a shared one is what readers of data take, but nobody reads Sekisho's so.
 */
SEC("lsm/file_lock")
int BPF_PROG(hook_file_lock, struct file *file, unsigned int cmd)
{
	__u32 g = seki_generation(), label;

	if (cmd == F_UNLCK || file->f_mode & FMODE_WRITE)
		return 0;
	label = file_label(file, g);
	if (!label || seki_label_is_power(label) || (cmd == F_RDLCK && label >= SEKI_LABEL_FIRST))
		return 0;
	return check_file(SEKI_HOOK_file_lock, g, label, SEKI_WRITE, cmd, file);
}

/* Commands that touch the descriptor, not the object: isatty() and the like. */
static __always_inline bool ioctl_is_local(unsigned int cmd)
{
	return cmd == 0x5401 /* TCGETS */ || cmd == 0x541b /* FIONREAD */ ||
	       cmd == 0x5413 /* TIOCGWINSZ */ || cmd == 0x5421 /* FIONBIO */ ||
	       cmd == 0x5450 /* FIONCLEX */ || cmd == 0x5451 /* FIOCLEX */;
}

#define BIT(n) (1ull << (n))

/*
 * Commands that any descriptor of a filesystem gives over all of it, by their number
 * alone: 32-bit callers have other sizes.
 */
static __always_inline bool ioctl_is_wide(unsigned int cmd)
{
	/* Of ext4 and fscrypt: all but flags, version, extents, moving its own blocks, and
	 * how its directory is encrypted.
	 */
	const __u64 own_f = BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(9) | BIT(11) | BIT(12) |
			    BIT(15) | BIT(18) | BIT(19) | BIT(20) | BIT(21) | BIT(22) | BIT(26) |
			    BIT(27) | BIT(40) | BIT(41) | BIT(42);
	/* Of all filesystems and XFS: size, log, reserve, faults, freeze, attributes by
	 * handle, shutdown.
	 */
	const __u64 wide_x = BIT(110 - 64) | BIT(111 - 64) | BIT(112 - 64) | BIT(114 - 64) |
			     BIT(116 - 64) | BIT(117 - 64) | BIT(119 - 64) | BIT(120 - 64) |
			     BIT(123 - 64) | BIT(125 - 64);
	__u32 n = cmd & 0xff;

	switch (cmd >> 8 & 0xff) {
	case 'f':
		return n < 64 && !(own_f >> n & 1);
	case 'X':
		return n >= 64 && n < 128 && wide_x >> (n - 64) & 1;
	case 0x94: /* btrfs: snapshots, send, tree search, devices; not clone, dedupe, a label read */
		return n != 9 && n != 13 && n != 49 && n != 54;
	}
	return false;
}

/* An asset on the filesystem of this file. */
static __always_inline __u32 filesystem_label(struct file *file, __u32 g)
{
	return seki_label_anchored(file->f_inode->i_sb->s_root->d_inode, g);
}

/* Append-only and immutable: nothing new in a directory above an asset. */
static __always_inline bool ioctl_sets_flags(unsigned int cmd)
{
	return (cmd & 0xffff) == 0x6602 /* SETFLAGS */ || (cmd & 0xffff) == 0x5820 /* FSSETXATTR */;
}

/* TIOCSTI types for whoever sits at the terminal, TIOCLINUX pastes, TIOCCONS takes
 * the console's output.
 */
static __always_inline bool ioctl_types(unsigned int cmd)
{
	return cmd == 0x5412 || cmd == 0x541c || cmd == 0x541d;
}

static __always_inline int check_ioctl(struct file *file, unsigned int cmd)
{
	__u32 g = seki_generation(), label = file_label(file, g);

	if (!label && g && ioctl_types(cmd))
		label = SEKI_LABEL_CONSOLE;
	if (!label && ioctl_is_wide(cmd))
		label = filesystem_label(file, g);
	if (!label && ioctl_sets_flags(cmd))
		label = seki_label_anchored(file->f_inode, g);
	if (!label || ioctl_is_local(cmd))
		return 0;
	return check_file(SEKI_HOOK_file_ioctl, g, label, SEKI_IOCTL, cmd, file);
}

SEC("lsm/file_ioctl")
int BPF_PROG(hook_file_ioctl, struct file *file, unsigned int cmd, unsigned long arg)
{
	return check_ioctl(file, cmd);
}

/* 32-bit callers; the hook came late to the stable kernels. */
SEC("?lsm/file_ioctl_compat")
int BPF_PROG(hook_file_ioctl_compat, struct file *file, unsigned int cmd, unsigned long arg)
{
	return check_ioctl(file, cmd);
}

static __always_inline int check_watch(__u32 g, __u32 label, struct dentry *dentry)
{
	struct seki_request req = {
		.generation = g,
		.hook = SEKI_HOOK_path_notify,
		.label = label,
		.want = SEKI_WATCH,
	};

	return seki_check(&req, dentry, dentry->d_inode);
}

SEC("lsm/path_notify")
int BPF_PROG(hook_path_notify, const struct path *path, __u64 mask, unsigned int obj_type)
{
	struct dentry *dentry = path->dentry;
	__u32 g = seki_generation(), label = seki_label_walk(dentry, dentry->d_inode, g);

	if (!label && obj_type) /* a mark on the mount or the filesystem sees assets too */
		label = seki_label_anchored(dentry->d_sb->s_root->d_inode, g);
	if (!label && mask & FAN_PERM) /* whoever is asked for leave holds up whom he wants */
		label = seki_label_anchored(dentry->d_inode, g);
	return label ? check_watch(g, label, dentry) : 0;
}
