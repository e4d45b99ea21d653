/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEKI_POLICY_FILE_H
#define SEKI_POLICY_FILE_H

#include "userspace/policy/policy.h"

/* The bundle image of a policy file (malloc'ed).  What is wrong, and warnings,
 * went to stderr; 0 or negative errno.
 */
int seki_policy_file(const char *path, const struct seki_options *options, void **ret,
		     size_t *ret_size, struct seki_summary *ret_summary);

#endif /* SEKI_POLICY_FILE_H */
