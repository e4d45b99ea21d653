/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.h - the service pattern the collector works by, and which of its settings
 * are weaker than the pattern asks.
 */
#ifndef SEKI_COLLECTOR_SERVICE_H
#define SEKI_COLLECTOR_SERVICE_H

#include <stdint.h>

#include "userspace/controls/pattern.h"

#define SEKI_SERVICE_FINDINGS 2

struct seki_service {
	unsigned int pattern; /* 0: none is set */
	struct seki_sheet values;
	char finding[SEKI_SERVICE_FINDINGS][320];
	unsigned int findings;
};

/* setting: see seki_pattern_which(); dir: of the tables.  0 or negative errno, -ENOENT
 * only where the setting is a file that is not there.
 */
int seki_service_open(struct seki_service *s, const char *setting, const char *dir,
		      struct seki_complaint *why);
void seki_service_close(struct seki_service *s);
/* Notes what is weaker: s between heartbeats, days that records are kept. */
void seki_service_judge(struct seki_service *s, uint64_t beat, uint64_t keep);

#endif /* SEKI_COLLECTOR_SERVICE_H */
