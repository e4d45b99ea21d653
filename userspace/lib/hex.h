/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hex.h - bytes as lower-case hexadecimal digits. */
#ifndef SEKI_HEX_H
#define SEKI_HEX_H

#include <stddef.h>

#define SEKI_HEX_TEXT(size) (2 * (size) + 1)

/* ret has room for SEKI_HEX_TEXT(size); returns it. */
char *seki_hex_text(const void *bytes, size_t size, char *ret);

#endif /* SEKI_HEX_H */
