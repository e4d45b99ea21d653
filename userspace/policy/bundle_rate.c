// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules with a rate, numbered from 1 in the order of rules: cells and the kernel's
 * buckets go by that number.
 */
#include "userspace/policy/bundle.h"

__u32 seki_bundle_rated(const struct seki_bundle *b, __u32 rate)
{
	__u32 n = 0;

	for (__u32 i = 0; rate && i < b->n_rules; i++)
		if (b->rules[i].rate_records && ++n == rate)
			return i + 1;
	return 0;
}

__u32 seki_bundle_thinned(const struct seki_bundle *b, const struct seki_cell *cell)
{
	const struct seki_bundle_rule *r = seki_bundle_rule(b, seki_bundle_rated(b, cell->rate));

	return r ? r->rate_access & cell->record & cell->waive : 0;
}
