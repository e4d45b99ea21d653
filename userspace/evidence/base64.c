// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/evp.h>
#include <string.h>

#include "userspace/evidence/note.h"

size_t seki_base64_text(const void *bytes, size_t size, char *ret)
{
	return (size_t)EVP_EncodeBlock((unsigned char *)ret, bytes, (int)size);
}

/* EVP_DecodeBlock() lets blanks and loose bits pass: encoding again shows them. */
int seki_base64_bytes(const char *text, size_t len, uint8_t *ret, size_t cap)
{
	unsigned char bytes[3 * SEKI_VKEY_TEXT / 4 + 3];
	char again[SEKI_VKEY_TEXT + 4];
	int n;

	if (!len || len % 4 || len > SEKI_VKEY_TEXT)
		return -1;
	n = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len);
	if (n < 0)
		return -1;
	n -= (text[len - 1] == '=') + (text[len - 2] == '=');
	if (n < 1 || (size_t)n > cap || seki_base64_text(bytes, (size_t)n, again) != len ||
	    memcmp(again, text, len))
		return -1;
	memcpy(ret, bytes, (size_t)n);
	return n;
}
