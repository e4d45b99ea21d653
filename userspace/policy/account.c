// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The users and groups of the host that a policy is for.
 */
#include "userspace/policy/policy.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/cleanup.h"

FILE *seki_open_accounts(struct seki_compilation *c, const char *table)
{
	return fopen(seki_arena_printf(&c->arena, "%s/etc/%s", c->options.root ?: "", table), "re");
}

/* The first line of a name counts, as it does for logins. */
__u32 seki_uid_of(struct seki_compilation *c, const char *name)
{
	seki_autofclose FILE *f = seki_open_accounts(c, "passwd");
	struct passwd *p;

	while (f && (p = fgetpwent(f)))
		if (!strcmp(p->pw_name, name))
			return p->pw_uid;
	return 0;
}
