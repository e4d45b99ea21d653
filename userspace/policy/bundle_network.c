// SPDX-License-Identifier: GPL-2.0-or-later
/* Networks that people log in from: "192.0.2.0/24", "2001:db8::/32", or one address. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/login.h"

static const __u8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool is_mapped(const __u8 *addr)
{
	return !memcmp(addr, mapped, sizeof(mapped));
}

/* The bits of an address of that kind, 0: it is none. */
static __u32 read_address(const char *host, __u8 ret[16])
{
	if (inet_pton(AF_INET, host, ret + 12) == 1) {
		memcpy(ret, mapped, sizeof(mapped));
		return 32;
	}
	return inet_pton(AF_INET6, host, ret) == 1 ? 128 : 0;
}

static bool read_length(const char *s, __u32 most, __u32 *ret)
{
	size_t n = strspn(s, "0123456789");

	if (!n || n > 3 || s[n] || (*s == '0' && n > 1))
		return false;
	*ret = (__u32)strtoul(s, NULL, 10);
	return *ret <= most;
}

void seki_network_mask(const struct seki_bundle_network *n, __u8 ret[16])
{
	for (__u32 i = 0; i < 16; i++) {
		__u32 left = n->bits > 8 * i ? n->bits - 8 * i : 0;

		ret[i] = left >= 8 ? 0xff : (__u8)(0xff00u >> left);
	}
}

/* Takes away what lies behind the bits that count; was there any? */
static bool cut(struct seki_bundle_network *n)
{
	__u8 mask[16];
	bool any = false;

	seki_network_mask(n, mask);
	for (int i = 0; i < 16; i++) {
		any |= n->addr[i] & ~mask[i];
		n->addr[i] &= mask[i];
	}
	return any;
}

bool seki_network_has(const struct seki_bundle_network *n, const __u8 addr[16])
{
	__u8 mask[16];

	seki_network_mask(n, mask);
	for (int i = 0; i < 16; i++)
		if ((addr[i] & mask[i]) != n->addr[i])
			return false;
	return true;
}

static bool holds_both(const struct seki_bundle_network *n)
{
	static const __u8 v4[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	return n->bits < 96 && seki_network_has(n, v4);
}

enum seki_network_fault seki_network_read(const char *text, struct seki_bundle_network *ret)
{
	const char *slash = strchr(text, '/');
	char host[INET6_ADDRSTRLEN] = "";
	__u32 most, length;

	*ret = (struct seki_bundle_network){ 0 };
	if ((slash ? (size_t)(slash - text) : strlen(text)) >= sizeof(host))
		return SEKI_NETWORK_NONE;
	memcpy(host, text, slash ? (size_t)(slash - text) : strlen(text));
	most = length = read_address(host, ret->addr);
	if (!most)
		return SEKI_NETWORK_NONE;
	if (slash && !read_length(slash + 1, most, &length))
		return SEKI_NETWORK_LENGTH;
	ret->bits = length + (most == 32 ? 96 : 0);
	if (most == 128 && ret->bits >= 96 && is_mapped(ret->addr))
		return SEKI_NETWORK_MAPPED;
	if (cut(ret))
		return SEKI_NETWORK_HOST;
	return holds_both(ret) ? SEKI_NETWORK_BOTH : SEKI_NETWORK_FINE;
}

bool seki_network_ok(const struct seki_bundle_network *n)
{
	struct seki_bundle_network whole = *n;

	return n->bits <= 128 && !cut(&whole) && !holds_both(n);
}

const char *seki_network_text(const struct seki_bundle_network *n, char ret[SEKI_NETWORK_TEXT])
{
	bool v4 = n->bits >= 96 && is_mapped(n->addr);
	char host[INET6_ADDRSTRLEN];

	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? n->addr + 12 : n->addr, host, sizeof(host));
	snprintf(ret, SEKI_NETWORK_TEXT, "%s/%u", host, v4 ? n->bits - 96 : n->bits);
	return ret;
}

int seki_network_order(const void *va, const void *vb)
{
	const struct seki_bundle_network *a = va, *b = vb;
	int order = memcmp(a->addr, b->addr, sizeof(a->addr));

	return order ?: (a->bits > b->bits) - (a->bits < b->bits);
}

bool seki_networks_meet(const struct seki_bundle_network *table, __u64 a, __u64 b)
{
	if (!a || !b)
		return true;
	for (int i = 0; i < SEKI_NETWORKS_MAX; i++)
		for (int j = 0; j < SEKI_NETWORKS_MAX; j++)
			if (a >> i & 1 && b >> j & 1 &&
			    (seki_network_has(&table[i], table[j].addr) ||
			     seki_network_has(&table[j], table[i].addr)))
				return true;
	return false;
}
