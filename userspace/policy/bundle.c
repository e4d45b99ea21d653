// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a bundle.  The digest comes first: what was cut or altered by
 * accident is refused there.  All the rest is checked as well, since whoever
 * makes bundles can compute a digest, and the loader runs with every power.
 */
#include "userspace/policy/bundle.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/policy/bundle_write.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "bundles are little endian and used in place");
_Static_assert(offsetof(struct seki_bundle_head, format) == 40, "digest covers the rest");
_Static_assert(sizeof(struct seki_bundle_head) == 120, "head");
_Static_assert(sizeof(struct seki_bundle_meta) == 24, "meta");
_Static_assert(sizeof(struct seki_bundle_domain) == 36, "domain");
_Static_assert(sizeof(struct seki_bundle_label) == 16, "label");
_Static_assert(sizeof(struct seki_bundle_path) == 16, "path");
_Static_assert(sizeof(struct seki_bundle_addr) == 32, "address");
_Static_assert(sizeof(struct seki_bundle_cell) == 28, "cell");
_Static_assert(sizeof(struct seki_bundle_rule) == 16, "rule");

static const size_t element_size[SEKI_SECTION_COUNT] = {
	[SEKI_SECTION_STRINGS] = 1,
	[SEKI_SECTION_META] = sizeof(struct seki_bundle_meta),
	[SEKI_SECTION_DOMAINS] = sizeof(struct seki_bundle_domain),
	[SEKI_SECTION_LABELS] = sizeof(struct seki_bundle_label),
	[SEKI_SECTION_PATHS] = sizeof(struct seki_bundle_path),
	[SEKI_SECTION_ADDRS] = sizeof(struct seki_bundle_addr),
	[SEKI_SECTION_CELLS] = sizeof(struct seki_bundle_cell),
	[SEKI_SECTION_RULES] = sizeof(struct seki_bundle_rule),
};

size_t seki_section_element(enum seki_section section)
{
	return element_size[section];
}

/* What the checks below share: the bundle so far, and which ids exist. */
struct reading {
	struct seki_bundle b;
	size_t n_strings;
	bool domain[SEKI_DOMAIN_MAX];
	bool label[SEKI_LABEL_MAX];
};

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
	if (h->size != size || size > SEKI_BUNDLE_SIZE_MAX)
		return "size differs from the head's; the file was cut, copy it again";
	if (h->pad)
		return "reserved field is not 0; compile the policy again";
	return NULL;
}

static const char *check_digest(const void *data, size_t size)
{
	const struct seki_bundle_head *h = data;
	__u8 digest[32];

	if (seki_bundle_digest(data, size, digest))
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

static const void *at(const struct seki_bundle_head *h, enum seki_section s,
		      __u32 *ret_count)
{
	*ret_count = h->section[s].count;
	return (const char *)h + h->section[s].offset;
}

static void set_tables(struct reading *r, const struct seki_bundle_head *h)
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
}

/* Control characters would reach terminals and logs through every tool. */
static const char *check_strings(const struct reading *r)
{
	const char *s = r->b.strings;
	size_t n = r->n_strings;

	if (!n || s[0] || s[n - 1])
		return "strings not terminated; compile the policy again";
	for (size_t i = 0; i < n; i++)
		if ((s[i] > 0 && s[i] < ' ') || s[i] == 0x7f)
			return "control character in a string; compile the policy again";
	return NULL;
}

static bool string_ok(const struct reading *r, __u32 offset)
{
	return offset < r->n_strings;
}

static bool nonempty(const struct reading *r, __u32 offset)
{
	return string_ok(r, offset) && r->b.strings[offset];
}

static bool string_below(const struct reading *r, __u32 offset, size_t max)
{
	return string_ok(r, offset) && strnlen(r->b.strings + offset, max) < max;
}

static bool absolute(const struct reading *r, __u32 offset)
{
	return string_below(r, offset, PATH_MAX) && r->b.strings[offset] == '/';
}

static bool argv_ok(const struct reading *r, const struct seki_bundle_domain *d)
{
	__u64 end = (__u64)d->argv + d->argv_len;

	if (!d->argv_len)
		return string_ok(r, d->argv);
	return d->argv_len <= SEKI_ARGV_MAX && end <= r->n_strings &&
	       !r->b.strings[end - 1];
}

static const char *check_meta(const struct reading *r)
{
	const struct seki_bundle_meta *m = r->b.meta;

	if (!string_below(r, m->name, sizeof(((struct seki_meta *)0)->name)) ||
	    !nonempty(r, m->name) || !string_ok(r, m->source) ||
	    !string_ok(r, m->description) || !string_ok(r, m->site))
		return "bad name or text of the policy; compile the policy again";
	if (m->mode != SEKI_MODE_ENFORCE && m->mode != SEKI_MODE_AUDIT)
		return "unknown mode; compile the policy again";
	if (!m->version)
		return "policy version 0; versions start at 1";
	return NULL;
}

/* Ids first, ascending: the tables refer to each other in all directions. */
static const char *note_ids(struct reading *r)
{
	const struct seki_bundle *b = &r->b;

	for (__u32 i = 0; i < b->n_domains; i++) {
		if (b->domains[i].id >= SEKI_DOMAIN_MAX ||
		    (i && b->domains[i].id <= b->domains[i - 1].id))
			return "domain ids not ascending or too big; compile the policy again";
		r->domain[b->domains[i].id] = true;
	}
	for (__u32 i = 0; i < b->n_labels; i++) {
		if (b->labels[i].id >= SEKI_LABEL_MAX ||
		    (i && b->labels[i].id <= b->labels[i - 1].id))
			return "label ids not ascending or too big; compile the policy again";
		r->label[b->labels[i].id] = true;
	}
	return NULL;
}

static const char *check_builtin_ids(const struct reading *r)
{
#define X(name, id, word) && r->domain[id]
	if (!(true SEKI_DOMAIN_LIST(X)))
		return "a built-in domain is missing; compile the policy again";
#undef X
#define X(name, id, word) && r->label[id]
	if (!(true SEKI_LABEL_LIST(X)))
		return "a built-in label is missing; compile the policy again";
#undef X
	return NULL;
}

static bool domain_known(const struct reading *r, __u32 id)
{
	return id < SEKI_DOMAIN_MAX && r->domain[id];
}

static bool label_known(const struct reading *r, __u32 id)
{
	return id < SEKI_LABEL_MAX && r->label[id];
}

static bool domain_ok(const struct reading *r, const struct seki_bundle_domain *d)
{
	return nonempty(r, d->name) &&
	       (absolute(r, d->exec) || !nonempty(r, d->exec)) &&
	       string_ok(r, d->exec) && string_below(r, d->unit, SEKI_UNIT_MAX) &&
	       argv_ok(r, d) && label_known(r, d->proc_label) &&
	       domain_known(r, d->origin) && d->open_to_operator <= 1 &&
	       d->core_function <= 4;
}

static bool label_ok(const struct reading *r, const struct seki_bundle_label *l)
{
	return string_ok(r, l->name) && (!l->id || nonempty(r, l->name)) &&
	       l->kind <= SEKI_KIND_CONFIG && domain_known(r, l->owner);
}

static bool path_ok(const struct reading *r, const struct seki_bundle_path *p)
{
	const __u16 known = SEKI_PATH_OPTIONAL | SEKI_PATH_ENTRY | SEKI_PATH_SELF;

	return absolute(r, p->path) && label_known(r, p->label) &&
	       label_known(r, p->device_label) && !(p->flags & ~known) &&
	       domain_known(r, p->entry) &&
	       !(p->flags & SEKI_PATH_ENTRY) == !p->entry;
}

static bool addr_ok(const struct reading *r, const struct seki_bundle_addr *a)
{
	return a->key.port && !a->key.pad && !a->pad && a->label &&
	       label_known(r, a->label) && string_ok(r, a->text);
}

static __u32 cell_place(const struct seki_bundle_cell *c)
{
	return (__u32)c->domain * SEKI_LABEL_MAX + c->label;
}

static bool cell_ok(const struct reading *r, const struct seki_bundle_cell *c)
{
	const struct seki_cell *m = &c->cell;

	return domain_known(r, c->domain) && c->label &&
	       label_known(r, c->label) && !(m->allow & ~SEKI_ACCESS_ALL) &&
	       !(m->record & ~m->allow) && !(m->lend & ~SEKI_ACCESS_ALL) &&
	       m->rule <= r->b.n_rules && m->mode <= SEKI_MODE_AUDIT && !m->pad;
}

static bool rule_ok(const struct reading *r, const struct seki_bundle_rule *u)
{
	return string_ok(r, u->text) && string_ok(r, u->controls) && u->severity <= 3;
}

static const char *check_tables(const struct reading *r)
{
	const struct seki_bundle *b = &r->b;

	for (__u32 i = 0; i < b->n_domains; i++)
		if (!domain_ok(r, &b->domains[i]))
			return "bad record in the table of domains; compile the policy again";
	for (__u32 i = 0; i < b->n_labels; i++)
		if (!label_ok(r, &b->labels[i]))
			return "bad record in the table of labels; compile the policy again";
	for (__u32 i = 0; i < b->n_paths; i++)
		if (!path_ok(r, &b->paths[i]))
			return "bad record in the table of paths; compile the policy again";
	for (__u32 i = 0; i < b->n_addrs; i++)
		if (!addr_ok(r, &b->addrs[i]))
			return "bad record in the table of addresses; compile the policy again";
	for (__u32 i = 0; i < b->n_cells; i++)
		if (!cell_ok(r, &b->cells[i]) ||
		    (i && cell_place(&b->cells[i]) <= cell_place(&b->cells[i - 1])))
			return "bad record in the table of cells; compile the policy again";
	for (__u32 i = 0; i < b->n_rules; i++)
		if (!rule_ok(r, &b->rules[i]))
			return "bad record in the table of rules; compile the policy again";
	return NULL;
}

static const char *check_contents(struct reading *r)
{
	const char *bad = check_strings(r);

	bad = bad ?: check_meta(r);
	bad = bad ?: note_ids(r);
	bad = bad ?: check_builtin_ids(r);
	return bad ?: check_tables(r);
}

int seki_bundle_parse(const void *data, size_t size, struct seki_bundle *ret,
		      const char **reterr)
{
	struct reading r = { 0 };
	const char *bad = check_head(data, size);

	bad = bad ?: check_digest(data, size);
	bad = bad ?: check_sections(data);
	if (!bad) {
		set_tables(&r, data);
		bad = check_contents(&r);
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

int seki_bundle_read(const char *path, struct seki_bundle *ret,
		     const char **reterr)
{
	seki_autofree char *data = NULL;
	struct seki_bundle b;
	size_t size;
	int err;

	err = seki_file_read(path, SEKI_BUNDLE_SIZE_MAX, &data, &size);
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
