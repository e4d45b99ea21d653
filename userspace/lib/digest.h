/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest.h - SHA-256 in hex: of memory, of what a descriptor still has to read. */
#ifndef SEKI_DIGEST_H
#define SEKI_DIGEST_H

#include <stddef.h>

#define SEKI_DIGEST_TEXT 65

/* Both: 0 or -EIO. */
int seki_digest_memory(const void *data, size_t size, char ret[SEKI_DIGEST_TEXT]);
int seki_digest_fd(int fd, char ret[SEKI_DIGEST_TEXT]);

#endif /* SEKI_DIGEST_H */
