/* SPDX-License-Identifier: GPL-2.0-or-later */
/* baseline_say.h - a check of the host becomes records of the collector's log. */
#ifndef SEKI_CLI_BASELINE_SAY_H
#define SEKI_CLI_BASELINE_SAY_H

#include <jansson.h>

/* What seki_effects_judge() made; what could not be told is a warning. */
void seki_baseline_say(json_t *judged);

#endif /* SEKI_CLI_BASELINE_SAY_H */
