/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - a hash from strings (or any bytes) to a number, so that a policy
 * with 100,000 rules is compiled without scanning lists.
 */
#ifndef SEKI_TABLE_H
#define SEKI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seki_table_slot {
	const void *key; /* NULL: free */
	uint32_t len;
	uint32_t value;
	uint64_t hash;
};

struct seki_table {
	struct seki_table_slot *slots;
	size_t size; /* power of two, or 0 */
	size_t used;
	uint64_t seed;
};

/* Keys are borrowed and must outlive the table.  If the key is there already,
 * nothing changes and *ret_old (may be NULL) is its value: returns false.
 */
bool seki_table_add(struct seki_table *t, const void *key, size_t len, uint32_t value,
		    uint32_t *ret_old);
bool seki_table_find(const struct seki_table *t, const void *key, size_t len, uint32_t *ret);
void seki_table_free(struct seki_table *t);

#endif /* SEKI_TABLE_H */
