/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff.h - what changes when one policy follows another: not of their texts, of
 * what they decide.
 */
#ifndef SEKI_DIFF_H
#define SEKI_DIFF_H

#include <stdio.h>

#include "userspace/judge/view.h"

/* Number of differences printed. */
unsigned int seki_diff_print(const struct seki_view *a, const struct seki_view *b, FILE *out);

#endif /* SEKI_DIFF_H */
