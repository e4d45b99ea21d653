// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A function by its container.  Image and label narrow what is known by program, origin
 * and mark; whoever unpacks the bundle wrote them, so they find mix-ups, not attacks.
 */
#include "userspace/policy/policy.h"

#include <string.h>

#include "userspace/policy/container.h"

#define LABELS_MAX 32

void seki_check_container(struct seki_compilation *c, const struct seki_actor *a)
{
	const struct seki_bundle_said *s = &a->container;
	const char *bad = s->image.s ? seki_image_fault(s->image.s) : NULL;

	if (bad)
		seki_error(c->diag, s->image.pos, "'%.128s' %s", s->image.s, bad);
	if (s->label.n > LABELS_MAX)
		seki_error(c->diag, s->label.v[LABELS_MAX].key.pos,
			   "more than %d labels; name those that tell it from others", LABELS_MAX);
}

const char *seki_container_labels(struct seki_compilation *c, const struct seki_actor *a,
				  size_t *ret_len)
{
	const struct seki_pairs *p = &a->container.label;
	size_t room = 0;
	char *all, *at;

	for (unsigned int i = 0; i < p->n; i++)
		room += strlen(p->v[i].key.s) + strlen(p->v[i].value.s) + 2;
	at = all = seki_arena_array(&c->arena, room + 1, 1);
	for (unsigned int i = 0; i < p->n; i++) {
		at = stpcpy(at, p->v[i].key.s) + 1;
		at = stpcpy(at, p->v[i].value.s) + 1;
	}
	*ret_len = room;
	return all;
}

/* It may hold secrets for the program: among its data it is closed as they are. */
const char *seki_container_config(struct seki_compilation *c, const struct seki_actor *a,
				  enum seki_part *ret)
{
	const char *dir = a->container.bundle.s;

	*ret = a->data.n ? SEKI_PART_DATA : SEKI_PART_UNIT;
	return dir ? seki_arena_printf(&c->arena, "%s/" SEKI_CONTAINER_CONFIG,
				       strcmp(dir, "/") ? dir : "") :
		     NULL;
}

void seki_check_container_host(struct seki_compilation *c, int root, const struct seki_actor *a)
{
	const struct seki_bundle_said *s = &a->container;
	struct seki_container want = { s->bundle.s, a->exec.s, s->image.s ?: "", NULL, 0 };
	struct seki_container_fault fault;
	struct seki_pos pos = s->bundle.pos;

	if (!s->bundle.s || !a->exec.s)
		return;
	want.labels = seki_container_labels(c, a, &want.labels_len);
	if (!seki_container_check(root, &want, &fault))
		return;
	if (fault.part == SEKI_CONTAINER_IMAGE)
		pos = s->image.pos;
	if (fault.part == SEKI_CONTAINER_LABEL)
		pos = s->label.v[fault.label].value.pos;
	seki_error(c->diag, pos, "%s", fault.text);
}
