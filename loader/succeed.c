// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * succeed.c - may this policy follow the one in force?
 *
 * Running tasks keep the number of their domain, so a number must not change
 * its meaning under them.  Nobody keeps that of a role.
 */
#include "loader/loader.h"

#include <string.h>
#include <unistd.h>

#include "userspace/lib/log.h"

static int same_domains(const struct seki_bundle *now, const struct seki_bundle *next,
			const char *path)
{
	__u32 i;

	for (i = 0; i < next->n_domains; i++) {
		const char *name = seki_bundle_string(next, next->domains[i].name);
		const char *old = seki_bundle_domain_name(now, next->domains[i].id);

		if (!old || !strcmp(old, name) || seki_bundle_is_role(now, next->domains[i].id))
			continue;
		seki_warnx(
			"%s: %s would take the place of %s, whose processes run; keep functions and domains in their order and add new ones at the end, or boot with the new policy",
			path, name, old);
		return -1;
	}
	return 0;
}

/* Versions rise, above what was tried and came to nothing too; the very policy in
 * force may come again.
 */
static bool older(const struct seki_bundle *next, const struct seki_meta *now)
{
	if (seki_bundle_is(next, now->digest))
		return false;
	return next->meta->version <= now->highest;
}

/* Tasks entered their domains under the policy in force, or under the one of a trial. */
int seki_fits_running(const struct seki_bundle *next, const char *path)
{
	static const char *const known[] = { SEKI_RUN_BUNDLE, SEKI_RUN_PREVIOUS };
	struct seki_bundle now;
	const char *error;
	int err;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (i && access(known[i], F_OK) < 0)
			continue;
		if (seki_bundle_read(known[i], &now, &error) < 0) {
			seki_warnx("%s: %s", known[i], error);
			return -1;
		}
		err = same_domains(&now, next, path);
		seki_bundle_close(&now);
		if (err)
			return -1;
	}
	return 0;
}

int seki_may_succeed(const struct seki_bundle *next, const struct seki_meta *meta, const char *path)
{
	if (older(next, meta)) {
		seki_warnx(
			"%s: version %u does not follow version %u, which %s in force; compile and sign it with a higher version",
			path, next->meta->version, meta->highest,
			meta->highest == meta->policy_version ? "is" : "was");
		return SEKI_REFUSED_OLD_VERSION;
	}
	return seki_fits_running(next, path) ? SEKI_REFUSED_UNFIT : 0;
}
