// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "userspace/lib/log.h"

/* FNV-1a over a random start, then a mix: a policy made up to collide cannot
 * know the start, so it cannot turn the table into a list.
 */
static uint64_t hash(uint64_t seed, const void *key, size_t len)
{
	const unsigned char *p = key;
	uint64_t h = seed ^ 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	h ^= h >> 32;
	h *= seed | 1;
	return h ^ (h >> 29);
}

static struct seki_table_slot *slot(const struct seki_table *t, uint64_t h, const void *key,
				    size_t len)
{
	size_t i = h & (t->size - 1);

	for (;; i = (i + 1) & (t->size - 1)) {
		struct seki_table_slot *s = &t->slots[i];

		if (!s->key)
			return s;
		if (s->hash == h && s->len == len && !memcmp(s->key, key, len))
			return s;
	}
}

static void grow(struct seki_table *t)
{
	struct seki_table old = *t;

	if (!old.size && getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) < 0)
		t->seed = (uintptr_t)t;
	t->size = old.size ? old.size * 2 : 64;
	t->slots = calloc(t->size, sizeof(*t->slots));
	if (!t->slots)
		seki_diex("out of memory");
	for (size_t i = 0; i < old.size; i++) {
		const struct seki_table_slot *s = &old.slots[i];

		if (s->key)
			*slot(t, s->hash, s->key, s->len) = *s;
	}
	free(old.slots);
}

bool seki_table_add(struct seki_table *t, const void *key, size_t len, uint32_t value,
		    uint32_t *ret_old)
{
	struct seki_table_slot *s;
	uint64_t h;

	if (t->used * 2 >= t->size)
		grow(t);
	h = hash(t->seed, key, len);
	s = slot(t, h, key, len);
	if (s->key) {
		if (ret_old)
			*ret_old = s->value;
		return false;
	}
	*s = (struct seki_table_slot){ key, (uint32_t)len, value, h };
	t->used++;
	return true;
}

bool seki_table_find(const struct seki_table *t, const void *key, size_t len, uint32_t *ret)
{
	const struct seki_table_slot *s;

	if (!t->size)
		return false;
	s = slot(t, hash(t->seed, key, len), key, len);
	if (!s->key)
		return false;
	*ret = s->value;
	return true;
}

void seki_table_free(struct seki_table *t)
{
	free(t->slots);
	*t = (struct seki_table){ 0 };
}
