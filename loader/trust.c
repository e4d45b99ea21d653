// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trust.c - whose bundles are loaded.
 *
 * With a key enrolled every bundle needs its signature, at boot too.  Without
 * one the first bundle is taken as it is found; what is in force then is
 * replaced by nobody, only loaded again.
 */
#include "loader/loader.h"

#include <stdio.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

/* Without one, what is signed for one host is for another. */
static void read_host(char ret[SEKI_HOST_LEN + 1])
{
	seki_autofclose FILE *f = fopen("/etc/machine-id", "re");

	memset(ret, 0, SEKI_HOST_LEN + 1);
	if (!f || fread(ret, 1, SEKI_HOST_LEN, f) != SEKI_HOST_LEN ||
	    !seki_hex_id(ret, SEKI_HOST_LEN))
		memset(ret, 0, SEKI_HOST_LEN + 1);
}

int seki_trust_read(struct seki_trust *ret)
{
	char err[512];

	read_host(ret->host);
	if (!seki_keys_read(SEKI_KEYS_DIR, &ret->keys, err, sizeof(err)))
		return 0;
	seki_warnx("%s", err);
	return -1;
}

static int judge(const struct seki_trust *t, const struct seki_bundle *b, const char *path)
{
	struct seki_signed s = seki_bundle_signed(b);
	int refused = seki_signature_check(&s, &t->keys, t->host);

	if (refused)
		seki_warnx("%s: %s", path, seki_signature_text(refused));
	return refused;
}

int seki_trust_first(const struct seki_trust *t, const struct seki_bundle *b, const char *path)
{
	if (t->keys.n)
		return judge(t, b, path);
	seki_warnx(
		"warning: %s: no key is enrolled in %s, so whoever can write this file decides what is in force; enroll one and sign the policy",
		path, SEKI_KEYS_DIR);
	return 0;
}

int seki_trust_next(const struct seki_trust *t, const struct seki_bundle *b,
		    const struct seki_meta *now, const char *path)
{
	if (t->keys.n)
		return judge(t, b, path);
	if (seki_bundle_is(b, now->digest))
		return 0;
	seki_warnx(
		"%s: is not the policy in force, and no key is enrolled in %s to replace that; enroll one before the next boot",
		path, SEKI_KEYS_DIR);
	return b->trailer ? SEKI_REFUSED_UNKNOWN_KEY : SEKI_REFUSED_UNSIGNED;
}
