/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_view.h - a policy to judge by, from its text or from a bundle.
 */
#ifndef SEKI_POLICY_VIEW_H
#define SEKI_POLICY_VIEW_H

#include "userspace/collector/control.h"
#include "userspace/judge/view.h"
#include "userspace/policy/policy.h"

#define SEKI_POLICY_IN_FORCE "/run/sekisho/policy.bundle"
#define SEKI_CONTROLS_DIR "/usr/share/sekisho/policies/controls"

struct seki_policy_view {
	struct seki_view v;
	struct seki_bundle b;
	const char *file; /* what FILE:LINE names */
	void *image;	  /* compiled here, or NULL */
};

/* Text is compiled without looking at files, unless root names a tree ("/": this
 * host).  What is wrong went to stderr; 0 or negative errno.
 */
int seki_policy_view_open(const char *path, const char *root, struct seki_policy_view *ret);
void seki_policy_view_close(struct seki_policy_view *p);

/* The tables in dir, or those installed.  Missing ones are only missed if named. */
int seki_policy_controls(const char *dir, struct seki_controls *ret);

#endif /* SEKI_POLICY_VIEW_H */
