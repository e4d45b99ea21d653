// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <string.h>

#include "userspace/cli/probe.h"
#include "userspace/cli/records.h"

int seki_probes_log(struct seki_lines *l, const char *path)
{
	int err = seki_lines_open(l, path);

	if (!err)
		seki_lines_near_end(l, 1);
	return err;
}

static bool is_of(json_t *record, const struct seki_probe *p)
{
	return seki_field_int(record, "proc.pid") == p->pid && !p->recorded && !p->absent &&
	       !strcmp(seki_field(record, "class"), "access") &&
	       !strcmp(seki_field(record, "proc.comm"), SEKI_PROBE_COMM);
}

static bool all_recorded(const struct seki_probes *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (!p->list[i].absent && !p->list[i].recorded)
			return false;
	return true;
}

/* Earlier runs had the same numbers of processes. */
static bool look(json_t *record, uint64_t number, void *of)
{
	const char *verdict = seki_field(record, "verdict");
	struct seki_probes *p = of;

	if ((uint64_t)seki_field_int(record, "bt") / 1000000 < p->begin)
		return false;
	for (size_t i = 0; i < p->count; i++) {
		struct seki_probe *probe = &p->list[i];

		if (!is_of(record, probe))
			continue;
		probe->recorded = !strcmp(verdict, "denied") || !strcmp(verdict, "would-deny");
		probe->record = number;
	}
	return all_recorded(p);
}

int seki_probes_find(struct seki_probes *p, struct seki_lines *l, unsigned int seconds)
{
	int ret = all_recorded(p) ? 0 : seki_lines_watch(l, seconds * 1000, look, p);

	return ret < 0 ? ret : 0;
}
