// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mounts.c - where the assets of the policy in force lie. Labels hang on inodes
 * of one filesystem; another mount over them shows the core function something
 * else, and a filesystem served from elsewhere has an owner elsewhere.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/posture/groups.h"

#define BUNDLE "/run/sekisho/policy.bundle"
#define MOUNTINFO "/proc/self/mountinfo"

static bool ready(struct seki_posture *p, struct seki_finding *f)
{
	int err = seki_posture_assets(p);

	f->source = BUNDLE;
	if (err == -ENOENT)
		seki_found(p, f, SEKI_POSTURE_NOT_APPLICABLE, "no policy is in force");
	else if (err == -EBADMSG)
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "%s", p->assets_why);
	else if (err)
		seki_unseen(p, f, err);
	if (err)
		return false;
	f->source = MOUNTINFO;
	err = seki_posture_mounts(p);
	if (err)
		seki_unseen(p, f, err);
	else
		f->state = SEKI_POSTURE_GOOD;
	return !err;
}

static void conclude(struct seki_posture *p, struct seki_finding *f, const char *what)
{
	if (f->details)
		seki_found(p, f, f->state, "%zu paths of the policy, %s: %u", p->assets, what,
			   f->details);
	else
		seki_found(p, f, SEKI_POSTURE_GOOD, "%zu paths of the policy, %s: none", p->assets,
			   what);
}

/* ---- kind of filesystem ------------------------------------------------------------ */

static bool local(const char *type)
{
	static const char elsewhere[] = "nfs nfs4 cifs smb3 smbfs ceph 9p afs gfs2 ocfs2 glusterfs "
					"overlay aufs virtiofs fuse fuseblk ecryptfs";

	return !seki_posture_in_list(elsewhere, " ", type) && strncmp(type, "fuse.", 5);
}

static void check_filesystem(struct seki_posture *p, const struct seki_posture_item *item,
			     struct seki_finding *f)
{
	(void)item;
	if (!ready(p, f))
		return;
	for (size_t i = 0; i < p->assets; i++) {
		const struct seki_mount *m = seki_posture_mount_of(p, p->asset[i].path);

		if (m && local(m->type))
			continue;
		seki_worsen(f, SEKI_POSTURE_BAD);
		seki_detail(p, f, "%s (%s) on %s, %s", p->asset[i].path, p->asset[i].label,
			    m ? m->type : "no mount", m ? m->source : "-");
	}
	conclude(p, f, "on a filesystem that is not a local disk's");
}

/* ---- mounts over and below ------------------------------------------------------------ */

static bool in_memory(const struct seki_mount *m)
{
	return !strcmp(m->type, "tmpfs") || !strcmp(m->type, "ramfs");
}

static void judge_over(struct seki_posture *p, struct seki_finding *f, const struct seki_asset *a)
{
	unsigned int here = 0;

	for (size_t i = 0; i < p->mounts; i++) {
		const struct seki_mount *m = &p->mount[i];
		bool same = !strcmp(m->point, a->path);

		if (same && !here++ && !strcmp(m->root, "/") && !in_memory(m))
			continue; /* a disk of its own */
		if (!same && !(seki_path_covers(a->path, m->point)))
			continue;
		seki_worsen(f, same ? SEKI_POSTURE_BAD : SEKI_POSTURE_WEAK);
		seki_detail(p, f, "%s (%s): %s of %s, %s, %s", a->path, a->label, m->root,
			    m->source, m->type,
			    same ? "lies over it" :
				   seki_arena_printf(&p->arena, "is mounted below at %s",
						     m->point));
	}
}

static void check_over(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f)
{
	(void)item;
	if (!ready(p, f))
		return;
	for (size_t i = 0; i < p->assets; i++)
		judge_over(p, f, &p->asset[i]);
	conclude(p, f, "with a mount over or below them");
}

/* ---- a second way to the same files ------------------------------------------------------ */

/* Path of an asset inside its filesystem. */
static const char *inside(struct seki_posture *p, const struct seki_mount *m, const char *path)
{
	size_t point = strcmp(m->point, "/") ? strlen(m->point) : 0;

	return seki_arena_printf(&p->arena, "%s%s", strcmp(m->root, "/") ? m->root : "",
				 path[point] ? path + point : "/");
}

static void judge_twice(struct seki_posture *p, struct seki_finding *f, const struct seki_asset *a)
{
	const struct seki_mount *m = seki_posture_mount_of(p, a->path);
	const char *in = m ? inside(p, m, a->path) : "";

	for (size_t i = 0; m && i < p->mounts; i++) {
		const struct seki_mount *other = &p->mount[i];

		if (other == m || other->major != m->major || other->minor != m->minor ||
		    !seki_path_covers(other->root, in))
			continue;
		seki_worsen(f, SEKI_POSTURE_WEAK);
		seki_detail(p, f, "%s (%s): %u:%u %s is at %s too", a->path, a->label, m->major,
			    m->minor, m->source, other->point);
	}
}

static void check_twice(struct seki_posture *p, const struct seki_posture_item *item,
			struct seki_finding *f)
{
	(void)item;
	if (!ready(p, f))
		return;
	for (size_t i = 0; i < p->assets; i++)
		judge_twice(p, f, &p->asset[i]);
	conclude(p, f, "to be reached through another mount");
}

/* ---- the disk below ------------------------------------------------------------------------ */

/* dm-crypt at a device or one of those it is made of; /sys/block has all disks, and
 * partitions lie in the directory of their disk.
 */
static bool encrypted(struct seki_posture *p, const char *sysfs, int depth)
{
	const char *uuid, *dir = seki_arena_printf(&p->arena, "%s/slaves", sysfs);
	char **slave;
	int n;

	if (!seki_posture_read(p, seki_arena_printf(&p->arena, "%s/dm/uuid", sysfs), &uuid) &&
	    !strncmp(uuid, "CRYPT-", 6))
		return true;
	n = depth ? seki_posture_list(p, dir, "*", &slave) : 0;
	for (int i = 0; i < n; i++)
		if (!encrypted(p, seki_arena_printf(&p->arena, "%s/%s", dir, slave[i]), depth - 1))
			return false;
	return n > 0;
}

static void check_encryption(struct seki_posture *p, const struct seki_posture_item *item,
			     struct seki_finding *f)
{
	(void)item;
	if (!ready(p, f))
		return;
	for (size_t i = 0; i < p->assets; i++) {
		const struct seki_mount *m = seki_posture_mount_of(p, p->asset[i].path);
		const char *sysfs = m ? seki_arena_printf(&p->arena, "/sys/dev/block/%u:%u",
							  m->major, m->minor) :
					"";

		if (!p->asset[i].secret || (m && (encrypted(p, sysfs, 4) || in_memory(m))))
			continue;
		seki_worsen(f, SEKI_POSTURE_WEAK);
		seki_detail(p, f, "%s (%s) on %s %s", p->asset[i].path, p->asset[i].label,
			    m ? m->type : "no mount", m ? m->source : "-");
	}
	conclude(p, f, "data or keys on a device this host does not encrypt");
}

/* clang-format off */
static const struct seki_posture_item items[] = {
	{ "posture.assets-filesystem", "filesystems of the assets",
	  "A network, overlay or FUSE filesystem has files whose owner is another host or program.",
	  "put the assets on a filesystem of a local disk (ext4, xfs, btrfs)", check_filesystem, NULL },
	{ "posture.assets-overmount", "mounts over assets",
	  "A mount over an asset shows the core function other files than those the policy names.",
	  "umount them, and load the policy before whatever mounts them", check_over, NULL },
	{ "posture.assets-twice", "assets reached through two mounts",
	  "A second mount of the same filesystem is a second way to the same files.",
	  "umount the second one; containers and bind mounts of the asset's parents count",
	  check_twice, NULL },
	{ "posture.assets-encryption", "encryption below the assets",
	  "Whoever takes the disk, its snapshot or its backup reads data and keys without this host.",
	  "put data and keys on dm-crypt (LUKS) with a key bound to the TPM or asked for at boot",
	  check_encryption, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_mounts_group = SEKI_POSTURE_GROUP("assets", items);
