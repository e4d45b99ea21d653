/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - numbers of the interface as plain words.
 */
#ifndef SEKI_WORDS_H
#define SEKI_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"

/* X(NAME, bit, "word"): what a record is about. */
#define SEKI_CLASS_LIST(X)           \
	X(ACCESS, 0, "access")       \
	X(EXEC, 1, "exec")           \
	X(SESSION, 2, "session")     \
	X(POLICY, 3, "policy")       \
	X(LOSS, 4, "loss")           \
	X(INTEGRITY, 5, "integrity") \
	X(HEARTBEAT, 6, "heartbeat") \
	X(LIFECYCLE, 7, "lifecycle") \
	X(CHANGE, 8, "change")

#define X(name, bit, word) SEKI_CLASS_##name = (bit),
enum seki_class { SEKI_CLASS_LIST(X) };
#undef X
#define SEKI_CLASS_COUNT 9

/* Each returns a static word, or NULL for a number without one. */
const char *seki_word_class(unsigned int class);
const char *seki_word_hook(unsigned int hook);
const char *seki_word_access(unsigned int bit);
const char *seki_word_verdict(unsigned int verdict);
const char *seki_word_reason(unsigned int reason);
const char *seki_word_loss(unsigned int cause);
const char *seki_word_kind(unsigned int label_kind);
/* Bytes of a file's name that the kernel makes a process's. */
#define SEKI_COMM_SHOWN 15
/* The word of its kind that a label's name tells: "hlr.data".  "": none; never NULL. */
const char *seki_word_label_kind(const char *label);
const char *seki_word_family(unsigned int family);
const char *seki_word_socktype(unsigned int type);
const char *seki_word_policy_act(unsigned int act);
const char *seki_word_refused(unsigned int refused);

/* The act in plain words: "open for reading".  Never NULL. */
const char *seki_word_act(unsigned int hook, uint32_t want);
/* .detail of an access event by its hook: "SIGSTOP"; "" if there is none. */
void seki_detail_text(const struct seki_access_event *a, char *ret, size_t size);

#endif /* SEKI_WORDS_H */
