/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * groups.h - one group of items per file.
 */
#ifndef SEKI_POSTURE_GROUPS_H
#define SEKI_POSTURE_GROUPS_H

#include "userspace/posture/posture.h"

extern const struct seki_posture_group seki_posture_boot, seki_posture_cmdline, seki_posture_kernel,
	seki_posture_modules, seki_posture_programs, seki_posture_memory, seki_posture_clock_group,
	seki_posture_mounts_group, seki_posture_files, seki_posture_sekisho;

/* The collector's answer; NULL: the finding says why there is none.  To be put. */
struct json_t;
struct json_t *seki_posture_status(struct seki_posture *p, struct seki_finding *f);

#endif /* SEKI_POSTURE_GROUPS_H */
