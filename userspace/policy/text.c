// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a policy file may consist of, before YAML is asked: the parser below
 * then never sees bytes that it treats in ways of its own.
 */
#include "userspace/policy/yaml.h"

#include <stdint.h>
#include <string.h>

/* Length of the well-formed UTF-8 character at s, or 0 (RFC 3629: no overlong
 * forms, no surrogates).
 */
static size_t utf8_length(const unsigned char *s, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 :
		   s[0] < 0xc2 ? 0 :
		   s[0] < 0xe0 ? 2 :
		   s[0] < 0xf0 ? 3 :
		   s[0] < 0xf5 ? 4 :
				 0;
	uint32_t code;

	if (n <= 1)
		return n;
	if (left < n)
		return 0;
	code = s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return n;
}

/* C1 controls, separators that YAML counts as line breaks but editors don't,
 * and marks that reorder the text a reviewer sees.
 */
static bool is_hidden(const unsigned char *s, size_t n)
{
	if (n == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	if (n != 3 || s[0] != 0xe2)
		return false;
	if (s[1] == 0x80)
		return s[2] == 0xa8 || s[2] == 0xa9 || (s[2] >= 0xaa && s[2] <= 0xae);
	return s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9;
}

static const char *judge(const unsigned char *s, size_t left, size_t *ret_n)
{
	*ret_n = utf8_length(s, left);
	if (!*s)
		return "NUL byte in the text; a policy is UTF-8 text";
	if (!*ret_n)
		return "byte that is not UTF-8; save the file as UTF-8";
	if ((*s < ' ' && !strchr("\t\r\n", *s)) || *s == 0x7f)
		return "control character; remove it";
	if (is_hidden(s, *ret_n))
		return "invisible control character; remove it";
	return NULL;
}

/* In a value, escapes may have made what the text does not hold. */
bool seki_value_printable(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t i = 0, n; i < len; i += n)
		if (judge(u + i, len - i, &n) || s[i] == '\r')
			return false;
	return true;
}

bool seki_text_check(const char *text, size_t size, struct seki_diag *d)
{
	const unsigned char *s = (const unsigned char *)text;
	struct seki_pos pos = { 1, 1, d->source };

	for (size_t i = 0, n; i < size; i += n) {
		const char *bad = judge(s + i, size - i, &n);

		if (bad) {
			seki_error(d, pos, "%s", bad);
			return false;
		}
		if (s[i] == '\r' && (i + 1 == size || s[i + 1] != '\n')) {
			seki_error(d, pos,
				   "carriage return without a newline; "
				   "end lines with a newline");
			return false;
		}
		pos.col++;
		if (s[i] == '\n')
			pos = (struct seki_pos){ pos.line + 1, 1, d->source };
	}
	return true;
}
