/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * near.h - guarded IPv4 addresses of TCP where one load finds most of them: a hash of
 * the kernel costs as much as all else that a connect is asked.
 *
 * Each address has one row that it may stand in.  Where two want the same, the first has
 * it; all stand in the table of addresses too, which is asked when the row is another's.
 */
#ifndef SEKI_NEAR_H
#define SEKI_NEAR_H

#include "bpf/abi.h"

/* sa: what follows the family in a struct sockaddr_in; port, address, zeroes. */
static inline __attribute__((always_inline)) __u64 seki_near_key(__u64 sa)
{
	return sa << 16;
}

static inline __attribute__((always_inline)) __u32 seki_near_row(__u64 key)
{
	return (key * 0x9e3779b97f4a7c15ull) >> (64 - SEKI_NEAR_BITS);
}

#endif /* SEKI_NEAR_H */
