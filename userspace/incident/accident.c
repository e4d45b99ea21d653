// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * accident.c - the classes of accidents, and until when what is to be told.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/incident/incident.h"

#define NS 1000000000ull
#define JAPAN (9 * 3600) /* quarters are those of Japan, whatever the host's zone */

const char *seki_step_word(enum seki_step step)
{
	static const char *const words[] = {
		[SEKI_STEP_PROMPT] = "prompt",
		[SEKI_STEP_WRITTEN] = "written",
		[SEKI_STEP_QUARTERLY] = "quarterly",
	};

	return words[step];
}

static uint64_t number(const struct seki_sheet *s, size_t class, size_t column)
{
	return strtoull(seki_sheet_cell(s, class, column), NULL, 10);
}

static bool yes(const struct seki_sheet *s, size_t class, size_t column)
{
	return !strcmp(seki_sheet_cell(s, class, column), "yes");
}

static uint64_t end_of_quarter(uint64_t began)
{
	time_t t = (time_t)(began / NS) + JAPAN;
	struct tm tm;

	gmtime_r(&t, &tm);
	tm = (struct tm){ .tm_year = tm.tm_year, .tm_mon = tm.tm_mon / 3 * 3 + 3, .tm_mday = 1 };
	return (uint64_t)(timegm(&tm) - JAPAN) * NS;
}

/* At once is from when it was known; days run from when it began. */
uint64_t seki_step_due(const struct seki_sheet *s, size_t class, enum seki_step step,
		       uint64_t began, uint64_t known)
{
	uint64_t days = number(s, class, ACCIDENT_DAYS);

	switch (step) {
	case SEKI_STEP_PROMPT:
		return yes(s, class, ACCIDENT_PROMPT) ? known : 0;
	case SEKI_STEP_WRITTEN:
		return days ? began + days * 86400 * NS : 0;
	default:
		return yes(s, class, ACCIDENT_QUARTER) ? end_of_quarter(began) : 0;
	}
}

bool seki_accident_reached(const struct seki_sheet *s, size_t class, uint64_t users,
			   uint64_t minutes)
{
	uint64_t most = number(s, class, ACCIDENT_USERS),
		 longest = number(s, class, ACCIDENT_MINUTES);

	return (!most && !longest) || (most && users >= most) || (longest && minutes >= longest);
}
