// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export: every document is made and checked before the first is written.
 */
#include "userspace/cli/controls.h"

#include "userspace/cli/cli.h"
#include "userspace/cli/oscal_files.h"
#include "userspace/lib/log.h"

int seki_controls_export(const struct seki_catalogue *c, const struct seki_controls_ask *a)
{
	struct seki_oscal_files f = { .count = 0 };
	int ret;

	if (!a->oscal || !a->out) {
		seki_warnx("export: give --oscal and -o DIR");
		return SEKI_EXIT_USAGE;
	}
	seki_oscal_files_tables(&f, c, a->japanese);
	ret = seki_oscal_files_put(&f, c, a->out);
	seki_oscal_files_free(&f);
	return ret;
}
