// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/evidence/tree.h"

#include <errno.h>
#include <string.h>

#include "tests/harness.h"

#define LEAVES 300

static struct seki_hash leaf[LEAVES];

static void make_leaves(void)
{
	for (unsigned int i = 0; i < LEAVES; i++)
		seki_hash_leaf(&i, sizeof(i), &leaf[i]);
}

/* RFC 6962, 2.1, word for word. */
static struct seki_hash mth(unsigned int from, unsigned int n)
{
	struct seki_hash left, right, ret;
	unsigned int k = 1;

	if (n == 1)
		return leaf[from];
	while (2 * k < n)
		k *= 2;
	left = mth(from, k);
	right = mth(from + k, n - k);
	seki_hash_node(&left, &right, &ret);
	return ret;
}

static int get(void *of, unsigned int level, uint64_t at, struct seki_hash *ret)
{
	(void)of;
	*ret = mth((unsigned int)(at << level), 1u << level);
	return 0;
}

static const struct seki_hashes hashes = { get, NULL };

static const char *hex(const struct seki_hash *h)
{
	static char text[65];

	for (int i = 0; i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", h->b[i]);
	return text;
}

TEST(known_answers_of_rfc_6962_trees)
{
	/* test vectors of the Certificate Transparency reference log */
	static const struct {
		const char *data;
		size_t size;
	} rows[] = { { "", 0 },
		     { "\x00", 1 },
		     { "\x10", 1 },
		     { "\x20\x21", 2 },
		     { "\x30\x31", 2 },
		     { "\x40\x41\x42\x43", 4 },
		     { "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
		     { "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 } };
	struct seki_frontier f = { .size = 0 };
	struct seki_hash h;

	seki_frontier_root(&f, &h);
	EXPECT_STREQ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex(&h));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		seki_hash_leaf(rows[i].data, rows[i].size, &h);
		seki_frontier_add(&f, &h, NULL);
		seki_frontier_root(&f, &h);
		if (i == 0)
			EXPECT_STREQ(
				"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
				hex(&h));
	}
	EXPECT_STREQ("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", hex(&h));
}

TEST(frontier_has_the_root_of_every_size)
{
	struct seki_frontier f = { .size = 0 };
	struct seki_hash root, want;

	make_leaves();
	for (unsigned int i = 0; i < LEAVES; i++) {
		seki_frontier_add(&f, &leaf[i], NULL);
		seki_frontier_root(&f, &root);
		want = mth(0, i + 1);
		ASSERT_TRUE(seki_hash_same(&want, &root));
		ASSERT_EQ(0, seki_tree_root(&hashes, i + 1, &root));
		ASSERT_TRUE(seki_hash_same(&want, &root));
	}
}

struct told {
	size_t count[2];
	struct seki_hash hash[2][2 * LEAVES];
};

static void tell(void *of, unsigned int level, const struct seki_hash *h)
{
	struct told *t = of;

	t->hash[level / 8][t->count[level / 8]++] = *h;
}

TEST(many_at_once_make_the_same_frontier_and_tell_the_same_hashes)
{
	static struct told one, many;
	const struct seki_hash_taker to_one = { tell, &one }, to_many = { tell, &many };
	struct seki_hash batch[SEKI_LEAVES];

	make_leaves();
	for (unsigned int begin = 0; begin < LEAVES; begin++) {
		for (unsigned int n = 1; n <= SEKI_LEAVES && begin + n <= LEAVES; n += 1 + n / 16) {
			struct seki_frontier f = { .size = 0 }, g = { .size = 0 };

			memset(&one, 0, sizeof(one));
			memset(&many, 0, sizeof(many));
			for (unsigned int i = 0; i < begin + n; i++)
				seki_frontier_add(&f, &leaf[i], &to_one);
			for (unsigned int i = 0; i < begin; i++)
				seki_frontier_add(&g, &leaf[i], &to_many);
			memcpy(batch, leaf + begin, n * sizeof(*batch));
			seki_frontier_add_many(&g, batch, n, NULL, &to_many);
			ASSERT_EQ(f.size, g.size);
			ASSERT_EQ(0, memcmp(f.hash, g.hash,
					    seki_frontier_count(&f) * sizeof(*f.hash)));
			ASSERT_EQ(0, memcmp(&one, &many, sizeof(one)));
		}
	}
}

TEST(inclusion_is_proven_and_only_for_the_right_leaf)
{
	struct seki_proof p;
	struct seki_hash root;

	make_leaves();
	for (unsigned int size = 1; size <= 40; size++) {
		root = mth(0, size);
		for (unsigned int i = 0; i < size; i++) {
			ASSERT_EQ(0, seki_prove_inclusion(&hashes, i, size, &p));
			ASSERT_TRUE(seki_check_inclusion(&p, i, size, &leaf[i], &root));
			ASSERT_FALSE(seki_check_inclusion(&p, i, size, &leaf[i + 1], &root));
			if (size > 1)
				ASSERT_FALSE(seki_check_inclusion(&p, (i + 1) % size, size,
								  &leaf[i], &root));
			ASSERT_FALSE(seki_check_inclusion(&p, size, size, &leaf[i], &root));
			p.hash[p.count++] = leaf[0];
			ASSERT_FALSE(seki_check_inclusion(&p, i, size, &leaf[i], &root));
		}
	}
	EXPECT_EQ(-ERANGE, seki_prove_inclusion(&hashes, 5, 5, &p));
}

TEST(consistency_is_proven_for_every_pair_of_sizes)
{
	struct seki_hash old, root;
	struct seki_proof p;

	make_leaves();
	for (unsigned int size = 1; size <= 40; size++)
		for (unsigned int m = 1; m <= size; m++) {
			root = mth(0, size);
			old = mth(0, m);
			ASSERT_EQ(0, seki_prove_consistency(&hashes, m, size, &p));
			ASSERT_TRUE(seki_check_consistency(&p, m, size, &old, &root));
			old.b[3] ^= 1;
			ASSERT_FALSE(seki_check_consistency(&p, m, size, &old, &root));
			old.b[3] ^= 1;
			root.b[3] ^= 1;
			ASSERT_FALSE(seki_check_consistency(&p, m, size, &old, &root));
		}
}

HARNESS_MAIN
