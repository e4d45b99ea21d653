// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/piece.h"

#include <string.h>

_Static_assert(SEKI_PIECES == 1 << (64 - 58), "slot() takes the top bits");

/* Each only grows, so no two states have the same sum. */
void seki_pieces_now(struct seki_pieces *p, const struct seki_knowledge *k,
		     const struct seki_said *s)
{
	p->changes = 1 + k->names.changes + k->people.changes + k->programs.changes + s->changes;
}

static uint64_t two(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

static void key_of_act(const struct seki_access_event *a, uint64_t number[5])
{
	const struct seki_event *e = &a->e;

	number[0] = two(e->generation, a->rule);
	number[1] = two(a->want, a->missing);
	number[2] = two((uint32_t)(a->hook << 24 | a->verdict << 16 | a->reason << 8 | a->error),
			(uint32_t)(a->label << 16 | e->domain));
	number[3] = e->flags & SEKI_EVENT_MARKED;
	number[4] = 0;
}

static void key_of_who(const struct seki_event *e, uint64_t number[5])
{
	number[0] = e->session;
	number[1] = two(e->loginuid, e->audit_session);
	number[2] = two(e->uid, e->euid);
	number[3] = two(e->gid, e->tty);
	number[4] = e->flags & SEKI_EVENT_MARKED;
}

static void key_of_proc(const struct seki_event *e, uint64_t number[5])
{
	number[0] = e->exe_ino;
	number[1] = two(e->exe_dev, e->exe_gen);
	number[2] = (uint64_t)e->generation << 32 | (uint32_t)(e->domain << 16) |
		    (e->flags & SEKI_EVENT_KTHREAD);
	memcpy(&number[3], e->comm, sizeof(e->comm));
}

_Static_assert(sizeof(((struct seki_event *)0)->comm) == 2 * sizeof(uint64_t),
	       "a name fills two numbers");

void seki_piece_key(const struct seki_pieces *p, enum seki_piece_of kind,
		    const struct seki_decoded *in, struct seki_piece_key *ret)
{
	ret->changes = p->changes;
	if (kind == SEKI_PIECE_ACT)
		key_of_act(in->access, ret->number);
	else if (kind == SEKI_PIECE_WHO)
		key_of_who(in->e, ret->number);
	else
		key_of_proc(in->e, ret->number);
}

static unsigned int slot(const struct seki_piece_key *key)
{
	uint64_t h = 0;

	for (int i = 0; i < 5; i++)
		h = (h ^ key->number[i]) * 0x9e3779b97f4a7c15ull;
	return (unsigned int)(h >> 58);
}

const struct seki_piece *seki_piece_find(const struct seki_pieces *p, enum seki_piece_of kind,
					 const struct seki_piece_key *key)
{
	const struct seki_piece *piece = &p->piece[kind][slot(key)];

	return memcmp(&piece->key, key, sizeof(*key)) ? NULL : piece;
}

void seki_piece_part(struct seki_pieces *p, enum seki_piece_of kind, unsigned int part,
		     const char *text, size_t len)
{
	struct seki_piece *fresh = &p->fresh[kind];
	size_t at = part ? p->len[kind] : 0;

	p->len[kind] = at + len;
	if (p->len[kind] > sizeof(fresh->text))
		return;
	memcpy(fresh->text + at, text, len);
	fresh->end[part] = (uint16_t)p->len[kind];
}

void seki_piece_keep(struct seki_pieces *p, enum seki_piece_of kind,
		     const struct seki_piece_key *key)
{
	struct seki_piece *piece = &p->piece[kind][slot(key)];
	size_t len = p->len[kind];

	if (len > sizeof(piece->text))
		return;
	piece->key = *key;
	memcpy(piece->end, p->fresh[kind].end, sizeof(piece->end));
	memcpy(piece->text, p->fresh[kind].text, len);
}
