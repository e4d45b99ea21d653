// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/hex.h"

char *seki_hex_text(const void *bytes, size_t size, char *ret)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *at = ret;

	for (size_t i = 0; i < size; i++) {
		*at++ = digit[b[i] >> 4];
		*at++ = digit[b[i] & 15];
	}
	*at = '\0';
	return ret;
}
