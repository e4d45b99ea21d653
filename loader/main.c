// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho-load - verify, load, pin, seal, exit.
 *
 * What to do and the exit code; nothing else.
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

static const char usage[] =
	"usage: sekisho-load [-v] [--check] [--confirm-within TIME] [--reload | BUNDLE]\n"
	"       sekisho-load [-v] --confirm\n"
	"       sekisho-load [-v] --root DIR [BUNDLE]\n"
	"       sekisho-load [-v] --lock\n"
	"       sekisho-load [-v] --order ORDER | --unload ORDER\n"
	"       sekisho-load [-v] --upgrade\n"
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
	"  --order    do what ORDER says, signed for this load: go back to the policy\n"
	"             before, or change the mode of this one\n"
	"  --upgrade  put this loader's programs in place of the attached ones\n"
	"  --unload   take the policy out, by an order signed for this load\n"
	"  -v         name every step\n"
	"  --help     this text\n"
	"  --version  version and event format\n";

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
		err = seki_first_load(k, &b, how == FIRST_EARLY);
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

/* What to do: one of these at a time. */
enum what { LOAD, CHECK, CONFIRM, EARLY, LOCK, ORDER, UNLOAD, UPGRADE, HELP, VERSION, WRONG };

struct options {
	enum what what;
	bool reload;
	const char *path, *order, *root, *within;
	__u64 trial_ns;
};

static const struct option table[] = { { "check", no_argument, NULL, 'c' },
				       { "confirm", no_argument, NULL, 'C' },
				       { "confirm-within", required_argument, NULL, 'w' },
				       { "lock", no_argument, NULL, 'l' },
				       { "order", required_argument, NULL, 'o' },
				       { "reload", no_argument, NULL, 'r' },
				       { "root", required_argument, NULL, 'R' },
				       { "upgrade", no_argument, NULL, 'U' },
				       { "help", no_argument, NULL, 'h' },
				       { "unload", required_argument, NULL, 'u' },
				       { "version", no_argument, NULL, 'V' },
				       { "verbose", no_argument, NULL, 'v' },
				       {} };

static enum what what_of(int c)
{
	static const char letters[] = {
		[CHECK] = 'c', [CONFIRM] = 'C', [EARLY] = 'R',	[LOCK] = 'l',
		[ORDER] = 'o', [UNLOAD] = 'u',	[UPGRADE] = 'U'
	};
	enum what w;

	for (w = CHECK; w < HELP && letters[w] != c; w++)
		;
	return w < HELP ? w : WRONG;
}

static enum what read_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "v", table, NULL)) != -1) {
		if (c == 'h')
			return HELP;
		if (c == 'V')
			return VERSION;
		if (c == 'v') {
			seki_verbose = true;
		} else if (c == 'r') {
			o->reload = true;
		} else if (c == 'w') {
			o->within = optarg;
		} else if (o->what || what_of(c) == WRONG) {
			return WRONG;
		} else {
			o->what = what_of(c);
			*(c == 'R' ? &o->root : &o->order) = optarg;
		}
	}
	return o->what;
}

static int wrong(const char *text)
{
	seki_warnx("%s", text);
	return 2;
}

static int fit_together(struct options *o, int bundles)
{
	bool takes = !o->reload && (o->what == LOAD || o->what == CHECK || o->what == EARLY);

	if (o->what == LOCK && (bundles || o->reload))
		return wrong("--lock takes no bundle: it locks with the policy in force");
	if (o->what == CONFIRM && (bundles || o->reload))
		return wrong("--confirm takes no bundle: it is for the policy on trial");
	if (o->what == EARLY && o->reload)
		return wrong("--root takes a bundle only: it is for the first load");
	if (o->within && o->what != LOAD)
		return wrong("--confirm-within goes with a bundle or --reload only");
	if (bundles > takes || (o->reload && o->what != LOAD && o->what != CHECK))
		return wrong("one bundle at a time; compile the policies into one");
	if (o->within && !(o->trial_ns = trial_time(o->within)))
		return 2;
	return 0;
}

static int run(const struct options *o)
{
	struct seki_kernel k;

	if ((o->root && seki_enter_root(o->root)) || seki_verify_kernel(&k))
		return -1;
	seki_step("verified");
	switch (o->what) {
	case CHECK:
		return first_policy(&k, o->path, FIRST_CHECK);
	case CONFIRM:
		return seki_confirm(&k);
	case EARLY:
		return load_early(&k, o->path);
	case LOCK:
		return seki_lock(&k);
	case ORDER:
		return seki_carry_out(&k, o->order);
	case UNLOAD:
		return seki_unload(&k, o->order);
	case UPGRADE:
		return seki_upgrade(&k);
	default:
		return load(&k, o->path, o->trial_ns);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .path = SEKI_BUNDLE };

	seki_pin_spare();
	/* No file of this host decides how the library works. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	switch (read_options(argc, argv, &o)) {
	case HELP:
		fputs(usage, stdout);
		return 0;
	case VERSION:
		printf("sekisho-load %s, abi %d\n", SEKI_VERSION, SEKI_ABI_VERSION);
		return 0;
	case WRONG:
		fputs(usage, stderr);
		return 2;
	default:
		break;
	}
	if (fit_together(&o, argc - optind))
		return 2;
	if (optind < argc)
		o.path = argv[optind];
	if (o.reload)
		o.path = next_path();
	return run(&o) ? 1 : 0;
}
