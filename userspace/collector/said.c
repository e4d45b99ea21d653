// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/said.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define SLOT(n) ((uint64_t)(n)*0x9e3779b97f4a7c15ull >> 58)

_Static_assert(SEKI_SAID == 1 << (64 - 58), "SLOT() gives the top bits");

void seki_said_forget(struct seki_said *s)
{
	s->changes++;
	for (int i = 0; i < SEKI_SAID; i++) {
		s->set[i].ids.count = 0;
		s->program[i].dev = 0;
		s->session[i].session = 0;
	}
}

/* Ids are texts of the mapping and the policy, which stay where they are as long as
 * both do; another text at the same place is told apart by the caller's forgetting.
 */
static bool same_ids(const struct seki_ids *a, const struct seki_ids *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->id[i].text != b->id[i].text || a->id[i].len != b->id[i].len)
			return false;
	return true;
}

static struct seki_said_set *set_of(struct seki_said *s, const struct seki_ids *ids)
{
	uint64_t n = ids->count;

	for (size_t i = 0; i < ids->count; i++)
		n = n * 31 + (uintptr_t)ids->id[i].text;
	return &s->set[SLOT(n)];
}

static void name_set(const struct seki_ids *ids, char ret[SEKI_SAID_NAME])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char md[EVP_MAX_MD_SIZE] = { 0 };

	/* A hash that failed names all sets alike, and then none is referred to for long. */
	if (ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)) {
		for (size_t i = 0; i < ids->count; i++) {
			EVP_DigestUpdate(ctx, " ", i > 0);
			EVP_DigestUpdate(ctx, ids->id[i].text, ids->id[i].len);
		}
		EVP_DigestFinal_ex(ctx, md, NULL);
	}
	EVP_MD_CTX_free(ctx);
	snprintf(ret, SEKI_SAID_NAME, "%02x%02x%02x%02x", md[0], md[1], md[2], md[3]);
}

bool seki_said_set(struct seki_said *s, const struct seki_ids *ids, const char **ret_name)
{
	struct seki_said_set *set = set_of(s, ids);
	bool said = set->ids.count && same_ids(&set->ids, ids);

	*ret_name = set->name;
	if (said)
		return true;
	s->changes++;
	name_set(ids, set->name);
	for (int i = 0; i < SEKI_SAID; i++)
		if (!strcmp(s->set[i].name, set->name))
			s->set[i].ids.count = 0;
	set->ids = *ids;
	return false;
}

bool seki_said_program(struct seki_said *s, const struct seki_program *p)
{
	struct seki_said_program *slot = &s->program[SLOT(p->ino ^ (uint64_t)p->dev << 32)];

	if (slot->dev == p->dev && slot->ino == p->ino && !memcmp(slot->sha256, p->sha256, 64))
		return true;
	s->changes++;
	/* Another file with these digits: a reference now means this one. */
	for (int i = 0; i < SEKI_SAID; i++)
		if (!memcmp(s->program[i].sha256, p->sha256, SEKI_SAID_SHA))
			s->program[i].dev = 0;
	slot->dev = p->dev;
	slot->ino = p->ino;
	memcpy(slot->sha256, p->sha256, sizeof(slot->sha256));
	return false;
}

bool seki_said_origin(struct seki_said *s, uint64_t session, uint32_t asid, const char *service)
{
	struct seki_said_session *slot = &s->session[SLOT(session)];

	if (slot->session == session && slot->asid == asid && !strcmp(slot->service, service))
		return true;
	s->changes++;
	slot->session = session;
	slot->asid = asid;
	snprintf(slot->service, sizeof(slot->service), "%s", service);
	return false;
}
