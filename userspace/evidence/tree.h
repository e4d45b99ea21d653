/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - the Merkle tree of RFC 6962, section 2: leaf hash SHA-256(0 record),
 * node hash SHA-256(1 left right), empty root SHA-256().
 */
#ifndef SEKI_EVIDENCE_TREE_H
#define SEKI_EVIDENCE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seki_hash {
	uint8_t b[32];
};

void seki_hash_leaf(const void *record, size_t size, struct seki_hash *ret);
void seki_hash_node(const struct seki_hash *left, const struct seki_hash *right,
		    struct seki_hash *ret);
bool seki_hash_same(const struct seki_hash *a, const struct seki_hash *b);

/* Without the byte that tells leaves from nodes. */
void seki_hash_message(const void *bytes, size_t size, struct seki_hash *ret);

/* Of many records at once, by a hasher (hasher.h); NULL: one after the other. */
struct seki_hasher;
struct seki_message {
	const void *data;
	size_t size;
};
void seki_hash_leaves(struct seki_hasher *h, const struct seki_message *record, size_t count,
		      struct seki_hash *ret);

/* The roots of the perfect trees that a tree of this size is made of, largest
 * first: one for each bit of the size.  All that appending needs.
 */
struct seki_frontier {
	uint64_t size;
	struct seki_hash hash[64];
};
static inline unsigned int seki_frontier_count(const struct seki_frontier *f)
{
	return (unsigned int)__builtin_popcountll(f->size);
}
/* Told of each hash of level 0, 8, 16... as it becomes known: what tiles hold. */
struct seki_hash_taker {
	void (*take)(void *of, unsigned int level, const struct seki_hash *h);
	void *of;
};
/* to may be NULL. */
void seki_frontier_add(struct seki_frontier *f, const struct seki_hash *leaf,
		       const struct seki_hash_taker *to);
/* The same of up to SEKI_LEAVES, which are written over.  Level after level: a hash of
 * level 0 is told before those of level 8, of which there is one at most.
 */
#define SEKI_LEAVES 256u
void seki_frontier_add_many(struct seki_frontier *f, struct seki_hash *leaf, size_t count,
			    struct seki_hasher *h, const struct seki_hash_taker *to);
void seki_frontier_root(const struct seki_frontier *f, struct seki_hash *ret);

/* A proof: at most 63 hashes on the way (RFC 6962, 2.1.1 and 2.1.2), or 127 of both. */
#define SEKI_PROOF_MAX 128
struct seki_proof {
	size_t count;
	struct seki_hash hash[SEKI_PROOF_MAX];
};

/* Where proofs take the hash of a perfect tree from: the leaves
 * [at << level, (at + 1) << level).  0 or negative errno.
 */
struct seki_hashes {
	int (*get)(void *of, unsigned int level, uint64_t at, struct seki_hash *ret);
	void *of;
};
/* Root of the leaves below size. */
int seki_tree_root(const struct seki_hashes *h, uint64_t size, struct seki_hash *ret);
/* 0, -ERANGE, or what get() returned. */
int seki_prove_inclusion(const struct seki_hashes *h, uint64_t index, uint64_t size,
			 struct seki_proof *ret);
int seki_prove_consistency(const struct seki_hashes *h, uint64_t old, uint64_t size,
			   struct seki_proof *ret);
/* True: the leaf is at index of the tree of that size and root. */
bool seki_check_inclusion(const struct seki_proof *p, uint64_t index, uint64_t size,
			  const struct seki_hash *leaf, const struct seki_hash *root);
/* True: the tree of size begins with that of old. */
bool seki_check_consistency(const struct seki_proof *p, uint64_t old, uint64_t size,
			    const struct seki_hash *old_root, const struct seki_hash *root);

#endif /* SEKI_EVIDENCE_TREE_H */
