// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/line.h"

#include <string.h>

#include "userspace/reader/field.h"

static const char *colour_of(json_t *r)
{
	const char *verdict = seki_field(r, "verdict");

	if (!strcmp(seki_field(r, "sev"), "high"))
		return "\033[1;31m";
	if (!strcmp(verdict, "denied"))
		return "\033[31m";
	if (!strcmp(verdict, "would-deny"))
		return "\033[33m";
	return !strcmp(verdict, "allowed") ? "\033[32m" : "\033[36m";
}

static void part(const char *before, const char *text, const char *after)
{
	if (!*text)
		return;
	fputs(before, stdout);
	seki_print_safe(stdout, text);
	fputs(after, stdout);
}

static void show_who(json_t *r)
{
	const char *name = seki_field(r, "who.name"), *user = seki_field(r, "who.user");

	part("  ", *name ? name : user, "");
	part("@", seki_field(r, "who.from"), "");
	part(" ", seki_field(r, "who.tty"), "");
	if (*name && strcmp(name, user))
		part(" as ", user, "");
	part("  ", seki_field(r, "proc.comm"), "");
	printf("[%lld]", (long long)seki_field_int(r, "proc.pid"));
	if (strcmp(seki_field(r, "proc.domain"), "other"))
		part(" in ", seki_field(r, "proc.domain"), "");
}

static void show_object(json_t *r)
{
	part(" ", seki_field(r, "obj.path"), "");
	part(" ", seki_field(r, "obj.addr"), "");
	if (seki_field_int(r, "obj.port"))
		printf(":%lld", (long long)seki_field_int(r, "obj.port"));
	part(" ", seki_field(r, "obj.comm"), "");
	if (seki_field_int(r, "obj.pid"))
		printf("[%lld]", (long long)seki_field_int(r, "obj.pid"));
	part(" ", seki_field(r, "obj.detail"), "");
	part(" (", seki_field(r, "obj.label"), ")");
}

static void show_argv(json_t *r)
{
	size_t i;
	json_t *arg;

	json_array_foreach(json_object_get(json_object_get(r, "exec"), "argv"), i, arg)
		part(" ", json_string_value(arg), "");
}

static void show_list(const char *before, json_t *list)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
		part(i ? " " : before, json_string_value(item) ? json_string_value(item) : "", "");
}

static void show_rest(json_t *r)
{
	json_t *rule = json_object_get(r, "rule");

	part("  ", seki_field(r, "err"), "");
	if (*seki_field(r, "verdict"))
		part(" by ", seki_field(r, "reason"), "");
	if (seki_field_int(rule, "line"))
		printf(", line %lld", (long long)seki_field_int(rule, "line"));
	part(" of ", seki_field(rule, "file"), "");
	part(": ", seki_field(rule, "text"), "");
	show_list("  [", json_object_get(r, "controls"));
	if (json_array_size(json_object_get(r, "controls")))
		putchar(']');
	putchar('\n');
}

/* The fields of the collector's own records that say more than their act. */
static void show_own(json_t *r)
{
	static const char *const fields[] = { "why",  "from",	 "canary", "ftrace_enabled",
					      "mode", "previous" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!*seki_field(r, fields[i]))
			continue;
		printf("  %s", fields[i]);
		part(" ", seki_field(r, fields[i]), "");
	}
	if (json_object_get(r, "count"))
		printf("  count %lld", (long long)seki_field_int(r, "count"));
	part("  policy ", seki_field(r, "policy.name"), "");
}

void seki_print_line(json_t *r, bool colour)
{
	const char *t = seki_field(r, "t"), *verdict = seki_field(r, "verdict"), *word;

	part("", *t ? t : "-", "  ");
	if (colour)
		fputs(colour_of(r), stdout);
	word = *verdict ? verdict : seki_field(r, "class");
	seki_print_safe(stdout, word);
	printf("%*s", (int)(strlen(word) < 10 ? 10 - strlen(word) : 0), "");
	if (colour)
		fputs("\033[0m", stdout);
	if (json_object_get(r, "proc"))
		show_who(r);
	part("  ", seki_field(r, "act"), "");
	show_object(r);
	show_argv(r);
	if (!json_object_get(r, "proc"))
		show_own(r);
	show_rest(r);
}
