// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Consoles that people log in at, by the device numbers that the kernel gives them for
 * good (Documentation/admin-guide/devices.txt).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/login.h"

/* clang-format off */
static const struct kind {
	const char *name;
	__u32 major, base;	/* minor of number 0 */
	__u32 first, last;	/* numbers there are */
} kinds[SEKI_TERMINAL_KINDS] = {
	{ "tty",      4,  0, 1,  63 },
	{ "ttyS",     4, 64, 0, 191 },
	{ "ttyACM", 166,  0, 0, 255 },
	{ "ttyUSB", 188,  0, 0, 511 },
	{ "hvc",    229,  0, 0, 255 },
};
/* clang-format on */

static struct seki_bundle_terminal range(const struct kind *k, __u32 first, __u32 last)
{
	__u32 base = k->major << 20 | k->base;

	return (struct seki_bundle_terminal){ .first = base + first, .last = base + last };
}

static unsigned int read_one(const char *text, struct seki_bundle_terminal *ret)
{
	size_t letters = strcspn(text, "0123456789"), digits = strspn(text + letters, "0123456789");
	__u32 n = (__u32)strtoul(text + letters, NULL, 10);

	if (!digits || digits > 3 || text[letters + digits] || (text[letters] == '0' && digits > 1))
		return 0;
	for (size_t i = 0; i < SEKI_TERMINAL_KINDS; i++) {
		const struct kind *k = &kinds[i];

		if (strlen(k->name) != letters || memcmp(k->name, text, letters) || n < k->first ||
		    n > k->last)
			continue;
		*ret = range(k, n, n);
		return 1;
	}
	return 0;
}

unsigned int seki_terminal_read(const char *text,
				struct seki_bundle_terminal ret[SEKI_TERMINAL_KINDS])
{
	const char *star = strchr(text, '*');
	unsigned int n = 0;

	if (!star)
		return read_one(text, ret);
	if (star[1])
		return 0;
	for (size_t i = 0; i < SEKI_TERMINAL_KINDS; i++)
		if (!strncmp(kinds[i].name, text, (size_t)(star - text)))
			ret[n++] = range(&kinds[i], kinds[i].first, kinds[i].last);
	return n;
}

int seki_terminal_order(const void *va, const void *vb)
{
	const struct seki_bundle_terminal *a = va, *b = vb;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->last > b->last) - (a->last < b->last);
}

bool seki_terminals_meet(const struct seki_bundle_terminal *table, __u64 a, __u64 b)
{
	if (!a || !b)
		return true;
	for (int i = 0; i < SEKI_TERMINALS_MAX; i++)
		for (int j = 0; j < SEKI_TERMINALS_MAX; j++)
			if (a >> i & 1 && b >> j & 1 && table[i].first <= table[j].last &&
			    table[j].first <= table[i].last)
				return true;
	return false;
}
