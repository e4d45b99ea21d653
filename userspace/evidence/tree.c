// SPDX-License-Identifier: GPL-2.0-or-later
/* A record is a few hundred bytes: to set up an EVP context costs a third of hashing
 * it.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "userspace/evidence/tree.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/evidence/hasher.h"

void seki_hash_leaf(const void *record, size_t size, struct seki_hash *ret)
{
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, "\0", 1);
	SHA256_Update(&ctx, record, size);
	SHA256_Final(ret->b, &ctx);
}

void seki_hash_message(const void *bytes, size_t size, struct seki_hash *ret)
{
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, bytes, size);
	SHA256_Final(ret->b, &ctx);
}

void seki_hash_node(const struct seki_hash *left, const struct seki_hash *right,
		    struct seki_hash *ret)
{
	uint8_t bytes[1 + 2 * sizeof(*left)] = { 1 };

	memcpy(bytes + 1, left, sizeof(*left));
	memcpy(bytes + 1 + sizeof(*left), right, sizeof(*right));
	seki_hash_message(bytes, sizeof(bytes), ret);
}

bool seki_hash_same(const struct seki_hash *a, const struct seki_hash *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* ---- many at once -------------------------------------------------------- */

#define SIDE 32	      /* messages that are set up at a time: they stay in the cache */
#define LEAF_MAX 2048 /* a longer record is hashed where it stands */

void seki_hash_leaves(struct seki_hasher *h, const struct seki_message *record, size_t count,
		      struct seki_hash *ret)
{
	uint8_t text[SIDE][1 + LEAF_MAX];
	struct seki_message m[SIDE];

	for (size_t n; count; record += n, ret += n, count -= n) {
		for (n = 0; h && n < SIDE && n < count && record[n].size <= LEAF_MAX; n++) {
			text[n][0] = 0;
			memcpy(&text[n][1], record[n].data, record[n].size);
			m[n] = (struct seki_message){ text[n], 1 + record[n].size };
		}
		if (n) {
			seki_hash_many(h, m, n, ret);
		} else {
			seki_hash_leaf(record->data, record->size, ret);
			n = 1;
		}
	}
}

/* Of pairs in a row; ret may be where they stand. */
static void hash_nodes(struct seki_hasher *h, const struct seki_hash *pair, size_t count,
		       struct seki_hash *ret)
{
	uint8_t text[SIDE][1 + 2 * sizeof(*pair)];
	struct seki_message m[SIDE];

	for (size_t n; count; pair += 2 * n, ret += n, count -= n) {
		for (n = 0; n < SIDE && n < count; n++) {
			text[n][0] = 1;
			memcpy(&text[n][1], &pair[2 * n], 2 * sizeof(*pair));
			m[n] = (struct seki_message){ text[n], sizeof(text[n]) };
		}
		seki_hash_many(h, m, n, ret);
	}
}

/* As a carry runs through the ones of a counter, for all hashes of a level at once. */
void seki_frontier_add_many(struct seki_frontier *f, struct seki_hash *leaf, size_t count,
			    struct seki_hasher *h, const struct seki_hash_taker *to)
{
	unsigned int at = seki_frontier_count(f), rest = 0;
	struct seki_hash last[10]; /* of each level, if it has no sibling yet */
	uint64_t size = f->size;

	f->size += count;
	for (unsigned int level = 0; count; level++, size >>= 1) {
		size_t begun = size & 1; /* the first has its sibling in the frontier */

		for (size_t i = 0; to && !(level % 8) && i < count; i++)
			to->take(to->of, level, &leaf[i]);
		if ((count - begun) & 1)
			last[rest++] = leaf[count - 1];
		if (begun)
			seki_hash_node(&f->hash[--at], &leaf[0], &leaf[0]);
		hash_nodes(h, leaf + begun, (count - begun) / 2, leaf + begun);
		count = (count + begun) / 2;
	}
	while (rest)
		f->hash[at++] = last[--rest];
}

void seki_frontier_add(struct seki_frontier *f, const struct seki_hash *leaf,
		       const struct seki_hash_taker *to)
{
	struct seki_hash h = *leaf;

	seki_frontier_add_many(f, &h, 1, NULL, to);
}

void seki_frontier_root(const struct seki_frontier *f, struct seki_hash *ret)
{
	unsigned int count = seki_frontier_count(f);

	if (!count) {
		seki_hash_message("", 0, ret);
		return;
	}
	*ret = f->hash[--count];
	while (count)
		seki_hash_node(&f->hash[--count], ret, ret);
}

/* ---- proofs -------------------------------------------------------------- */

/* Largest power of two below n, n > 1. */
static uint64_t split(uint64_t n)
{
	return 1ull << (63 - __builtin_clzll(n - 1));
}

/* Root of the leaves [from, from + count): its largest perfect tree is on the left. */
static int subtree(const struct seki_hashes *h, uint64_t from, uint64_t count,
		   struct seki_hash *ret)
{
	struct seki_hash part[64];
	int n = 0, err;

	while (count) {
		unsigned int level = 63 - (unsigned int)__builtin_clzll(count);

		err = h->get(h->of, level, from >> level, &part[n++]);
		if (err)
			return err;
		from += 1ull << level;
		count -= 1ull << level;
	}
	*ret = part[--n];
	while (n)
		seki_hash_node(&part[--n], ret, ret);
	return 0;
}

int seki_tree_root(const struct seki_hashes *h, uint64_t size, struct seki_hash *ret)
{
	if (!size) {
		seki_hash_message("", 0, ret);
		return 0;
	}
	return subtree(h, 0, size, ret);
}

/* On the way down the sibling that is left out, to be turned round at the end. */
static int way(const struct seki_hashes *h, uint64_t from, uint64_t count, struct seki_proof *p)
{
	return p->count == SEKI_PROOF_MAX ? -EINVAL : subtree(h, from, count, &p->hash[p->count++]);
}

static void turn_round(struct seki_proof *p)
{
	for (size_t i = 0; i < p->count / 2; i++) {
		struct seki_hash swap = p->hash[i];

		p->hash[i] = p->hash[p->count - 1 - i];
		p->hash[p->count - 1 - i] = swap;
	}
}

int seki_prove_inclusion(const struct seki_hashes *h, uint64_t index, uint64_t size,
			 struct seki_proof *ret)
{
	uint64_t from = 0, count = size;
	int err = 0;

	ret->count = 0;
	if (index >= size)
		return -ERANGE;
	while (!err && count > 1) {
		uint64_t k = split(count);

		if (index - from < k) {
			err = way(h, from + k, count - k, ret);
			count = k;
		} else {
			err = way(h, from, k, ret);
			from += k;
			count -= k;
		}
	}
	turn_round(ret);
	return err;
}

int seki_prove_consistency(const struct seki_hashes *h, uint64_t old, uint64_t size,
			   struct seki_proof *ret)
{
	uint64_t from = 0, count = size, left = old;
	bool whole = true; /* the part is a subtree of the old tree's own root */
	int err = 0;

	ret->count = 0;
	if (!old || old > size)
		return -ERANGE;
	while (!err && left < count) {
		uint64_t k = split(count);

		if (left <= k) {
			err = way(h, from + k, count - k, ret);
			count = k;
		} else {
			err = way(h, from, k, ret);
			from += k;
			left -= k;
			count -= k;
			whole = false;
		}
	}
	if (!err && !whole)
		err = way(h, from, count, ret);
	turn_round(ret);
	return err;
}

/* RFC 9162, 2.1.3.2: the same tree, and the checks written out. */
bool seki_check_inclusion(const struct seki_proof *p, uint64_t index, uint64_t size,
			  const struct seki_hash *leaf, const struct seki_hash *root)
{
	uint64_t fn = index, sn = size - 1;
	struct seki_hash r = *leaf;

	if (index >= size)
		return false;
	for (size_t i = 0; i < p->count; i++) {
		if (!sn)
			return false;
		if (fn & 1 || fn == sn) {
			seki_hash_node(&p->hash[i], &r, &r);
			while (!(fn & 1) && fn) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			seki_hash_node(&r, &p->hash[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return !sn && seki_hash_same(&r, root);
}

/* RFC 9162, 2.1.4.2. */
static bool consistent(const struct seki_hash *path, size_t count, uint64_t old, uint64_t size,
		       const struct seki_hash *old_root, const struct seki_hash *root)
{
	uint64_t fn = old - 1, sn = size - 1;
	struct seki_hash fr, sr;

	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	fr = sr = path[0];
	for (size_t i = 1; i < count; i++) {
		if (!sn)
			return false;
		if (fn & 1 || fn == sn) {
			seki_hash_node(&path[i], &fr, &fr);
			seki_hash_node(&path[i], &sr, &sr);
			while (!(fn & 1) && fn) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			seki_hash_node(&sr, &path[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return !sn && seki_hash_same(&fr, old_root) && seki_hash_same(&sr, root);
}

bool seki_check_consistency(const struct seki_proof *p, uint64_t old, uint64_t size,
			    const struct seki_hash *old_root, const struct seki_hash *root)
{
	struct seki_hash path[SEKI_PROOF_MAX + 1];
	bool power = old && !(old & (old - 1));

	if (old == size)
		return !p->count && seki_hash_same(old_root, root);
	if (!old || old > size || !p->count || p->count > SEKI_PROOF_MAX)
		return false;
	/* A perfect old tree is itself the first hash. */
	path[0] = *old_root;
	memcpy(path + power, p->hash, p->count * sizeof(*path));
	return consistent(path, p->count + power, old, size, old_root, root);
}
