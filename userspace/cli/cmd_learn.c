// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho learn - the lines that a policy in audit mode still lacks.
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/cli/policy_view.h"
#include "userspace/cli/records.h"
#include "userspace/judge/learn.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

struct options {
	const char *log, *root, *output;
	bool denied;
};

static const struct option table[] = {
	{ "log", required_argument, NULL, 'l' },    { "root", required_argument, NULL, 'r' },
	{ "output", required_argument, NULL, 'o' }, { "denied", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },	    { 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho learn [--log LOG] [--denied] [--root DIR] POLICY [-o FILE]\n"
		"Print the policy with a line for each thing that it would have refused in mode\n"
		"audit, and how many records say so.  What operators did is left out.\n\n"
		"  --log LOG   the log, or a file of records (" SEKI_LOG_DIR ")\n"
		"  --denied    learn from what was refused too\n"
		"  -o FILE     write it there\n"
		"  --root DIR  look for the policy's files below DIR; / is this host\n");
}

static int read_log(struct seki_learn *l, const char *log)
{
	struct seki_lines lines;
	char *line;
	size_t len;
	int err = seki_lines_open(&lines, log);

	if (err) {
		seki_warnx("%s: %s; name the log with --log", log, strerror(-err));
		return err;
	}
	while ((err = seki_lines_each(&lines, &line, &len)) > 0) {
		json_t *record = seki_lines_whole(&lines, line, len);

		if (record)
			seki_learn_record(l, record);
		json_decref(record);
	}
	seki_lines_close(&lines);
	if (err)
		seki_warnx("%s: %s", log, strerror(-err));
	return err;
}

/* What comes out must be a policy, whatever went in. */
static bool compiles(const char *path, const char *text, size_t size)
{
	struct seki_options o = { .offline = true };
	struct seki_diag d = { .file = path };
	struct seki_summary s;
	void *image = NULL;
	size_t n;
	bool ok = !seki_compile(text, size, &o, &d, &image, &n, &s);

	if (!ok)
		seki_warnx("%s: what was learnt makes no policy:", path);
	seki_diag_print(&d, stderr);
	seki_diag_free(&d);
	free(image);
	return ok;
}

static void tell(const struct seki_learn *l)
{
	static const char *const why[] = {
		"of operators", "denied by a rule on purpose", "that no rule may allow",
		"by programs that PID 1 did not start itself",
		"by programs started when an operator had asked a broker"
	};
	const unsigned long n[] = { l->operators, l->by_rule, l->unfit, l->children, l->brokered };

	seki_warnx("%lu acts, %u lines learnt", l->acts, l->n);
	for (size_t i = 0; i < sizeof(n) / sizeof(*n); i++)
		if (n[i])
			seki_warnx("left out: %lu %s", n[i], why[i]);
}

static int write_out(const struct options *o, const char *text, size_t size)
{
	if (!o->output) {
		fwrite(text, 1, size, stdout);
		return seki_flush_stdout();
	}
	if (!seki_file_write(o->output, text, size, 0644))
		return SEKI_EXIT_OK;
	seki_warnx("%s: can't be written", o->output);
	return SEKI_EXIT_FAILED;
}

static int write_learnt(const struct options *o, struct seki_learn *l, const char *path)
{
	seki_autofree char *text = NULL, *learnt = NULL;
	struct seki_diag d = { .file = path };
	size_t size, n;
	bool ok;

	if (seki_file_read(path, SEKI_TEXT_MAX, &text, &size))
		return SEKI_EXIT_FAILED;
	ok = seki_learn_write(l, text, size, &d, &learnt, &n);
	seki_diag_print(&d, stderr);
	seki_diag_free(&d);
	if (!ok || !compiles(path, learnt, n))
		return SEKI_EXIT_FAILED;
	tell(l);
	return write_out(o, learnt, n);
}

static int learn(const struct options *o, const char *path)
{
	struct seki_policy_view p;
	struct seki_learn l = { .v = &p.v, .denied = o->denied };
	int code = SEKI_EXIT_FAILED;

	if (seki_policy_view_open(path, o->root, &p))
		return code;
	if (!p.image)
		seki_warnx("%s: a bundle; name the policy it was compiled from", path);
	else if (!read_log(&l, o->log))
		code = write_learnt(o, &l, path);
	seki_learn_free(&l);
	seki_policy_view_close(&p);
	return code;
}

int cmd_learn(int argc, char **argv)
{
	struct options o = { .log = SEKI_LOG_DIR };
	int opt;

	while ((opt = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		if (opt == 'l')
			o.log = optarg;
		else if (opt == 'r')
			o.root = optarg;
		else if (opt == 'o')
			o.output = optarg;
		else if (opt == 'd')
			o.denied = true;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (argc - optind != 1) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	return learn(&o, argv[optind]);
}
