/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compiled.h - a policy for what judges by one. */
#ifndef SEKI_FUZZ_COMPILED_H
#define SEKI_FUZZ_COMPILED_H

#include <stdlib.h>
#include <string.h>

#include "userspace/judge/view.h"
#include "userspace/policy/policy.h"

#define HLR                                                                                        \
	"sekisho: 1\nname: t\nversion: 1\nmode: audit\nfunctions:\n  hlr:\n    core-function: 4\n" \
	"    exec: /usr/bin/hlr\n    unit: hlr.service\n    argv: [hlr]\n"                         \
	"    data: [/var/lib/hlr]\n    management: [tcp:127.0.0.1:4258]\n"                         \
	"operators:\n  dba: { uid: [2000-2009, 2020] }\n"

/* A bundle's image, to be freed; a policy that does not compile ends the run. */
static inline void *compiled(const char *text, size_t size, size_t *ret_size)
{
	struct seki_options options = { .offline = true };
	struct seki_diag d = { .file = "p" };
	struct seki_summary s;
	void *image;

	if (seki_compile(text, size, &options, &d, &image, ret_size, &s)) {
		seki_diag_print(&d, stderr);
		abort();
	}
	seki_diag_free(&d);
	return image;
}

static inline void compiled_view(const char *policy, struct seki_bundle *bundle,
				 struct seki_view *view)
{
	const char *why;
	size_t size;
	void *image = compiled(policy, strlen(policy), &size);

	if (seki_bundle_parse(image, size, bundle, &why) || seki_view_open(bundle, view))
		abort();
}

#endif /* SEKI_FUZZ_COMPILED_H */
