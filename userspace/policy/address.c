// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Management addresses to the keys the kernel looks up: tcp:ADDRESS:PORT, udp: and
 * sctp: alike, unix:@NAME.
 */
#include "userspace/policy/policy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const __u8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool read_host(const char *host, __u8 ret[16])
{
	struct in_addr v4;

	memset(ret, 0, 16);
	if (!strcmp(host, "*") || !strcmp(host, "[::]"))
		return true;
	if (inet_pton(AF_INET, host, &v4) == 1) {
		memcpy(ret, mapped, sizeof(mapped));
		memcpy(ret + 12, &v4, 4);
		return true;
	}
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		char inner[INET6_ADDRSTRLEN + 1] = "";

		snprintf(inner, sizeof(inner), "%.*s", (int)strlen(host) - 2, host + 1);
		return inet_pton(AF_INET6, inner, ret) == 1;
	}
	return false;
}

static bool read_port(const char *s, __u16 *ret)
{
	unsigned long n = strtoul(s, NULL, 10);
	size_t digits = strspn(s, "0123456789");

	if (!digits || digits > 5 || s[digits] || n > 65535 || (*s == '0' && digits > 1))
		return false;
	*ret = (__u16)n;
	return true;
}

static const struct {
	const char *prefix;
	__u16 kind;
} kinds[] = {
	{ "tcp:", SEKI_ADDR_TCP },
	{ "udp:", SEKI_ADDR_UDP },
	{ "sctp:", SEKI_ADDR_SCTP },
};

/* What follows the prefix; NULL: no such prefix. */
static const char *read_kind(const char *s, __u16 *ret, const char **ret_prefix)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t n = strlen(kinds[i].prefix);

		if (strncmp(s, kinds[i].prefix, n))
			continue;
		*ret = kinds[i].kind;
		*ret_prefix = kinds[i].prefix;
		return s + n;
	}
	return NULL;
}

bool seki_address_read(const char *text, struct seki_addr_key *ret)
{
	const char *prefix, *rest = read_kind(text, &ret->kind, &prefix),
			    *colon = rest ? strrchr(rest, ':') : NULL;
	char host[64] = "";

	if (colon)
		snprintf(host, sizeof(host), "%.*s", (int)(colon - rest), rest);
	return *host && read_host(host, ret->addr) && read_port(colon + 1, &ret->port);
}

static bool read_inet(struct seki_compilation *c, const struct seki_text *t, const char *prefix,
		      struct seki_addr_key *ret)
{
	if (!seki_address_read(t->s, ret)) {
		seki_error(c->diag, t->pos,
			   "'%.100s' is not an address; write %s127.0.0.1:4258, "
			   "%s[::1]:4258 or %s*:4258",
			   t->s, prefix, prefix, prefix);
		return false;
	}
	if (!ret->port) {
		seki_error(c->diag, t->pos,
			   "port 0 is no port to connect to; write the one "
			   "the function listens on");
		return false;
	}
	return true;
}

/* The key only tells whether a name came before: the name itself is in the text. */
static bool read_abstract(struct seki_compilation *c, const struct seki_text *t,
			  struct seki_addr_key *ret)
{
	const char *name = t->s + strlen("unix:@");
	__u32 hash = 2166136261u;

	if (!*name || strlen(name) >= SEKI_NAME_MAX) {
		seki_error(c->diag, t->pos,
			   "'%.100s' is not a name of 1 to %d bytes; write it as ss -x shows it",
			   t->s, SEKI_NAME_MAX - 1);
		return false;
	}
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	memcpy(ret->addr, name, strnlen(name, sizeof(ret->addr)));
	ret->port = (__u16)(hash | 1);
	ret->kind = SEKI_ADDR_ABSTRACT;
	return true;
}

static bool find(const struct seki_compilation *c, const struct seki_addr_key *key, uint32_t *ret)
{
	return seki_table_find(&c->addr_of, key, sizeof(*key), ret);
}

static void grow(struct seki_compilation *c)
{
	unsigned int room = c->room_addrs ? 2 * c->room_addrs : 16;
	struct seki_bundle_addr *addr = seki_arena_array(&c->arena, room, sizeof(*addr));
	struct seki_text *text = seki_arena_array(&c->arena, room, sizeof(*text));

	if (c->n_addrs) {
		memcpy(addr, c->addr, c->n_addrs * sizeof(*addr));
		memcpy(text, c->addr_text, c->n_addrs * sizeof(*text));
	}
	c->addr = addr;
	c->addr_text = text;
	c->room_addrs = room;
}

static void add(struct seki_compilation *c, const struct seki_addr_key *key, __u16 label,
		const struct seki_text *t)
{
	if (c->n_addrs == c->room_addrs)
		grow(c);
	seki_table_add(&c->addr_of, seki_arena_copy(&c->arena, (const char *)key, sizeof(*key)),
		       sizeof(*key), c->n_addrs, NULL);
	c->addr_text[c->n_addrs] = *t;
	c->addr[c->n_addrs++] = (struct seki_bundle_addr){ .key = *key,
							   .label = label,
							   .line = seki_where_of(t->pos) };
}

/* connect() to 0.0.0.0 arrives at the loopback: the second door of every
 * loopback address.
 */
static void add_unspecified(struct seki_compilation *c, struct seki_addr_key key, __u16 label,
			    const struct seki_text *t, const char *prefix)
{
	uint32_t old;
	struct seki_text door = { seki_arena_printf(&c->arena, "%s0.0.0.0:%u", prefix, key.port),
				  t->pos };

	if (memcmp(key.addr, mapped, sizeof(mapped)) || key.addr[12] != 127)
		return;
	memset(key.addr + 12, 0, 4);
	if (!find(c, &key, &old))
		add(c, &key, label, &door);
}

static void one_address(struct seki_compilation *c, const struct seki_actor *a,
			const struct seki_text *t)
{
	struct seki_addr_key key = { .port = 0 };
	const char *prefix = "", *rest = read_kind(t->s, &key.kind, &prefix);
	uint32_t old;
	__u16 label = a->label[SEKI_PART_MANAGEMENT];

	if (!strncmp(t->s, "unix:/", 6))
		return; /* a path: paths.c */
	if (!strncmp(t->s, "unix:@", 6)) {
		if (!read_abstract(c, t, &key))
			return;
	} else if (!rest) {
		seki_error(c->diag, t->pos,
			   "'%.100s' is not a management address; write "
			   "tcp:ADDRESS:PORT, udp: or sctp: alike, unix:/PATH or unix:@NAME",
			   t->s);
		return;
	} else if (!read_inet(c, t, prefix, &key)) {
		return;
	}
	if (!find(c, &key, &old)) {
		add(c, &key, label, t);
		add_unspecified(c, key, label, t, prefix);
		return;
	}
	seki_error(c->diag, t->pos,
		   "overlapping label: '%.100s' is %s already; an address has "
		   "one label",
		   t->s, c->sym.by_id[c->addr[old].label]->word);
	seki_note(c->diag, c->addr_text[old].pos, "first named here");
}

void seki_collect_addresses(struct seki_compilation *c)
{
	const struct seki_policy *p = &c->policy;

	for (unsigned int i = 0; i < p->n_functions; i++)
		for (unsigned int j = 0; p->actor[i].id && j < p->actor[i].management.n; j++)
			one_address(c, &p->actor[i], &p->actor[i].management.v[j]);
}
