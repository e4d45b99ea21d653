/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapping.h - which records and states are evidence for which control item:
 * mapping.tsv, a row per item.  The collector reads this table alone.
 */
#ifndef SEKI_MAPPING_H
#define SEKI_MAPPING_H

#include "userspace/controls/sheet.h"

enum {
	MAP_ITEM,
	MAP_FORM,	/* of judgement; empty with role none */
	MAP_REASON,	/* why it is out of reach; with role none only */
	MAP_STAMP,	/* its id is written into records */
	MAP_EXTENT,	/* how much of the host's part is shown */
	MAP_RULES,	/* of mapping.json */
	MAP_POSTURE,	/* items of "sekisho posture" */
	MAP_STATEMENTS, /* other things that can be shown */
	MAP_TESTS,
	MAP_NOTE, /* what is missing; with role support: what is given */
};

extern const struct seki_sheet_form seki_mapping_form;

#endif /* SEKI_MAPPING_H */
