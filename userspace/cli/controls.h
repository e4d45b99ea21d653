/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * controls.h - the parts of "sekisho controls".  Each returns an exit code.
 */
#ifndef SEKI_CLI_CONTROLS_H
#define SEKI_CLI_CONTROLS_H

#include <stdbool.h>

#include "userspace/controls/catalogue.h"

struct seki_controls_ask {
	bool japanese, oscal;
	const char *dir, *out, *catalogue, *role;
	char **words; /* NULL at the end */
};

int seki_controls_list(const struct seki_catalogue *c, const struct seki_controls_ask *a);
int seki_controls_show(const struct seki_catalogue *c, const struct seki_controls_ask *a);
int seki_controls_search(const struct seki_catalogue *c, const struct seki_controls_ask *a);
int seki_controls_coverage(const struct seki_catalogue *c, const struct seki_controls_ask *a);
int seki_controls_logs(const struct seki_catalogue *c, const struct seki_controls_ask *a);
int seki_controls_export(const struct seki_catalogue *c, const struct seki_controls_ask *a);

#endif /* SEKI_CLI_CONTROLS_H */
