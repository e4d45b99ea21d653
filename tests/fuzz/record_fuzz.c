// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record_fuzz.c - text of strangers in every place of a sound event, and the
 * log read back: neither the writer nor resume may stumble.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "userspace/collector/record.h"
#include "userspace/collector/resume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char text[65536];

static void quote(const uint8_t *data, size_t size)
{
	struct seki_buf b = { .data = text, .cap = sizeof(text) };
	json_t *j;

	if (size > 8192)
		size = 8192;
	seki_buf_quote(&b, (const char *)data, size);
	j = json_loadb(b.data, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (!j)
		abort();
	json_decref(j);
}

/* A log that somebody altered. */
static void read_back(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct seki_resume r;

	if (fd < 0)
		fd = memfd_create("log", 0);
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size ||
	    pwrite(fd, "\n", 1, (off_t)size) != 1)
		abort();
	if (!seki_resume_read_fd(fd, "000000000000", &r))
		seki_resume_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	quote(data, size);
	read_back(data, size);
	return 0;
}
