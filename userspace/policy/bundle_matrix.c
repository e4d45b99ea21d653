// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cells of a bundle and those it leaves out, in one array.  What the loader
 * puts into the kernel and what the tools judge by are the same bytes.
 */
#include "userspace/policy/bundle.h"

#include <stdlib.h>

__u32 seki_bundle_domains(const struct seki_bundle *b)
{
	__u32 i, top = 0;

	for (i = 0; i < b->n_domains; i++)
		if (b->domains[i].id > top)
			top = b->domains[i].id;
	return top + 1;
}

/* Closed, in the mode of the policy; Sekisho's own labels always enforce. */
static void default_cells(struct seki_cell *cells, __u32 domains, __u32 mode)
{
	__u32 d, l;

	for (d = 0; d < domains; d++)
		for (l = 0; l < SEKI_LABEL_MAX; l++)
			if (!seki_label_enforced(l))
				cells[d * SEKI_LABEL_MAX + l].mode = mode;
}

struct seki_cell *seki_bundle_matrix(const struct seki_bundle *b, __u32 *ret_n)
{
	__u32 domains = seki_bundle_domains(b);
	struct seki_cell *cells;

	*ret_n = domains * SEKI_LABEL_MAX;
	cells = calloc(*ret_n, sizeof(*cells));
	if (!cells)
		return NULL;
	default_cells(cells, domains, b->meta->mode);
	for (__u32 i = 0; i < b->n_cells; i++)
		cells[b->cells[i].domain * SEKI_LABEL_MAX + b->cells[i].label] = b->cells[i].cell;
	return cells;
}
