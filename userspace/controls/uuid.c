// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/controls/uuid.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* uuid5(NAMESPACE_URL, "urn:sekisho:oscal") */
static const unsigned char space[16] = {
	0xb7, 0x72, 0x15, 0xf5, 0x57, 0x89, 0x5b, 0xdf,
	0x9c, 0x73, 0x40, 0x19, 0x9f, 0xe2, 0xb7, 0xaa,
};

static void print(char ret[SEKI_UUID_TEXT], const unsigned char *b)
{
	size_t n = 0;

	for (size_t i = 0; i < 16; i++)
		n += (size_t)snprintf(ret + n, SEKI_UUID_TEXT - n, "%s%02x",
				      i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
}

int seki_uuid_of(char ret[SEKI_UUID_TEXT], const char *fmt, ...)
{
	unsigned char digest[EVP_MAX_MD_SIZE], bytes[16 + 256];
	va_list args;
	int len;

	memcpy(bytes, space, 16);
	va_start(args, fmt);
	len = vsnprintf((char *)bytes + 16, sizeof(bytes) - 16, fmt, args);
	va_end(args);
	/* Cut off, two names could be one. */
	if (len < 0 || (size_t)len >= sizeof(bytes) - 16)
		return -EINVAL;
	if (!EVP_Digest(bytes, 16 + (size_t)len, digest, NULL, EVP_sha1(), NULL))
		return -EIO;
	digest[6] = (unsigned char)(0x50 | (digest[6] & 0x0f));
	digest[8] = (unsigned char)(0x80 | (digest[8] & 0x3f));
	print(ret, digest);
	return 0;
}

bool seki_uuid_sound(const char *text)
{
	if (strlen(text) != SEKI_UUID_TEXT - 1)
		return false;
	for (size_t i = 0; i < SEKI_UUID_TEXT - 1; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return (text[14] == '4' || text[14] == '5') && strchr("89abAB", text[19]);
}
