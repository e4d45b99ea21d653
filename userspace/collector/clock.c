// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * SEKI_NS + (uint64_t)ts.tv_nsec;
}

uint64_t seki_clock_now(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

void seki_clock_tick(struct seki_clock *c)
{
	uint64_t now = seki_clock_now();

	c->offset = (int64_t)(read_clock(CLOCK_REALTIME) - now);
	if (!c->checked || now - c->checked >= SEKI_NS) {
		struct timex look = { .modes = 0 };

		c->sync = adjtimex(&look) != TIME_ERROR && !(look.status & STA_UNSYNC);
		c->checked = now;
		c->second = -1; /* the zone may have changed too */
	}
}

/* The date changes once a second, records come a million times. */
static void show_second(struct seki_clock *c, int64_t second)
{
	time_t when = (time_t)second;
	struct tm tm;
	long east;

	if (!localtime_r(&when, &tm))
		memset(&tm, 0, sizeof(tm));
	strftime(c->date, sizeof(c->date), "%Y-%m-%dT%H:%M:%S", &tm);
	east = tm.tm_gmtoff / 60;
	snprintf(c->zone, sizeof(c->zone), "%c%02u:%02u", east < 0 ? '-' : '+',
		 (unsigned int)(east < 0 ? -east : east) / 60 % 100,
		 (unsigned int)(east < 0 ? -east : east) % 60);
	c->second = second;
}

unsigned int seki_clock_text(struct seki_clock *c, uint64_t boottime, char ret[SEKI_TIME_TEXT])
{
	uint64_t wall = boottime + (uint64_t)c->offset;
	int64_t second = (int64_t)(wall / SEKI_NS);
	uint32_t ns = (uint32_t)(wall % SEKI_NS);
	size_t date, zone;

	if (second != c->second)
		show_second(c, second);
	date = strlen(c->date);
	zone = strlen(c->zone);
	memcpy(ret, c->date, date);
	ret[date] = '.';
	for (int i = 9; i > 0; i--, ns /= 10)
		ret[date + (size_t)i] = (char)('0' + ns % 10);
	memcpy(ret + date + 10, c->zone, zone + 1);
	return (unsigned int)(date + 10 + zone);
}
