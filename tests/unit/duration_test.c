// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/duration.h"

#include "tests/harness.h"

TEST(a_number_and_a_unit)
{
	EXPECT_EQ(1000000000ull, seki_duration("1s"));
	EXPECT_EQ(300000000000ull, seki_duration("5m"));
	EXPECT_EQ(86400000000000ull, seki_duration("24h"));
	EXPECT_EQ(999999ull * 3600 * 1000000000, seki_duration("999999h"));
}

TEST(nothing_else)
{
	static const char *const not [] = { "",	   "5",	 "m",  "0m",	   "-5m",  "5 m", " 5m",
					    "5ms", "5d", "5M", "1000000s", "5m\n", "+5m", "0x5m" };

	for (size_t i = 0; i < sizeof(not ) / sizeof(not [0]); i++) {
		harness_row = not [i];
		EXPECT_EQ(0, seki_duration(not [i]));
	}
}

HARNESS_MAIN
