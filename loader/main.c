// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho-load - verify, load, pin, seal, exit.
 *
 * The order of the steps and the exit code; nothing else.  Until the last line
 * of seal the programs answer every hook with "not our business", so whatever
 * fails before leaves the host as it was.
 */
#define _GNU_SOURCE
#include "loader/loader.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/log.h"

#define DEFAULT_BUNDLE "/etc/sekisho/policy.bundle"

bool seki_verbose;

static const char usage[] =
	"usage: sekisho-load [-v] [--check] [BUNDLE]\n"
	"\n"
	"Put the compiled policy BUNDLE (default " DEFAULT_BUNDLE ")\n"
	"in force in the kernel and exit; enforcement stays.  On a host where a\n"
	"policy is in force already, replace it by this one without a gap.\n"
	"\n"
	"  --check    verify kernel and bundle, change nothing\n"
	"  -v         name every step\n"
	"  --help     this text\n"
	"  --version  version and event format\n";

void seki_step(const char *name)
{
	const char *last = secure_getenv("SEKISHO_TEST_DIE_AFTER");

	if (seki_verbose)
		fprintf(stderr, "sekisho-load: %s\n", name);
	if (last && !strcmp(last, name))
		_exit(70);
}

static int first_load(const struct seki_kernel *k, const struct seki_bundle *b, const char *path)
{
	struct seki_rows rows = {};
	struct sekisho_bpf *s;
	unsigned int programs;

	seki_pin_undo(SEKI_PINS_NEW);
	if (seki_run_files(path) || seki_load_fresh(k, &s))
		return -1;
	seki_step("loaded");
	if (mkdir(SEKI_PINS_NEW, 0700) < 0) {
		seki_warn("%s: cannot make it; is bpffs mounted there and writable?",
			  SEKI_PINS_NEW);
		return -1;
	}
	if (seki_resolve(s, b, SEKI_PINS_NEW, &rows) || seki_fill(s, b, &rows, 1))
		goto undo;
	seki_step("filled");
	if (seki_adopt_self(s) || seki_adopt_running(s, b))
		goto undo;
	seki_step("adopted");
	if (seki_pin_all(s, &programs))
		goto undo;
	seki_step("pinned");
	if (seki_seal(s, b, k, 1, programs) || seki_seal_proof(s))
		goto undo;
	seki_step("sealed");
	return 0;
undo:
	seki_pin_undo(SEKI_PINS_NEW);
	seki_pin_undo(SEKI_PINS);
	return -1;
}

static int next_policy(const struct seki_kernel *k, const struct seki_bundle *b, const char *path)
{
	struct seki_rows rows = {};
	struct sekisho_bpf *s;
	__u32 generation, version;

	if (seki_load_pinned(k, &s))
		return -1;
	generation = seki_loaded_generation(s, &version);
	if (!generation) { /* a loader was killed before its seal */
		sekisho_bpf__destroy(s);
		seki_pin_undo(SEKI_PINS);
		return first_load(k, b, path);
	}
	if (seki_may_succeed(b, version, path))
		return -1;
	if (seki_resolve(s, b, SEKI_PINS, &rows) || seki_fill(s, b, &rows, generation + 1))
		return -1;
	seki_step("filled");
	if (seki_run_files(path))
		return -1;
	return seki_seal(s, b, k, generation + 1, 0);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "check", no_argument, NULL, 'c' },
						 { "help", no_argument, NULL, 'h' },
						 { "verbose", no_argument, NULL, 'v' },
						 { "version", no_argument, NULL, 'V' },
						 {} };
	const char *path = DEFAULT_BUNDLE, *error;
	struct seki_kernel kernel;
	struct seki_bundle bundle;
	bool check = false;
	int c;

	while ((c = getopt_long(argc, argv, "v", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			check = true;
			break;
		case 'v':
			seki_verbose = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			printf("sekisho-load %s, abi %d\n", SEKI_VERSION, SEKI_ABI_VERSION);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (argc - optind > 1) {
		seki_warnx("one bundle at a time, not %d; compile the policies into one",
			   argc - optind);
		return 2;
	}
	if (optind < argc)
		path = argv[optind];
	if (seki_bundle_read(path, &bundle, &error) < 0) {
		seki_warnx("%s: %s", path, error);
		return 1;
	}
	if (seki_verify_kernel(&kernel))
		return 1;
	seki_step("verified");
	if (check)
		return 0;
	c = seki_is_loaded() ? next_policy(&kernel, &bundle, path) :
			       first_load(&kernel, &bundle, path);
	if (c)
		return 1;
	printf("sekisho: policy %s version %u in force (%s)\n",
	       seki_bundle_string(&bundle, bundle.meta->name), bundle.meta->version,
	       bundle.meta->mode == SEKI_MODE_AUDIT ? "audit" : "enforce");
	return 0;
}
