// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as policy text: diagnostics or a bundle that parses, in bounds.
 */
#include <stdint.h>
#include <stdlib.h>

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
	d->file = "fuzz";
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
