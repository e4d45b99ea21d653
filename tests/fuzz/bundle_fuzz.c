// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a bundle, and as changes to a sound one.  Magic, versions, size and
 * digest are made right first, or the fuzzer would never get past them: what is
 * behind must hold against somebody who can compute a digest.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/compiled.h"
#include "userspace/policy/bundle_write.h"

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

static void read_as_bundle(void *image, size_t size)
{
	static FILE *sink;
	struct seki_bundle b;
	const char *why;

	if (!sink)
		sink = fopen("/dev/null", "w");
	make_right(image, size);
	if (!seki_bundle_parse(image, size, &b, &why))
		seki_bundle_print(&b, sink);
}

/* Two bytes say where, in words of four bytes, the next four what. */
static void change(const uint8_t *data, size_t size)
{
	static void *sound;
	static size_t sound_size;
	char *copy;
	uint16_t at;

	if (!sound)
		sound = compiled(HLR, strlen(HLR), &sound_size);
	copy = malloc(sound_size);
	memcpy(copy, sound, sound_size);
	for (; size >= 6; data += 6, size -= 6) {
		memcpy(&at, data, 2);
		if (4 * (size_t)at + 4 <= sound_size)
			memcpy(copy + 4 * (size_t)at, data + 2, 4);
	}
	read_as_bundle(copy, sound_size);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *copy = malloc(size + !size);

	memcpy(copy, data, size);
	if (size >= sizeof(struct seki_bundle_head))
		read_as_bundle(copy, size);
	free(copy);
	change(data, size);
	return 0;
}
