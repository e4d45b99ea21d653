// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho report - what the records of a time say per control item.
 */
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/gaps.h"
#include "userspace/cli/records.h"
#include "userspace/cli/report.h"
#include "userspace/cli/report_paper.h"
#include "userspace/controls/catalogue.h"
#include "userspace/lib/log.h"

#define ITEMS "/usr/share/sekisho/policies/controls/items.tsv"

struct options {
	bool json, japanese;
	const char *items;
};

static const struct option table[] = {
	{ "from", required_argument, NULL, 'f' },     { "to", required_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },	      { "lang", required_argument, NULL, 'l' },
	{ "items", required_argument, NULL, 'i' },    { "silence", required_argument, NULL, 's' },
	{ "format", required_argument, NULL, 'F' },   { "pattern", required_argument, NULL, 'P' },
	{ "posture", required_argument, NULL, 'p' },  { "key", required_argument, NULL, 'k' },
	{ "controls", required_argument, NULL, 'c' }, { "output", required_argument, NULL, 'o' },
	{ "baseline", required_argument, NULL, 'b' }, { "forward", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },	      { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho report [--from TIME] [--to TIME] [--json] [--lang en|ja] [DIR|FILE...]\n"
		"       sekisho report --format FORMAT [--key PUB] [--posture FILE] [--pattern N]\n"
		"                      [-o FILE] [--from TIME] [--to TIME] [--lang en|ja] [DIR|FILE...]\n"
		"Sum up the records of the log (" SEKI_LOG_DIR
		") per control item; with --format,\n"
		"judge every item by the records of the window.\n\n"
		"  --from, --to TIME  2026-01-31, 2026-01-31T12:00, 2026-01-31T12:00:00+09:00\n"
		"  --lang ja          titles of the items in Japanese\n"
		"  --items FILE       the items (" ITEMS ")\n"
		"  --silence N        seconds without a sign of life to be told (150)\n"
		"  --format FORMAT    html, json, csv, md, work or oscal; draft-15, draft-16 or\n"
		"                     draft-equipment: a document of the self-confirmation\n"
		"  --key PUB          verify the log: public key, PEM or verifier key; may be repeated\n"
		"  --posture FILE     state of the host, from 'sekisho posture --json'\n"
		"  --pattern N        service pattern 1 to 4, whose values apply, or the file that\n"
		"                     names it (" SEKI_PATTERN_FILE ")\n"
		"  --baseline FILE    what changed, from 'sekisho baseline compare --json'\n"
		"  --forward FILE     forward.yaml of the host, whose times of notice are judged\n"
		"  --controls DIR     the tables (" SEKI_CONTROLS_DIR ")\n"
		"  -o, --output FILE  where the report goes; of oscal a directory\n");
}

/* Items that no record is stamped with are shown only where a policy's rule names them. */
static bool is_shown(const struct seki_item *i)
{
	return i->served || *i->last;
}

/* ---- JSON ---------------------------------------------------------------- */

static json_t *item_json(const struct seki_item *i, bool japanese)
{
	return json_pack("{ss ss sI sI sI sI ss}", "id", i->id, "title",
			 japanese ? i->title_ja : i->title_en, "denied", (json_int_t)i->denied,
			 "would_deny", (json_int_t)i->would_deny, "allowed", (json_int_t)i->allowed,
			 "other", (json_int_t)i->other, "last", i->last);
}

static json_t *totals_json(const struct seki_report *r)
{
	return json_pack("{sI sI sI sI sI sI sI sI sI sI sI sI sI sI}", "records",
			 (json_int_t)r->records, "denied", (json_int_t)r->denied, "would_deny",
			 (json_int_t)r->would_deny, "allowed", (json_int_t)r->allowed, "other",
			 (json_int_t)r->other, "lost", (json_int_t)r->lost, "integrity",
			 (json_int_t)r->integrity, "high", (json_int_t)r->high, "heartbeats",
			 (json_int_t)r->life.heartbeats, "starts", (json_int_t)r->life.starts,
			 "stops", (json_int_t)r->life.stops, "sessions", (json_int_t)r->sessions,
			 "malformed", (json_int_t)r->bad, "newer_version",
			 (json_int_t)r->life.newer);
}

static size_t shown(size_t count, size_t most)
{
	return count < most ? count : most;
}

static void print_json(const struct seki_report *r, const struct options *o)
{
	json_t *items = json_array(), *lines = json_array();
	json_t *root;

	for (size_t i = 0; i < r->n_items; i++)
		if (is_shown(&r->items[i]))
			json_array_append_new(items, item_json(&r->items[i], o->japanese));
	for (size_t i = 0; i < shown(r->bad, SEKI_BAD_LINES); i++)
		json_array_append_new(lines, json_sprintf("%s:%lu", r->bad_line[i].file,
							  r->bad_line[i].line));
	root = json_pack(
		"{ss ss so so so so sI ss so}", "first", r->first, "last", r->last, "totals",
		totals_json(r), "items", items, "gaps", seki_gaps_json(&r->life), "malformed",
		lines, "enforcement_unproven", (json_int_t)r->canary_bad, "canary", r->canary,
		"limits",
		json_string(
			"hypervisor, firmware and physical access are out of reach of this host's records"));
	json_dumpf(root, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(root);
}

/* ---- text ---------------------------------------------------------------- */

static void print_totals(const struct seki_report *r)
{
	printf("records      %llu, %s to %s\n", (unsigned long long)r->records,
	       *r->first ? r->first : "-", *r->last ? r->last : "-");
	printf("refused      %llu, would have been %llu, allowed with a record %llu\n",
	       (unsigned long long)r->denied, (unsigned long long)r->would_deny,
	       (unsigned long long)r->allowed);
	printf("lost         %llu\n", (unsigned long long)r->lost);
	printf("integrity    %llu records, %llu of them on enforcement; high %llu\n",
	       (unsigned long long)r->integrity, (unsigned long long)r->canary_bad,
	       (unsigned long long)r->high);
	printf("heartbeats   %llu, starts %llu, stops %llu, sessions %llu; canary ",
	       (unsigned long long)r->life.heartbeats, (unsigned long long)r->life.starts,
	       (unsigned long long)r->life.stops, (unsigned long long)r->sessions);
	seki_print_safe(stdout, *r->canary ? r->canary : "not observed");
	putchar('\n');
	seki_gaps_print(&r->life, stdout);
	for (size_t i = 0; i < shown(r->bad, SEKI_BAD_LINES); i++)
		printf("malformed    %s:%lu\n", r->bad_line[i].file, r->bad_line[i].line);
	if (r->life.newer)
		printf("newer        %llu records of a newer version were not looked at\n",
		       (unsigned long long)r->life.newer);
	if (r->bad > SEKI_BAD_LINES)
		printf("malformed    %llu in all\n", (unsigned long long)r->bad);
}

static void print_items(const struct seki_report *r, const struct options *o)
{
	printf("\n%-16s %8s %8s %8s %8s  %-25s %s\n", "item", "denied", "would", "allowed", "other",
	       "last seen", "title");
	for (size_t i = 0; i < r->n_items; i++) {
		const struct seki_item *t = &r->items[i];
		const char *title = o->japanese ? t->title_ja : t->title_en;

		if (!is_shown(t))
			continue;
		seki_print_safe(stdout, t->id);
		printf("%*s %8llu %8llu %8llu %8llu  %-25.19s ",
		       (int)(strlen(t->id) < 16 ? 16 - strlen(t->id) : 0), "",
		       (unsigned long long)t->denied, (unsigned long long)t->would_deny,
		       (unsigned long long)t->allowed, (unsigned long long)t->other,
		       *t->last ? t->last : "not observed");
		seki_print_safe(stdout, *title ? title : "(not in the list of items)");
		putchar('\n');
	}
	printf("\nOut of reach of this host's records: hypervisor, firmware, physical access.\n");
}

/* ---- order --------------------------------------------------------------- */

static int read_files(struct seki_report *r, char **files, size_t count)
{
	int ret = SEKI_EXIT_OK;

	for (size_t i = 0; i < count; i++) {
		int err = seki_report_file(r, files[i]);

		if (!err)
			continue;
		seki_warnx("%s: %s", files[i], strerror(-err));
		ret = SEKI_EXIT_FAILED;
	}
	return ret;
}

static int run(struct seki_report *r, const struct options *o, char **files, int count)
{
	int ret, err = seki_report_items(r, o->items);

	if (err)
		seki_warnx("%s: %s; titles will be missing", o->items, strerror(-err));
	ret = count ? read_files(r, files, (size_t)count) :
		      read_files(r, (char *[]){ (char[]){ SEKI_LOG_DIR } }, 1);
	seki_report_end(r);
	if (o->json) {
		print_json(r, o);
	} else {
		print_totals(r);
		print_items(r, o);
	}
	if (!r->records) {
		seki_warnx("no record in this window, %llu outside of it",
			   (unsigned long long)r->outside);
		ret = SEKI_EXIT_FAILED;
	}
	seki_report_free(r);
	err = seki_flush_stdout();
	return err ? err : ret;
}

/* Not named, it is the host's, if that has one. */
static int read_pattern(const char *text, struct seki_paper_ask *a)
{
	struct seki_complaint why;
	int err = seki_pattern_which(text ?: SEKI_PATTERN_FILE, &a->pattern, &why);

	if (!err || (!text && err == -ENOENT))
		return SEKI_EXIT_OK;
	seki_warnx("%s", why.text);
	return text ? SEKI_EXIT_USAGE : SEKI_EXIT_FAILED;
}

/* Options of --format.  -1: none of them; else an exit code, or 0 to go on. */
static int read_paper_option(int opt, struct seki_paper_ask *a)
{
	switch (opt) {
	case 'F':
		a->format = optarg;
		return seki_paper_format(optarg) ? SEKI_EXIT_OK : SEKI_EXIT_USAGE;
	case 'P':
		return read_pattern(optarg, a);
	case 'p':
		a->posture = optarg;
		return SEKI_EXIT_OK;
	case 'k':
		return seki_log_task_key(&a->task, optarg) ? SEKI_EXIT_OK : SEKI_EXIT_USAGE;
	case 'b':
		a->baseline = optarg;
		return SEKI_EXIT_OK;
	case 'w':
		a->forward = optarg;
		return SEKI_EXIT_OK;
	case 'c':
		a->controls = optarg;
		return SEKI_EXIT_OK;
	case 'o':
		a->out = optarg;
		return SEKI_EXIT_OK;
	default:
		return -1;
	}
}

static int run_paper(struct seki_paper_ask *a, const struct seki_report *r, bool japanese,
		     bool silence, char **logs)
{
	if (!a->pattern && read_pattern(NULL, a))
		return SEKI_EXIT_FAILED;
	if (r->from > r->to) {
		seki_warnx("--from is after --to");
		return SEKI_EXIT_USAGE;
	}
	a->from = r->from;
	a->to = r->to;
	a->beat = silence ? r->life.beat : 0;
	a->japanese = japanese;
	a->logs = logs;
	return seki_report_paper(a);
}

int cmd_report(int argc, char **argv)
{
	static struct seki_report r = { .to = UINT64_MAX, .life.beat = 150 };
	static struct seki_paper_ask paper = { .controls = SEKI_CONTROLS_DIR };
	struct options o = { .items = ITEMS };
	bool ok = true, silence = false, judged = false;
	int opt, code;

	seki_log_task_begin(&paper.task);
	while ((opt = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		code = read_paper_option(opt, &paper);
		if (code > 0)
			return code;
		judged |= !code;
		if (!code)
			continue;
		if (opt == 'f')
			ok &= seki_log_task_time("--from", optarg, &r.from);
		else if (opt == 't')
			ok &= seki_log_task_time("--to", optarg, &r.to);
		else if (opt == 'j')
			o.json = true;
		else if (opt == 'i')
			o.items = optarg;
		else if (opt == 's')
			silence = ((r.life.beat = strtoull(optarg, NULL, 10)));
		else if (opt == 'l' && (!strcmp(optarg, "ja") || !strcmp(optarg, "en")))
			o.japanese = *optarg == 'j';
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else if (opt == 'l')
			ok = (seki_warnx("--lang: en or ja, not %s", optarg), false);
		else
			return SEKI_EXIT_USAGE;
	}
	if (judged && !paper.format)
		ok = (seki_warnx(
			      "give --format with --key, --posture, --pattern, --baseline, --forward, --controls or -o"),
		      false);
	if (!ok)
		return SEKI_EXIT_USAGE;
	return paper.format ? run_paper(&paper, &r, o.japanese, silence, argv + optind) :
			      run(&r, &o, argv + optind, argc - optind);
}
