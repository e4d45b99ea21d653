// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * succeed.c - may this policy follow the one in force?
 *
 * Running tasks keep the number of their domain, so a number must not change
 * its meaning under them.
 */
#include "loader/loader.h"

#include <string.h>

#include "userspace/lib/log.h"

static int same_domains(const struct seki_bundle *now, const struct seki_bundle *next,
			const char *path)
{
	__u32 i;

	for (i = 0; i < next->n_domains; i++) {
		const char *name = seki_bundle_string(next, next->domains[i].name);
		const char *old = seki_bundle_domain_name(now, next->domains[i].id);

		if (!old || !strcmp(old, name))
			continue;
		seki_warnx(
			"%s: %s would take the place of %s, whose processes run; keep functions and domains in their order and add new ones at the end, or boot with the new policy",
			path, name, old);
		return -1;
	}
	return 0;
}

int seki_may_succeed(const struct seki_bundle *next, __u32 version, const char *path)
{
	struct seki_bundle now;
	const char *error;
	int err;

	if (next->meta->version < version) {
		seki_warnx(
			"%s: version %u is older than version %u in force; compile it with a higher version",
			path, next->meta->version, version);
		return -1;
	}
	if (seki_bundle_read(SEKI_RUN_BUNDLE, &now, &error) < 0) {
		seki_warnx("%s: %s", SEKI_RUN_BUNDLE, error);
		return -1;
	}
	err = same_domains(&now, next, path);
	seki_bundle_close(&now);
	return err;
}
