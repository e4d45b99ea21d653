// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/policy.h"

#include <string.h>

#define LONGEST 40

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Letters missing, extra, wrong or swapped with the next, each counts one. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int rows[3][LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > LONGEST || nb > LONGEST)
		return LONGEST;
	for (unsigned int j = 0; j <= nb; j++)
		rows[0][j] = j;
	for (unsigned int i = 1; i <= na; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const unsigned int *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned int j = 1; j <= nb; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return rows[na % 3][nb];
}

/* What was probably meant, or NULL: a third of the letters may be wrong. */
const char *seki_closest(const char *word, const char *const *known, unsigned int n)
{
	unsigned int best = (unsigned int)strlen(word) / 3 + 1;
	const char *found = NULL;

	for (unsigned int i = 0; i < n; i++) {
		size_t a = strlen(word), b = strlen(known[i]);
		unsigned int d;

		if ((a > b ? a - b : b - a) >= best)
			continue;
		d = distance(word, known[i]);
		if (d < best) {
			best = d;
			found = known[i];
		}
	}
	return found;
}
