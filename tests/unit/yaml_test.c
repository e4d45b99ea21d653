// SPDX-License-Identifier: GPL-2.0-or-later
/* Bad input: one clear error, in bounded time and memory. */
#include "userspace/policy/yaml.h"

#include <sys/resource.h>

#include "tests/unit/policy_helper.h"

#define MEGA 1000000u

static char *repeat(const char *prefix, const char *unit, size_t bytes, size_t *ret_size)
{
	size_t n = strlen(unit), at = strlen(prefix);
	char *s = malloc(at + bytes + n + 1);

	strcpy(s, prefix);
	for (; at < bytes; at += n)
		memcpy(s + at, unit, n);
	*ret_size = at;
	return s;
}

/* Sanitizers take memory of their own, hence seconds and not kilobytes: every
 * case took more than ten of them, and gigabytes, before there were bounds.
 */
TEST(ten_megabytes_of_junk_refused_quickly)
{
	static const char *const junk[][2] = {
		{ "", "[" },	       { "", "{a: " },	     { "[", "a," }, { "{", "a," },
		{ "", "- " },	       { "", "? " },	     { "", "a" },   { "\"", "a\\n" },
		{ "a: [\n", "  [\n" }, { "a: |\n", " x\n" }, { "", "&a " }, { "", "!!a " },
		{ "", "#" },	       { "", "[[]," },	     { "", "\n" },  { "", "a: &a\n- " },
		{ "", "%a\n" },	       { "", "---\n" },	     { "", "\"" },  { "'", "''" },
		{ "a:\n", "  - [\n" },
	};

	for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++) {
		struct rusage before, after;
		size_t size;
		char *text = repeat(junk[i][0], junk[i][1], 10 * MEGA, &size);
		struct compiled c;

		harness_row = junk[i][1];
		getrusage(RUSAGE_SELF, &before);
		c = compile_sized(text, size, &(struct seki_options){ .offline = true });
		getrusage(RUSAGE_SELF, &after);
		EXPECT_GT(c.errors, 0);
		EXPECT_LT(after.ru_utime.tv_sec - before.ru_utime.tv_sec, 20);
		EXPECT_LT(strlen(c.said), MEGA);
		compiled_free(&c);
		free(text);
	}
}

TEST(bytes_that_are_not_text_refused_at_their_place)
{
	static const struct {
		const char *text;
		size_t size;
		const char *said;
	} row[] = {
		{ "a: 1\nb\0c: 2\n", 12, "p:2:2: error: NUL byte" },
		{ "a: \xff\n", 5, "p:1:4: error: byte that is not UTF-8" },
		{ "a: \xc0\xaf\n", 6, "p:1:4: error: byte that is not UTF-8" },
		{ "a: \xed\xa0\x80\n", 7, "p:1:4: error: byte that is not UTF-8" },
		{ "a: \xf0\x9f\n", 6, "p:1:4: error: byte that is not UTF-8" },
		{ "a: \xe3", 4, "p:1:4: error: byte that is not UTF-8" },
		{ "a: \x1b[0m\n", 8, "p:1:4: error: control character" },
		{ "a: \x7f\n", 5, "p:1:4: error: control character" },
		{ "a: 1\rb: 2\n", 10, "p:1:5: error: carriage return" },
		{ "a: \xe2\x80\xae"
		  "x\n",
		  8, "p:1:4: error: invisible" },
		{ "a: \xc2\x85\n", 6, "p:1:4: error: invisible" },
		{ "", 0, "p: error: nothing in it; start with 'sekisho: 1'" },
		{ "\xef\xbb\xbf", 3, "p: error: nothing in it; start with 'sekisho: 1'" },
		{ "a: \"\\0\"\n", 8, "error: control character in a value" },
		{ "a: \"\\e[31m\"\n", 12, "error: control character in a value" },
		{ "a: \"\\u202ex\"\n", 13, "error: control character in a value" },
		{ "a: \"\\r\"\n", 8, "error: control character in a value" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct compiled c = compile_sized(row[i].text, row[i].size,
						  &(struct seki_options){ .offline = true });

		harness_row = row[i].said;
		EXPECT_SAID(row[i].said, c);
		compiled_free(&c);
	}
}

TEST(windows_line_ends_are_line_ends)
{
	struct compiled c = compile_text("sekisho: 1\r\nname: t\r\nversion: 1\r\nmode: audit\r\n");

	EXPECT_EQ(0, c.rc);
	compiled_free(&c);
}

TEST(alias_bomb_refused_without_growing)
{
	struct compiled c =
		compile_text("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n");

	EXPECT_SAID("p:1:7: error: anchor", c);
	EXPECT_SAID("p: 1 error, 0 warnings", c);
	compiled_free(&c);
}

TEST(merge_key_refused)
{
	struct compiled c = compile_text(HEAD HLR "<<: { mode: audit }\n");

	EXPECT_SAID("unknown key '<<'", c);
	compiled_free(&c);
}

TEST(every_prefix_of_a_policy_is_judged)
{
	static const char text[] = HEAD HLR
		"rules:\n"
		"  - { allow: other, to: [read, \"watch\"], on: hlr.data, description: '日' }\n";

	for (size_t n = 0; n < sizeof(text); n++) {
		struct compiled c =
			compile_sized(text, n, &(struct seki_options){ .offline = true });

		compiled_free(&c);
	}
}

HARNESS_MAIN
