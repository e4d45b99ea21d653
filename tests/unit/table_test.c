// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/table.h"

#include "tests/harness.h"
#include "userspace/lib/arena.h"

TEST(keys_are_found_and_added_once)
{
	struct seki_table t = { 0 };
	struct seki_arena a = { 0 };
	uint32_t v;

	for (uint32_t i = 0; i < 10000; i++) {
		char *key = seki_arena_printf(&a, "key-%u", i);

		EXPECT_FALSE(seki_table_find(&t, key, strlen(key), &v));
		ASSERT_TRUE(seki_table_add(&t, key, strlen(key), i, NULL));
	}
	for (uint32_t i = 0; i < 10000; i++) {
		char *key = seki_arena_printf(&a, "key-%u", i);

		ASSERT_TRUE(seki_table_find(&t, key, strlen(key), &v));
		EXPECT_EQ(i, v);
		EXPECT_FALSE(seki_table_add(&t, key, strlen(key), 1, &v));
		EXPECT_EQ(i, v);
	}
	EXPECT_FALSE(seki_table_find(&t, "key-1", 4, &v)); /* a prefix is another key */
	seki_table_free(&t);
	seki_arena_free(&a);
}

TEST(empty_key_is_a_key)
{
	struct seki_table t = { 0 };
	uint32_t v;

	EXPECT_FALSE(seki_table_find(&t, "", 0, &v));
	EXPECT_TRUE(seki_table_add(&t, "", 0, 7, NULL));
	EXPECT_TRUE(seki_table_find(&t, "x", 0, &v));
	EXPECT_EQ(7, v);
	seki_table_free(&t);
}

TEST(arena_memory_is_zeroed_and_aligned)
{
	struct seki_arena a = { 0 };

	for (size_t n = 0; n < 200000; n = n * 3 + 1) {
		unsigned char *p = seki_arena_alloc(&a, n);

		EXPECT_EQ(0, (uintptr_t)p % 16);
		for (size_t i = 0; i < n; i++)
			ASSERT_EQ(0, p[i]);
		memset(p, 0xff, n);
	}
	seki_arena_free(&a);
}

HARNESS_MAIN
