/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * login.h - where logins of a role come from: networks and terminals, as text and as the
 * kernel compares them.
 */
#ifndef SEKI_LOGIN_H
#define SEKI_LOGIN_H

#include "userspace/policy/bundle.h"

/* bundle_network.c: an address, an IPv4 one as ::ffff:a.b.c.d, and how many of its bits count. */
#define SEKI_NETWORK_TEXT 64
enum seki_network_fault {
	SEKI_NETWORK_FINE,
	SEKI_NETWORK_NONE,   /* no network at all */
	SEKI_NETWORK_LENGTH, /* more bits than there are, or none behind the '/' */
	SEKI_NETWORK_HOST,   /* bits behind those that count: *ret has them not */
	SEKI_NETWORK_MAPPED, /* IPv4 in the clothes of IPv6: *ret has it */
	SEKI_NETWORK_BOTH,   /* IPv4 is within */
};
enum seki_network_fault seki_network_read(const char *text, struct seki_bundle_network *ret);
/* "192.0.2.0/24"; returns ret. */
const char *seki_network_text(const struct seki_bundle_network *n, char ret[SEKI_NETWORK_TEXT]);
bool seki_network_ok(const struct seki_bundle_network *n);
/* By address, then the shorter. */
int seki_network_order(const void *a, const void *b);
/* Has it this address? */
bool seki_network_has(const struct seki_bundle_network *n, const __u8 addr[16]);
/* The mask that the kernel takes. */
void seki_network_mask(const struct seki_bundle_network *n, __u8 ret[16]);
/* May one address be in a network of the one set and of the other?  Bits of the table;
 * none: any address.
 */
bool seki_networks_meet(const struct seki_bundle_network *table, __u64 a, __u64 b);

/* bundle_terminal.c: up to room ranges of device numbers of a console, or of consoles by "ttyS*";
 * 0: no such name.
 */
#define SEKI_TERMINAL_KINDS 5
unsigned int seki_terminal_read(const char *text,
				struct seki_bundle_terminal ret[SEKI_TERMINAL_KINDS]);
int seki_terminal_order(const void *a, const void *b);
bool seki_terminals_meet(const struct seki_bundle_terminal *table, __u64 a, __u64 b);

#endif /* SEKI_LOGIN_H */
