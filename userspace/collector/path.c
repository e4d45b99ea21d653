// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/path.h"

#include <string.h>
#include <sys/sysmacros.h>

#define MINOR_BITS 20
#define ELLIPSIS "\xe2\x80\xa6"

uint32_t seki_dev_kernel(uint64_t st_dev)
{
	return major(st_dev) << MINOR_BITS | minor(st_dev);
}

static void add(struct seki_path_text *t, const char *text, size_t len)
{
	if (len > sizeof(t->text) - t->len)
		len = sizeof(t->text) - t->len;
	memcpy(t->text + t->len, text, len);
	t->len += len;
}

/* All of a filesystem somewhere is better than a bind mount of a part. */
static const struct seki_mount *find(const struct seki_mounts *m, uint32_t dev)
{
	const struct seki_mount *part = NULL;

	for (size_t i = 0; i < m->count; i++) {
		if (m->mounts[i].dev != dev)
			continue;
		if (!strcmp(m->mounts[i].root, "/"))
			return &m->mounts[i];
		if (!part)
			part = &m->mounts[i];
	}
	return part;
}

static void add_names(const struct seki_path *p, struct seki_path_text *t)
{
	for (int i = p->depth - 1; i >= 0; i--) {
		size_t len = strnlen(p->names[i], SEKI_PATH_NAME);

		if (!len || (len == 1 && p->names[i][0] == '/'))
			continue; /* the root of the filesystem itself */
		add(t, "/", 1);
		add(t, p->names[i], len);
		if (p->long_names & 1u << i) {
			add(t, ELLIPSIS, strlen(ELLIPSIS));
			t->partial = true;
		}
	}
}

/* A mount of a part shows paths below .root only; the names hold them all. */
static void add_below(const struct seki_mount *mount, const struct seki_path *p,
		      struct seki_path_text *t)
{
	struct seki_path_text whole; /* large: .text is not cleared */
	size_t root = strlen(mount->root);

	whole.len = 0;
	whole.partial = false;
	add_names(p, &whole);
	t->partial |= whole.partial;
	if (root == 1)
		root = 0;
	if (whole.len < root || memcmp(whole.text, mount->root, root) ||
	    (whole.len > root && whole.text[root] != '/')) {
		t->partial = true;
		add(t, ELLIPSIS, strlen(ELLIPSIS));
		add(t, whole.text, whole.len);
		return;
	}
	if (strcmp(mount->point, "/"))
		add(t, mount->point, strlen(mount->point));
	add(t, whole.text + root, whole.len - root);
	if (!t->len)
		add(t, "/", 1);
}

static bool same_dir(const struct seki_mounts *m, uint32_t dev, const struct seki_path *p)
{
	size_t dirs = (size_t)(p->depth - 1) * SEKI_PATH_NAME;

	return dev && m->last_dev == dev && m->last.depth == p->depth &&
	       m->last.flags == p->flags && !p->long_names && p->names[0][0] &&
	       p->names[0][0] != '/' && !memcmp(m->last.names[1], p->names[1], dirs);
}

/* Of a whole path on a whole mount: what is beside it is shown as it is. */
static void keep_dir(struct seki_mounts *m, uint32_t dev, const struct seki_path *p,
		     const struct seki_path_text *t)
{
	size_t last = strnlen(p->names[0], SEKI_PATH_NAME);

	m->last_dev = 0;
	if (t->partial || p->long_names || !last || p->names[0][0] == '/' || t->len <= last + 1 ||
	    t->text[t->len - last - 1] != '/')
		return;
	m->last_dev = dev;
	m->last = *p;
	m->dir_len = t->len - last;
	memcpy(m->dir, t->text, m->dir_len);
}

void seki_path_text(struct seki_mounts *m, uint32_t dev, const struct seki_path *p,
		    struct seki_path_text *ret)
{
	const struct seki_mount *mount;

	ret->len = 0;
	ret->partial = false;
	if (!p->depth)
		return;
	if (p->depth > 1 && same_dir(m, dev, p)) {
		add(ret, m->dir, m->dir_len);
		add(ret, p->names[0], strnlen(p->names[0], SEKI_PATH_NAME));
		return;
	}
	mount = find(m, dev);
	if (mount && !(p->flags & (SEKI_PATH_DEEPER | SEKI_PATH_DETACHED))) {
		add_below(mount, p, ret);
		if (!strcmp(mount->root, "/"))
			keep_dir(m, dev, p, ret);
		return;
	}
	ret->partial = true;
	add(ret, ELLIPSIS, strlen(ELLIPSIS));
	add_names(p, ret);
}
