// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as lines of a log, learnt from: what comes out is a policy.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/compiled.h"
#include "userspace/judge/learn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy[] = HLR
	"domains:\n  tool: { exec: /bin/tool, operator: true }\n"
	"rules:\n  - { deny: hlr, to: link, on: hlr.data }\nkernel:\n  namespaces: [tool]\n";

static struct seki_bundle bundle;
static struct seki_view view;

static void learn(struct seki_learn *l, const char *at, const char *end)
{
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)) ?: end;
		json_t *record = json_loadb(at, (size_t)(newline - at), 0, NULL);

		if (record)
			seki_learn_record(l, record);
		json_decref(record);
		at = newline + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct seki_learn l = { .v = &view, .denied = true };
	struct seki_diag d = { .file = "fuzz" };
	char *ret;
	size_t n;

	if (!view.cell)
		compiled_view(policy, &bundle, &view);
	learn(&l, text, text + size);
	if (!seki_learn_write(&l, policy, strlen(policy), &d, &ret, &n))
		abort();
	free(compiled(ret, n, &n));
	free(ret);
	seki_diag_free(&d);
	seki_learn_free(&l);
	return 0;
}
