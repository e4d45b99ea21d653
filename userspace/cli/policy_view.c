// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/cli/policy_view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/cli/policy_file.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

static bool is_bundle(const char *path)
{
	seki_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[sizeof(SEKI_BUNDLE_MAGIC) - 1];

	return fd >= 0 && read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
	       !memcmp(magic, SEKI_BUNDLE_MAGIC, sizeof(magic));
}

static int read_bundle(const char *path, struct seki_policy_view *ret)
{
	const char *why;
	int err = seki_bundle_read(path, &ret->b, &why);

	if (err)
		seki_warnx("%s: %s", path, why);
	else
		ret->file = seki_bundle_string(&ret->b, ret->b.meta->source);
	return err;
}

static int compile(const char *path, const char *root, struct seki_policy_view *ret)
{
	struct seki_options o = { .offline = !root, .root = root, .quiet = true };
	struct seki_summary s;
	const char *why;
	size_t size;
	int err;

	if (root && !strcmp(root, "/"))
		o.root = NULL;
	err = seki_policy_file(path, &o, &ret->image, &size, &s);
	if (err)
		return err;
	err = seki_bundle_parse(ret->image, size, &ret->b, &why);
	if (err)
		seki_warnx("%s: %s", path, why);
	ret->file = path;
	return err;
}

int seki_policy_view_open(const char *path, const char *root, struct seki_policy_view *ret)
{
	int err;

	*ret = (struct seki_policy_view){ 0 };
	err = is_bundle(path) ? read_bundle(path, ret) : compile(path, root, ret);
	if (!err)
		err = seki_view_open(&ret->b, &ret->v);
	if (err)
		seki_policy_view_close(ret);
	return err;
}

void seki_policy_view_close(struct seki_policy_view *p)
{
	seki_view_close(&p->v);
	seki_bundle_close(&p->b);
	free(p->image);
	*p = (struct seki_policy_view){ 0 };
}

int seki_policy_controls(const char *dir, struct seki_controls *ret)
{
	seki_autofree char *path = NULL;
	char why[256];
	int err;

	*ret = (struct seki_controls){ 0 };
	if (asprintf(&path, "%s/mapping.json", dir ?: SEKI_CONTROLS_DIR) < 0)
		return -ENOMEM;
	if (!dir && access(path, R_OK))
		return 0;
	err = seki_controls_load(path, ret, why, sizeof(why));
	if (err)
		seki_warnx("%s: %s; give the directory of the tables", path, why);
	return err;
}
