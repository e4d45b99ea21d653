// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as lines of a log, learnt from: what comes out is a policy.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/judge/learn.h"
#include "userspace/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy[] =
	"sekisho: 1\nname: t\nversion: 1\nmode: audit\nfunctions:\n  hlr:\n    core-function: 4\n"
	"    exec: /usr/bin/hlr\n    unit: hlr.service\n    argv: [hlr]\n    data: [/var/lib/hlr]\n"
	"    management: [tcp:127.0.0.1:4258]\ndomains:\n  tool: { exec: /bin/tool, operator: true }\n"
	"rules:\n  - { deny: hlr, to: link, on: hlr.data }\nkernel:\n  namespaces: [tool]\n";

static struct seki_bundle bundle;
static struct seki_view view;

static void *compile(const char *text, size_t size)
{
	struct seki_options options = { .offline = true };
	struct seki_diag d = { .file = "p" };
	struct seki_summary s;
	void *image;
	size_t n;

	if (seki_compile(text, size, &options, &d, &image, &n, &s)) {
		seki_diag_print(&d, stderr);
		abort();
	}
	seki_diag_free(&d);
	return image;
}

static void prepare(void)
{
	const struct seki_bundle_head *head = compile(policy, strlen(policy));
	const char *why;

	if (seki_bundle_parse(head, head->size, &bundle, &why) || seki_view_open(&bundle, &view))
		abort();
}

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
		prepare();
	learn(&l, text, text + size);
	if (!seki_learn_write(&l, policy, strlen(policy), &d, &ret, &n))
		abort();
	free(compile(ret, n));
	free(ret);
	seki_diag_free(&d);
	seki_learn_free(&l);
	return 0;
}
