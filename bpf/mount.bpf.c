// SPDX-License-Identifier: GPL-2.0-only
/*
 * mount.bpf.c - the tree of mounts over and above assets.
 *
 * Protects the core function against being shown another tree: mounts over an
 * asset or a directory above it, unmounting, moving or remounting what holds it.
 * What lies below stays closed by its own label anyway.
 *
 * Hooks: sb_mount (mount(2): new, bind, remount, propagation), move_mount
 * (new API, after open_tree or fsmount), sb_umount, sb_remount, sb_kern_mount
 * (a new instance of tracefs, debugfs, cgroup v1, binfmt_misc).  A move by
 * mount(2) is a power as a whole: its source is only a string.
 *
 * Left open here: mounts elsewhere, of anything; chroot.  pivot_root and
 * mount_setattr have no hook of use and are powers (power.bpf.c).
 */
#include "bpf/check.bpf.h"
#include "bpf/label.bpf.h"
#include "bpf/power.bpf.h"
#include "bpf/pseudo.bpf.h"
#include "bpf/subject.bpf.h"

/* Loaded by an initramfs: until the unit loads it again, which finds what came, the
 * host mounts what its table says.  Nobody has logged in by then.
 */
static __always_inline bool settling(void)
{
	return *(volatile __u32 *)&seki_state.early && !seki_current_marked();
}

/* The asset at, or below, this directory.  What hides a knob of the kernel from a
 * unit takes nothing from anybody.
 */
static __always_inline int check_place(__u8 hook, struct dentry *dentry, __u32 detail)
{
	struct inode *inode = dentry->d_inode;
	struct seki_request req = { .hook = hook, .want = SEKI_MOUNT, .detail = detail };
	__u32 g = seki_generation(), label = seki_label_walk(dentry, inode, g);

	if (!label || seki_label_is_power(label))
		label = seki_label_anchored(inode, g);
	if (!label || settling())
		return 0;
	req.generation = g;
	req.label = label;
	return seki_check(&req, dentry, inode);
}

/* Whom mounts are passed on to.  It shows nobody another tree, and daemons of the
 * host arrange it; an operator leaves it as it is where assets lie.
 */
static __always_inline int check_propagation(struct dentry *dentry, __u32 flags)
{
	__u32 g = seki_generation();

	if (!seki_current_marked() || (!seki_label_walk(dentry, dentry->d_inode, g) &&
				       !seki_label_anchored(dentry->d_inode, g)))
		return 0;
	return seki_power(SEKI_HOOK_sb_mount, SEKI_LABEL_MOUNT, flags, false);
}

SEC("lsm/sb_mount")
int BPF_PROG(hook_sb_mount, const char *device, const struct path *path, const char *type,
	     unsigned long flags)
{
	int err;

	if (flags & MS_PROPAGATION && !(flags & (MS_REMOUNT | MS_BIND)))
		return check_propagation(path->dentry, flags);
	err = check_place(SEKI_HOOK_sb_mount, path->dentry, flags);
	if (err || !(flags & MS_MOVE) || flags & (MS_REMOUNT | MS_BIND))
		return err;
	/* what is moved away is only a string here */
	return seki_power(SEKI_HOOK_sb_mount, SEKI_LABEL_MOUNT, flags, false);
}

SEC("lsm/move_mount")
int BPF_PROG(hook_move_mount, const struct path *from, const struct path *to)
{
	int err = check_place(SEKI_HOOK_move_mount, to->dentry, 0);

	return err ? err : check_place(SEKI_HOOK_move_mount, from->dentry, 1);
}

/*
 * Unmounting a second view of an asset, made elsewhere, harms nobody.  It is
 * elsewhere if the directory around the mount point is not above an asset.  Only
 * a probing read reaches that; without it no view is unmounted.
 */
static __always_inline bool is_elsewhere(unsigned long long *ctx)
{
	struct seki_object_id id = {};
	struct dentry *point = NULL;
	struct inode *dir;
	__u64 mnt = 0;

	if (!seki_can_probe)
		return false;
	bpf_probe_read_kernel(&mnt, sizeof(mnt), ctx);
	mnt -= bpf_core_field_offset(struct mount, mnt);
	mnt += bpf_core_field_offset(struct mount, mnt_mountpoint);
	bpf_probe_read_kernel(&point, sizeof(point), (void *)mnt);
	dir = BPF_CORE_READ(point, d_parent, d_inode);
	id.ino = BPF_CORE_READ(dir, i_ino);
	id.dev = BPF_CORE_READ(dir, i_sb, s_dev);
	id.gen = BPF_CORE_READ(dir, i_generation);
	return !seki_label_anchored_id(&id, seki_generation());
}

SEC("lsm/sb_umount")
int BPF_PROG(hook_sb_umount, struct vfsmount *mnt, int flags)
{
	if (is_elsewhere(ctx))
		return 0;
	return check_place(SEKI_HOOK_sb_umount, mnt->mnt_root, flags);
}

SEC("lsm/sb_remount")
int BPF_PROG(hook_sb_remount, struct super_block *sb)
{
	return check_place(SEKI_HOOK_sb_remount, sb->s_root, 0);
}

SEC("lsm/sb_kern_mount")
int BPF_PROG(hook_sb_kern_mount, struct super_block *sb)
{
	struct seki_request req = { .hook = SEKI_HOOK_sb_kern_mount, .want = SEKI_MOUNT };
	__u32 label = seki_label_instance(sb->s_magic);

	req.generation = seki_generation();
	if (!label || !req.generation)
		return 0;
	req.label = label;
	return seki_check(&req, sb->s_root, NULL);
}
