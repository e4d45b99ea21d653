// SPDX-License-Identifier: GPL-2.0-or-later
/* Roles of operators in a bundle. */
#include "userspace/policy/bundle.h"

#include <stdio.h>
#include <string.h>

#include "userspace/policy/login.h"

/* Comes this address, as text, from one of the networks? */
static bool is_from(const struct seki_bundle *b, __u64 networks, const char *from)
{
	struct seki_bundle_network host;
	enum seki_network_fault fault = seki_network_read(from ?: "", &host);

	if (fault && fault != SEKI_NETWORK_MAPPED)
		return false;
	for (__u32 i = 0; i < b->n_networks; i++)
		if (networks >> i & 1 && seki_network_has(&b->networks[i], host.addr))
			return true;
	return false;
}

static bool is_at(const struct seki_bundle *b, __u64 terminals, const char *name)
{
	struct seki_bundle_terminal at[SEKI_TERMINAL_KINDS];

	if (seki_terminal_read(name ?: "", at) != 1 || at->first != at->last)
		return false;
	for (__u32 i = 0; i < b->n_terminals; i++)
		if (terminals >> i & 1 && at->first >= b->terminals[i].first &&
		    at->first <= b->terminals[i].last)
			return true;
	return false;
}

static bool fits(const struct seki_bundle *b, const struct seki_bundle_login *l,
		 const struct seki_bundle_way *w)
{
	return w->uid >= l->first && w->uid <= l->last &&
	       (!l->networks || is_from(b, l->networks, w->from)) &&
	       (!l->terminals || is_at(b, l->terminals, w->terminal));
}

__u16 seki_bundle_role_of(const struct seki_bundle *b, const struct seki_bundle_way *w)
{
	__u16 role = SEKI_DOMAIN_OTHER;

	for (__u32 i = 0; i < b->n_logins; i++) {
		const struct seki_bundle_login *l = &b->logins[i];

		if (!fits(b, l, w))
			continue;
		if (w->role && !strcmp(w->role, seki_bundle_domain_name(b, l->role)))
			return l->role;
		role = role ?: l->role;
	}
	return role;
}

bool seki_bundle_is_role(const struct seki_bundle *b, __u16 id)
{
	for (__u32 i = 0; i < b->n_logins; i++)
		if (b->logins[i].role == id)
			return true;
	return false;
}

/* Rows of one range differ in the domain that logs in. */
static bool is_first(const struct seki_bundle *b, __u32 i)
{
	return !i || b->logins[i].first != b->logins[i - 1].first ||
	       b->logins[i].role != b->logins[i - 1].role;
}

char *seki_bundle_logins_text(const struct seki_bundle *b, __u16 role)
{
	const char *sep = "";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (__u32 i = 0; out && i < b->n_logins; i++) {
		const struct seki_bundle_login *l = &b->logins[i];

		if (l->role != role || !is_first(b, i))
			continue;
		fprintf(out, l->first == l->last ? "%s%u" : "%s%u-%u", sep, l->first, l->last);
		sep = ", ";
	}
	return out && !fclose(out) ? text : NULL;
}

char *seki_bundle_through_text(const struct seki_bundle *b, __u16 role)
{
	const char *sep = "";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	__u32 i = 0;

	while (i < b->n_logins && b->logins[i].role != role)
		i++;
	for (__u32 at = i; out && i < b->n_logins && (i == at || !is_first(b, i)); i++) {
		const char *name = seki_bundle_domain_name(b, b->logins[i].through);

		if (!b->logins[i].through)
			continue;
		fprintf(out, "%s%s", sep, name);
		sep = ", ";
	}
	return out && !fclose(out) ? text : NULL;
}

static const struct seki_bundle_login *login_of(const struct seki_bundle *b, __u16 role)
{
	for (__u32 i = 0; i < b->n_logins; i++)
		if (b->logins[i].role == role)
			return &b->logins[i];
	return NULL;
}

char *seki_bundle_networks_text(const struct seki_bundle *b, __u16 role, const char *quote)
{
	const struct seki_bundle_login *l = login_of(b, role);
	char buf[SEKI_NETWORK_TEXT], *text = NULL;
	const char *sep = "";
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (__u32 i = 0; l && i < b->n_networks; i++) {
		if (!(l->networks >> i & 1))
			continue;
		fprintf(out, "%s%s%s%s", sep, quote, seki_network_text(&b->networks[i], buf),
			quote);
		sep = ", ";
	}
	return fclose(out) ? NULL : text;
}

/* Has a row before it this name? */
static bool named_before(const struct seki_bundle *b, __u64 terminals, __u32 row)
{
	for (__u32 i = 0; i < row; i++)
		if (terminals >> i & 1 && !strcmp(seki_bundle_string(b, b->terminals[i].name),
						  seki_bundle_string(b, b->terminals[row].name)))
			return true;
	return false;
}

char *seki_bundle_terminals_text(const struct seki_bundle *b, __u16 role, const char *quote)
{
	const struct seki_bundle_login *l = login_of(b, role);
	const char *sep = "";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (__u32 i = 0; l && i < b->n_terminals; i++) {
		if (!(l->terminals >> i & 1) || named_before(b, l->terminals, i))
			continue;
		fprintf(out, "%s%s%s%s", sep, quote, seki_bundle_string(b, b->terminals[i].name),
			quote);
		sep = ", ";
	}
	return fclose(out) ? NULL : text;
}
