// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * policy.c - the paths of the policy in force, from the bundle the loader left.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/policy/bundle.h"
#include "userspace/posture/posture.h"

#define BUNDLE "/run/sekisho/policy.bundle"

static bool is_secret(const struct seki_bundle *b, __u16 label)
{
	for (__u32 i = 0; i < b->n_labels; i++)
		if (b->labels[i].id == label)
			return b->labels[i].kind == SEKI_KIND_DATA ||
			       b->labels[i].kind == SEKI_KIND_KEYS;
	return false;
}

/* Owned labels only: Sekisho's own places are no assets of a core function. */
static void copy_paths(struct seki_posture *p, const struct seki_bundle *b)
{
	p->asset = seki_arena_array(&p->arena, b->n_paths + 1, sizeof(*p->asset));
	for (__u32 i = 0; i < b->n_paths; i++) {
		const struct seki_bundle_path *from = &b->paths[i];
		const char *path = seki_bundle_string(b, from->path);
		const char *label = seki_bundle_label_name(b, from->label);

		if (from->flags & (SEKI_PATH_SELF | SEKI_PATH_LINK) || !label ||
		    from->label < SEKI_LABEL_FIRST)
			continue;
		p->asset[p->assets++] = (struct seki_asset){
			seki_arena_copy(&p->arena, path, strlen(path)),
			seki_arena_copy(&p->arena, label, strlen(label)),
			is_secret(b, from->label),
		};
	}
}

static int read_bundle(struct seki_posture *p)
{
	seki_autoclose int fd = seki_posture_open_at(p, BUNDLE, O_RDONLY);
	struct seki_bundle b;
	char path[64];
	int err;

	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = seki_bundle_read(path, &b, &p->assets_why);
	if (err)
		return err;
	copy_paths(p, &b);
	seki_bundle_close(&b);
	return 0;
}

int seki_posture_assets(struct seki_posture *p)
{
	if (!p->have_assets) {
		p->have_assets = true;
		p->assets_error = read_bundle(p);
	}
	return p->assets_error;
}
