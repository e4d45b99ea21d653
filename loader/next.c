// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * next.c - another policy takes the place of the one in force.
 *
 * Judged from the bytes in memory, never read twice: the directory it comes
 * from is open to everyone.  Whatever fails leaves the policy in force as it is.
 */
#include "loader/loader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

static int judge(struct sekisho_bpf *s, const struct seki_bundle *b, const char *path)
{
	const struct seki_meta *now = seki_meta_memory(s);
	struct seki_trust t = {};
	int refused;

	if (!seki_in_place(s) || seki_trust_read(&t))
		return SEKI_REFUSED_UNFIT;
	refused = seki_trust_next(&t, b, now, path);
	seki_keys_free(&t.keys);
	return refused ? refused : seki_may_succeed(b, now, path);
}

/* The next boot finds what is in force now. */
static int install(const struct seki_bundle *b, const char *path)
{
	int err;

	if (strcmp(path, SEKI_INCOMING_BUNDLE))
		return 0;
	err = seki_file_write(SEKI_BUNDLE, b->head, b->size, 0644);
	if (!err)
		return 0;
	errno = -err;
	seki_warn("%s: cannot be written; the policy in force stays", SEKI_BUNDLE);
	return -1;
}

static int replace(struct sekisho_bpf *s, const struct seki_kernel *k, const struct seki_bundle *b,
		   const char *path)
{
	__u32 generation = seki_meta_memory(s)->generation + 1;
	struct seki_rows rows = {};

	if (seki_resolve(s, b, SEKI_PINS, &rows) || seki_fill(s, b, &rows, generation))
		return -1;
	seki_step("filled");
	if (install(b, path) || seki_run_files(b) || seki_seal(s, b, k, generation, 0))
		return -1;
	seki_state_memory(s)->early = 0; /* what was mounted since the initramfs is known */
	if (!strcmp(path, SEKI_INCOMING_BUNDLE) && unlink(path) < 0)
		seki_warn("%s: cannot be removed; it is installed", path);
	return 0;
}

static int consider(struct sekisho_bpf *s, const struct seki_kernel *k, struct seki_bundle *b,
		    const char *path)
{
	int refused = judge(s, b, path);

	if (!refused && replace(s, k, b, path))
		refused = SEKI_REFUSED_UNFIT;
	seki_notice(s, refused ? SEKI_POLICY_REFUSED : SEKI_POLICY_LOADED, refused, b);
	return refused ? -1 : 0;
}

int seki_next_policy(const struct seki_kernel *k, struct sekisho_bpf *s, const char *path)
{
	struct seki_bundle b;
	const char *error;
	int err;

	if (seki_bundle_read(path, &b, &error) < 0) {
		seki_warnx("%s: %s", path, error);
		seki_notice(s, SEKI_POLICY_REFUSED, SEKI_REFUSED_DAMAGED, NULL);
		err = -1;
	} else {
		err = consider(s, k, &b, path);
		if (!err)
			seki_say_in_force(&b);
		seki_bundle_close(&b);
	}
	seki_disown(s);
	return err;
}
