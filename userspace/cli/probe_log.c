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

/* Earlier runs had the same numbers of processes. */
static void look(struct seki_probes *p, json_t *record, uint64_t number)
{
	const char *verdict = seki_field(record, "verdict");

	if ((uint64_t)seki_field_int(record, "bt") / 1000000 < p->begin)
		return;
	for (size_t i = 0; i < p->count; i++) {
		struct seki_probe *probe = &p->list[i];

		if (!is_of(record, probe))
			continue;
		probe->recorded = !strcmp(verdict, "denied") || !strcmp(verdict, "would-deny");
		probe->record = number;
	}
}

static bool all_recorded(const struct seki_probes *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (!p->list[i].absent && !p->list[i].recorded)
			return false;
	return true;
}

int seki_probes_find(struct seki_probes *p, struct seki_lines *l, unsigned int seconds)
{
	uint64_t end = seki_probe_clock() + seconds * 1000ull;
	int got = 0;
	size_t len;
	char *line;

	while (!all_recorded(p) && (got = seki_lines_next(l, &line, &len)) >= 0) {
		json_t *record = got ? seki_lines_whole(l, line, len) : NULL;

		look(p, record, l->number);
		json_decref(record);
		if (!got && seki_probe_clock() > end)
			break;
		if (!got)
			seki_lines_wait(l, 200);
	}
	return got < 0 ? got : 0;
}
