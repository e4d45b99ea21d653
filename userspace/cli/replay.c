// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/replay.h"

#include <string.h>

#include "userspace/cli/records.h"
#include "userspace/lib/log.h"
#include "userspace/policy/policy.h"

int seki_replay_log(struct seki_replay *r, const char *log)
{
	struct seki_lines l;
	int err = seki_lines_open(&l, log);
	char *line;
	size_t size;

	if (err) {
		seki_warnx("%s: %s; name a log or a file of records", log, strerror(-err));
		return err;
	}
	while ((err = seki_lines_each(&l, &line, &size)) > 0)
		seki_replay_line(r, line, size);
	if (err)
		seki_warnx("%s: %s", log, strerror(-err));
	if (r->bad)
		seki_warnx("%s: %llu lines are no records", log, (unsigned long long)r->bad);
	seki_lines_close(&l);
	seki_replay_sort(r);
	return err;
}

static void print_kind(const struct seki_replay *r, bool opened, const char *title,
		       unsigned int most, FILE *out)
{
	char what[SEKI_ACCESS_TEXT_MAX];
	unsigned int shown = 0, left = 0;

	for (uint32_t i = 0; i < r->changes; i++) {
		const struct seki_replay_change *c = &r->change[i];

		if (c->opened != opened)
			continue;
		if (most && shown == most) {
			left++;
			continue;
		}
		if (!shown++)
			fprintf(out, "\n%s\n", title);
		fprintf(out, "%10llu  %s, %s, %s", (unsigned long long)c->count, c->domain,
			seki_access_text(c->want, what, sizeof(what)), c->label);
		if (*c->exe) {
			fputs(", by ", out);
			seki_print_safe(out, c->exe);
		}
		fputc('\n', out);
	}
	if (left)
		fprintf(out, "%10s  and %u more kinds; --all shows them\n", "", left);
}

void seki_replay_print_changes(const struct seki_replay *r, unsigned int most, FILE *out)
{
	print_kind(r, false, "let through before, refused now", most, out);
	print_kind(r, true, "refused before, let through now", most, out);
}
