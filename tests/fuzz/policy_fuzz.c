// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as policy text: diagnostics or a bundle that parses, in bounds.  What
 * follows a line "# included" is the text of the file /proc/self/fd/100.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "userspace/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a 4 KiB buffer after some syntax errors; the compiler
 * ends soon after one.  Leaks of our own are still found.
 */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

static void check_bundle(const void *image, size_t size)
{
	struct seki_bundle b;
	const char *why;

	if (seki_bundle_parse(image, size, &b, &why)) {
		fprintf(stderr, "compiled bundle does not parse: %s\n", why);
		abort();
	}
}

#define MARK "\n# included\n"
#define INCLUDED 100

/* Puts the second file in its place; the size of the first. */
static size_t split(const uint8_t *data, size_t size)
{
	const uint8_t *mark = memmem(data, size, MARK, strlen(MARK));
	const uint8_t *from = mark ? mark + strlen(MARK) : data + size;
	size_t n = (size_t)(data + size - from);
	static bool open;

	if (!open) {
		int fd = memfd_create("included", 0);

		open = fd >= 0 && dup2(fd, INCLUDED) == INCLUDED;
	}
	if (!open || ftruncate(INCLUDED, 0) || pwrite(INCLUDED, from, n, 0) != (ssize_t)n)
		abort();
	return mark ? (size_t)(mark - data) + 1 : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seki_options options = { .offline = true };
	struct seki_diag *d = calloc(1, sizeof(*d));
	static FILE *sink;
	struct seki_summary s;
	void *image = NULL;
	size_t image_size;
	int err;

	if (!sink)
		sink = fopen("/dev/null", "w");
	d->file = "tests/golden/fuzz";
	size = split(data, size);
	err = seki_compile((const char *)data, size, &options, d, &image, &image_size, &s);
	if (!err != !d->errors)
		abort();
	seki_diag_print(d, sink);
	if (!err)
		check_bundle(image, image_size);
	free(image);
	seki_diag_free(d);
	free(d);
	return 0;
}
