// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/duration.h"

#include <string.h>

#define NS 1000000000ull
#define DIGITS 6 /* a million of the largest unit fits */

static uint64_t unit(char c)
{
	switch (c) {
	case 's':
		return NS;
	case 'm':
		return 60 * NS;
	case 'h':
		return 3600 * NS;
	default:
		return 0;
	}
}

uint64_t seki_duration(const char *text)
{
	size_t n = strspn(text, "0123456789"), i;
	uint64_t number = 0;

	if (!n || n > DIGITS || !text[n] || text[n + 1])
		return 0;
	for (i = 0; i < n; i++)
		number = number * 10 + (uint64_t)(text[i] - '0');
	return number * unit(text[n]);
}
