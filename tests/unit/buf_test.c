// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/buf.h"

#include <inttypes.h>

#include "tests/harness.h"
#include "tests/unit/events.h"

static char text[4096];

static const char *quote(const char *in, size_t len)
{
	struct seki_buf b = { .data = text, .cap = sizeof(text) - 1 };

	seki_buf_quote(&b, in, len);
	text[b.len] = '\0';
	return text;
}

TEST(text_is_escaped)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "plain", "\"plain\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "a\nb\tc", "\"a\\nb\\tc\"" },
		{ "\033[31mred", "\"\\u001b[31mred\"" },
		{ "\x7f", "\"\\u007f\"" },
		{ "\xe5\x8a\xa0\xe5\x85\xa5", "\"\xe5\x8a\xa0\xe5\x85\xa5\"" },
		{ "\xc2\x9b"
		  "31m",
		  "\"\\u009b31m\"" }, /* a C1 control, CSI */
		{ "\x9b"
		  "31m",
		  "\"\\u009b31m\"" }, /* the same as a bare byte */
		{ "a\xe2\x80\xae"
		  "b",
		  "\"a\\u202eb\"" }, /* right to left override */
		{ "\xe2\x80\xa8", "\"\\u2028\"" },
		{ "\xc0\xaf", "\"\\u00c0\\u00af\"" },		 /* overlong '/' */
		{ "\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\"" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\"\\u00f4\\u0090\\u0080\\u0080\"" },
		{ "\xe5\x8a", "\"\\u00e5\\u008a\"" }, /* cut */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_STREQ(rows[i].out, quote(rows[i].in, strlen(rows[i].in)));
}

TEST(every_pair_of_bytes_is_json)
{
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			char in[2] = { (char)a, (char)b };
			json_t *j =
				json_loads(quote(in, 2), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

			EXPECT_TRUE(j);
			for (const char *p = text; *p; p++)
				EXPECT_FALSE((unsigned char)*p < 0x20 || *p == 0x7f);
			json_decref(j);
		}
	}
}

/* Eight bytes are looked at together: a special one is found wherever it stands. */
TEST(special_byte_is_found_in_a_long_text)
{
	char long_text[33], alone[64], whole[128], want[128];

	for (unsigned int c = 1; c < 0x80; c++)
		for (size_t at = 0; at < 32; at++) {
			struct seki_buf one = { .data = alone, .cap = sizeof(alone) };
			struct seki_buf all = { .data = whole, .cap = sizeof(whole) };
			char byte = (char)c;

			memset(long_text, 'a', 32);
			long_text[at] = byte;
			seki_buf_escape(&one, &byte, 1);
			seki_buf_escape(&all, long_text, 32);
			snprintf(want, sizeof(want), "%.*s%.*s%.*s", (int)at, long_text,
				 (int)one.len, alone, (int)(31 - at), long_text + at + 1);
			ASSERT_EQ(strlen(want), all.len);
			EXPECT_EQ(0, memcmp(want, whole, all.len));
		}
}

TEST(full_buffer_says_so_and_stays)
{
	struct seki_buf b = { .data = text, .cap = 4 };

	seki_buf_mem(&b, "abc", 3);
	seki_buf_mem(&b, "de", 2);
	EXPECT_TRUE(b.over);
	EXPECT_EQ(3, b.len);
}

TEST(numbers_are_exact)
{
	struct seki_buf b = { .data = text, .cap = sizeof(text) - 1 };

	seki_buf_u64(&b, 0);
	seki_buf_char(&b, ' ');
	seki_buf_u64(&b, 18446744073709551615ull);
	text[b.len] = '\0';
	EXPECT_STREQ("0 18446744073709551615", text);
}

/* Around each power of ten, and where the text just fits. */
TEST(numbers_of_each_length)
{
	char want[24];

	for (uint64_t ten = 10, i = 1; i < 20; i++, ten *= 10)
		for (uint64_t value = ten - 1; value <= ten + 1; value++) {
			struct seki_buf b = { .data = text, .cap = sizeof(text) - 1 };
			struct seki_buf tight = { .data = text + 64 };

			tight.cap = (size_t)snprintf(want, sizeof(want), "%" PRIu64, value);
			seki_buf_u64(&b, value);
			text[b.len] = '\0';
			EXPECT_STREQ(want, text);
			seki_buf_u64(&tight, value);
			EXPECT_FALSE(tight.over);
			EXPECT_FALSE(memcmp(want, tight.data, tight.cap));
			tight.cap--;
			tight.len = 0;
			seki_buf_u64(&tight, value);
			EXPECT_TRUE(tight.over && !tight.len);
		}
}

HARNESS_MAIN
