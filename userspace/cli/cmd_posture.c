// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho posture - what no BPF LSM can stop, looked at on this host.
 */
#define _GNU_SOURCE
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/host_ops.h"
#include "userspace/cli/records.h"
#include "userspace/controls/mapping.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/posture/posture.h"

#define CONTROLS_DIR "/usr/share/sekisho/policies/controls"
#define ITEMS_MAX 256

enum { WEAK = 1, BAD = 3 };

struct result {
	const struct seki_posture_group *group;
	const struct seki_posture_item *item;
	char *controls; /* ids parted by blanks; NULL: none */
	struct seki_finding found;
};

struct options {
	bool json, items;
	const char *root, *controls;
	char **ids; /* NULL terminated; empty: all */
};

static struct result results[ITEMS_MAX];
static size_t n_results;

static const struct option table[] = {
	{ "json", no_argument, NULL, 'j' },  { "root", required_argument, NULL, 'r' },
	{ "items", no_argument, NULL, 'i' }, { "controls", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },  { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho posture [--json] [--root DIR] [--controls DIR] [ID...]\n"
		"       sekisho posture --items [--json]\n"
		"Look at what no BPF LSM can stop, all items or those named; changes nothing.\n\n"
		"  --root DIR       read /proc, /sys, /etc and files below DIR\n"
		"  --items          list the items and look at nothing\n"
		"  --controls DIR   the tables of control items (" CONTROLS_DIR ")\n\n"
		"Exit 0: all good; 1: something weak or not observable; 3: something bad.\n");
}

/* ---- which items, and the control items they serve --------------------------------- */

static bool asked_for(const struct options *o, const char *id)
{
	if (!*o->ids)
		return true;
	for (char **p = o->ids; *p; p++)
		if (!strcmp(*p, id))
			return true;
	return false;
}

static bool known_ids(const struct options *o)
{
	for (char **p = o->ids; *p; p++) {
		if (seki_posture_find(*p))
			continue;
		seki_warnx("unknown item '%s'; 'sekisho posture --items' lists them", *p);
		return false;
	}
	return true;
}

static void choose(const struct options *o)
{
	for (size_t i = 0; i < seki_posture_groups_count; i++) {
		const struct seki_posture_group *g = seki_posture_groups[i];

		for (size_t j = 0; j < g->items && n_results < ITEMS_MAX; j++)
			if (asked_for(o, g->item[j].id))
				results[n_results++] =
					(struct result){ g, &g->item[j], NULL, { 0 } };
	}
}

static void add_control(const char *posture, size_t len, const char *control)
{
	for (size_t i = 0; i < n_results; i++) {
		struct result *r = &results[i];
		char *more;

		if (strlen(r->item->id) != len || memcmp(r->item->id, posture, len) != 0)
			continue;
		if (asprintf(&more, "%s%s%s", r->controls ?: "", r->controls ? " " : "", control) <
		    0)
			seki_diex("out of memory");
		free(r->controls);
		r->controls = more;
	}
}

/* The report is of use without the ids, so missing default tables are a warning. */
static int load_controls(const char *given)
{
	struct seki_complaint why;
	struct seki_sheet s;
	int err = seki_sheet_read(&s, &seki_mapping_form, given ?: CONTROLS_DIR, &why);

	for (size_t row = 0; !err && row < s.rows; row++) {
		const char *at = seki_sheet_cell(&s, row, MAP_POSTURE), *id;
		size_t len;

		while ((len = seki_next_id(&at, &id)))
			add_control(id, len, seki_sheet_cell(&s, row, MAP_ITEM));
	}
	seki_sheet_free(&s);
	if (!err)
		return 0;
	seki_warnx("%s; %s", why.text,
		   given ? "give the directory of the tables" :
			   "items are shown without control items, or name it with --controls");
	return given ? -1 : 0;
}

/* ---- JSON ------------------------------------------------------------------------------ */

/* Names of files are bytes; JSON takes UTF-8 only. */
static json_t *text_json(const char *text)
{
	json_t *ret = json_string(text);
	seki_autofree char *safe = NULL;
	size_t size;
	FILE *out;

	if (ret)
		return ret;
	out = open_memstream(&safe, &size);
	if (!out)
		seki_diex("out of memory");
	seki_print_safe(out, text);
	fclose(out);
	return json_string(safe);
}

static json_t *controls_json(const char *ids)
{
	json_t *ret = json_array();

	for (size_t n; *ids; ids += n) {
		ids += strspn(ids, " ");
		n = strcspn(ids, " ");
		if (n)
			json_array_append_new(ret, json_stringn(ids, n));
	}
	return ret;
}

static json_t *item_json(const struct result *r)
{
	return json_pack("{ss ss ss ss ss so}", "id", r->item->id, "group", r->group->name, "title",
			 r->item->title, "why", r->item->why, "remedy", r->item->remedy, "controls",
			 controls_json(r->controls ?: ""));
}

static json_t *result_json(const struct result *r)
{
	json_t *details = json_array(), *ret = item_json(r);
	const struct seki_finding *f = &r->found;

	for (unsigned int i = 0; i < f->details && i < SEKI_POSTURE_DETAILS; i++)
		json_array_append_new(details, text_json(f->detail[i]));
	json_object_set_new(ret, "state", json_string(seki_posture_word(f->state)));
	json_object_set_new(ret, "fact", text_json(f->fact));
	json_object_set_new(ret, "source", text_json(f->source));
	json_object_set_new(ret, "details", details);
	json_object_set_new(ret, "details_total", json_integer(f->details));
	return ret;
}

static json_t *summary_json(const unsigned int count[SEKI_POSTURE_STATES])
{
	json_t *ret = json_object();

	for (int i = SEKI_POSTURE_STATES; i-- > 0;)
		json_object_set_new(ret, seki_posture_word(i), json_integer(count[i]));
	return ret;
}

static void print_json(const char *root, json_t *summary, json_t *(*make)(const struct result *r))
{
	json_t *items = json_array(), *all;

	for (size_t i = 0; i < n_results; i++)
		json_array_append_new(items, make(&results[i]));
	all = json_pack("{si so so}", "v", 1, "root", text_json(root ?: "/"), "items", items);
	if (summary)
		json_object_set_new(all, "summary", summary);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

/* ---- text -------------------------------------------------------------------------------- */

static void line(const char *name, const char *text)
{
	printf("    %-9s ", name);
	seki_print_safe(stdout, text);
	putchar('\n');
}

static void print_fact(const struct result *r)
{
	const struct seki_finding *f = &r->found;

	printf("    %-9s ", "seen");
	seki_print_safe(stdout, f->fact);
	printf(" (");
	seki_print_safe(stdout, f->source);
	printf(")\n");
	for (unsigned int i = 0; i < f->details && i < SEKI_POSTURE_DETAILS; i++)
		line("", f->detail[i]);
	if (f->details > SEKI_POSTURE_DETAILS)
		printf("    %-9s and %u more\n", "", f->details - SEKI_POSTURE_DETAILS);
}

static void print_result(const struct result *r)
{
	enum seki_posture_state state = r->found.state;

	printf("  %s: %s\n", r->item->id, r->item->title);
	print_fact(r);
	if (state < SEKI_POSTURE_WEAK)
		return;
	line("why", r->item->why);
	line("remedy", r->item->remedy);
	if (r->controls)
		line("controls", r->controls);
}

static void print_text(const unsigned int count[SEKI_POSTURE_STATES])
{
	static const char *const heads[] = { "good", "not applicable", "not observable", "weak",
					     "bad" };

	for (int state = SEKI_POSTURE_STATES; state-- > 0;) {
		const char *group = "";

		if (!count[state])
			continue;
		printf("%s (%u)\n", heads[state], count[state]);
		for (size_t i = 0; i < n_results; i++) {
			if ((int)results[i].found.state != state)
				continue;
			if (strcmp(group, results[i].group->name))
				printf(" %s\n", group = results[i].group->name);
			print_result(&results[i]);
		}
		putchar('\n');
	}
	printf("%zu items:", n_results);
	for (int state = SEKI_POSTURE_STATES; state-- > 0;)
		printf(" %u %s%s", count[state], heads[state], state ? "," : "\n");
}

static void print_items(void)
{
	for (size_t i = 0; i < n_results; i++)
		printf("%-34s %-20s %s\n", results[i].item->id, results[i].group->name,
		       results[i].item->title);
}

/* ---- the look ------------------------------------------------------------------------------ */

static int severity(const unsigned int count[SEKI_POSTURE_STATES])
{
	if (count[SEKI_POSTURE_BAD])
		return BAD;
	return count[SEKI_POSTURE_WEAK] || count[SEKI_POSTURE_NOT_OBSERVABLE] ? WEAK : SEKI_EXIT_OK;
}

static int look(const struct options *o)
{
	unsigned int count[SEKI_POSTURE_STATES] = { 0 };
	struct seki_posture p;
	int err;

	if (!seki_host_open(&p, o->root))
		return SEKI_EXIT_USAGE;
	for (size_t i = 0; i < n_results; i++) {
		seki_posture_check(&p, results[i].item, &results[i].found);
		count[results[i].found.state]++;
	}
	if (o->json)
		print_json(o->root, summary_json(count), result_json);
	else
		print_text(count);
	seki_posture_close(&p);
	err = seki_flush_stdout();
	return err ? err : severity(count);
}

static int posture(const struct options *o)
{
	if (!known_ids(o))
		return SEKI_EXIT_USAGE;
	choose(o);
	if (load_controls(o->controls))
		return SEKI_EXIT_USAGE;
	if (!o->items)
		return look(o);
	if (o->json)
		print_json(NULL, NULL, item_json);
	else
		print_items();
	return seki_flush_stdout();
}

int cmd_posture(int argc, char **argv)
{
	struct options o = { 0 };
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'j')
			o.json = true;
		else if (opt == 'r')
			o.root = optarg;
		else if (opt == 'i')
			o.items = true;
		else if (opt == 'c')
			o.controls = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	o.ids = argv + optind;
	return posture(&o);
}
