/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bundle_write.h - tables in, bundle file out.
 */
#ifndef SEKI_BUNDLE_WRITE_H
#define SEKI_BUNDLE_WRITE_H

#include "userspace/policy/bundle.h"

struct seki_builder;

struct seki_builder *seki_builder_new(void);
void seki_builder_free(struct seki_builder *b);

/* Offset of a string; equal strings share one.  The text is borrowed until
 * seki_builder_free().
 */
__u32 seki_builder_string(struct seki_builder *b, const char *text);
/* Offset of bytes that may hold NULs: an argument vector. */
__u32 seki_builder_bytes(struct seki_builder *b, const char *bytes, size_t len);
/* Append one element, its size known from the section. */
void seki_builder_add(struct seki_builder *b, enum seki_section section, const void *element);

/* The finished image, malloc'ed, digest filled in; -EFBIG or -ENOMEM. */
int seki_builder_finish(struct seki_builder *b, void **ret, size_t *ret_size);

/* SHA-256 of what the head's digest covers. */
int seki_bundle_digest(const void *image, size_t size, __u8 ret[32]);
/* Bytes of one element of a section. */
size_t seki_section_element(enum seki_section section);
/* Replace the file as a whole, mode 0644. */
int seki_bundle_write(const char *path, const void *image, size_t size);

#endif /* SEKI_BUNDLE_WRITE_H */
