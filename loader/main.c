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
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/duration.h"
#include "userspace/lib/log.h"

bool seki_verbose;

static const char usage[] =
	"usage: sekisho-load [-v] [--check] [--confirm-within TIME] [--reload | BUNDLE]\n"
	"       sekisho-load [-v] --confirm\n"
	"       sekisho-load [-v] --root DIR [BUNDLE]\n"
	"       sekisho-load [-v] --lock\n"
	"       sekisho-load [-v] --upgrade | --unload ORDER\n"
	"\n"
	"Put the compiled policy BUNDLE (default " SEKI_BUNDLE ")\n"
	"in force in the kernel and exit; enforcement stays.  On a host where a\n"
	"policy is in force already, replace it by this one without a gap.\n"
	"\n"
	"  --check    verify kernel and bundle, change nothing\n"
	"  --confirm-within TIME\n"
	"             the policy in force comes back after TIME (30s, 5m, 2h) unless\n"
	"             the next one is confirmed; wait for the end of it\n"
	"  --confirm  the policy on trial stays, and is installed\n"
	"  --lock     close the powers of the kernel to all but the domains the\n"
	"             policy names, until the next boot\n"
	"  --reload   take " SEKI_INCOMING_BUNDLE "\n"
	"             and install it, or the default if there is none\n"
	"  --root     from an initramfs: DIR is where the host's root is mounted\n"
	"  --upgrade  put this loader's programs in place of the attached ones\n"
	"  --unload   take the policy out, by an order signed for this load\n"
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

void seki_say_in_force(const struct seki_bundle *b)
{
	printf("sekisho: policy %s version %u in force (%s)\n",
	       seki_bundle_string(b, b->meta->name), b->meta->version,
	       b->meta->mode == SEKI_MODE_AUDIT ? "audit" : "enforce");
}

/* early: the host has not mounted all its file systems yet. */
static int first_load(const struct seki_kernel *k, const struct seki_bundle *b, bool early)
{
	struct seki_rows rows = {};
	struct sekisho_bpf *s;
	unsigned int programs;

	seki_pin_undo(SEKI_PINS_NEW);
	if (seki_run_files(b) || seki_load_fresh(k, &s))
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
	seki_moves_ask(true);
	seki_step("adopted");
	if (seki_pin_all(s, &programs))
		goto undo;
	seki_step("pinned");
	seki_state_memory(s)->early = early;
	if (seki_seal(s, b, k, 1, programs) || seki_seal_proof(s))
		goto undo;
	seki_step("sealed");
	seki_notice(s, SEKI_POLICY_LOADED, 0, b);
	seki_say_in_force(b);
	return 0;
undo:
	seki_moves_ask(false);
	seki_pin_undo(SEKI_PINS_NEW);
	seki_pin_undo(SEKI_PINS);
	return -1;
}

/* Nothing is in force: no ring takes a record, so standard error has it all. */
enum how { FIRST_CHECK, FIRST_LOAD, FIRST_EARLY };

static int first_policy(const struct seki_kernel *k, const char *path, enum how how)
{
	struct seki_trust trust = {};
	struct seki_bundle b;
	const char *error;
	int err;

	if (seki_bundle_read(path, &b, &error) < 0) {
		seki_warnx("%s: %s", path, error);
		return -1;
	}
	err = seki_trust_read(&trust) || seki_trust_first(&trust, &b, path);
	if (!err && how != FIRST_CHECK)
		err = first_load(k, &b, how == FIRST_EARLY);
	seki_keys_free(&trust.keys);
	seki_bundle_close(&b);
	return err;
}

static int first_after(const struct seki_kernel *k, const char *path, __u64 trial_ns)
{
	if (!trial_ns)
		return first_policy(k, path, FIRST_LOAD);
	seki_warnx("%s: no policy is in force that could come back; load it without a trial", path);
	return -1;
}

static int load(const struct seki_kernel *k, const char *path, __u64 trial_ns)
{
	struct sekisho_bpf *s;
	int err;

	if (!seki_is_loaded())
		return first_after(k, path, trial_ns);
	if (seki_load_pinned(k, &s))
		return -1;
	if (seki_meta_memory(s)->generation) {
		err = seki_next_policy(k, s, path, trial_ns);
		if (!err && trial_ns)
			err = seki_trial_wait(k, s);
		sekisho_bpf__destroy(s);
		return err;
	}
	sekisho_bpf__destroy(s); /* a loader was killed before its seal */
	seki_pin_undo(SEKI_PINS);
	return first_after(k, path, trial_ns);
}

static int load_early(const struct seki_kernel *k, const char *path)
{
	if (!seki_is_loaded())
		return first_policy(k, path, FIRST_EARLY);
	seki_warnx(
		"a policy is in force already; --root is for an initramfs, before the host runs");
	return -1;
}

/* A next policy is dropped where everyone may write; /etc/sekisho is closed. */
static const char *next_path(void)
{
	struct stat st;

	return lstat(SEKI_INCOMING_BUNDLE, &st) == 0 ? SEKI_INCOMING_BUNDLE : SEKI_BUNDLE;
}

/* 0 after saying what is wrong. */
static __u64 trial_time(const char *text)
{
	__u64 ns = seki_duration(text);

	if (ns && ns <= SEKI_TRIAL_MAX)
		return ns;
	seki_warnx("--confirm-within %s: not a time; right would be 30s, 5m or 2h, up to 24h",
		   text);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "check", no_argument, NULL, 'c' },
						 { "confirm", no_argument, NULL, 'C' },
						 { "confirm-within", required_argument, NULL, 'w' },
						 { "lock", no_argument, NULL, 'l' },
						 { "reload", no_argument, NULL, 'r' },
						 { "root", required_argument, NULL, 'R' },
						 { "upgrade", no_argument, NULL, 'U' },
						 { "help", no_argument, NULL, 'h' },
						 { "unload", required_argument, NULL, 'u' },
						 { "version", no_argument, NULL, 'V' },
						 { "verbose", no_argument, NULL, 'v' },
						 {} };
	bool check = false, reload = false, lock = false, upgrade = false;
	bool confirm = false, other;
	const char *path = SEKI_BUNDLE, *order = NULL, *root = NULL, *within = NULL;
	__u64 trial_ns = 0;
	struct seki_kernel kernel;
	int c;

	seki_pin_spare();
	/* No file of this host decides how the library works. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	while ((c = getopt_long(argc, argv, "v", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			check = true;
			break;
		case 'C':
			confirm = true;
			break;
		case 'w':
			within = optarg;
			break;
		case 'l':
			lock = true;
			break;
		case 'r':
			reload = true;
			break;
		case 'R':
			root = optarg;
			break;
		case 'U':
			upgrade = true;
			break;
		case 'u':
			order = optarg;
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
	if (argc - optind > !(reload || order || upgrade)) {
		seki_warnx("one bundle at a time, not %d; compile the policies into one",
			   argc - optind + (reload || order || upgrade));
		return 2;
	}
	if (root && (check || reload || order || upgrade || lock)) {
		seki_warnx("--root takes a bundle only: it is for the first load");
		return 2;
	}
	if (lock && (check || reload || order || upgrade || optind < argc)) {
		seki_warnx("--lock takes no bundle: it locks with the policy in force");
		return 2;
	}
	other = check || order || upgrade || root || lock || confirm;
	if (within && (other || !(trial_ns = trial_time(within)))) {
		if (other)
			seki_warnx("--confirm-within goes with a bundle or --reload only");
		return 2;
	}
	if (confirm && (check || reload || order || upgrade || root || lock || optind < argc)) {
		seki_warnx("--confirm takes no bundle: it is for the policy on trial");
		return 2;
	}
	if (confirm)
		return seki_verify_kernel(&kernel) || seki_confirm(&kernel) ? 1 : 0;
	if (lock)
		return seki_verify_kernel(&kernel) || seki_lock(&kernel) ? 1 : 0;
	if (optind < argc)
		path = argv[optind];
	if (reload)
		path = next_path();
	if ((root && seki_enter_root(root)) || seki_verify_kernel(&kernel))
		return 1;
	seki_step("verified");
	if (upgrade)
		return seki_upgrade(&kernel) ? 1 : 0;
	if (order)
		return seki_unload(&kernel, order) ? 1 : 0;
	if (root)
		return load_early(&kernel, path) ? 1 : 0;
	return (check ? first_policy(&kernel, path, FIRST_CHECK) : load(&kernel, path, trial_ns)) ?
		       1 :
		       0;
}
