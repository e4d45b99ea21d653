// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a file of tests: diagnostics, or tests that run, in bounds.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/compiled.h"
#include "userspace/judge/test_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* As in policy_fuzz.c. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

static const char policy[] = HLR "rules: [{ deny: hlr, to: link, on: hlr.data }]\n";

static struct seki_bundle bundle;
static struct seki_view view;

static void take(void *to, const struct seki_test_result *r)
{
	if (!r->wrong && r->got.verdict != r->test->expect.n)
		abort();
	++*(unsigned int *)to;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seki_diag *d = calloc(1, sizeof(*d));
	struct seki_controls none = { 0 };
	struct seki_test_file f;
	unsigned int n = 0;
	static FILE *sink;

	if (!sink) {
		sink = fopen("/dev/null", "w");
		compiled_view(policy, &bundle, &view);
	}
	d->file = "fuzz";
	seki_test_file_read((const char *)data, size, d, &f);
	seki_diag_print(d, sink);
	if (!d->errors)
		seki_test_run(&f, &view, &none, NULL, take, &n);
	seki_test_file_free(&f);
	seki_diag_free(d);
	free(d);
	return 0;
}
