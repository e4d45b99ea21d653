// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/tickets.h"

#include <string.h>

#include "userspace/cli/records.h"
#include "userspace/reader/time.h"

static json_t *entry_of(json_t *list, const char *ticket)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (!strcmp(seki_field(one, "ticket"), ticket))
			return one;
	one = json_pack("{ss sI}", "ticket", ticket, "records", (json_int_t)0);
	json_array_append_new(list, one);
	return one;
}

static void add(json_t *list, json_t *record, uint64_t from, uint64_t to)
{
	const char *ticket = seki_field(record, "ticket"), *t = seki_field(record, "t");
	json_t *one;
	uint64_t at;

	if (!*ticket || !seki_time_parse(t, &at) || at < from || at > to)
		return;
	one = entry_of(list, ticket);
	if (!json_object_get(one, "from"))
		json_object_set_new(one, "from", json_string(t));
	json_object_set_new(one, "to", json_string(t));
	json_object_set_new(one, "records", json_integer(seki_field_int(one, "records") + 1));
}

int seki_tickets_read(const char *log, uint64_t from, uint64_t to, json_t *list)
{
	struct seki_lines l;
	char *line;
	size_t len;
	int err = seki_lines_open(&l, log), got = 0;

	while (!err && (got = seki_lines_each(&l, &line, &len)) > 0) {
		/* Few records have one, and a log is long. */
		json_t *record = strstr(line, "\"ticket\"") ? json_loadb(line, len, 0, NULL) : NULL;

		if (record)
			add(list, record, from, to);
		json_decref(record);
	}
	seki_lines_close(&l);
	return err ? err : got;
}
