// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/status_forward.h"

#include <string.h>

#include "userspace/cli/ask.h"
#include "userspace/reader/field.h"

json_t *seki_forward_status(const char *socket_path)
{
	static char text[SEKI_ANSWER_MAX];

	return seki_ask_status(socket_path, text, sizeof(text)) ? NULL : json_loads(text, 0, NULL);
}

static bool any_trouble(json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (strcmp(seki_field(item, "state"), "ok"))
			return true;
	return false;
}

bool seki_forward_troubled(json_t *s)
{
	return json_array_size(json_object_get(s, "problems")) ||
	       any_trouble(json_object_get(s, "sinks")) ||
	       any_trouble(json_object_get(s, "alarms"));
}

static void name(const char *what, json_t *item)
{
	printf("%-16s", what);
	seki_print_safe(stdout, seki_field(item, "name"));
	fputs(": ", stdout);
	seki_print_safe(stdout, seki_field(item, "state"));
}

void seki_forward_show(json_t *s)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(s, "problems"), i, item) {
		printf("%-16s", "problem");
		seki_print_safe(stdout, json_string_value(item) ?: "");
		putchar('\n');
	}
	json_array_foreach(json_object_get(s, "sinks"), i, item) {
		name("forward", item);
		printf("; %lld of %lld records wait", (long long)seki_field_int(item, "backlog"),
		       (long long)seki_field_int(s, "size"));
		if (seki_field_int(item, "waiting_s"))
			printf(", for %lld s", (long long)seki_field_int(item, "waiting_s"));
		if (seki_field_int(item, "missed"))
			printf("; %lld were removed unsent",
			       (long long)seki_field_int(item, "missed"));
		putchar('\n');
	}
	json_array_foreach(json_object_get(s, "alarms"), i, item) {
		name("alarm", item);
		printf("; %lld told, %lld given up\n", (long long)seki_field_int(item, "told"),
		       (long long)(seki_field_int(item, "failed") +
				   seki_field_int(item, "dropped")));
	}
}
