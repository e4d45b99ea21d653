// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho explain - one act, made up or recorded, under a policy.
 */
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/line.h"
#include "userspace/cli/policy_view.h"
#include "userspace/cli/records.h"
#include "userspace/judge/explain.h"
#include "userspace/judge/recorded.h"
#include "userspace/lib/log.h"

struct options {
	const char *policy, *root, *controls, *who, *act, *on, *log, *id;
};

static const struct option table[] = {
	{ "policy", required_argument, NULL, 'p' },
	{ "root", required_argument, NULL, 'r' },
	{ "controls", required_argument, NULL, 'c' },
	{ "who", required_argument, NULL, 'w' },
	{ "act", required_argument, NULL, 'a' },
	{ "on", required_argument, NULL, 'o' },
	{ "log", required_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho explain [OPTION...] --who WHO --act ACT --on OBJECT\n"
		"       sekisho explain [OPTION...] RECORD\n"
		"Say whether an act is allowed, by which line, how who and what were found,\n"
		"and the smallest change that would allow it.\n\n"
		"  --who WHO       a domain or role, the path of a program, operator, operator:PROGRAM\n"
		"  --act ACT       read, write, connect...; several parted by commas\n"
		"  --on OBJECT     a path, tcp:ADDRESS:PORT, unix:/PATH, or a label: hlr.data\n"
		"  RECORD          a record of the log by its number or its id\n"
		"  --log PATH      the log, or a file of records (" SEKI_LOG_DIR ")\n"
		"  --policy FILE   policy or bundle (" SEKI_POLICY_IN_FORCE ")\n"
		"  --root DIR      with a policy: look for its files below DIR; / is this host\n"
		"  --controls DIR  tables of the control items (" SEKI_CONTROLS_DIR ")\n");
}

static int wrong(const char *option, const char *value, const char *why)
{
	seki_warnx("%s '%s': %s", option, value, why);
	return SEKI_EXIT_USAGE;
}

static int explain_act(const struct options *o, struct seki_case *c)
{
	const char *why;

	if (!seki_subject_find(c->v, o->who, &c->who, &why))
		return wrong("--who", o->who, why);
	if (!seki_act_find(o->act, &c->want, &why))
		return wrong("--act", o->act, why);
	if (!seki_target_find(c->v, o->on, &c->on, &why))
		return wrong("--on", o->on, why);
	c->on_text = o->on;
	seki_explain(c, stdout);
	return SEKI_EXIT_OK;
}

static bool is_asked(const struct seki_lines *l, json_t *record, const char *id)
{
	char *end;
	unsigned long n = strtoul(id, &end, 10);

	if (*end)
		return !strcmp(seki_field(record, "id"), id);
	return l->number == n;
}

static json_t *find_record(const struct options *o, struct seki_lines *l)
{
	json_t *record;
	char *line;
	size_t len;
	int got;

	while ((got = seki_lines_each(l, &line, &len)) > 0) {
		record = seki_lines_whole(l, line, len);
		if (record && is_asked(l, record, o->id))
			return record;
		json_decref(record);
	}
	if (got)
		seki_warnx("%s: %s", o->log, strerror(-got));
	else
		seki_warnx("%s: no record %s; give its number or its id", o->log, o->id);
	return NULL;
}

static int explain_recorded(struct seki_case *c, json_t *record)
{
	struct seki_recorded r;

	seki_print_line(record, false);
	fflush(stdout);
	if (seki_explain_exec(c->v, c->file, record, stdout))
		return SEKI_EXIT_OK;
	if (!seki_recorded_read(record, &r)) {
		seki_warnx("not an access that a policy judged, nor a start of a domain's "
			   "program; give a record of one");
		return SEKI_EXIT_FAILED;
	}
	if (!seki_recorded_by(c->v, &r))
		printf("%s is not the policy of the record, so this is what it would say:\n",
		       c->file);
	seki_recorded_in(c->v, &r, &c->who, &c->on);
	c->want = r.want;
	c->hook = r.hook;
	c->on_text = *r.path ? r.path : *r.address ? r.address : r.label;
	seki_explain(c, stdout);
	return SEKI_EXIT_OK;
}

static int explain_record(const struct options *o, struct seki_case *c)
{
	struct seki_lines l;
	int err = seki_lines_open(&l, o->log);
	json_t *record;
	int code;

	if (err) {
		seki_warnx("%s: %s; name the log with --log", o->log, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	record = find_record(o, &l);
	code = record ? explain_recorded(c, record) : SEKI_EXIT_FAILED;
	json_decref(record);
	seki_lines_close(&l);
	return code;
}

static int explain(const struct options *o)
{
	struct seki_controls controls;
	struct seki_policy_view p;
	struct seki_case c = { .v = &p.v, .controls = &controls };
	int code;

	if (seki_policy_controls(o->controls, &controls))
		return SEKI_EXIT_FAILED;
	if (seki_policy_view_open(o->policy, o->root, &p)) {
		seki_controls_free(&controls);
		return SEKI_EXIT_FAILED;
	}
	c.file = p.file;
	code = o->id ? explain_record(o, &c) : explain_act(o, &c);
	seki_policy_view_close(&p);
	seki_controls_free(&controls);
	return code ? code : seki_flush_stdout();
}

static bool read_option(struct options *o, int opt)
{
	const char **field[] = {
		['p'] = &o->policy, ['r'] = &o->root, ['c'] = &o->controls, ['w'] = &o->who,
		['a'] = &o->act,    ['o'] = &o->on,   ['l'] = &o->log
	};

	if (opt < 0 || opt >= (int)(sizeof(field) / sizeof(*field)) || !field[opt])
		return false;
	*field[opt] = optarg;
	return true;
}

int cmd_explain(int argc, char **argv)
{
	struct options o = { .policy = SEKI_POLICY_IN_FORCE, .log = SEKI_LOG_DIR };
	bool act;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		if (!read_option(&o, opt))
			return SEKI_EXIT_USAGE;
	}
	act = o.who && o.act && o.on;
	if (argc - optind == !act && (act || !(o.who || o.act || o.on))) {
		o.id = argv[optind];
		return explain(&o);
	}
	if (o.who || o.act || o.on)
		seki_warnx("--who, --act and --on belong together, without a record");
	else
		usage(stderr);
	return SEKI_EXIT_USAGE;
}
