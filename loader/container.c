// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * container.c - the containers of a policy, before it is put in force.
 *
 * Nothing is known by what is read here: the program is its inode, as ever.
 */
#include "loader/loader.h"

#include "userspace/lib/log.h"
#include "userspace/policy/container.h"

int seki_containers_check(const struct seki_bundle *b)
{
	struct seki_container_fault fault;
	struct seki_container c;
	int err = 0;

	for (__u32 i = 0; i < b->n_domains; i++) {
		if (!seki_bundle_container(b, &b->domains[i], &c) ||
		    !seki_container_check(-1, &c, &fault))
			continue;
		seki_warnx("%s: %s", seki_bundle_string(b, b->domains[i].name), fault.text);
		err = -1;
	}
	return err;
}
