// SPDX-License-Identifier: GPL-2.0-only
/*
 * inode.bpf.c - names and attributes: create, remove, move, link, change.
 *
 * Protects assets against being replaced, hidden, given a second name, opened
 * up by mode or ACL, truncated.  No open happens in any of these.
 *
 * The border between two labels (or a label and none) behaves like the border
 * between two filesystems: a rename or link across it answers -EXDEV even to
 * tasks that may do both sides, so tools fall back to copying and the copy gets
 * the label of its place.  One exception, for programs that replace a file by
 * rename: a plain file may move in from outside, and is labelled before it does.
 *
 * Code is sealed by what it is, not by where: a second name of it may lie anywhere,
 * and dpkg(1) makes one before it replaces a file.
 *
 * Directories above an asset may not be renamed or removed: the core function
 * would find another tree in their place.  Nor do their mode and owner change, or it
 * would find no way.  On 6.1 an ACL there is an extended attribute like others, and
 * passes.
 *
 * inode_setattr changed its arguments after 6.1; the loader picks one variant.
 * inode_set_acl and inode_remove_acl exist from 6.2; on 6.1 ACLs come through
 * inode_setxattr.
 */
#include "bpf/check.bpf.h"
#include "bpf/label.bpf.h"
#include "bpf/subject.bpf.h"

static __always_inline int check_name(__u8 hook, __u32 want, struct inode *dir,
				      struct dentry *dentry)
{
	__u32 g = seki_generation(), label = seki_label_of_name(dir, dentry, g);
	struct seki_request req = { .generation = g, .hook = hook, .want = want };

	if (!label)
		return 0;
	req.label = label;
	return seki_check(&req, dentry, NULL);
}

static __always_inline int check_dentry(__u8 hook, __u32 want, struct dentry *dentry)
{
	__u32 g = seki_generation(), label = seki_label_get(dentry, dentry->d_inode, g);
	struct seki_request req = { .generation = g, .hook = hook, .want = want };

	if (!label)
		return 0;
	req.label = label;
	return seki_check(&req, dentry, dentry->d_inode);
}

SEC("lsm/inode_create")
int BPF_PROG(hook_inode_create, struct inode *dir, struct dentry *dentry)
{
	return check_name(SEKI_HOOK_inode_create, SEKI_CREATE, dir, dentry);
}

SEC("lsm/inode_mkdir")
int BPF_PROG(hook_inode_mkdir, struct inode *dir, struct dentry *dentry)
{
	return check_name(SEKI_HOOK_inode_mkdir, SEKI_CREATE, dir, dentry);
}

SEC("lsm/inode_mknod")
int BPF_PROG(hook_inode_mknod, struct inode *dir, struct dentry *dentry)
{
	return check_name(SEKI_HOOK_inode_mknod, SEKI_CREATE, dir, dentry);
}

SEC("lsm/inode_symlink")
int BPF_PROG(hook_inode_symlink, struct inode *dir, struct dentry *dentry)
{
	return check_name(SEKI_HOOK_inode_symlink, SEKI_CREATE, dir, dentry);
}

static __always_inline int check_remove(__u8 hook, struct dentry *dentry)
{
	__u32 g = seki_generation(), label = seki_label_get(dentry, dentry->d_inode, g);
	struct seki_request req = { .generation = g, .hook = hook, .want = SEKI_DELETE };

	if (!label)
		label = seki_label_anchored(dentry->d_inode, g);
	if (!label)
		return 0;
	req.label = label;
	return seki_check(&req, dentry, dentry->d_inode);
}

SEC("lsm/inode_unlink")
int BPF_PROG(hook_inode_unlink, struct inode *dir, struct dentry *dentry)
{
	return check_remove(SEKI_HOOK_inode_unlink, dentry);
}

SEC("lsm/inode_rmdir")
int BPF_PROG(hook_inode_rmdir, struct inode *dir, struct dentry *dentry)
{
	return check_remove(SEKI_HOOK_inode_rmdir, dentry);
}

/* Shared memory keeps its label under any name, and sem_open(3) gives it two. */
static __always_inline bool is_shared_memory(struct inode *inode, __u32 g)
{
	return inode && inode->i_sb->s_dev == seki_state.shm_dev[g & 1];
}

SEC("lsm/inode_link")
int BPF_PROG(hook_inode_link, struct dentry *old_dentry, struct inode *dir,
	     struct dentry *new_dentry)
{
	__u32 g = seki_generation();
	__u32 from = seki_label_any(seki_label_get(old_dentry, old_dentry->d_inode, g), g);
	__u32 to = seki_label_any(seki_label_of_name(dir, new_dentry, g), g);
	struct seki_request req = {
		.generation = g,
		.hook = SEKI_HOOK_inode_link,
		.want = SEKI_LINK,
	};
	int err;

	if (!from && !to)
		return 0;
	if (from && to && from != to) {
		req.label = from;
		err = seki_check(&req, old_dentry, old_dentry->d_inode);
		if (err)
			return err;
	}
	req.label = to ? to : from;
	req.border = from != to && from < SEKI_LABEL_CODE &&
		     !is_shared_memory(old_dentry->d_inode, g);
	return seki_check(&req, to ? new_dentry : old_dentry, old_dentry->d_inode);
}

/* A plain file with one name, moved in from outside by a task that may. */
static __always_inline bool may_adopt(struct inode *inode, __u32 from, __u32 to)
{
	return !from && to && (inode->i_mode & S_IFMT) != S_IFDIR && inode->i_nlink == 1;
}

static __always_inline int adopt(struct inode *inode, __u32 label, __u32 g)
{
	struct seki_inode now = { .generation = g, .label = label };
	struct seki_inode *known;

	known = bpf_inode_storage_get(&seki_inodes, inode, &now, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!known)
		return -EAGAIN;
	seki_inode_store(known, now);
	return 0;
}

/* A rename, looked at once: labels of what moves, where to, and what it replaces. */
struct rename {
	__u32 generation;
	__u32 from;
	__u32 to;
	__u32 victim;
};

static __always_inline void rename_request(struct seki_request *req, const struct rename *r)
{
	req->generation = r->generation;
	req->hook = SEKI_HOOK_inode_rename;
}

/* The name that is left: the file's own label, and what hangs below it. */
static __always_inline int rename_from(struct dentry *dentry, struct inode *inode,
				       const struct rename *r)
{
	__u32 label = r->from ? r->from : seki_label_anchored(inode, r->generation);
	struct seki_request req = { .want = SEKI_RENAME };

	if (!label)
		return 0;
	rename_request(&req, r);
	req.label = label;
	req.border = r->from && !r->to && !is_shared_memory(inode, r->generation);
	return seki_check(&req, dentry, inode);
}

/* The file that stands in the way, where its label is not its place's. */
static __always_inline int rename_victim(struct dentry *dentry, const struct rename *r)
{
	struct seki_request req = { .want = SEKI_DELETE };

	if (!r->victim || r->victim == r->to)
		return 0;
	rename_request(&req, r);
	req.label = r->victim;
	return seki_check(&req, dentry, dentry->d_inode);
}

/* The name that is taken. */
static __always_inline int rename_to(struct dentry *dentry, struct inode *inode,
				     const struct rename *r)
{
	struct seki_request req = {};

	if (!r->to)
		return 0;
	rename_request(&req, r);
	req.label = r->to;
	req.want = SEKI_RENAME | (r->victim ? SEKI_DELETE : SEKI_CREATE);
	req.border = r->from != r->to && !may_adopt(inode, r->from, r->to);
	return seki_check(&req, dentry, inode);
}

SEC("lsm/inode_rename")
int BPF_PROG(hook_inode_rename, struct inode *old_dir, struct dentry *old_dentry,
	     struct inode *new_dir, struct dentry *new_dentry)
{
	struct rename r = { .generation = seki_generation() };
	struct inode *inode = old_dentry->d_inode;
	__u32 g = r.generation;
	int err;

	if (!inode)
		return 0;
	r.from = seki_label_any(seki_label_get(old_dentry, inode, g), g);
	r.to = seki_label_any(seki_label_of_name(new_dir, new_dentry, g), g);
	r.victim = seki_label_any(seki_label_get(new_dentry, new_dentry->d_inode, g), g);
	err = rename_from(old_dentry, inode, &r);
	if (err)
		return err;
	err = rename_victim(new_dentry, &r);
	if (err)
		return err;
	err = rename_to(new_dentry, inode, &r);
	if (err)
		return err;
	return may_adopt(inode, r.from, r.to) ? adopt(inode, r.to, r.generation) : 0;
}

/* memfd_create(2) is asked of nobody; the first size it gets is. */
static __always_inline bool is_new_memory(struct inode *inode)
{
	__u64 magic;

	if (!inode)
		return false;
	magic = inode->i_sb->s_magic;
	return !inode->i_nlink && !inode->i_size &&
	       (magic == TMPFS_MAGIC || magic == HUGETLBFS_MAGIC) && seki_current_sealed();
}

/* The way to an asset: who may pass is not changed, but times are. */
static __always_inline int check_above(__u8 hook, struct dentry *dentry)
{
	__u32 g = seki_generation(), label = seki_label_anchored(dentry->d_inode, g);
	struct seki_request req = { .generation = g, .hook = hook, .want = SEKI_ATTR };

	if (!label)
		return 0;
	req.label = label;
	return seki_check(&req, dentry, dentry->d_inode);
}

/* Is it another mode or owner?  install(1) and tar(1) set what is there already. */
static __always_inline bool lets_others_pass(struct inode *inode, struct iattr *attr)
{
	__u32 valid = attr->ia_valid;

	if ((inode->i_mode & S_IFMT) != S_IFDIR)
		return false;
	return (valid & ATTR_MODE && (attr->ia_mode ^ inode->i_mode) & 07777) ||
	       (valid & ATTR_UID && attr->ia_uid.val != inode->i_uid.val) ||
	       (valid & ATTR_GID && attr->ia_gid.val != inode->i_gid.val);
}

static __always_inline int check_setattr(struct dentry *dentry, struct iattr *attr)
{
	__u32 want = attr->ia_valid & ATTR_SIZE ? SEKI_WRITE : SEKI_ATTR;
	int err = check_dentry(SEKI_HOOK_inode_setattr, want, dentry);
	struct inode *inode = dentry->d_inode;

	barrier_var(inode); /* what was asked for NULL is what is read (6.18) */
	if (!err && inode && lets_others_pass(inode, attr))
		return check_above(SEKI_HOOK_inode_setattr, dentry);
	if (err || want != SEKI_WRITE || !is_new_memory(inode))
		return err;
	return seki_label_made(inode, seki_generation());
}

SEC("?lsm/inode_setattr")
int BPF_PROG(hook_inode_setattr_6_1, struct dentry *dentry, struct iattr *attr)
{
	return check_setattr(dentry, attr);
}

SEC("?lsm/inode_setattr")
int BPF_PROG(hook_inode_setattr, void *idmap, struct dentry *dentry, struct iattr *attr)
{
	return check_setattr(dentry, attr);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(hook_inode_setxattr, void *idmap, struct dentry *dentry)
{
	return check_dentry(SEKI_HOOK_inode_setxattr, SEKI_ATTR, dentry);
}

SEC("lsm/inode_removexattr")
int BPF_PROG(hook_inode_removexattr, void *idmap, struct dentry *dentry)
{
	return check_dentry(SEKI_HOOK_inode_removexattr, SEKI_ATTR, dentry);
}

SEC("?lsm/inode_set_acl")
int BPF_PROG(hook_inode_set_acl, void *idmap, struct dentry *dentry)
{
	int err = check_dentry(SEKI_HOOK_inode_set_acl, SEKI_ATTR, dentry);

	return err ? err : check_above(SEKI_HOOK_inode_set_acl, dentry);
}

SEC("?lsm/inode_remove_acl")
int BPF_PROG(hook_inode_remove_acl, void *idmap, struct dentry *dentry)
{
	return check_dentry(SEKI_HOOK_inode_remove_acl, SEKI_ATTR, dentry);
}

/* chattr by file_setattr(2), which asks no ioctl hook (6.17). */
SEC("?lsm/inode_file_setattr")
int BPF_PROG(hook_inode_file_setattr, struct dentry *dentry)
{
	int err = check_dentry(SEKI_HOOK_inode_file_setattr, SEKI_ATTR, dentry);

	return err ? err : check_above(SEKI_HOOK_inode_file_setattr, dentry);
}
