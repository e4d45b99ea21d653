// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/evidence/hasher.h"

#include <string.h>

#include "tests/harness.h"
#include "userspace/collector/lanes.h"

#define LONGEST 2048
#define BATCH 257

static uint8_t text[LONGEST + BATCH];

static void make_text(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < sizeof(text); i++) {
		x = x * 1664525 + 1013904223;
		text[i] = (uint8_t)(x >> 24);
	}
}

/* Each message begins elsewhere. */
static void make_batch(struct seki_message *m, size_t count, size_t size, size_t step)
{
	for (size_t i = 0; i < count; i++)
		m[i] = (struct seki_message){ text + i, (size + i * step) % (LONGEST + 1) };
}

static bool same_as_openssl(struct seki_hasher *h, const struct seki_message *m, size_t count)
{
	struct seki_hash is[BATCH], want;

	memset(is, 0, sizeof(is));
	seki_hash_many(h, m, count, is);
	for (size_t i = 0; i < count; i++) {
		seki_hash_message(m[i].data, m[i].size, &want);
		if (!seki_hash_same(&want, &is[i]))
			return false;
	}
	return true;
}

TEST(lanes_give_the_hashes_of_openssl_for_every_length)
{
	struct seki_hasher *h = seki_lanes_open();
	struct seki_message m[BATCH];

	if (!h)
		SKIP("no libIPSec_MB, or not for this processor");
	make_text();
	for (size_t size = 0; size <= LONGEST; size++) {
		make_batch(m, 17, size, 0);
		ASSERT_TRUE(same_as_openssl(h, m, 17));
	}
	ASSERT_TRUE(!h->dropped);
}

TEST(lanes_give_the_hashes_of_openssl_for_every_size_of_a_batch)
{
	struct seki_hasher *h = seki_lanes_open();
	struct seki_message m[BATCH];

	if (!h)
		SKIP("no libIPSec_MB, or not for this processor");
	make_text();
	for (size_t count = 1; count <= BATCH; count++) {
		make_batch(m, count, 13 * count, 37);
		ASSERT_TRUE(same_as_openssl(h, m, count));
	}
	ASSERT_TRUE(!h->dropped);
}

/* ---- one that errs ------------------------------------------------------------ */

static size_t asked, wrong_at, fail_at;

static bool err(void *of, const struct seki_message *m, size_t count, struct seki_hash *ret)
{
	(void)of;
	asked++;
	for (size_t i = 0; i < count; i++)
		seki_hash_message(m[i].data, m[i].size, &ret[i]);
	if (wrong_at < count)
		ret[wrong_at].b[31] ^= 1;
	return asked != fail_at;
}

static struct seki_hasher erring(size_t at)
{
	asked = fail_at = 0;
	wrong_at = at;
	return (struct seki_hasher){ .many = err };
}

TEST(a_hasher_with_one_wrong_bit_is_not_sound)
{
	struct seki_hasher h = erring(SIZE_MAX);

	EXPECT_TRUE(seki_hasher_sound(&h));
	for (size_t i = 0; i < 37; i++) {
		h = erring(i);
		EXPECT_TRUE(!seki_hasher_sound(&h));
	}
	h = erring(SIZE_MAX);
	fail_at = 1;
	EXPECT_TRUE(!seki_hasher_sound(&h));
}

TEST(the_first_difference_ends_it_and_leaves_no_wrong_hash)
{
	struct seki_hasher h = erring(0);
	struct seki_message m[BATCH];

	make_text();
	make_batch(m, 32, 600, 1);
	EXPECT_TRUE(same_as_openssl(&h, m, 32));
	EXPECT_TRUE(h.dropped);
	EXPECT_TRUE(same_as_openssl(&h, m, 32));
	EXPECT_EQ(1, asked);
}

TEST(what_it_could_not_do_is_done_by_openssl)
{
	struct seki_hasher h = erring(SIZE_MAX);
	struct seki_message m[BATCH];

	fail_at = 2;
	make_text();
	make_batch(m, 32, 600, 1);
	for (int i = 0; i < 4; i++)
		EXPECT_TRUE(same_as_openssl(&h, m, 32));
	EXPECT_TRUE(h.dropped);
	EXPECT_EQ(2, asked);
}

/* Each message of a batch has its turn: a lane that errs is found. */
TEST(every_place_of_a_batch_is_compared_in_turn)
{
	struct seki_message m[BATCH];
	struct seki_hash is[BATCH];

	make_text();
	make_batch(m, 32, 600, 1);
	for (size_t at = 0; at < 32; at++) {
		struct seki_hasher h = erring(at);

		for (size_t i = 0; i <= at; i++)
			seki_hash_many(&h, m, 32, is);
		EXPECT_TRUE(h.dropped);
		EXPECT_EQ(at + 1, asked);
	}
}

TEST(records_of_any_length_are_leaves)
{
	struct seki_hasher h = erring(SIZE_MAX);
	struct seki_message record[BATCH];
	struct seki_hash is[BATCH], want;
	static uint8_t longer[65535];

	make_text();
	make_batch(record, BATCH, 1, 131);
	for (size_t i = 0; i < BATCH; i += 5)
		record[i] = (struct seki_message){ longer, 2040 + i * 245 };
	seki_hash_leaves(&h, record, BATCH, is);
	for (size_t i = 0; i < BATCH; i++) {
		seki_hash_leaf(record[i].data, record[i].size, &want);
		EXPECT_TRUE(seki_hash_same(&want, &is[i]));
	}
	make_batch(record, BATCH, 300, 1);
	seki_hash_leaves(&h, record, BATCH, is);
	for (size_t i = 0; i < BATCH; i++) {
		seki_hash_leaf(record[i].data, record[i].size, &want);
		EXPECT_TRUE(seki_hash_same(&want, &is[i]));
	}
	EXPECT_TRUE(!h.dropped);
	EXPECT_EQ(8, asked);
}

HARNESS_MAIN
