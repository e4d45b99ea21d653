/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oscal_report.h - a report as OSCAL 1.2.1: what was to be assessed, what the records
 * showed, and which part of Sekisho answers for which item.
 *
 * UUIDs are made from the hosts, the window and the items, times are those of
 * records and tables: the same logs give the same bytes.
 */
#ifndef SEKI_REPORT_OSCAL_H
#define SEKI_REPORT_OSCAL_H

#include "userspace/controls/oscal.h"
#include "userspace/report/paper.h"

/* New references; NULL without memory. */
json_t *seki_oscal_plan(const struct seki_paper *p);
json_t *seki_oscal_results(const struct seki_paper *p);
json_t *seki_oscal_components(const struct seki_paper *p);
json_t *seki_oscal_profile(const struct seki_paper *p);

#endif /* SEKI_REPORT_OSCAL_H */
