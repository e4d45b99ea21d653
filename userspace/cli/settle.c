// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/settle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "userspace/cli/ask.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"

#define RINGS 2
#define WAIT_MS 10000
#define STEP_MS 50

struct progress {
	json_int_t read[RINGS], end[RINGS]; /* of each ring, bytes since the load */
	json_int_t written, sealed;	    /* records of the log; sealed: that are signed */
};

static bool look(const char *socket, struct progress *ret)
{
	seki_autofree char *text = malloc(SEKI_ANSWER_MAX);
	json_t *status = NULL, *rings, *ring;
	size_t i;
	bool seen;

	if (text && !seki_ask_status(socket, text, SEKI_ANSWER_MAX))
		status = json_loads(text, 0, NULL);
	rings = json_object_get(status, "rings");
	seen = json_array_size(rings) == RINGS;
	if (seen)
		json_array_foreach(rings, i, ring) {
			ret->read[i] = seki_field_int(ring, "read");
			ret->end[i] = ret->read[i] + seki_field_int(ring, "backlog");
		}
	ret->written = seki_field_int(status, "sink.size");
	ret->sealed = seki_field_int(status, "sink.signed");
	json_decref(status);
	return seen;
}

/* Only then is it known how many records there are to be signed. */
static bool all_read(const struct progress *asked, const struct progress *now)
{
	for (int i = 0; i < RINGS; i++)
		if (now->read[i] < asked->end[i])
			return false;
	return true;
}

void seki_settle(const char *socket)
{
	struct progress asked, now;
	json_int_t records = -1;

	if (!look(socket, &asked))
		return;
	now = asked;
	for (int ms = 0; ms < WAIT_MS; ms += STEP_MS) {
		if (records < 0 && all_read(&asked, &now))
			records = now.written;
		if (records >= 0 && now.sealed >= records)
			return;
		usleep(STEP_MS * 1000);
		if (!look(socket, &now))
			return;
	}
	seki_warnx("the collector has not yet signed all that the kernel told before; "
		   "ask again for the newest");
}
