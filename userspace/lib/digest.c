// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "userspace/lib/hex.h"

int seki_digest_memory(const void *data, size_t size, char ret[SEKI_DIGEST_TEXT])
{
	unsigned char md[32];

	if (!EVP_Digest(data, size, md, NULL, EVP_sha256(), NULL))
		return -EIO;
	seki_hex_text(md, sizeof(md), ret);
	return 0;
}

int seki_digest_fd(int fd, char ret[SEKI_DIGEST_TEXT])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char md[32], buf[65536];
	ssize_t n = -1;
	int ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

	while (ok && (n = read(fd, buf, sizeof(buf))) > 0)
		ok = EVP_DigestUpdate(ctx, buf, (size_t)n);
	ok = ok && n == 0 && EVP_DigestFinal_ex(ctx, md, NULL);
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return -EIO;
	seki_hex_text(md, sizeof(md), ret);
	return 0;
}
