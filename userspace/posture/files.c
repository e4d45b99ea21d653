// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * files.c - set-id files and files with capabilities.
 */
#include "userspace/posture/groups.h"

static void check_files(struct seki_posture *p, struct seki_finding *f, bool setid,
			const char *what)
{
	int err = seki_posture_walk(p);
	unsigned int count = 0;

	f->source = "all local filesystems";
	if (err) {
		seki_unseen(p, f, err);
		return;
	}
	f->state = SEKI_POSTURE_GOOD;
	for (size_t i = 0; i < p->files; i++) {
		const struct seki_privileged *file = &p->file[i];

		if (file->setid != setid)
			continue;
		count++;
		if (!file->writable && !file->outside)
			continue;
		seki_worsen(f, file->writable ? SEKI_POSTURE_BAD : SEKI_POSTURE_WEAK);
		seki_detail(p, f, "%s%s%s", file->path,
			    file->writable ? ", writable by others" : "",
			    file->outside ? ", outside the usual directories" : "");
	}
	/* What was seen may be bad; what was not seen is not good. */
	if (p->refused && f->state == SEKI_POSTURE_GOOD)
		f->state = SEKI_POSTURE_NOT_OBSERVABLE;
	seki_found(p, f, f->state,
		   "%s: %u; writable by others or in unusual places: %u; directories left out: %u",
		   what, count, f->details, p->closed + p->refused);
	if (p->refused)
		seki_detail(p, f, "directories this user may not read: %u; run as root",
			    p->refused);
}

static void check_setid(struct seki_posture *p, const struct seki_posture_item *item,
			struct seki_finding *f)
{
	(void)item;
	check_files(p, f, true, "set-user-id and set-group-id programs");
}

static void check_capabilities(struct seki_posture *p, const struct seki_posture_item *item,
			       struct seki_finding *f)
{
	(void)item;
	check_files(p, f, false, "programs with capabilities");
}

/* clang-format off */
static const struct seki_posture_item items[] = {
	{ "posture.setuid-files", "set-id programs",
	  "A set-id program that others may write, or that lies where nobody looks, is a way to root.",
	  "chmod u-s,g-s or remove those that no package brought; mount data with nosuid",
	  check_setid, NULL },
	{ "posture.file-capabilities", "programs with capabilities",
	  "A capability on a file gives a part of root to all who run it.",
	  "setcap -r on those that no package brought; mount data with nosuid",
	  check_capabilities, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_files = SEKI_POSTURE_GROUP("files", items);
