// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho selftest - try what the policy in force closes, and look for the records.
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/policy_view.h"
#include "userspace/cli/probe.h"
#include "userspace/cli/records.h"
#include "userspace/lib/log.h"

static const struct option table[] = {
	{ "policy", required_argument, NULL, 'p' }, { "log", required_argument, NULL, 'd' },
	{ "wait", required_argument, NULL, 'w' },   { "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },	    { 0 },
};

struct options {
	const char *policy, *log;
	unsigned int wait;
	bool json;
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho selftest [--policy BUNDLE] [--log DIR] [--wait N] [--json]\n"
		"Try what the policy in force closes to everybody: each try must be refused and\n"
		"recorded.  Nothing is read, written or sent, also where a try is let through.\n\n"
		"  --policy BUNDLE  whose assets are tried (" SEKI_POLICY_IN_FORCE ")\n"
		"  --log DIR        where the records come (" SEKI_LOG_DIR ")\n"
		"  --wait N         seconds to wait for them (10)\n");
}

/* ---- what came of it ------------------------------------------------------------ */

struct sums {
	size_t tried, good, passed, unrecorded, absent;
};

static bool is_good(const struct seki_probe *p)
{
	return seki_probe_refused(p) && p->recorded;
}

static struct sums sum_up(const struct seki_probes *p)
{
	struct sums s = { 0 };

	for (size_t i = 0; i < p->count; i++) {
		const struct seki_probe *probe = &p->list[i];

		s.absent += probe->absent;
		s.tried += !probe->absent;
		s.good += is_good(probe);
		s.passed += !probe->absent && !seki_probe_refused(probe);
		s.unrecorded += !probe->absent && !probe->recorded;
	}
	return s;
}

static const char *result_word(const struct seki_probe *p)
{
	if (p->absent)
		return "absent";
	if (is_good(p))
		return "refused";
	return seki_probe_refused(p) ? "unrecorded" : "let-through";
}

static void print_probe(const struct seki_view *v, const struct seki_probe *p)
{
	printf("%-8s %-18s %s: ", is_good(p) ? "refused" : "FAIL",
	       seki_bundle_label_name(v->b, p->label), seki_way_text(p->way));
	seki_print_safe(stdout, p->what);
	if (!seki_probe_refused(p))
		printf(", let through");
	if (p->recorded)
		printf(", record %llu\n", p->record);
	else
		printf(", no record\n");
}

static void print(const struct seki_view *v, const struct seki_probes *p)
{
	struct sums s = sum_up(p);

	for (size_t i = 0; i < p->count; i++)
		if (!p->list[i].absent)
			print_probe(v, &p->list[i]);
	printf("\n%zu tried: %zu refused and recorded, %zu let through, %zu without a record\n"
	       "not tried: %zu that are not there, %zu more of the same labels\n",
	       s.tried, s.good, s.passed, s.unrecorded, s.absent, p->left);
}

static void print_json(const struct seki_view *v, const struct seki_probes *p)
{
	struct sums s = sum_up(p);
	json_t *list = json_array(), *root;

	for (size_t i = 0; i < p->count; i++) {
		const struct seki_probe *probe = &p->list[i];
		json_t *one = json_pack("{ss ss ss ss}", "label",
					seki_bundle_label_name(v->b, probe->label), "try",
					seki_way_text(probe->way), "object", probe->what, "result",
					result_word(probe));

		if (probe->recorded)
			json_object_set_new(one, "record", json_integer((json_int_t)probe->record));
		json_array_append_new(list, one);
	}
	root = json_pack("{ss si si si si so}", "policy",
			 seki_bundle_string(v->b, v->b->meta->name), "tried", (int)s.tried,
			 "refused_and_recorded", (int)s.good, "let_through", (int)s.passed,
			 "without_record", (int)s.unrecorded, "probes", list);
	json_dumpf(root, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(root);
}

/* ---- order ------------------------------------------------------------------------ */

static int judge(const struct seki_probes *p)
{
	struct sums s = sum_up(p);

	if (!s.tried)
		seki_warnx("nothing of what the policy closes is there to be tried");
	return s.tried && s.good == s.tried ? SEKI_EXIT_OK : SEKI_EXIT_FAILED;
}

static int run(const struct seki_view *v, struct seki_probes *p, const struct options *o)
{
	struct seki_lines log;
	int err = seki_probes_log(&log, o->log), written;

	if (err) {
		seki_warnx("%s: %s; nothing was tried", o->log, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	err = seki_probes_make(v, p);
	if (!err)
		err = seki_probes_try(p);
	if (!err)
		err = seki_probes_find(p, &log, o->wait);
	seki_lines_close(&log);
	if (err) {
		seki_warnx("%s: %s", o->log, strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	if (o->json)
		print_json(v, p);
	else
		print(v, p);
	written = seki_flush_stdout();
	return written ? written : judge(p);
}

static bool read_wait(const char *text, unsigned int *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*ret = (unsigned int)n;
	if (text[0] >= '0' && text[0] <= '9' && !*end && n <= 3600)
		return true;
	seki_warnx("--wait: %s; right would be seconds, 0 to 3600", text);
	return false;
}

int cmd_selftest(int argc, char **argv)
{
	struct options o = { .policy = SEKI_POLICY_IN_FORCE, .log = SEKI_LOG_DIR, .wait = 10 };
	struct seki_policy_view policy;
	struct seki_probes probes = { 0 };
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'p')
			o.policy = optarg;
		else if (opt == 'd')
			o.log = optarg;
		else if (opt == 'j')
			o.json = true;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else if (opt != 'w' || !read_wait(optarg, &o.wait))
			return SEKI_EXIT_USAGE;
	}
	if (optind < argc) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	if (seki_policy_view_open(o.policy, NULL, &policy))
		return SEKI_EXIT_FAILED;
	ret = run(&policy.v, &probes, &o);
	seki_probes_free(&probes);
	seki_policy_view_close(&policy);
	return ret;
}
