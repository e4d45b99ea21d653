// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/service.h"

#include <errno.h>

int seki_service_open(struct seki_service *s, const char *setting, const char *dir,
		      struct seki_complaint *why)
{
	unsigned int pattern;
	int err = seki_pattern_which(setting, &pattern, why);

	*s = (struct seki_service){ .pattern = 0 };
	if (err)
		return err;
	err = seki_pattern_load(&s->values, dir, why);
	if (err) {
		seki_service_close(s);
		return err == -ENOENT ? -EINVAL : err;
	}
	s->pattern = pattern;
	return 0;
}

void seki_service_close(struct seki_service *s)
{
	seki_sheet_free(&s->values);
	s->pattern = 0;
}

static void judge(struct seki_service *s, enum seki_pattern_row row, uint64_t set)
{
	if (seki_pattern_weaker(&s->values, row, s->pattern, set))
		seki_pattern_tell(&s->values, row, s->pattern, set, s->finding[s->findings++],
				  sizeof(s->finding[0]));
}

void seki_service_judge(struct seki_service *s, uint64_t beat, uint64_t keep)
{
	s->findings = 0;
	if (!s->pattern)
		return;
	judge(s, SEKI_PATTERN_LIVENESS, beat);
	judge(s, SEKI_PATTERN_KEEP, keep);
}
