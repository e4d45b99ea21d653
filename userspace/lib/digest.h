/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest.h - SHA-256 of what a descriptor still has to read, in hex. */
#ifndef SEKI_DIGEST_H
#define SEKI_DIGEST_H

#define SEKI_DIGEST_TEXT 65

/* 0 or -EIO. */
int seki_digest_fd(int fd, char ret[SEKI_DIGEST_TEXT]);

#endif /* SEKI_DIGEST_H */
