// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Access words of the language: those of the ABI, and groups.
 */
#include "userspace/policy/policy.h"

#include <stdio.h>
#include <string.h>

#define MODIFY (SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_LINK | SEKI_ATTR)

static const struct {
	const char *word;
	__u32 access;
} words[] = {
#define X(name, bit, word, text) { word, SEKI_##name },
	SEKI_ACCESS_LIST(X)
#undef X
		{ "modify", MODIFY },
	{ "replace", SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_LINK },
	{ "all-file", SEKI_READ | SEKI_EXEC | MODIFY | SEKI_IOCTL | SEKI_WATCH },
};
#define N_WORDS (sizeof(words) / sizeof(*words))

bool seki_access_word(const char *word, __u32 *ret)
{
	for (size_t i = 0; i < N_WORDS; i++)
		if (!strcmp(words[i].word, word)) {
			*ret = words[i].access;
			return true;
		}
	return false;
}

const char *const *seki_access_words(unsigned int *ret_n)
{
	static const char *list[N_WORDS];

	for (size_t i = 0; i < N_WORDS; i++)
		list[i] = words[i].word;
	*ret_n = N_WORDS;
	return list;
}

const char *seki_access_text(__u32 access, char *buf, size_t size)
{
	static const char *const word[] = {
#define X(name, bit, word, text) [bit] = word,
		SEKI_ACCESS_LIST(X)
#undef X
	};
	size_t at = 0;

	snprintf(buf, size, "nothing");
	for (unsigned int bit = 0; bit < SEKI_ACCESS_BITS; bit++) {
		if (!(access & 1u << bit) || at >= size)
			continue;
		at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? " " : "", word[bit]);
	}
	return buf;
}
