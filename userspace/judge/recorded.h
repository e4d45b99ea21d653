/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recorded.h - an act that a record tells of, and the same act under any policy.
 */
#ifndef SEKI_RECORDED_H
#define SEKI_RECORDED_H

#include <jansson.h>

#include "userspace/judge/view.h"

struct seki_recorded {
	const char *domain, *exe; /* of the process; "" if not known */
	const char *label, *kind; /* of the object */
	const char *path;	  /* whole, or "" */
	const char *address;	  /* "" if there is none */
	unsigned int port;
	bool marked;
	__u32 login;		     /* uid of it; 0: none, or root */
	const char *from, *terminal; /* of the login; "" if not known */
	__u32 want;
	unsigned int hook;
	__u8 verdict; /* as recorded */
	__u8 reason;
	const char *rule;   /* its text as recorded, or "" */
	const char *digest; /* of the policy, its begin in hex */
};

/* Texts are the record's.  False: it is no access, or not judged by a policy. */
bool seki_recorded_read(json_t *record, struct seki_recorded *ret);

/* Was it this policy? */
bool seki_recorded_by(const struct seki_view *v, const struct seki_recorded *r);

/* The same program reaching for the same object.  By the policy of the record that
 * is what the record says.  By another one a domain that it does not have is other,
 * and one of its own is entered by whoever ran its program as other without the
 * operator mark, and an operator has the role of his login uid, where from and at which
 * terminal; an object is what its path says, or else what its label says.
 */
void seki_recorded_in(const struct seki_view *v, const struct seki_recorded *r,
		      struct seki_subject *ret_who, struct seki_target *ret_on);

#endif /* SEKI_RECORDED_H */
