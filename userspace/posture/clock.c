// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clock.c - whether the times in the records can be believed.
 */
#include <errno.h>
#include <string.h>
#include <sys/timex.h>

#include "userspace/posture/groups.h"

/* No modes: only read. */
int seki_posture_clock(struct timex *ret)
{
	int state;

	memset(ret, 0, sizeof(*ret));
	state = adjtimex(ret);
	return state < 0 ? -errno : 0;
}

#define SOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

static void check_source(struct seki_posture *p, const struct seki_posture_item *item,
			 struct seki_finding *f)
{
	static const char steady[] =
		"tsc kvm-clock hyperv_clocksource_tsc_page xen arch_sys_counter timebase tod";
	const char *text = seki_posture_text(p, f, SOURCE);

	(void)item;
	if (!text)
		return;
	if (seki_posture_in_list(steady, " ", text))
		seki_found(p, f, SEKI_POSTURE_GOOD, "%s", text);
	else
		seki_found(p, f, SEKI_POSTURE_WEAK, "%s: slow, or the CPU's clock was given up",
			   text);
}

static void check_sync(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f)
{
	struct timex t;
	int err;

	(void)item;
	f->source = "adjtimex(2)";
	if (!p->ops) {
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "a tree has no clock");
		return;
	}
	err = p->ops->clock(&t);
	if (err)
		seki_unseen(p, f, err);
	else if (t.status & STA_UNSYNC)
		seki_found(p, f, SEKI_POSTURE_WEAK, "nobody keeps the clock in step (STA_UNSYNC)");
	else
		seki_found(p, f, SEKI_POSTURE_GOOD, "in step, largest error %ld us", t.maxerror);
}

/* clang-format off */
static const struct seki_posture_item items[] = {
	{ "posture.clock-source", "clock source",
	  "Times of records come from this clock, and their order on several CPUs.",
	  "boot without clocksource=, and ask for a steady TSC at the hypervisor", check_source, NULL },
	{ "posture.clock-sync", "clock in step with others",
	  "Records of a clock that drifts can't be laid beside those of other hosts.",
	  "start a time service, for example systemctl enable --now systemd-timesyncd or chrony",
	  check_sync, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_clock_group = SEKI_POSTURE_GROUP("clock", items);
