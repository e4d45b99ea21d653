// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/key_file.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

struct evp_pkey_st *seki_key_file(const char *path)
{
	struct evp_pkey_st *key;
	char *pem;
	size_t size;
	int err = seki_file_read(path, SEKI_KEY_FILE_MAX, &pem, &size);

	if (err) {
		seki_warnx("%s: %s; name the .key file that 'sekisho keygen' wrote", path,
			   strerror(-err));
		return NULL;
	}
	key = seki_key_private(pem, size);
	if (!key)
		seki_warnx(
			"%s: not an Ed25519 private key in PEM; name the .key file that 'sekisho keygen' wrote",
			path);
	OPENSSL_cleanse(pem, size);
	free(pem);
	return key;
}
