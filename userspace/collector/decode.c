// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/decode.h"

#include <errno.h>
#include <stdbool.h>

static bool any(const void *event)
{
	(void)event;
	return true;
}

static bool path_sound(const struct seki_path *p)
{
	return p->depth <= SEKI_PATH_DEPTH;
}

static bool access_sound(const void *event)
{
	const struct seki_access_event *a = event;

	return a->verdict >= SEKI_DENIED && a->verdict <= SEKI_ALLOWED && path_sound(&a->path);
}

static bool exec_sound(const void *event)
{
	const struct seki_exec_event *x = event;

	return x->argv_len <= SEKI_ARGV_MAX && path_sound(&x->path);
}

/* One row per kind: what its bytes must be. */
static const struct {
	size_t size;
	bool (*sound)(const void *event);
} kinds[] = {
	[SEKI_EVENT_ACCESS] = { sizeof(struct seki_access_event), access_sound },
	[SEKI_EVENT_EXEC] = { sizeof(struct seki_exec_event), exec_sound },
	[SEKI_EVENT_MARK] = { sizeof(struct seki_mark_event), any },
	[SEKI_EVENT_POLICY] = { sizeof(struct seki_policy_event), any },
};

static const char *fault(const struct seki_event *e, size_t size)
{
	if (size < sizeof(*e))
		return "shorter than the head of an event";
	if (e->abi != SEKI_ABI_VERSION)
		return "of another version of the interface";
	if (e->kind >= sizeof(kinds) / sizeof(kinds[0]) || !kinds[e->kind].size)
		return "of an unknown kind";
	if (e->size != size || size != kinds[e->kind].size)
		return "of a size that does not fit its kind";
	if (!kinds[e->kind].sound(e))
		return "with a field out of its range";
	return NULL;
}

int seki_decode(const void *data, size_t size, struct seki_decoded *ret, const char **reterr)
{
	const struct seki_event *e = data;

	*reterr = fault(e, size);
	if (*reterr)
		return -EPROTO;
	*ret = (struct seki_decoded){
		.e = e,
		.access = e->kind == SEKI_EVENT_ACCESS ? data : NULL,
		.exec = e->kind == SEKI_EVENT_EXEC ? data : NULL,
		.mark = e->kind == SEKI_EVENT_MARK ? data : NULL,
		.policy = e->kind == SEKI_EVENT_POLICY ? data : NULL,
	};
	return 0;
}
