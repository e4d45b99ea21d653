// SPDX-License-Identifier: GPL-2.0-or-later
/* Roles of operators in a bundle. */
#include "userspace/policy/bundle.h"

#include <stdio.h>

__u16 seki_bundle_role_of(const struct seki_bundle *b, __u32 uid)
{
	for (__u32 i = 0; i < b->n_logins; i++)
		if (uid >= b->logins[i].first && uid <= b->logins[i].last)
			return b->logins[i].role;
	return SEKI_DOMAIN_OTHER;
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
	return !i || b->logins[i].first != b->logins[i - 1].first;
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
	for (__u32 at = i; out && i < b->n_logins && b->logins[i].first == b->logins[at].first;
	     i++) {
		const char *name = seki_bundle_domain_name(b, b->logins[i].through);

		if (!b->logins[i].through)
			continue;
		fprintf(out, "%s%s", sep, name);
		sep = ", ";
	}
	return out && !fclose(out) ? text : NULL;
}
