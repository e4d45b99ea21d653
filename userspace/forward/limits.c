// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * limits.c - from the service pattern to the times of the watch, and which of those
 * that the file gives are weaker.
 */
#include <errno.h>
#include <stdio.h>

#include "userspace/forward/watch.h"

static void find(struct seki_limits *l, const char *key, uint64_t set, uint64_t asked,
		 const struct seki_sheet *s)
{
	if (set <= asked)
		return;
	snprintf(l->finding[l->findings], sizeof(l->finding[0]),
		 "%s: %llu s; service pattern %u gives %llu s for a notice within %llu s (%s)", key,
		 (unsigned long long)set, l->pattern, (unsigned long long)asked,
		 (unsigned long long)l->notice,
		 seki_sheet_cell(s, SEKI_PATTERN_NOTICE, PATTERN_ITEMS));
	l->weak[l->findings].key = key;
	l->weak[l->findings].set = set;
	l->weak[l->findings++].asked = asked;
}

static int host_pattern(unsigned int *ret, struct seki_complaint *why)
{
	int err = seki_pattern_which(SEKI_PATTERN_FILE, ret, why);

	if (err != -ENOENT)
		return err;
	*ret = 1;
	return 0;
}

int seki_watch_limits(const struct seki_forward_config *c, const char *controls,
		      struct seki_limits *ret, struct seki_complaint *why)
{
	struct seki_limits l = { .pattern = (unsigned int)c->pattern };
	struct seki_sheet s = { .rows = 0 };
	int err = l.pattern ? 0 : host_pattern(&l.pattern, why);

	if (!err)
		err = seki_pattern_load(&s, controls, why);
	if (!err) {
		l.interval = seki_pattern_value(&s, SEKI_PATTERN_LIVENESS, l.pattern);
		l.notice = seki_pattern_value(&s, SEKI_PATTERN_NOTICE, l.pattern);
		l.silence = c->silence ? c->silence : 2 * l.interval + 10;
		l.backlog = c->backlog ? c->backlog : l.notice / 2;
		find(&l, "silence", l.silence, 2 * l.interval + 10, &s);
		find(&l, "backlog", l.backlog, l.notice / 2, &s);
		*ret = l;
	}
	seki_sheet_free(&s);
	return err;
}
