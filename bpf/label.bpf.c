// SPDX-License-Identifier: GPL-2.0-only
/*
 * label.bpf.c - which label an object has.
 *
 * A label hangs on the object, never on a path string.  Explicit roots stand
 * in a table by (device, inode, generation); everything below a root takes its
 * label from the nearest one, found by walking parents, and keeps it in inode
 * storage under the policy generation.  Eviction of the inode loses nothing:
 * the next access walks again.  A border between labels behaves like the border
 * of a filesystem (inode.bpf.c), so a remembered label never goes stale.
 *
 * An object on a guarded filesystem whose place can't be found (opened by file
 * handle and not connected, reached through a stacked filesystem) is
 * `unlocated`, and closed by default.
 *
 * Objects of shared memory have no place that a policy could name: they carry the
 * label of the function that made them, and remember it, not the label, so that
 * the next policy finds it again.
 */
#include "bpf/label.bpf.h"
#include "bpf/emit.bpf.h"
#include "bpf/name.bpf.h"
#include "bpf/plain.bpf.h"
#include "bpf/pseudo.bpf.h"
#include "bpf/subject.bpf.h"

/* The deepest chain of directories we climb; deeper is `unlocated`. */
#define WALK_MAX 2048

struct walk {
	struct dentry *at;
	__u32 generation;
	__u32 own; /* label of the row of `at`, 0: none */
	__u32 label;
	__u32 pad;
};

static __always_inline struct seki_root *root_find(struct inode *inode, __u32 slot)
{
	struct seki_object_id id = {};
	void *roots;

	roots = bpf_map_lookup_elem(&seki_roots, &slot);
	if (!roots || !inode)
		return NULL;
	id.ino = inode->i_ino;
	id.dev = inode->i_sb->s_dev;
	id.gen = inode->i_generation;
	return bpf_map_lookup_elem(roots, &id);
}

/* Zero what the 32 inline bytes hold after the name. */
static __always_inline void clear_after(char *name, __u32 len)
{
	__u64 *word = (__u64 *)name;
	int i, keep;

#pragma unroll
	for (i = 0; i < SEKI_INLINE_NAME / 8; i++) {
		keep = (int)len - i * 8;
		if (keep <= 0)
			word[i] = 0;
		else if (keep < 8)
			word[i] &= (1ull << (keep * 8)) - 1;
	}
}

/* The row for a name in a directory that has rows for names. */
static __noinline __u32 name_find(struct dentry *dentry, struct inode *dir, __u32 slot)
{
	struct seki_name_key key = {};
	__u32 len = dentry->d_name.len;
	struct seki_root *row;
	void *names;

	names = bpf_map_lookup_elem(&seki_names, &slot);
	if (!names)
		return SEKI_LABEL_NONE;
	key.dir.ino = dir->i_ino;
	key.dir.dev = dir->i_sb->s_dev;
	key.dir.gen = dir->i_generation;
	if (len < SEKI_INLINE_NAME) {
		seki_name_inline(dentry, key.name);
		clear_after(key.name, len);
	} else if (len < SEKI_NAME_MAX) {
		seki_string_copy(key.name, SEKI_NAME_MAX, dentry->d_name.name);
	} else {
		return SEKI_LABEL_NONE; /* the loader took no row this long */
	}
	row = bpf_map_lookup_elem(names, &key);
	return row ? row->label : SEKI_LABEL_NONE;
}

static __always_inline long found(struct walk *w, __u32 label)
{
	w->label = label;
	return 1;
}

/*
 * One step up: own row, row by name, then the parent.  What ancestors remember
 * is not asked: later kernels don't trust pointers got by walking with storage,
 * and this happens once for each object in the cache.
 */
static long walk_step(__u32 i, struct walk *w)
{
	__u32 label, slot = w->generation & 1;
	struct dentry *d = w->at, *parent;
	struct seki_root *row;
	struct inode *inode;

	if (w->own)
		return found(w, w->own);
	parent = d->d_parent;
	if (parent == d)
		return found(w, d == d->d_sb->s_root ? SEKI_LABEL_NONE : SEKI_LABEL_UNLOCATED);
	inode = parent->d_inode;
	row = root_find(inode, slot);
	if (inode && row && row->flags & SEKI_ROOT_HAS_NAMES) {
		label = name_find(d, inode, slot);
		if (label)
			return found(w, label);
	}
	w->own = row ? row->label : SEKI_LABEL_NONE;
	w->at = parent;
	return 0;
}

static __always_inline __u32 walk(struct dentry *from, __u32 generation)
{
	struct walk w = {
		.at = from,
		.generation = generation,
		.label = SEKI_LABEL_UNLOCATED,
	};
	struct seki_root *row = root_find(from->d_inode, generation & 1);

	if (row && row->label)
		return row->label;
	bpf_loop(WALK_MAX, walk_step, &w, 0);
	return w.label;
}

static __always_inline bool guarded(__u32 dev, __u32 slot)
{
	const struct seki_guarded *g = &seki_state.guarded[slot & 1];
	__u32 i;

	for (i = 0; i < SEKI_GUARDED_MAX; i++) {
		if (i >= g->count)
			return false;
		if (g->dev[i] == dev)
			return true;
	}
	return false;
}

/* Classes of character devices: one bit a major. */
static __always_inline bool major_known(__u32 major, __u32 slot)
{
	return seki_state.majors[slot & 1][major >> 6 & (SEKI_MAJOR_WORDS - 1)] >> (major & 63) & 1;
}

static __always_inline __u32 device_label(struct inode *inode, __u32 generation)
{
	__u32 slot = generation & 1, *label;
	struct seki_device_key key = {};
	void *devices;

	devices = bpf_map_lookup_elem(&seki_devices, &slot);
	if (!devices)
		return SEKI_LABEL_NONE;
	key.rdev = inode->i_rdev;
	key.block = (inode->i_mode & S_IFMT) == S_IFBLK;
	label = bpf_map_lookup_elem(devices, &key);
	if (!label && !key.block && major_known(key.rdev >> 20, slot)) {
		key.rdev |= SEKI_MINOR_ANY;
		label = bpf_map_lookup_elem(devices, &key);
	}
	return label ? *label : SEKI_LABEL_NONE;
}

/* On a guarded filesystem. */
static __always_inline __u32 locate(struct dentry *dentry, struct inode *inode, __u32 generation)
{
	struct seki_root *row;

	if (dentry && dentry->d_inode == inode)
		return walk(dentry, generation);
	row = root_find(inode, generation & 1);
	return row && row->label ? row->label : SEKI_LABEL_UNLOCATED;
}

__hidden __u32 seki_label_walk(struct dentry *dentry, struct inode *inode, __u32 generation)
{
	if (!generation || !inode)
		return SEKI_LABEL_NONE;
	if (guarded(inode->i_sb->s_dev, generation))
		return locate(dentry, inode, generation);
	return seki_label_pseudo(dentry, inode);
}

static __always_inline bool is_device_node(struct inode *inode)
{
	__u16 type = inode->i_mode & S_IFMT;

	return type == S_IFBLK || type == S_IFCHR;
}

static __always_inline bool holds_memory(struct inode *inode)
{
	__u64 magic = inode->i_sb->s_magic;

	return magic == TMPFS_MAGIC || magic == HUGETLBFS_MAGIC || magic == MQUEUE_MAGIC;
}

/* What it was made as may have another label by now. */
static __always_inline __u32 shared_label(struct inode *inode, __u32 generation)
{
	struct seki_inode *known, now = { .generation = generation };
	struct seki_domain *d;

	known = bpf_inode_storage_get(&seki_inodes, inode, NULL, 0);
	if (!known || !known->maker)
		return SEKI_LABEL_NONE;
	now.maker = known->maker;
	d = seki_domain_find(now.maker, generation);
	now.label = d ? d->shared_label : SEKI_LABEL_NONE;
	seki_inode_store(known, now);
	return now.label;
}

/* Rather no object than one that nobody guards. */
__hidden int seki_label_made(struct inode *inode, __u32 generation)
{
	__u32 domain = seki_current_domain();
	struct seki_inode now = { .generation = generation, .maker = domain }, *kept;
	struct seki_domain *d = seki_domain_find(domain, generation);

	if (domain < SEKI_DOMAIN_FIRST || !d || !d->shared_label)
		return 0;
	now.label = d->shared_label;
	kept = bpf_inode_storage_get(&seki_inodes, inode, &now, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (kept) {
		seki_inode_store(kept, now);
		return 0;
	}
	seki_count(loss[SEKI_LOSS_OBJECT_STORAGE]);
	return -ENOMEM;
}

static __always_inline __u32 fresh_label(struct inode *inode, __u32 generation)
{
	return seki_label_made(inode, generation) ? SEKI_LABEL_UNLOCATED :
						    shared_label(inode, generation);
}

/*
 * Only what a filesystem with a root gave is worth the memory; and device nodes
 * are asked again each time for what they open.
 */
static __always_inline __u32 resolve(struct dentry *dentry, struct inode *inode, __u32 generation,
				     bool remembers)
{
	struct seki_inode known = { .generation = generation }, *kept;
	__u32 label;

	if (!guarded(inode->i_sb->s_dev, generation)) {
		if (remembers && holds_memory(inode))
			return shared_label(inode, generation);
		label = seki_label_pseudo(dentry, inode);
		return label == SEKI_LABEL_FRESH ? fresh_label(inode, generation) : label;
	}
	label = locate(dentry, inode, generation);
	if (!label && seki_pseudo(inode->i_sb->s_magic))
		return seki_label_pseudo(dentry, inode);
	if (label == SEKI_LABEL_UNLOCATED || is_device_node(inode))
		return label;
	known.label = label;
	kept = bpf_inode_storage_get(&seki_inodes, inode, &known, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (kept)
		seki_inode_store(kept, known); /* it may hold the answer of the policy before */
	return label;
}

__hidden __u32 seki_label_resolve(struct dentry *dentry, struct inode *inode, __u32 generation)
{
	return resolve(dentry, inode, generation, true);
}

/* The next file of this superblock need not ask.  Not where shared memory is made: what
 * is new there gets its maker's label.
 */
static __always_inline void mark_plain(struct super_block *sb, __u32 generation)
{
	__u32 dev = sb->s_dev;

	if (!guarded(dev, generation) && !seki_pseudo(sb->s_magic) &&
	    dev != seki_state.shm_dev[generation & 1])
		seki_plain_mark(sb, generation);
}

/* What an open reaches: by place; or, for a device node, by what it opens. */
__hidden __u32 seki_label_open(struct dentry *dentry, struct inode *inode, __u32 generation,
			       bool remembers)
{
	__u32 label = resolve(dentry, inode, generation, remembers);

	if (!label && !remembers)
		mark_plain(inode->i_sb, generation);

	return label || !is_device_node(inode) ? label : device_label(inode, generation);
}

__hidden __u32 seki_label_held(struct dentry *dentry, struct inode *inode, __u32 generation)
{
	__u32 label = SEKI_LABEL_NONE;

	if (!generation)
		return SEKI_LABEL_NONE;
	if (guarded(inode->i_sb->s_dev, generation))
		label = locate(dentry, inode, generation);
	if (!label && is_device_node(inode))
		label = device_label(inode, generation);
	if (label == SEKI_LABEL_UNLOCATED || seki_label_is_power(label))
		return SEKI_LABEL_NONE; /* nameless files are everywhere */
	return label;
}

__hidden __u32 seki_label_of_name(struct inode *dir, struct dentry *dentry, __u32 generation)
{
	struct dentry *parent;
	struct seki_root *row;
	__u32 label;

	if (!generation || !dir || !dentry)
		return SEKI_LABEL_NONE;
	parent = dentry->d_parent;
	if (!guarded(dir->i_sb->s_dev, generation))
		return seki_label_pseudo(parent, dir);
	row = root_find(dir, generation & 1);
	if (row && row->flags & SEKI_ROOT_HAS_NAMES) {
		label = name_find(dentry, dir, generation & 1);
		if (label)
			return label;
	}
	return seki_label_get(parent, dir, generation);
}

__hidden __u32 seki_label_anchored(struct inode *inode, __u32 generation)
{
	struct seki_root *row;

	if (!generation || !inode || !guarded(inode->i_sb->s_dev, generation))
		return SEKI_LABEL_NONE;
	row = root_find(inode, generation & 1);
	return row ? row->anchors : SEKI_LABEL_NONE;
}

__hidden __u32 seki_label_anchored_id(struct seki_object_id *id, __u32 generation)
{
	__u32 slot = generation & 1;
	void *roots = bpf_map_lookup_elem(&seki_roots, &slot);
	struct seki_root *row = roots ? bpf_map_lookup_elem(roots, id) : NULL;

	return row ? row->anchors : SEKI_LABEL_NONE;
}

__hidden __u32 seki_label_entry_row(struct inode *inode, __u32 generation)
{
	struct seki_root *row = root_find(inode, generation & 1);

	return row ? row->entry : 0;
}
