// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a bundle.  Magic, versions, size and digest are made right
 * first, or the fuzzer would never get past them: what is behind must hold
 * against somebody who can compute a digest.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/policy/bundle_write.h"
#include "userspace/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_right(struct seki_bundle_head *h, size_t size)
{
	memcpy(h->magic, SEKI_BUNDLE_MAGIC, sizeof(h->magic));
	h->format = SEKI_BUNDLE_FORMAT;
	h->abi = SEKI_ABI_VERSION;
	h->size = (__u32)size;
	h->pad = 0;
	seki_bundle_digest(h, size, h->digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *copy = malloc(size + !size);
	static FILE *sink;
	struct seki_bundle b;
	const char *why;

	if (!sink)
		sink = fopen("/dev/null", "w");
	memcpy(copy, data, size);
	if (size >= sizeof(struct seki_bundle_head))
		make_right(copy, size);
	if (!seki_bundle_parse(copy, size, &b, &why))
		seki_bundle_print(&b, sink);
	free(copy);
	return 0;
}
