/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gaps.h - the times in which the protection was not shown, as lines and as JSON. */
#ifndef SEKI_CLI_GAPS_H
#define SEKI_CLI_GAPS_H

#include <jansson.h>
#include <stdio.h>

#include "userspace/report/sums.h"

/* Lines of "gap  time, length, records: what"; or that there is none. */
void seki_gaps_print(const struct seki_sums *s, FILE *out);
json_t *seki_gaps_json(const struct seki_sums *s);

#endif /* SEKI_CLI_GAPS_H */
