// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/bundle_write.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/file.h"
#include "userspace/lib/table.h"

struct buffer {
	char *data;
	size_t size, room;
	__u32 count;
};

struct seki_builder {
	struct buffer section[SEKI_SECTION_COUNT];
	struct seki_table strings;
	int error; /* first failure: callers need not check every call */
};

static void append(struct seki_builder *b, struct buffer *buf, const void *data, size_t size)
{
	if (b->error)
		return;
	if (buf->size + size > SEKI_BUNDLE_SIZE_MAX) {
		b->error = -EFBIG;
		return;
	}
	if (buf->size + size > buf->room) {
		size_t room = (buf->size + size) * 2;
		char *p = realloc(buf->data, room);

		if (!p) {
			b->error = -ENOMEM;
			return;
		}
		buf->data = p;
		buf->room = room;
	}
	memcpy(buf->data + buf->size, data, size);
	buf->size += size;
}

struct seki_builder *seki_builder_new(void)
{
	struct seki_builder *b = calloc(1, sizeof(*b));

	if (b)
		seki_builder_string(b, "");
	return b;
}

void seki_builder_free(struct seki_builder *b)
{
	if (!b)
		return;
	for (int i = 0; i < SEKI_SECTION_COUNT; i++)
		free(b->section[i].data);
	seki_table_free(&b->strings);
	free(b);
}

__u32 seki_builder_bytes(struct seki_builder *b, const char *bytes, size_t len)
{
	struct buffer *s = &b->section[SEKI_SECTION_STRINGS];
	__u32 offset = (__u32)s->size;

	append(b, s, bytes, len);
	s->count = (__u32)s->size;
	return b->error ? 0 : offset;
}

__u32 seki_builder_string(struct seki_builder *b, const char *text)
{
	struct buffer *s = &b->section[SEKI_SECTION_STRINGS];
	size_t len = strlen(text);
	__u32 old;

	if (!seki_table_add(&b->strings, text, len, (__u32)s->size, &old))
		return old;
	return seki_builder_bytes(b, text, len + 1);
}

void seki_builder_add(struct seki_builder *b, enum seki_section section, const void *element)
{
	struct buffer *s = &b->section[section];

	append(b, s, element, seki_section_element(section));
	s->count++;
}

static size_t aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static void place(const struct seki_builder *b, char *image)
{
	struct seki_bundle_head *h = (void *)image;
	size_t at = aligned(sizeof(*h));

	for (int i = 0; i < SEKI_SECTION_COUNT; i++) {
		const struct buffer *s = &b->section[i];

		h->section[i].offset = (__u32)at;
		h->section[i].count = s->count;
		if (s->size)
			memcpy(image + at, s->data, s->size);
		at += aligned(s->size);
	}
}

int seki_builder_finish(struct seki_builder *b, void **ret, size_t *ret_size)
{
	size_t size = aligned(sizeof(struct seki_bundle_head));
	struct seki_bundle_head *h;
	int err;

	if (b->error)
		return b->error;
	for (int i = 0; i < SEKI_SECTION_COUNT; i++)
		size += aligned(b->section[i].size);
	if (size > SEKI_BUNDLE_SIZE_MAX)
		return -EFBIG;
	h = calloc(1, size);
	if (!h)
		return -ENOMEM;
	memcpy(h->magic, SEKI_BUNDLE_MAGIC, sizeof(h->magic));
	h->format = SEKI_BUNDLE_FORMAT;
	h->abi = SEKI_ABI_VERSION;
	h->size = (__u32)size;
	place(b, (char *)h);
	err = seki_bundle_digest(h, size, h->digest);
	if (err) {
		free(h);
		return err;
	}
	*ret = h;
	*ret_size = size;
	return 0;
}

int seki_bundle_digest(const void *image, size_t size, __u8 ret[32])
{
	const size_t from = offsetof(struct seki_bundle_head, format);
	unsigned int len = 32;

	if (size < sizeof(struct seki_bundle_head))
		return -EINVAL;
	if (!EVP_Digest((const char *)image + from, size - from, ret, &len, EVP_sha256(), NULL))
		return -ENOMEM;
	return 0;
}

int seki_bundle_write(const char *path, const void *image, size_t size)
{
	return seki_file_write(path, image, size, 0644);
}
