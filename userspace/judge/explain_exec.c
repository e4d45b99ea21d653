// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why a program did not become its domain: the conditions of task.bpf.c, one by one,
 * as far as a record tells.
 */
#include "userspace/judge/explain.h"

#include <string.h>

#include "userspace/reader/field.h"

static bool is_entry(const struct seki_view *v, const struct seki_bundle_domain *d,
		     const char *program)
{
	struct seki_subject s;
	const char *why;

	return *program == '/' && seki_subject_find(v, program, &s, &why) && s.entry == d;
}

/* -1: the record does not tell, its arguments are cut or hidden. */
static int same_argv(const struct seki_view *v, const struct seki_bundle_domain *d, json_t *exec)
{
	const char *s = seki_bundle_string(v->b, d->argv), *end = s + d->argv_len;
	json_t *arg;
	size_t i;

	if (json_is_true(json_object_get(exec, "cut")) ||
	    json_is_true(json_object_get(exec, "redacted")))
		return -1;
	json_array_foreach(json_object_get(exec, "argv"), i, arg) {
		if (s == end || !json_is_string(arg) || strcmp(s, json_string_value(arg)))
			return 0;
		s += strlen(s) + 1;
	}
	return s == end;
}

static void line(FILE *out, bool wrong, const char *text)
{
	fprintf(out, "  %-6s %s\n", wrong ? "wrong" : "right", text);
}

static void conditions(const struct seki_view *v, const struct seki_bundle_domain *d,
		       json_t *record, FILE *out)
{
	json_t *exec = json_object_get(record, "exec");
	const char *from = seki_field(exec, "from"), *program = seki_field(exec, "path");
	const char *name = seki_bundle_string(v->b, d->name);
	const char *origin = seki_bundle_domain_name(v->b, d->origin);
	bool marked = json_is_true(json_object_get(json_object_get(record, "who"), "mark"));
	int argv = d->argv_len ? same_argv(v, d, exec) : 1;
	char text[256];

	if (!*from)
		from = seki_field(record, "proc.domain"); /* not said where they are the same */
	snprintf(text, sizeof(text), "the program: %.100s, and it is entered by %.100s", program,
		 seki_bundle_string(v->b, d->exec));
	line(out, !is_entry(v, d, program), text);
	snprintf(text, sizeof(text), "who started it: %.60s, and it is entered from %.60s", from,
		 origin);
	line(out, strcmp(from, origin) && strcmp(from, name), text);
	line(out, marked && !d->open_to_operator,
	     marked ? "the mark: an operator's" : "the mark: none");
	if (argv < 0)
		fputs("  ?      the arguments: the record has them in part\n", out);
	else
		line(out, !argv,
		     !d->argv_len ? "the arguments: any" :
		     argv	  ? "the arguments: those of the policy" :
				    "the arguments: others than the policy's");
	if (*seki_bundle_string(v->b, d->unit))
		fprintf(out, "  ?      the unit: must be %s, the record does not tell\n",
			seki_bundle_string(v->b, d->unit));
	if (*seki_bundle_string(v->b, d->cgroup))
		fprintf(out, "  ?      the cgroup: must be %s or below, the record does not tell\n",
			seki_bundle_string(v->b, d->cgroup));
	fputs("  ?      a tracer: there must be none, the record does not tell\n", out);
}

bool seki_explain_exec(const struct seki_view *v, const char *file, json_t *record, FILE *out)
{
	const char *entry = seki_field(record, "exec.entry");
	const struct seki_bundle_domain *d = seki_view_domain_named(v, entry);
	bool entered = !strcmp(seki_field(record, "proc.domain"), entry);

	if (!*entry || strcmp(seki_field(record, "class"), "exec"))
		return false;
	fprintf(out, "%s: %s\n", entered ? "entered" : "not entered", entry);
	if (!d) {
		fprintf(out, "  %s has no such domain\n", file);
		return true;
	}
	if (d->line) {
		fputs("  ", out);
		seki_place_print(v, file, d->line, out);
		fprintf(out, ": %s\n", entry);
	}
	conditions(v, d, record, out);
	return true;
}
