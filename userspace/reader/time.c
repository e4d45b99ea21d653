// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/reader/time.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#define NS 1000000000ull

static const char *digits(const char *p, int count, int *ret)
{
	*ret = 0;
	for (int i = 0; p && i < count; i++, p++) {
		if (*p < '0' || *p > '9')
			return NULL;
		*ret = *ret * 10 + *p - '0';
	}
	return p;
}

static const char *mark(const char *p, char c)
{
	return p && *p == c ? p + 1 : NULL;
}

static const char *fraction(const char *p, uint64_t *ret_ns)
{
	uint64_t unit = NS / 10;

	*ret_ns = 0;
	if (*p != '.')
		return p;
	for (p++; *p >= '0' && *p <= '9'; p++, unit /= 10)
		*ret_ns += (uint64_t)(*p - '0') * unit;
	return p;
}

/* Z, +hh:mm, -hh:mm; *ret_known is false if there is none. */
static const char *offset(const char *p, long *ret, bool *ret_known)
{
	int hours, minutes;
	long sign = *p == '-' ? -1 : 1;

	*ret = 0;
	*ret_known = *p == 'Z' || *p == '+' || *p == '-';
	if (!*ret_known || *p == 'Z')
		return p + (*p == 'Z');
	p = digits(mark(digits(p + 1, 2, &hours), ':'), 2, &minutes);
	*ret = sign * (hours * 3600L + minutes * 60L);
	return p;
}

bool seki_time_parse(const char *text, uint64_t *ret_ns)
{
	struct tm tm = { .tm_isdst = -1 };
	uint64_t ns = 0;
	long east = 0;
	bool known = false;
	time_t when;
	const char *p = digits(text, 4, &tm.tm_year);

	p = digits(mark(p, '-'), 2, &tm.tm_mon);
	p = digits(mark(p, '-'), 2, &tm.tm_mday);
	if (p && (*p == 'T' || *p == ' ')) {
		p = digits(p + 1, 2, &tm.tm_hour);
		p = digits(mark(p, ':'), 2, &tm.tm_min);
		if (p && *p == ':')
			p = digits(p + 1, 2, &tm.tm_sec);
		p = p ? fraction(p, &ns) : NULL;
		p = p ? offset(p, &east, &known) : NULL;
	}
	if (!p || *p || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	when = known ? timegm(&tm) - east : mktime(&tm);
	if (when < 0 || (uint64_t)when >= UINT64_MAX / NS)
		return false;
	*ret_ns = (uint64_t)when * NS + ns;
	return true;
}

const char *seki_utc_text(uint64_t seconds, char ret[SEKI_UTC_TEXT])
{
	time_t s = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&s, &tm) || tm.tm_year > 9999 - 1900 ||
	    !strftime(ret, SEKI_UTC_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm))
		strcpy(ret, "-");
	return ret;
}
