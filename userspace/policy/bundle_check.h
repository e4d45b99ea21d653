/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bundle_check.h - between bundle.c, which finds the tables, and
 * bundle_check.c, which judges what is in them.
 */
#ifndef SEKI_BUNDLE_CHECK_H
#define SEKI_BUNDLE_CHECK_H

#include <stdbool.h>

#include "userspace/policy/bundle.h"

/* The bundle so far: tables inside the file, nothing in them believed. */
struct seki_bundle_reading {
	struct seki_bundle b;
	size_t n_strings;
	bool domain[SEKI_DOMAIN_MAX]; /* ids that exist; filled by the check */
	bool label[SEKI_LABEL_MAX];
	__u32 n_rates;
};

/* NULL, or what is wrong; what would be right. */
const char *seki_bundle_check(struct seki_bundle_reading *r);

#endif /* SEKI_BUNDLE_CHECK_H */
