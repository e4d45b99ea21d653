/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confine.h - the collector gives up what it does not need any more.
 */
#ifndef SEKI_CONFINE_H
#define SEKI_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct seki_account {
	bool none; /* stay who we are: tests */
	uid_t uid;
	gid_t gid;
};

/* From /etc/passwd; "none" is no account.  0 or negative errno. */
int seki_account_find(const char *name, struct seki_account *ret);

/* Become the account without capabilities, for good.  0 or negative errno
 * and *ret_what, the step that failed.
 */
int seki_confine_account(const struct seki_account *a, const char **ret_what);

/* Landlock: below write everything, below read only reading; both end with
 * NULL and missing paths are skipped.  1: in force, 0: this kernel has none.
 */
int seki_confine_files(const char *const *write, const char *const *read);

/* seccomp.c: system calls a running collector needs; others get EPERM.  1: in
 * force, 0: built without libseccomp.
 */
int seki_confine_calls(void);

/* CapEff of this process as 16 hex digits, "unknown" if unreadable. */
void seki_confine_capabilities(char ret[24]);

#endif /* SEKI_CONFINE_H */
