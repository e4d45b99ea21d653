// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a bundle.  The digest comes first: what was cut or altered by
 * accident is refused there.  bundle_check.c then judges all the rest.
 */
#include "userspace/policy/bundle.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/hex.h"
#include "userspace/policy/bundle_check.h"
#include "userspace/policy/bundle_write.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "bundles are little endian and used in place");
_Static_assert(offsetof(struct seki_bundle_head, format) == 40, "digest covers the rest");
_Static_assert(sizeof(struct seki_bundle_head) == 144, "head");
_Static_assert(sizeof(struct seki_bundle_meta) == 24, "meta");
_Static_assert(sizeof(struct seki_bundle_domain) == 64, "domain");
_Static_assert(sizeof(struct seki_bundle_label) == 16, "label");
_Static_assert(sizeof(struct seki_bundle_path) == 16, "path");
_Static_assert(sizeof(struct seki_bundle_addr) == 32, "address");
_Static_assert(sizeof(struct seki_bundle_cell) == 28, "cell");
_Static_assert(sizeof(struct seki_bundle_rule) == 40, "rule");
_Static_assert(sizeof(struct seki_bundle_login) == 32, "login");
_Static_assert(sizeof(struct seki_bundle_network) == 24, "network");
_Static_assert(sizeof(struct seki_bundle_terminal) == 16, "terminal");

static const size_t element_size[SEKI_SECTION_COUNT] = {
	[SEKI_SECTION_STRINGS] = 1,
	[SEKI_SECTION_META] = sizeof(struct seki_bundle_meta),
	[SEKI_SECTION_DOMAINS] = sizeof(struct seki_bundle_domain),
	[SEKI_SECTION_LABELS] = sizeof(struct seki_bundle_label),
	[SEKI_SECTION_PATHS] = sizeof(struct seki_bundle_path),
	[SEKI_SECTION_ADDRS] = sizeof(struct seki_bundle_addr),
	[SEKI_SECTION_CELLS] = sizeof(struct seki_bundle_cell),
	[SEKI_SECTION_RULES] = sizeof(struct seki_bundle_rule),
	[SEKI_SECTION_LOGINS] = sizeof(struct seki_bundle_login),
	[SEKI_SECTION_NETWORKS] = sizeof(struct seki_bundle_network),
	[SEKI_SECTION_TERMINALS] = sizeof(struct seki_bundle_terminal),
};

size_t seki_section_element(enum seki_section section)
{
	return element_size[section];
}

static const char *check_head(const void *data, size_t size)
{
	const struct seki_bundle_head *h = data;

	if (size < sizeof(*h))
		return "shorter than the head of a bundle; compile the policy again";
	if ((uintptr_t)data % 8)
		return "buffer not aligned to 8 bytes; this is a fault of the caller";
	if (memcmp(h->magic, SEKI_BUNDLE_MAGIC, sizeof(h->magic)))
		return "not a bundle; give the file that 'sekisho compile' wrote";
	if (h->format != SEKI_BUNDLE_FORMAT)
		return "another bundle format; compile the policy with this release";
	if (h->abi != SEKI_ABI_VERSION)
		return "made for another ABI; compile the policy with this release";
	if (h->size > size || h->size < sizeof(*h) || h->size > SEKI_BUNDLE_SIZE_MAX)
		return "size differs from the head's; the file was cut, copy it again";
	if (h->pad || h->size % 8)
		return "reserved field or bits are not 0; compile the policy again";
	if (h->size == size)
		return NULL;
	return seki_trailer_check((const char *)data + h->size, size - h->size);
}

static const char *check_digest(const void *data)
{
	const struct seki_bundle_head *h = data;
	__u8 digest[32];

	if (seki_bundle_digest(data, h->size, digest))
		return "SHA-256 could not be computed; see the installation of libcrypto";
	if (memcmp(digest, h->digest, sizeof(digest)))
		return "SHA-256 does not match; the file was altered, copy it again";
	return NULL;
}

static const char *check_sections(const struct seki_bundle_head *h)
{
	for (int i = 0; i < SEKI_SECTION_COUNT; i++) {
		const struct seki_bundle_section *s = &h->section[i];
		__u64 end = s->offset + (__u64)s->count * element_size[i];

		if (s->offset % 8 || s->offset < sizeof(*h) || end > h->size)
			return "section outside the file; compile the policy again";
	}
	if (h->section[SEKI_SECTION_META].count != 1)
		return "not exactly one meta record; compile the policy again";
	return NULL;
}

static const void *at(const struct seki_bundle_head *h, enum seki_section s, __u32 *ret_count)
{
	*ret_count = h->section[s].count;
	return (const char *)h + h->section[s].offset;
}

static void set_tables(struct seki_bundle_reading *r, const struct seki_bundle_head *h)
{
	struct seki_bundle *b = &r->b;
	__u32 n;

	b->head = h;
	b->strings = at(h, SEKI_SECTION_STRINGS, &n);
	r->n_strings = n;
	b->meta = at(h, SEKI_SECTION_META, &n);
	b->domains = at(h, SEKI_SECTION_DOMAINS, &b->n_domains);
	b->labels = at(h, SEKI_SECTION_LABELS, &b->n_labels);
	b->paths = at(h, SEKI_SECTION_PATHS, &b->n_paths);
	b->addrs = at(h, SEKI_SECTION_ADDRS, &b->n_addrs);
	b->cells = at(h, SEKI_SECTION_CELLS, &b->n_cells);
	b->rules = at(h, SEKI_SECTION_RULES, &b->n_rules);
	b->logins = at(h, SEKI_SECTION_LOGINS, &b->n_logins);
	b->networks = at(h, SEKI_SECTION_NETWORKS, &b->n_networks);
	b->terminals = at(h, SEKI_SECTION_TERMINALS, &b->n_terminals);
}

int seki_bundle_parse(const void *data, size_t size, struct seki_bundle *ret, const char **reterr)
{
	struct seki_bundle_reading r = { 0 };
	const char *bad = check_head(data, size);

	bad = bad ?: check_digest(data);
	bad = bad ?: check_sections(data);
	if (!bad) {
		set_tables(&r, data);
		r.b.size = size;
		if (size > r.b.head->size)
			r.b.trailer = (const void *)((const char *)data + r.b.head->size);
		bad = seki_bundle_check(&r);
	}
	if (bad) {
		*reterr = bad;
		return -EBADMSG;
	}
	*ret = r.b;
	return 0;
}

static const char *read_error(int err)
{
	switch (err) {
	case -EISDIR:
		return "is a directory; give the file that 'sekisho compile' wrote";
	case -EINVAL:
		return "is not a regular file; give the file that 'sekisho compile' wrote";
	case -EFBIG:
		return "is bigger than any bundle; give the file that 'sekisho compile' wrote";
	case -ENOENT:
		return "does not exist; make it with 'sekisho compile'";
	case -EACCES:
		return "may not be read by this user; run as root";
	default:
		return "cannot be read; see the error number";
	}
}

int seki_bundle_read(const char *path, struct seki_bundle *ret, const char **reterr)
{
	seki_autofree char *data = NULL;
	struct seki_bundle b;
	size_t size;
	int err;

	err = seki_file_read(path, SEKI_BUNDLE_SIZE_MAX + sizeof(struct seki_trailer), &data,
			     &size);
	if (err) {
		*reterr = read_error(err);
		return err;
	}
	err = seki_bundle_parse(data, size, &b, reterr);
	if (err)
		return err;
	b.owned = TAKE_PTR(data);
	*ret = b;
	return 0;
}

void seki_bundle_close(struct seki_bundle *b)
{
	free(b->owned);
	*b = (struct seki_bundle){ 0 };
}

static int by_domain_id(const void *id, const void *domain)
{
	return *(const __u16 *)id - ((const struct seki_bundle_domain *)domain)->id;
}

/* bundle_check.c saw that each is there. */
const char *seki_bundle_file(const struct seki_bundle *b, __u32 where)
{
	const char *s = seki_bundle_string(b, b->meta->source);
	__u32 n = where >> SEKI_LINE_BITS;

	if (!n)
		return NULL;
	while (n--)
		s += strlen(s) + 1;
	return s;
}

const char *seki_bundle_domain_name(const struct seki_bundle *b, __u16 id)
{
	const struct seki_bundle_domain *d =
		bsearch(&id, b->domains, b->n_domains, sizeof(*d), by_domain_id);

	return d ? seki_bundle_string(b, d->name) : NULL;
}

static int by_label_id(const void *id, const void *label)
{
	return *(const __u16 *)id - ((const struct seki_bundle_label *)label)->id;
}

const char *seki_bundle_label_name(const struct seki_bundle *b, __u16 id)
{
	const struct seki_bundle_label *l =
		bsearch(&id, b->labels, b->n_labels, sizeof(*l), by_label_id);

	return l ? seki_bundle_string(b, l->name) : NULL;
}

const struct seki_bundle_rule *seki_bundle_rule(const struct seki_bundle *b, __u32 rule)
{
	return rule && rule <= b->n_rules ? &b->rules[rule - 1] : NULL;
}

const char *seki_bundle_digest_text(const struct seki_bundle *b, char ret[SEKI_DIGEST_TEXT])
{
	return seki_hex_text(b->head->digest, sizeof(b->head->digest), ret);
}
