// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/clock.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "userspace/lib/cleanup.h"

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
	c->date_len = strlen(c->date);
	c->zone_len = strlen(c->zone);
	c->utc = !strcmp(c->zone, "+00:00");
}

/* digits: of the second's fraction, value; behind the date, where the zone goes then. */
static char *date_of(struct seki_clock *c, int64_t second, uint32_t value, unsigned int digits,
		     char *ret)
{
	if (second != c->second)
		show_second(c, second);
	memcpy(ret, c->date, c->date_len);
	ret += c->date_len;
	*ret = '.';
	for (unsigned int i = digits; i > 0; i--, value /= 10)
		ret[i] = (char)('0' + value % 10);
	return ret + 1 + digits;
}

unsigned int seki_clock_text(struct seki_clock *c, uint64_t boottime, char ret[SEKI_TIME_TEXT])
{
	uint64_t wall = boottime + (uint64_t)c->offset;
	char *zone = date_of(c, (int64_t)(wall / SEKI_NS), (uint32_t)(wall % SEKI_NS), 9, ret);

	memcpy(zone, c->zone, c->zone_len + 1);
	return (unsigned int)((size_t)(zone - ret) + c->zone_len);
}

unsigned int seki_clock_brief(struct seki_clock *c, uint64_t boottime, char ret[SEKI_TIME_TEXT])
{
	uint64_t us = (boottime + (uint64_t)c->offset) / 1000;
	char *zone = date_of(c, (int64_t)(us / 1000000), (uint32_t)(us % 1000000), 6, ret);

	memcpy(zone, c->utc ? "Z" : c->zone, c->utc ? 2 : c->zone_len + 1);
	return (unsigned int)((size_t)(zone - ret) + (c->utc ? 1 : c->zone_len));
}

static bool keeps_time(const char *comm)
{
	static const char *const keepers[] = { "chronyd", "systemd-timesyn", "ntpd",	"ntpsec",
					       "ptp4l",	  "phc2sys",	     "openntpd" };

	for (size_t i = 0; i < sizeof(keepers) / sizeof(keepers[0]); i++)
		if (!strcmp(comm, keepers[i]))
			return true;
	return false;
}

/* Its sockets are for root; that it runs is for all to see. */
static void find_source(const char *proc, char ret[16])
{
	DIR *d = opendir(proc);
	struct dirent *e;

	ret[0] = '\0';
	while (d && !ret[0] && (e = readdir(d))) {
		seki_autofclose FILE *f = NULL;
		char path[320];

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "%s/%s/comm", proc, e->d_name);
		f = fopen(path, "re");
		if (!f || !fgets(ret, 16, f))
			ret[0] = '\0';
		ret[strcspn(ret, "\n")] = '\0';
		if (!keeps_time(ret))
			ret[0] = '\0';
	}
	if (d)
		closedir(d);
}

void seki_clock_ntp(const char *proc, struct seki_ntp *ret)
{
	struct timex look = { .modes = 0 };

	ret->sync = adjtimex(&look) != TIME_ERROR && !(look.status & STA_UNSYNC);
	ret->offset_us = look.status & STA_NANO ? look.offset / 1000 : look.offset;
	ret->maxerror_us = (uint64_t)look.maxerror;
	ret->esterror_us = (uint64_t)look.esterror;
	find_source(proc, ret->source);
}
