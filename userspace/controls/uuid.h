/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uuid.h - names that stay: UUIDs of version 5 (RFC 4122) below a namespace of
 * this project.  The same name gives the same UUID on every host, at any time.
 */
#ifndef SEKI_UUID_H
#define SEKI_UUID_H

#include <stdbool.h>

#define SEKI_UUID_TEXT 37

/* 0, -EIO when libcrypto cannot hash, -EINVAL for a name of 256 bytes or more. */
int seki_uuid_of(char ret[SEKI_UUID_TEXT], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Of version 4 or 5, in lower or upper case. */
bool seki_uuid_sound(const char *text);

#endif /* SEKI_UUID_H */
