// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/policy.h"

#include <string.h>

#define LONGEST 40

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein: one letter missing, extra or wrong each count one. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > LONGEST || nb > LONGEST)
		return LONGEST;
	for (unsigned int j = 0; j <= nb; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= na; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (unsigned int j = 1; j <= nb; j++) {
			unsigned int above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[nb];
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
