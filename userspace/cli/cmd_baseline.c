// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho baseline - what this host is made of, and what of it changed.
 */
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/baseline/baseline.h"
#include "userspace/baseline/effect.h"
#include "userspace/cli/baseline_say.h"
#include "userspace/cli/host_ops.h"
#include "userspace/cli/records.h"
#include "userspace/cli/tickets.h"
#include "userspace/cli/verify_log.h"
#include "userspace/controls/pattern.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

enum { UNEXPLAINED = 3, UNDER_TICKET = 4 };

struct options {
	const char *root, *out, *controls, *when, *log, *accepted, *effects;
	bool json;
	char **words;
};

static const struct option table[] = {
	{ "root", required_argument, NULL, 'r' },     { "output", required_argument, NULL, 'o' },
	{ "time", required_argument, NULL, 't' },     { "log", required_argument, NULL, 'l' },
	{ "controls", required_argument, NULL, 'c' }, { "json", no_argument, NULL, 'j' },
	{ "accepted", required_argument, NULL, 'a' }, { "effects", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },	      { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho baseline take [--root DIR] [--time TIME] [-o FILE]\n"
		"       sekisho baseline compare [--json] [--log DIR] OLD [NEW]\n"
		"       sekisho baseline check [--json] [refuse | stop]\n"
		"Write down what this host is made of: kernel, command line, modules, packages,\n"
		"units, settings, listening sockets, set-id files, BPF programs, sealed files;\n"
		"say what changed since, against a second file or the host as it is; or check\n"
		"the host against what was accepted, with a record and the effects that the\n"
		"administrator gave each section: finding, alert, refuse, stop.\n\n"
		"  --root DIR         look below DIR\n"
		"  --time TIME        the time it is said to be of (now)\n"
		"  -o, --output FILE  where the baseline goes, whole or not at all\n"
		"  --log DIR          the log: work under a ticket between the two is told\n"
		"  --json             the differences as JSON\n"
		"  --accepted FILE    what was accepted (" SEKI_BASELINE_FILE ")\n"
		"  --effects FILE     a section and an effect per line\n"
		"                     (" SEKI_EFFECTS_FILE ")\n"
		"  --controls DIR     the tables of control items (" SEKI_CONTROLS_DIR ")\n\n"
		"Exit of compare 0: nothing changed; 3: something did; 4: it did, and work under\n"
		"a ticket lies in between; 1: a section could not be compared, or an error.\n"
		"Of check the same; of check refuse and check stop 0: go on; 1: a section with\n"
		"that effect, or a stronger one, differs outside a ticket, or can't be compared.\n");
}

/* ---- take ------------------------------------------------------------------------ */

static json_t *take(const struct options *o)
{
	char now[SEKI_UTC_TEXT];
	struct seki_posture p;
	json_t *b;

	if (!seki_host_open(&p, o->root))
		return NULL;
	b = seki_baseline_take(&p, o->when ?: seki_utc_text((uint64_t)time(NULL), now));
	seki_posture_close(&p);
	return b;
}

static int run_take(const struct options *o)
{
	json_t *b = take(o);
	seki_autofree char *text = b ? json_dumps(b, JSON_INDENT(1) | JSON_SORT_KEYS) : NULL;
	size_t len;
	int err;

	json_decref(b);
	if (!text)
		return SEKI_EXIT_FAILED;
	if (!o->out) {
		puts(text);
		return seki_flush_stdout();
	}
	len = strlen(text);
	text[len] = '\n'; /* in place of the NUL: the size is told */
	err = seki_file_write(o->out, text, len + 1, 0600);
	if (err)
		seki_warnx("%s: %s", o->out, strerror(-err));
	return err ? SEKI_EXIT_FAILED : SEKI_EXIT_OK;
}

/* ---- compare --------------------------------------------------------------------- */

static void print_one(char sign, const char *name, const char *from, const char *to)
{
	printf("  %c ", sign);
	seki_print_safe(stdout, name);
	printf("  ");
	seki_print_safe(stdout, from);
	if (to) {
		printf(" -> ");
		seki_print_safe(stdout, to);
	}
	putchar('\n');
}

static void print_values(json_t *values, char sign)
{
	const char *name;
	json_t *value;

	json_object_foreach(values, name, value)
		print_one(sign, name, json_string_value(value), NULL);
}

static void print_section(json_t *s)
{
	json_t *added = json_object_get(s, "added"), *removed = json_object_get(s, "removed");
	json_t *changed = json_object_get(s, "changed"), *id, *pair;
	const char *name;
	size_t i;

	if (json_object_get(s, "effect"))
		printf("%s: %s\n", seki_field(s, "title"), seki_field(s, "effect"));
	if (json_object_get(s, "not_compared"))
		printf("%s: not compared: %s\n", seki_field(s, "title"),
		       seki_field(s, "not_compared"));
	if (!json_object_size(added) && !json_object_size(removed) && !json_object_size(changed))
		return;
	printf("%s [", seki_field(s, "title"));
	json_array_foreach(json_object_get(s, "controls"), i, id)
		printf("%s%s", i ? " " : "", json_string_value(id));
	puts("]");
	print_values(added, '+');
	print_values(removed, '-');
	json_object_foreach(changed, name, pair)
		print_one('~', name, json_string_value(json_array_get(pair, 0)),
			  json_string_value(json_array_get(pair, 1)));
}

static void print_work(json_t *work)
{
	json_t *one;
	size_t i;

	json_array_foreach(work, i, one) {
		printf("work under ticket ");
		seki_print_safe(stdout, seki_field(one, "ticket"));
		printf(", %s to %s, %lld records\n", seki_field(one, "from"), seki_field(one, "to"),
		       (long long)seki_field_int(one, "records"));
	}
}

static void print_text(json_t *d)
{
	json_int_t changes = seki_field_int(d, "changes"),
		   holes = seki_field_int(d, "not_compared");
	json_t *work = json_object_get(d, "work"), *s;
	size_t i;

	printf("from %s to %s\n", seki_field(d, "from"), seki_field(d, "to"));
	json_array_foreach(json_object_get(d, "sections"), i, s)
		print_section(s);
	print_work(work);
	printf("%lld changes", (long long)changes);
	if (holes)
		printf(", %lld sections not compared", (long long)holes);
	puts(!changes ? "" :
	     json_array_size(work) ?
			"; work under a ticket lies in between, and no change shows whose it is" :
			"; no work under a ticket is on record between them");
}

static int verdict(json_t *d)
{
	if (seki_field_int(d, "changes"))
		return json_array_size(json_object_get(d, "work")) ? UNDER_TICKET : UNEXPLAINED;
	return seki_field_int(d, "not_compared") ? SEKI_EXIT_FAILED : SEKI_EXIT_OK;
}

static int add_work(const struct options *o, json_t *d)
{
	json_t *work = json_array();
	uint64_t from, to;
	int err = 0;

	json_object_set_new(d, "work", work);
	if (!o->log)
		return 0;
	if (!seki_time_parse(seki_field(d, "from"), &from) ||
	    !seki_time_parse(seki_field(d, "to"), &to) || from > to) {
		seki_warnx("the baselines are of %s and %s; give the older one first",
			   seki_field(d, "from"), seki_field(d, "to"));
		return -EINVAL;
	}
	err = seki_tickets_read(o->log, from, to, work);
	if (err)
		seki_warnx("%s: %s", o->log, strerror(-err));
	return err;
}

static void print_compared(const struct options *o, json_t *d)
{
	if (o->json)
		json_dumpf(d, stdout, JSON_INDENT(1) | JSON_SORT_KEYS), putchar('\n');
	else
		print_text(d);
}

static json_t *compared(const json_t *before, const json_t *now, const struct seki_sheet *sections)
{
	json_t *d = seki_baseline_compare(before, now, sections);

	json_object_set(d, "from", json_object_get(before, "t"));
	json_object_set(d, "to", json_object_get(now, "t"));
	return d;
}

static int compare(const struct options *o, const json_t *before, const json_t *now,
		   const struct seki_sheet *sections)
{
	json_t *d = compared(before, now, sections);
	int ret = SEKI_EXIT_FAILED, err;

	if (!add_work(o, d)) {
		ret = verdict(d);
		print_compared(o, d);
	}
	json_decref(d);
	err = seki_flush_stdout();
	return err ? err : ret;
}

static int run_compare(const struct options *o)
{
	struct seki_complaint why = { "" };
	struct seki_sheet sections = { 0 };
	json_t *before = NULL, *now = NULL;
	int ret = SEKI_EXIT_FAILED;

	if (!seki_baseline_table(&sections, o->controls, &why))
		before = seki_baseline_read(o->words[0], &why);
	if (before)
		now = o->words[1] ? seki_baseline_read(o->words[1], &why) : take(o);
	if (now)
		ret = compare(o, before, now, &sections);
	else if (*why.text)
		seki_warnx("%s", why.text);
	json_decref(before);
	json_decref(now);
	seki_sheet_free(&sections);
	return ret;
}

/* ---- check ----------------------------------------------------------------------- */

static bool in_ticket(const json_t *d)
{
	return json_array_size(json_object_get(d, "work"));
}

/* The log is read only where it matters: it is long, and most checks find nothing.
 * One that can't be read excuses nothing.
 */
static void find_work(const struct options *o, json_t *d)
{
	struct options look = *o;

	if (!look.log)
		look.log = o->root ? NULL : SEKI_LOG_DIR;
	if (!seki_field_int(d, "changes") && !seki_field_int(d, "not_compared"))
		look.log = NULL;
	if (add_work(&look, d))
		json_object_set_new(d, "work", json_array());
}

/* A tree is not this host, so nothing is on record of it. */
static int judge(const struct options *o, const struct seki_effects *e, enum seki_effect least,
		 json_t *d)
{
	enum seki_effect does;
	int err;

	find_work(o, d);
	does = seki_effects_judge(e, d, in_ticket(d));
	print_compared(o, d);
	if (!o->root)
		seki_baseline_say(d);
	err = seki_flush_stdout();
	if (err)
		return err;
	if (!least)
		return verdict(d);
	if (does >= least)
		seki_warnx("the host differs from what was accepted, outside a ticket: %s",
			   seki_effect_word(does));
	return does >= least ? SEKI_EXIT_FAILED : SEKI_EXIT_OK;
}

static int check_against(const struct options *o, const struct seki_effects *e,
			 enum seki_effect least, const struct seki_sheet *sections)
{
	struct seki_complaint why;
	json_t *before = seki_baseline_read(o->accepted, &why), *now, *d;
	int ret = SEKI_EXIT_FAILED;

	if (!before) {
		seki_warnx("%s", why.text);
		return ret;
	}
	now = take(o);
	if (now) {
		d = compared(before, now, sections);
		ret = judge(o, e, least, d);
		json_decref(d);
	}
	json_decref(before);
	json_decref(now);
	return ret;
}

static int run_check(const struct options *o, enum seki_effect least)
{
	struct seki_sheet sections = { 0 };
	struct seki_complaint why;
	struct seki_effects e;
	int err = seki_effects_read(o->effects, &e, &why), ret = SEKI_EXIT_FAILED;

	if (err == -ENOENT)
		err = 0;
	/* Nothing is to be held up, so nothing need be known. */
	if (!err && least && seki_effects_strongest(&e) < least)
		return SEKI_EXIT_OK;
	if (!err)
		err = seki_baseline_table(&sections, o->controls, &why);
	if (err)
		seki_warnx("%s", why.text);
	else
		ret = check_against(o, &e, least, &sections);
	seki_sheet_free(&sections);
	return ret;
}

/* ---- order ----------------------------------------------------------------------- */

/* -1: go on; else an exit code. */
static int read_option(int opt, struct options *o)
{
	uint64_t t;

	switch (opt) {
	case 'r':
		o->root = optarg;
		return -1;
	case 'o':
		o->out = optarg;
		return -1;
	case 't':
		o->when = optarg;
		return seki_log_task_time("--time", optarg, &t) ? -1 : SEKI_EXIT_USAGE;
	case 'l':
		o->log = optarg;
		return -1;
	case 'c':
		o->controls = optarg;
		return -1;
	case 'a':
		o->accepted = optarg;
		return -1;
	case 'e':
		o->effects = optarg;
		return -1;
	case 'j':
		o->json = true;
		return -1;
	case 'h':
		usage(stdout);
		return SEKI_EXIT_OK;
	default:
		return SEKI_EXIT_USAGE;
	}
}

int cmd_baseline(int argc, char **argv)
{
	struct options o = { .controls = SEKI_CONTROLS_DIR,
			     .accepted = SEKI_BASELINE_FILE,
			     .effects = SEKI_EFFECTS_FILE };
	enum seki_effect least = SEKI_EFFECT_FINDING;
	int opt, code, words;

	while ((opt = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		code = read_option(opt, &o);
		if (code >= 0)
			return code;
	}
	words = argc - optind;
	o.words = argv + optind + 1;
	if (words == 1 && !strcmp(argv[optind], "take"))
		return run_take(&o);
	if ((words == 2 || words == 3) && !strcmp(argv[optind], "compare"))
		return run_compare(&o);
	if (words == 1 && !strcmp(argv[optind], "check"))
		return run_check(&o, least);
	if (words == 2 && !strcmp(argv[optind], "check") &&
	    seki_effect_find(argv[optind + 1], &least) && least >= SEKI_EFFECT_REFUSE)
		return run_check(&o, least);
	usage(stderr);
	return SEKI_EXIT_USAGE;
}
