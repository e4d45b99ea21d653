// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * groups.c - all subjects.
 */
#include "userspace/posture/groups.h"

#include <string.h>

const struct seki_posture_group *const seki_posture_groups[] = {
	&seki_posture_sekisho, &seki_posture_boot,	  &seki_posture_cmdline,
	&seki_posture_kernel,  &seki_posture_modules,	  &seki_posture_programs,
	&seki_posture_memory,  &seki_posture_clock_group, &seki_posture_mounts_group,
	&seki_posture_files,
};
const size_t seki_posture_groups_count =
	sizeof(seki_posture_groups) / sizeof(seki_posture_groups[0]);

const struct seki_posture_item *seki_posture_find(const char *id)
{
	for (size_t i = 0; i < seki_posture_groups_count; i++)
		for (size_t j = 0; j < seki_posture_groups[i]->items; j++)
			if (!strcmp(seki_posture_groups[i]->item[j].id, id))
				return &seki_posture_groups[i]->item[j];
	return NULL;
}
