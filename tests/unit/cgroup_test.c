// SPDX-License-Identifier: GPL-2.0-or-later
/* Patterns of cgroups: what is one, and what it fits; the kernel compares by the same lines. */
#include <string.h>

#include "tests/harness.h"
#include "userspace/policy/bundle.h"

#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

TEST(what_is_a_pattern)
{
	static const struct {
		const char *text;
		bool right;
	} row[] = {
		{ "/a", true },
		{ "/system.slice/x.service", true },
		{ "/machine.slice/libpod-*.scope", true },
		{ "/a/*", true },
		{ "/a/b/c/d/e/f", true },
		{ "/a/..b", true },
		{ "/a/b/c/d/e/f/g", false },
		{ "", false },
		{ "a", false },
		{ "/", false },
		{ "/a/", false },
		{ "/a//b", false },
		{ "/a/.", false },
		{ "/a/../b", false },
		{ "/a*", false },
		{ "/a/*b*", false },
		{ "/a/" LONG, false },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		harness_row = row[i].text;
		EXPECT_EQ(row[i].right, !seki_cgroup_fault(row[i].text));
	}
}

TEST(what_it_fits)
{
	static const struct {
		const char *pattern, *path;
		bool fits;
	} row[] = {
		{ "/a/b", "/a/b", true },
		{ "/a/b", "/a/b/c", true },
		{ "/a/b", "/a/bc", false },
		{ "/a/b", "/a", false },
		{ "/a/b", "/", false },
		{ "/a/b", "", false },
		{ "/a/b", "/a/B", false },
		{ "/a/b", "/x/a/b", false },
		{ "/a/b-*.s", "/a/b-.s", true },
		{ "/a/b-*.s", "/a/b-b-.s.s", true },
		{ "/a/b-*.s", "/a/b-" LONG ".s/x", true },
		{ "/a/b-*.s", "/a/b-" LONG LONG ".s", false }, /* longer than the kernel reads */
		{ "/a/b-*.s", "/a/b-.t", false },
		{ "/a/b-*-.s", "/a/b-.s", false }, /* both ends want the one dash */
		{ "/a/b-*.s", "/a/b.s", false },
		{ "/a/*", "/a/x", true },
		{ "/a/*/c", "/a/x/c", true },
		{ "/a/*/c", "/a/x/y/c", false },
		{ "/a/b*", "/a/b", true },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		harness_row = row[i].path;
		EXPECT_EQ(row[i].fits, seki_cgroup_fits(row[i].pattern, row[i].path));
	}
}

HARNESS_MAIN
