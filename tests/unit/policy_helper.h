/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy text to a bundle, or to its diagnostics, in one call. */
#ifndef SEKI_POLICY_HELPER_H
#define SEKI_POLICY_HELPER_H

#include "tests/harness.h"
#include "userspace/policy/policy.h"

#define HEAD "sekisho: 1\nname: t\nversion: 1\nmode: enforce\n"
#define HLR                                                                  \
	"functions:\n  hlr:\n    core-function: 4\n    exec: /usr/bin/hlr\n" \
	"    unit: hlr.service\n    argv: [hlr]\n    data: [/var/lib/hlr]\n"

struct compiled {
	int rc;
	unsigned int errors, warnings;
	char *said;  /* what diag printed */
	void *image; /* when rc is 0 */
	size_t size;
	struct seki_bundle b;
};

static inline struct compiled compile_sized(const char *text, size_t size,
					    const struct seki_options *options)
{
	struct seki_diag *d = calloc(1, sizeof(*d));
	struct seki_summary s;
	struct compiled c = { 0 };
	const char *why = "";
	size_t said_size;
	FILE *f = open_memstream(&c.said, &said_size);

	d->file = "p";
	c.rc = seki_compile(text, size, options, d, &c.image, &c.size, &s);
	seki_diag_print(d, f);
	fclose(f);
	c.errors = d->errors;
	c.warnings = d->warnings;
	seki_diag_free(d);
	free(d);
	EXPECT_EQ(!c.rc, !c.errors);
	if (!c.rc && seki_bundle_parse(c.image, c.size, &c.b, &why)) {
		HARNESS_FAIL("compiled bundle does not parse: %s", why);
		exit(1);
	}
	return c;
}

static inline struct compiled compile_text(const char *text)
{
	return compile_sized(text, strlen(text), &(struct seki_options){ .offline = true });
}

static inline void compiled_free(struct compiled *c)
{
	free(c->said);
	free(c->image);
}

#define EXPECT_SAID(part, c)                                                      \
	do {                                                                      \
		if (!strstr((c).said, part))                                      \
			HARNESS_FAIL("not said: \"%s\" but: %s", part, (c).said); \
	} while (0)

#endif /* SEKI_POLICY_HELPER_H */
