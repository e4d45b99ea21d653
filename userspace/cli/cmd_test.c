// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho test - whether policies decide what their tests say.
 */
#define _GNU_SOURCE
#include "userspace/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/cli/junit.h"
#include "userspace/cli/policy_view.h"
#include "userspace/judge/test_file.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

struct tester {
	const char *root, *controls;
	struct seki_junit *junit; /* NULL: not asked for */
	unsigned int tests, failed;
	const char *file; /* under test */
};

static const struct option table[] = {
	{ "junit", required_argument, NULL, 'j' },
	{ "controls", required_argument, NULL, 'c' },
	{ "root", required_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho test [--junit FILE] [--controls DIR] [--root DIR] FILE|DIR...\n"
		"Run tests of policies, sekisho.policy(5), of a directory all *.test.yaml; prints\n"
		"TAP and which rules no test met, exits 1 if a test failed.\n\n"
		"  --junit FILE    the results as JUnit XML too\n"
		"  --controls DIR  tables of the control items (controls beside the policy, or\n"
		"                  " SEKI_CONTROLS_DIR ")\n"
		"  --root DIR      look for the policy's files below DIR; / is this host\n");
}

static void result(struct tester *t, const char *name, unsigned int line, const char *wrong)
{
	t->tests++;
	t->failed += !!wrong;
	printf("%s %u - %s\n", wrong ? "not ok" : "ok", t->tests, name);
	if (wrong)
		printf("# %s:%u: %s\n", t->file, line, wrong);
	if (t->junit)
		seki_junit_case(t->junit, t->file, line, name, wrong);
}

static void take(void *to, const struct seki_test_result *r)
{
	seki_autofree char *name = NULL;

	if (asprintf(&name, "%s: %s %s %s", r->test->name.s, r->who, r->act, r->on) < 0)
		seki_diex("out of memory");
	for (char *p = name; (p = strchr(p, '#')); p++)
		*p = '.'; /* would begin a directive */
	result(to, name, r->test->pos.line, r->wrong);
}

static void show_unmet(const struct seki_policy_view *p, const bool *met, unsigned int *ret_rules,
		       unsigned int *ret_met)
{
	*ret_rules = *ret_met = 0;
	for (__u32 rule = 1; rule <= p->b.n_rules; rule++) {
		const struct seki_bundle_rule *r = seki_bundle_rule(&p->b, rule);

		if (!seki_view_rule_written(&p->v, rule))
			continue;
		++*ret_rules;
		*ret_met += met[rule];
		if (met[rule])
			continue;
		fputs("# ", stdout);
		seki_place_print(&p->v, p->file, r->line, stdout);
		printf(": no test meets: %s\n", seki_bundle_string(&p->b, r->text));
	}
}

static void cover(struct tester *t, const struct seki_test_file *f,
		  const struct seki_policy_view *p, const bool *met)
{
	unsigned int rules, seen, percent;
	char wrong[64];

	show_unmet(p, met, &rules, &seen);
	percent = rules ? 100 * seen / rules : 100;
	printf("# %s: %u of %u rules met, %u %%\n", p->file, seen, rules, percent);
	if (!f->coverage.n)
		return;
	snprintf(wrong, sizeof(wrong), "%u %% of the rules are met, not %u %%", percent,
		 f->coverage.n);
	result(t, "coverage", f->coverage.pos.line, percent < f->coverage.n ? wrong : NULL);
}

/* A path in the file is beside the file. */
static char *beside(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');
	char *ret;

	if (asprintf(&ret, "%.*s%s", *path == '/' || !slash ? 0 : (int)(slash + 1 - file), file,
		     path) < 0)
		seki_diex("out of memory");
	return ret;
}

static int open_controls(const struct tester *t, const char *policy, struct seki_controls *ret)
{
	seki_autofree char *dir = beside(policy, "controls");

	if (t->controls)
		return seki_policy_controls(t->controls, ret);
	return seki_policy_controls(access(dir, X_OK) ? NULL : dir, ret);
}

static int run(struct tester *t, const struct seki_test_file *f)
{
	seki_autofree char *policy = beside(t->file, f->policy.s);
	struct seki_controls controls;
	struct seki_policy_view p;
	bool *met;

	if (seki_policy_view_open(policy, t->root, &p))
		return -EINVAL;
	if (open_controls(t, policy, &controls)) {
		seki_policy_view_close(&p);
		return -EINVAL;
	}
	met = calloc(p.b.n_rules + 1, sizeof(*met));
	if (!met)
		seki_diex("out of memory");
	printf("# %s: tests of %s\n", t->file, policy);
	seki_test_run(f, &p.v, &controls, met, take, t);
	cover(t, f, &p, met);
	free(met);
	seki_controls_free(&controls);
	seki_policy_view_close(&p);
	return 0;
}

static int test_file(struct tester *t, const char *path)
{
	seki_autofree char *text = NULL;
	struct seki_diag d = { .file = path };
	struct seki_test_file f;
	size_t size;
	int err = seki_file_read(path, SEKI_TEXT_MAX, &text, &size);

	if (err) {
		seki_warnx("%s: %s; name a file of tests or a directory with some", path,
			   strerror(-err));
		return err;
	}
	seki_test_file_read(text, size, &d, &f);
	seki_diag_print(&d, stderr);
	t->file = path;
	err = d.errors ? -EINVAL : run(t, &f);
	seki_test_file_free(&f);
	seki_diag_free(&d);
	return err;
}

static int test_dir(struct tester *t, const char *path)
{
	size_t len = strlen(path);
	seki_autofree char *pattern = NULL;
	glob_t found = { 0 };
	int err = 0;

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (asprintf(&pattern, "%.*s/*.test.yaml", (int)len, path) < 0)
		seki_diex("out of memory");
	if (glob(pattern, 0, NULL, &found) == GLOB_NOMATCH)
		printf("# %.*s: no *.test.yaml here\n", (int)len, path);
	for (size_t i = 0; i < found.gl_pathc; i++)
		err |= test_file(t, found.gl_pathv[i]);
	globfree(&found);
	return err;
}

static int test_path(struct tester *t, const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode) ? test_dir(t, path) : test_file(t, path);
}

static int test_all(struct tester *t, const char *junit, char **path, int n)
{
	struct seki_junit j = { 0 };
	int err = 0;

	t->junit = junit ? &j : NULL;
	printf("TAP version 13\n");
	for (int i = 0; i < n; i++)
		err |= test_path(t, path[i]);
	if (err)
		printf("Bail out! files that could not be used, see standard error\n");
	else
		printf("1..%u\n# %u passed, %u failed\n", t->tests, t->tests - t->failed,
		       t->failed);
	if (!err && !t->tests) {
		seki_warnx("no test found; name a file of tests or a directory with some");
		err = -ENOENT;
	}
	if (junit && seki_junit_write(&j, junit)) {
		seki_warn("%s", junit);
		err = -EIO;
	}
	t->junit = NULL;
	return err || t->failed ? SEKI_EXIT_FAILED : SEKI_EXIT_OK;
}

int cmd_test(int argc, char **argv)
{
	struct tester t = { 0 };
	const char *junit = NULL;
	int opt, code;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'j')
			junit = optarg;
		else if (opt == 'c')
			t.controls = optarg;
		else if (opt == 'r')
			t.root = optarg;
		else if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		else
			return SEKI_EXIT_USAGE;
	}
	if (optind == argc) {
		usage(stderr);
		return SEKI_EXIT_USAGE;
	}
	code = test_all(&t, junit, argv + optind, argc - optind);
	return seki_flush_stdout() ? SEKI_EXIT_FAILED : code;
}
