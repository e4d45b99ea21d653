// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the lines of a log: counted, in bounds, and the second time, from
 * memory, as the first time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/compiled.h"
#include "userspace/judge/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy[] = HLR "rules: [{ deny: hlr, to: link, on: hlr.data }]\n";

static struct seki_bundle bundle;
static struct seki_view view;

static void all_lines(struct seki_replay *r, const char *at, const char *end)
{
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)) ?: end;

		seki_replay_line(r, at, (size_t)(newline - at));
		at = newline + 1;
	}
}

static uint64_t changed(struct seki_replay *r)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < r->changes; i++)
		n += r->change[i].count;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct seki_replay r;
	uint64_t acts, changes;

	if (!view.cell)
		compiled_view(policy, &bundle, &view);
	if (seki_replay_begin(&r, &view, NULL))
		abort();
	all_lines(&r, text, text + size);
	acts = r.acts;
	changes = changed(&r);
	all_lines(&r, text, text + size);
	if (r.acts != 2 * acts || changed(&r) != 2 * changes)
		abort();
	seki_replay_sort(&r);
	seki_replay_end(&r);
	return 0;
}
