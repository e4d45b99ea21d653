/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restore.h - the policy text that a bundle could have been compiled from.
 */
#ifndef SEKI_RESTORE_H
#define SEKI_RESTORE_H

#include <stdio.h>

#include "userspace/judge/view.h"

/* Text that compiles to the same meaning, comments and traffic aside; malloc'ed.
 * 0; -EINVAL: it could not be restored, with what would differ on out; -ENOMEM.
 */
int seki_restore(const struct seki_view *v, char **ret, size_t *ret_size, FILE *out);

#endif /* SEKI_RESTORE_H */
