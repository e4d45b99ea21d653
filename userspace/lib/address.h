/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address.h - an address of the internet as 16 bytes: IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
 */
#ifndef SEKI_ADDRESS_H
#define SEKI_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>

#define SEKI_ADDRESS_TEXT INET6_ADDRSTRLEN

/* "192.0.2.7" or "2001:db8::7"; returns ret. */
const char *seki_address_text(const uint8_t address[16], char ret[SEKI_ADDRESS_TEXT]);

#endif /* SEKI_ADDRESS_H */
