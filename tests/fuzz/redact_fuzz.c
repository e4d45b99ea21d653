// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * redact_fuzz.c - command lines and rules of strangers: nothing outgrows its room,
 * and a secret behind --password= is in no output.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARG_MAX_ 512

static void arguments(const char *data, size_t size, const struct seki_redact *more)
{
	char out[SEKI_REDACT_ROOM(ARG_MAX_)];
	struct seki_redactor r = { .more = more };

	while (size) {
		const char *end = memchr(data, '\0', size);
		size_t len = end ? (size_t)(end - data) : size, step = len + (end != NULL);

		if (len > ARG_MAX_)
			len = ARG_MAX_;
		if (seki_redact(&r, data, len, out, sizeof(out)) > SEKI_REDACT_ROOM(len))
			abort();
		data += step;
		size -= step;
	}
}

static void secret(const char *data, size_t size)
{
	static const char begin[] = "--password=";
	char arg[ARG_MAX_ + sizeof(begin)], out[SEKI_REDACT_ROOM(sizeof(arg))];
	struct seki_redactor r = { 0 };
	size_t n = sizeof(begin) - 1;

	if (!size || size > ARG_MAX_)
		return;
	memcpy(arg, begin, n);
	memcpy(arg + n, data, size);
	if (seki_redact(&r, arg, n + size, out, sizeof(out)) != n + 3 || memcmp(out + n, "***", 3))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seki_redact *more = NULL;
	char *text = malloc(size + 1), err[128];

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (seki_redact_parse("fuzz", text, &more, err, sizeof(err)))
		more = NULL;
	arguments((const char *)data, size, more);
	secret((const char *)data, size);
	seki_redact_free(more);
	free(text);
	return 0;
}
