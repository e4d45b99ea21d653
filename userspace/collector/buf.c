// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/buf.h"

#include <endian.h>

static const char hex[] = "0123456789abcdef";

#define EACH(byte) (0x0101010101010101ull * (byte))

/* Eight digits of a number below 10^8, the first in the lowest byte: halves, then
 * pairs, then digits of all of it at once.
 */
static inline uint64_t digits(uint32_t value)
{
	uint64_t n = value / 10000 | (uint64_t)(value % 10000) << 32;
	uint64_t tens = (n * 10486 >> 20) & 0x7f0000007full;

	n = tens | (n - tens * 100) << 16;
	tens = (n * 103 >> 10) & 0xf000f000f000full;
	return tens | (n - tens * 10) << 8;
}

/* Into 24 bytes at least; returns how many it took. */
static inline size_t number(char *to, uint64_t value)
{
	unsigned int more = 0, zeros;
	uint64_t n, low[2];
	size_t len;

	for (; value >= 100000000; value /= 100000000)
		low[more++] = htole64(digits((uint32_t)(value % 100000000)) | EACH('0'));
	n = digits((uint32_t)value);
	/* The last digit stands, even if it is 0. */
	zeros = (unsigned int)__builtin_ctzll(n | 1ull << 56) / 8;
	n = htole64((n | EACH('0')) >> 8 * zeros);
	memcpy(to, &n, 8);
	for (len = 8 - zeros; more; len += 8)
		memcpy(to + len, &low[--more], 8);
	return len;
}

/* Numbers are a third of a record: made where they are to stand. */
void seki_buf_long(struct seki_buf *b, uint64_t value)
{
	char text[24];

	if (b->cap - b->len >= sizeof(text))
		b->len += number(b->data + b->len, value);
	else
		seki_buf_mem(b, text, number(text, value));
}

/* shift 3: octal, 4: hexadecimal. */
void seki_buf_base(struct seki_buf *b, uint64_t value, unsigned int shift)
{
	char text[22];
	size_t at = sizeof(text);

	do {
		text[--at] = hex[value & ((1u << shift) - 1)];
		value >>= shift;
	} while (value);
	seki_buf_mem(b, text + at, sizeof(text) - at);
}

void seki_buf_number(struct seki_buf *b, uint64_t value)
{
	if (value > INT64_MAX)
		seki_buf_char(b, '"');
	seki_buf_u64(b, value);
	if (value > INT64_MAX)
		seki_buf_char(b, '"');
}

void seki_buf_hex(struct seki_buf *b, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++) {
		char two[2] = { hex[p[i] >> 4], hex[p[i] & 15] };

		seki_buf_mem(b, two, 2);
	}
}

void seki_buf_close(struct seki_buf *b, char bracket)
{
	if (b->len && b->data[b->len - 1] == ',')
		b->len--;
	seki_buf_char(b, bracket);
}

static void code_point(struct seki_buf *b, uint32_t c)
{
	char text[6] = { '\\',	     'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15],
			 hex[c & 15] };

	seki_buf_mem(b, text, sizeof(text));
}

static void ascii(struct seki_buf *b, uint8_t c)
{
	switch (c) {
	case '"':
		seki_buf_lit(b, "\\\"");
		break;
	case '\\':
		seki_buf_lit(b, "\\\\");
		break;
	case '\n':
		seki_buf_lit(b, "\\n");
		break;
	case '\t':
		seki_buf_lit(b, "\\t");
		break;
	default:
		code_point(b, c);
	}
}

/* Length of the UTF-8 character at p and its code point; 0 if it is none:
 * stray or missing continuation, overlong form, surrogate, above U+10FFFF.
 */
static size_t character(const uint8_t *p, size_t left, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	uint32_t c = p[0] & (0xff >> (len + 1));

	if (p[0] < 0xc2 || p[0] > 0xf4 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	*ret = c;
	return len;
}

/* C1 controls, and what changes or hides the text around it. */
static bool unseen(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb);
}

static size_t wide(struct seki_buf *b, const uint8_t *p, size_t left)
{
	uint32_t c;
	size_t len = character(p, left, &c);

	if (!len) {
		code_point(b, p[0]);
		return 1;
	}
	if (unseen(c))
		code_point(b, c);
	else
		seki_buf_mem(b, (const char *)p, len);
	return len;
}

static inline bool plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Some byte of x is 0; exact where no byte is above 0x7f. */
static inline uint64_t zero(uint64_t x)
{
	return (x - EACH(0x01)) & ~x;
}

/* Eight bytes at once: most of a record is plain. */
static inline bool plain8(uint64_t x)
{
	return !((x | (x - EACH(0x20)) | zero(x ^ EACH('"')) | zero(x ^ EACH('\\')) |
		  zero(x ^ EACH(0x7f))) &
		 EACH(0x80));
}

static inline uint64_t eight(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

/* The last eight may have been looked at in part; what is shorter is filled up. */
static inline bool all_plain(const uint8_t *p, size_t len)
{
	uint64_t x = EACH(' ');

	if (len < 8) {
		memcpy(&x, p, len);
		return plain8(x);
	}
	for (size_t i = 0; i + 8 < len; i += 8)
		if (!plain8(eight(p + i)))
			return false;
	return plain8(eight(p + len - 8));
}

static void escape_some(struct seki_buf *b, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t run = i;

		while (run < len && plain(p[run]))
			run++;
		if (run > i)
			seki_buf_mem(b, (const char *)p + i, run - i);
		i = run;
		if (i == len)
			break;
		if (p[i] < 0x80)
			ascii(b, p[i++]);
		else
			i += wide(b, p + i, len - i);
	}
}

void seki_buf_escape(struct seki_buf *b, const char *text, size_t len)
{
	const uint8_t *p = (const uint8_t *)text;

	if (all_plain(p, len))
		seki_buf_mem(b, text, len);
	else
		escape_some(b, p, len);
}

void seki_buf_quote(struct seki_buf *b, const char *text, size_t len)
{
	seki_buf_char(b, '"');
	seki_buf_escape(b, text, len);
	seki_buf_char(b, '"');
}
