// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * files.c - files that give privileges, and those that the policy seals.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "userspace/baseline/baseline.h"
#include "userspace/lib/cleanup.h"

void seki_baseline_setid(struct seki_section *s)
{
	int err = seki_posture_walk(s->p);

	if (err)
		seki_section_unseen(s, "/", err);
	else if (s->p->refused)
		s->why = seki_arena_printf(&s->p->arena,
					   "directories this user may not read: %u; run as root",
					   s->p->refused);
	for (size_t i = 0; !err && i < s->p->files; i++) {
		const struct seki_privileged *f = &s->p->file[i];

		seki_section_put(s, f->path, "%s%s, %s", f->setid ? "set-id" : "capabilities",
				 f->writable ? ", writable by others" : "",
				 seki_section_digest(s, f->path));
	}
}

/* Data and keys are not for us, and asking would leave a record; the rest all read. */
static void sealed(struct seki_section *s, const struct seki_asset *a)
{
	seki_autoclose int fd = a->secret ? -1 : seki_posture_open_at(s->p, a->path, O_PATH);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		seki_section_put(s, a->path, "%s, %s", a->label, seki_section_digest(s, a->path));
	else
		seki_section_put(s, a->path, "%s%s", a->label,
				 a->secret ? ", guarded" :
				 fd < 0	   ? ", missing" :
					     "");
}

void seki_baseline_sealed(struct seki_section *s)
{
	int err = seki_posture_assets(s->p);

	if (err)
		seki_section_unseen(s, "/run/sekisho/policy.bundle", err);
	for (size_t i = 0; !err && i < s->p->assets; i++)
		sealed(s, &s->p->asset[i]);
}
