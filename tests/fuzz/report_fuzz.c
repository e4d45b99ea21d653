// SPDX-License-Identifier: GPL-2.0-or-later
/* A log of any lines: the picker, the sums, and every verdict of them. */
#include <stdlib.h>
#include <string.h>

#include "userspace/report/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seki_catalogue catalogue;
static struct seki_controls rules;

static void load(void)
{
	struct seki_complaint why;
	char err[256];

	if (seki_catalogue_load(&catalogue, "policies/controls", &why) ||
	    seki_controls_rules("policies/controls/mapping.json", &rules, err, sizeof(err)))
		abort(); /* run it at the root of the tree */
}

/* Each line in memory of its own size: a step behind its end is seen.  s NULL: the
 * picker alone, which is a hundred times faster.
 */
static void add_lines(struct seki_sums *s, const char *at, size_t size)
{
	struct seki_seen r;

	const char *end = at + size;

	for (uint64_t i = 0; at < end; i++) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((nl ? nl : end) - at);
		char *line = malloc(len + !len);

		memcpy(line, at, len);
		if (s)
			seki_sums_add(s, i, line, len);
		else
			seki_pick(line, len, &r);
		free(line);
		at += len + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const drafts[] = { "15", "16", "equipment" };
	struct seki_sums s = { .to = UINT64_MAX, .beat = 150, .keep_work = true };
	struct seki_paper p = { .k = { .c = &catalogue, .s = &s, .pattern = 1 } };
	char *text = NULL;
	size_t written;
	FILE *out;

	if (size % 8) {
		add_lines(NULL, (const char *)data, size);
		return 0;
	}
	if (!rules.count)
		load();
	if (seki_sums_open(&s, &rules) || seki_sums_source(&s, "log"))
		abort();
	add_lines(&s, (const char *)data, size);
	seki_sums_source_end(&s);
	seki_sums_end(&s);
	out = open_memstream(&text, &written);
	if (out && !seki_paper_make(&p)) {
		seki_write_html(&p, out);
		seki_write_work(&p, out);
		if (seki_write_draft(&p, drafts[size / 8 % 3], out))
			abort();
	}
	if (out)
		fclose(out);
	free(text);
	seki_paper_free(&p);
	seki_sums_close(&s);
	return 0;
}
