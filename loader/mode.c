// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mode.c - what a refusal does, other than the bundle says: by a signed order.
 *
 * The cells in the kernel hold it, so the same policy loaded again keeps it, and
 * nothing is stored that could differ from what is judged by.
 */
#include "loader/loader.h"

#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/order.h"

/* The matrix in force; -1 after saying so. */
static int open_matrix(struct sekisho_bpf *s)
{
	__u32 slot = seki_meta_memory(s)->generation & 1, id;
	int fd = -1;

	if (!bpf_map_lookup_elem(bpf_map__fd(s->maps.seki_matrix), &slot, &id))
		fd = bpf_map_get_fd_by_id(id);
	if (fd < 0)
		seki_warn("the matrix in force can't be read");
	return fd;
}

/* All cells in force into *ret. */
static int read_matrix(struct sekisho_bpf *s, struct seki_cell *ret, __u32 n)
{
	seki_autofree __u32 *keys = calloc(n, sizeof(*keys));
	seki_autoclose int fd = open_matrix(s);
	__u32 at, count = n;

	if (!keys)
		seki_diex("out of memory");
	if (fd < 0)
		return -1;
	if (bpf_map_lookup_batch(fd, NULL, &at, keys, ret, &count, NULL) && errno != ENOENT)
		count = 0;
	if (count == n)
		return 0;
	seki_warn("the matrix in force can't be read: %u of %u cells", count, n);
	return -1;
}

/* The cells are of the policy in force: take over what their refusals do. */
int seki_modes_keep(struct sekisho_bpf *s, struct seki_cell *cells, __u32 n)
{
	seki_autofree struct seki_cell *now = calloc(n, sizeof(*now));

	if (!now)
		seki_diex("out of memory");
	if (read_matrix(s, now, n))
		return -1;
	for (__u32 i = 0; i < n; i++)
		cells[i].mode = now[i].mode;
	return 0;
}

/* What always enforces is left alone, whatever was signed. */
void seki_modes_set(struct seki_cell *cells, __u32 n, const struct seki_order *order)
{
	for (__u32 i = 0; i < n; i++)
		if (!seki_label_enforced(i % SEKI_LABEL_MAX) &&
		    (!order->rule || cells[i].rule == order->rule))
			cells[i].mode = order->mode;
}
