// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * keep.c - bundles that were in force, and how high their versions were.
 *
 * /etc/sekisho is closed to all but the loader, so what lies there is what it put
 * there.  Versions are kept for the next boot: a rollback lowers the version in
 * force, and must not make what it took back welcome again.
 */
#include "loader/loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

static bool is_in_force(const char *path, const struct seki_meta *now, struct seki_bundle *ret)
{
	const char *error;

	if (seki_bundle_read(path, ret, &error) < 0)
		return false;
	if (seki_bundle_is(ret, now->digest))
		return true;
	seki_bundle_close(ret);
	return false;
}

/* The policy in force.  It is not the first of these where a loader was killed before
 * its seal, or a trial ended and nobody tidied up.
 */
int seki_keep_read(const struct seki_meta *now, struct seki_bundle *ret)
{
	static const char *const places[] = { SEKI_RUN_BUNDLE, SEKI_RUN_PREVIOUS, SEKI_BUNDLE,
					      SEKI_PREVIOUS };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (is_in_force(places[i], now, ret))
			return 0;
	seki_warnx("%s: is not the policy in force, and neither is any other bundle kept",
		   SEKI_RUN_BUNDLE);
	return -1;
}

static int write_file(const char *path, const void *data, size_t size)
{
	int err = seki_file_write(path, data, size, 0644);

	if (!err)
		return 0;
	errno = -err;
	seki_warn("%s: cannot be written", path);
	return -1;
}

int seki_keep_copy(const struct seki_bundle *b, const char *path)
{
	return write_file(path, b->head, b->size);
}

/* The next boot finds what is in force now.  The version first: it only ever rises. */
int seki_keep_install(struct sekisho_bpf *s, const struct seki_bundle *b)
{
	__u32 highest = seki_meta_memory(s)->highest;
	char text[16];
	int n;

	if (highest < b->meta->version)
		highest = b->meta->version;
	n = snprintf(text, sizeof(text), "%u\n", highest);
	return write_file(SEKI_HIGHEST, text, (size_t)n) || seki_keep_copy(b, SEKI_BUNDLE) ? -1 : 0;
}

/* 0 before the first next policy. */
__u32 seki_keep_highest(void)
{
	seki_autofree char *text = NULL;
	size_t size;

	if (seki_file_read(SEKI_HIGHEST, 16, &text, &size))
		return 0;
	return (__u32)strtoul(text, NULL, 10);
}
