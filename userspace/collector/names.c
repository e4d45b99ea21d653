// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/hex.h"

/* Without a bundle the built-in names still hold. */
static void built_in(struct seki_policy *p)
{
#define X(name, id, word) p->domain[id] = word;
	SEKI_DOMAIN_LIST(X)
#undef X
#define X(name, id, word) p->label[id] = word;
	SEKI_LABEL_LIST(X)
#undef X
}

static void drop(struct seki_policy *p)
{
	if (p->words)
		seki_bundle_close(&p->bundle);
	memset(p, 0, sizeof(*p));
}

static void fill(struct seki_policy *p)
{
	const struct seki_bundle *b = &p->bundle;

	for (__u32 i = 0; i < b->n_domains; i++)
		if (b->domains[i].id < SEKI_DOMAIN_MAX)
			p->domain[b->domains[i].id] = seki_bundle_string(b, b->domains[i].name);
	for (__u32 i = 0; i < b->n_labels; i++)
		if (b->labels[i].id < SEKI_LABEL_MAX) {
			p->label[b->labels[i].id] = seki_bundle_string(b, b->labels[i].name);
			p->kind[b->labels[i].id] = (__u8)b->labels[i].kind;
		}
	p->words = true;
}

static int read_file(struct seki_policy *p, const char *path, const char **reterr)
{
	int err;

	*reterr = "no bundle named";
	if (!path)
		return -ENOENT;
	*reterr = "the bundle can't be read";
	err = seki_bundle_read(path, &p->bundle, reterr);
	if (err)
		return err;
	if (!seki_bundle_is(&p->bundle, p->meta.digest)) {
		seki_bundle_close(&p->bundle);
		*reterr = "the bundle is not the policy in force";
		return -ESTALE;
	}
	fill(p);
	*reterr = NULL;
	return 0;
}

/* A trial that ended leaves the bundle that is back as the previous one. */
static int read_words(struct seki_policy *p, const struct seki_names *n, const char **reterr)
{
	int err = read_file(p, n->path, reterr);
	const char *second;

	if (err != -ESTALE || !n->previous || read_file(p, n->previous, &second))
		return err;
	*reterr = NULL;
	return 0;
}

static void begin(struct seki_policy *p, const struct seki_meta *meta)
{
	drop(p);
	p->meta = *meta;
	p->meta.name[sizeof(p->meta.name) - 1] = '\0';
	p->meta.kernel[sizeof(p->meta.kernel) - 1] = '\0';
	seki_hex_text(meta->digest, sizeof(meta->digest), p->digest);
	built_in(p);
}

int seki_names_update(struct seki_names *n, const struct seki_meta *meta, const char **reterr)
{
	struct seki_policy *p = &n->policy[meta->generation & 1];
	bool changed = meta->generation != n->generation;
	int err;

	*reterr = NULL;
	if (n->fixed || !meta->generation || (!changed && p->words))
		return 0;
	n->changes++;
	if (changed)
		begin(p, meta);
	n->generation = meta->generation;
	err = read_words(p, n, reterr);
	return err ?: changed;
}

int seki_names_fix(struct seki_names *n, const char **reterr)
{
	struct seki_policy *p = &n->policy[0];
	struct seki_bundle b;
	struct seki_meta meta = { .generation = 0 };
	int err = seki_bundle_read(n->path, &b, reterr);

	if (err)
		return err;
	memcpy(meta.digest, b.head->digest, sizeof(meta.digest));
	meta.policy_version = b.meta->version;
	meta.mode = b.meta->mode;
	snprintf(meta.name, sizeof(meta.name), "%s", seki_bundle_string(&b, b.meta->name));
	begin(p, &meta);
	p->bundle = b;
	fill(p);
	n->fixed = true;
	return 0;
}

void seki_names_close(struct seki_names *n)
{
	drop(&n->policy[0]);
	drop(&n->policy[1]);
}

const struct seki_policy *seki_names_policy(const struct seki_names *n, __u32 generation)
{
	const struct seki_policy *p = &n->policy[generation & 1];

	if (n->fixed)
		return &n->policy[0];
	return generation && p->meta.generation == generation ? p : NULL;
}

const struct seki_policy *seki_names_now(const struct seki_names *n)
{
	return seki_names_policy(n, n->generation);
}

void seki_names_site(const struct seki_names *n, char *ret, size_t size)
{
	const struct seki_policy *p = seki_names_now(n);

	if (p && p->words)
		snprintf(ret, size, "%s", seki_bundle_string(&p->bundle, p->bundle.meta->site));
}

static const char *number(__u16 id, char scratch[SEKI_NUMBER_TEXT])
{
	snprintf(scratch, SEKI_NUMBER_TEXT, "#%u", id);
	return scratch;
}

const char *seki_policy_domain(const struct seki_policy *p, __u16 id,
			       char scratch[SEKI_NUMBER_TEXT])
{
	if (p && id < SEKI_DOMAIN_MAX && p->domain[id])
		return p->domain[id];
#define X(name, builtin, word) \
	if (id == (builtin))   \
		return word;
	SEKI_DOMAIN_LIST(X)
#undef X
	return number(id, scratch);
}

const char *seki_policy_label(const struct seki_policy *p, __u16 id, char scratch[SEKI_NUMBER_TEXT])
{
	if (p && id < SEKI_LABEL_MAX && p->label[id])
		return p->label[id];
#define X(name, builtin, word) \
	if (id == (builtin))   \
		return word;
	SEKI_LABEL_LIST(X)
#undef X
	return number(id, scratch);
}
