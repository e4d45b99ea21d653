// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho controls - the control items, and what this host shows of them.
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/controls.h"
#include "userspace/lib/log.h"

/* clang-format off */
static const struct part {
	const char *name;
	int (*run)(const struct seki_catalogue *c, const struct seki_controls_ask *a);
	bool words; /* wants at least one */
} parts[] = {
	{ "list", seki_controls_list, false },
	{ "show", seki_controls_show, true },
	{ "search", seki_controls_search, true },
	{ "coverage", seki_controls_coverage, false },
	{ "logs", seki_controls_logs, false },
	{ "export", seki_controls_export, false },
};
/* clang-format on */

static const struct option table[] = {
	{ "catalogue", required_argument, NULL, 'c' },
	{ "role", required_argument, NULL, 'r' },
	{ "lang", required_argument, NULL, 'l' },
	{ "oscal", no_argument, NULL, 'O' },
	{ "output", required_argument, NULL, 'o' },
	{ "dir", required_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho controls list [--catalogue ID] [--role ROLE]\n"
		"       sekisho controls show ID...\n"
		"       sekisho controls search WORD...\n"
		"       sekisho controls coverage\n"
		"       sekisho controls logs\n"
		"       sekisho controls export --oscal -o DIR\n"
		"The control items, and what this host shows of them: how many have evidence and a\n"
		"test (coverage), and what meets each demand on logs (logs).\n\n"
		"  --catalogue ID  only of this one\n"
		"  --lang ja|en    titles in Japanese or English (en)\n"
		"  --role ROLE     enforce, evidence, support, none\n"
		"  --oscal         OSCAL 1.2.1: a catalog per catalogue, and the crosswalk\n"
		"  -o, --output    directory for the files; it is made if it is missing\n"
		"  --dir DIR       the tables (" SEKI_CONTROLS_DIR ")\n");
}

static const struct part *find(const char *name)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strcmp(parts[i].name, name))
			return &parts[i];
	return NULL;
}

static int run(const struct part *p, const struct seki_controls_ask *a)
{
	struct seki_catalogue c;
	struct seki_complaint why;
	int ret;

	if (seki_catalogue_load(&c, a->dir, &why)) {
		seki_warnx("%s", why.text);
		return SEKI_EXIT_FAILED;
	}
	ret = p->run(&c, a);
	seki_catalogue_free(&c);
	return ret ? ret : seki_flush_stdout();
}

static int wrong(const char *what, const char *text)
{
	seki_warnx("%s '%s'; 'sekisho controls --help' tells what is right", what, text);
	return SEKI_EXIT_USAGE;
}

/* -1: go on; else an exit code. */
static int read_option(int opt, struct seki_controls_ask *a)
{
	switch (opt) {
	case 'c':
		a->catalogue = optarg;
		return -1;
	case 'r':
		a->role = optarg;
		return -1;
	case 'l':
		a->japanese = !strcmp(optarg, "ja");
		return a->japanese || !strcmp(optarg, "en") ? -1 : wrong("--lang", optarg);
	case 'O':
		a->oscal = true;
		return -1;
	case 'o':
		a->out = optarg;
		return -1;
	case 'd':
		a->dir = optarg;
		return -1;
	case 'h':
		usage(stdout);
		return SEKI_EXIT_OK;
	default:
		return SEKI_EXIT_USAGE;
	}
}

int cmd_controls(int argc, char **argv)
{
	struct seki_controls_ask a = { .dir = SEKI_CONTROLS_DIR };
	const struct part *p;
	int opt, code;

	while ((opt = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		code = read_option(opt, &a);
		if (code >= 0)
			return code;
	}
	if (optind == argc)
		return usage(stderr), SEKI_EXIT_USAGE;
	p = find(argv[optind]);
	if (!p)
		return wrong("no such part of controls:", argv[optind]);
	a.words = argv + optind + 1;
	if (!p->words != !*a.words)
		return *a.words ? wrong("unexpected word", *a.words) :
				  wrong("give at least one word after", p->name);
	return run(p, &a);
}
