// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/baseline_say.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "userspace/baseline/baseline.h"
#include "userspace/cli/ask.h"
#include "userspace/collector/ticket.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"

static bool say(const char *section, json_int_t changes, bool unseen, const char *effect,
		const char *ticket)
{
	char request[128], answer[256];
	int err;

	snprintf(request, sizeof(request), "baseline %s %c%lld %s %s\n", section,
		 unseen ? '-' : '+', (long long)changes, effect, ticket);
	err = seki_ask(SEKI_CONTROL_SOCKET, request, answer, sizeof(answer));
	if (!err && strstr(answer, "\"recorded\""))
		return true;
	seki_warnx("this check is not on record: %s", err ? strerror(-err) : answer);
	return false;
}

/* The last one: it is the nearest to the changes that a check finds. */
static const char *ticket_of(json_t *judged)
{
	json_t *work = json_object_get(judged, "work");
	json_t *last = json_array_get(work, json_array_size(work) - 1);
	const char *ticket = last ? seki_field(last, "ticket") : "";

	return seki_ticket_fits(ticket) ? ticket : "";
}

void seki_baseline_say(json_t *judged)
{
	const char *ticket = ticket_of(judged), *effect;
	json_t *section;
	size_t i;

	json_array_foreach(json_object_get(judged, "sections"), i, section) {
		effect = seki_field(section, "effect");
		if (*effect &&
		    !say(seki_field(section, "id"), (json_int_t)seki_section_changes(section),
			 json_object_get(section, "not_compared") != NULL, effect, ticket))
			return;
	}
	say("all", seki_field_int(judged, "changes"), seki_field_int(judged, "not_compared") > 0,
	    "finding", "");
}
