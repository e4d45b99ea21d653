/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.h - stage 2: bytes become an event, or are refused with a reason.
 */
#ifndef SEKI_DECODE_H
#define SEKI_DECODE_H

#include <stddef.h>

#include "bpf/abi.h"

/* The event in place; the pointers that do not fit its kind are NULL. */
struct seki_decoded {
	const struct seki_event *e;
	const struct seki_access_event *access;
	const struct seki_exec_event *exec;
	const struct seki_mark_event *mark;
	const struct seki_policy_event *policy;
};

/* data is 8-byte aligned.  0, or -EPROTO with *reterr a static sentence. */
int seki_decode(const void *data, size_t size, struct seki_decoded *ret, const char **reterr);

#endif /* SEKI_DECODE_H */
