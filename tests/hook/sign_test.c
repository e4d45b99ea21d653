// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sign_test.c - whose bundles and orders the loader takes: with a key enrolled
 * those it signed for this host, and nothing else changes anything.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "userspace/lib/file.h"
#include "userspace/policy/bundle.h"
#include "userspace/policy/order.h"

#define UNSIGNED "/enforce.bundle"
#define INCOMING "/var/lib/sekisho-incoming"
#define DROPPED INCOMING "/policy.bundle"
#define ORDER INCOMING "/unload.order"
#define INSTALLED "/etc/sekisho/policy.bundle"
#define OTHER_HOST "fedcba9876543210fedcba9876543210"

static struct evp_pkey_st *site, *stranger;

static bool guarded(void)
{
	return act("other", "--try", "", NULL) == EPERM;
}

static bool untouched(void)
{
	struct stat st;

	return act("other", "--try", "", NULL) == 0 && stat("/sys/fs/bpf/sekisho", &st) < 0;
}

static bool same(const char *a, const char *b)
{
	size_t n = 0, m = 0;
	char *x = NULL, *y = NULL;
	bool is = !seki_file_read(a, SEKI_BUNDLE_SIZE_MAX, &x, &n) &&
		  !seki_file_read(b, SEKI_BUNDLE_SIZE_MAX, &y, &m) && n == m && !memcmp(x, y, n);

	free(x);
	free(y);
	return is;
}

/* One line and no more: a program name, what, why. */
static bool said(const char *part)
{
	char *end = strchr(loader_said, '\n');

	return strstr(loader_said, part) && end && !end[1];
}

/* ---- the first load -------------------------------------------------------- */

static void first(const char *what, const char *bundle, const char *part)
{
	int status = loader(bundle, NULL);

	result(status == 1 && said(part) && untouched(),
	       "first load, %s: refused, nothing is in force", what);
}

static void first_load(void)
{
	mkdir("/var/lib/sekisho", 0700);
	mkdir("/var/lib/sekisho/secret", 0700);
	first("unsigned", UNSIGNED, "is not signed");
	sign_bundle(UNSIGNED, "/try.bundle", stranger, NULL, 0);
	first("signed by a stranger", "/try.bundle", "key that is not enrolled");
	sign_bundle(UNSIGNED, "/try.bundle", site, OTHER_HOST, 0);
	first("signed for another host", "/try.bundle", "signed for another host");
	sign_bundle(UNSIGNED, "/try.bundle", site, SIGN_HOST, 0);
	close(open("/etc/sekisho/keys/empty.pub", O_WRONLY | O_CREAT, 0644));
	first("with an enrolled key that is none", "/try.bundle",
	      "empty.pub: not an Ed25519 public key");
	unlink("/etc/sekisho/keys/empty.pub");
	sign_bundle(UNSIGNED, INSTALLED, site, SIGN_HOST, 0);
	result(loader(NULL, NULL) == 0 && guarded(), "first load, signed for this host: in force");
}

/* ---- a next policy ---------------------------------------------------------- */

static void drop(const char *data, size_t size)
{
	int fd = open(DROPPED, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		perror("# drop");
	close(fd);
}

/* Refused with one message, and what is in force and installed stays. */
static bool next_refused(const char *part)
{
	return loader("--reload", NULL) == 1 && said(part) && guarded() &&
	       same("/first.bundle", INSTALLED) &&
	       same("/first.bundle", "/run/sekisho/policy.bundle");
}

static void next(const char *what, const char *part, __u8 reason)
{
	bool refused;

	records_drain();
	refused = next_refused(part);
	records_drain();
	result(refused, "next policy, %s: refused, the old one stays", what);
	result(records_policy(SEKI_POLICY_REFUSED, reason) == 1, "next policy, %s: recorded", what);
	unlink(DROPPED);
}

static void altered(void)
{
	size_t size, i, n = 0;
	bool all = true;
	char *file;

	sign_bundle(UNSIGNED, "/try.bundle", site, NULL, 2);
	if (seki_file_read("/try.bundle", SEKI_BUNDLE_SIZE_MAX, &file, &size))
		return;
	for (i = 0; i < size; i += i + 128 < size ? size / 16 : 19, n++) {
		file[i] ^= (char)(1 << n % 8);
		drop(file, size);
		file[i] ^= (char)(1 << n % 8);
		all = all && next_refused("");
	}
	result(all, "next policy, one bit altered at %zu places: refused each time", n);
	for (i = n = 0; i < size - 1; i += i + 256 < size ? size / 8 : 61, n++) {
		drop(file, i);
		all = all && next_refused("");
	}
	drop(file, size - sizeof(struct seki_trailer));
	all = all && next_refused("is not signed");
	result(all, "next policy, cut at %zu lengths: refused each time", n + 1);
	records_drain();
	drop(file, size - 1);
	next("cut by a byte", "", SEKI_REFUSED_DAMAGED);
	free(file);
}

/* Mounts of its own could show the loader other keys. */
static void elsewhere(void)
{
	int status, devnull = open("/dev/null", O_WRONLY);
	pid_t pid;

	sign_bundle(UNSIGNED, DROPPED, site, NULL, 2);
	records_drain();
	fflush(NULL);
	pid = fork();
	if (!pid) {
		int fd = open("/sys/fs/cgroup/sekisho.service/cgroup.procs", O_WRONLY);

		if (fd < 0 || write(fd, "0", 1) != 1 || unshare(CLONE_NEWNS))
			_exit(99);
		dup2(devnull, 2);
		execl("/usr/sbin/sekisho-load", "sekisho-load", "--reload", NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	close(devnull);
	records_drain();
	result(WIFEXITED(status) && WEXITSTATUS(status) == 1 && same("/first.bundle", INSTALLED) &&
		       records_policy(SEKI_POLICY_REFUSED, SEKI_REFUSED_UNFIT) == 1,
	       "next policy, by a loader with mounts of its own: refused, recorded");
	unlink(DROPPED);
}

static void next_policy(void)
{
	mkdir(INCOMING, 0700);
	sign_bundle(UNSIGNED, "/first.bundle", site, SIGN_HOST, 0);
	result(same("/first.bundle", INSTALLED), "a signature of the same is the same");
	records_open();
	sign_bundle("/audit.bundle", DROPPED, stranger, NULL, 0);
	next("signed by a stranger", "key that is not enrolled", SEKI_REFUSED_UNKNOWN_KEY);
	sign_bundle("/audit.bundle", DROPPED, site, OTHER_HOST, 0);
	next("for another host", "signed for another host", SEKI_REFUSED_OTHER_HOST);
	sign_bundle("/audit.bundle", DROPPED, site, NULL, 1);
	next("of the same version", "does not follow version 1", SEKI_REFUSED_OLD_VERSION);
	if (symlink(DB, DROPPED))
		perror("# symlink");
	next("a link to the database", "policy.bundle: ", SEKI_REFUSED_DAMAGED);
	altered();
	elsewhere();
	result(loader("--reload", NULL) == 0 && guarded(),
	       "nothing dropped: the same is loaded again");
}

/* The log's keys lie below a directory that the loader lists. */
static bool loader_refused(void)
{
	for (size_t i = 0; i < records_count(); i++) {
		const struct seki_access_event *r = record_at(i);

		if (r->verdict == SEKI_DENIED && r->e.domain == SEKI_DOMAIN_LOADER) {
			printf("# refused to the loader: %s, hook %d\n", record_label(r), r->hook);
			return true;
		}
	}
	return false;
}

static void replaced(void)
{
	sign_bundle(UNSIGNED, "/second.bundle", site, SIGN_HOST, 2);
	sign_bundle(UNSIGNED, DROPPED, site, SIGN_HOST, 2);
	records_drain();
	result(loader("--reload", NULL) == 0 && guarded(), "next policy, signed, higher: in force");
	result(same("/second.bundle", INSTALLED) && access(DROPPED, F_OK) < 0,
	       "and installed for the next boot");
	records_drain();
	result(records_policy(SEKI_POLICY_LOADED, 0) == 1, "and recorded");
	result(!loader_refused(), "and nothing it needs was refused to the loader");
	sign_bundle(UNSIGNED, DROPPED, site, SIGN_HOST, 1);
	result(loader("--reload", NULL) == 1 && said("does not follow version 2") &&
		       same("/second.bundle", INSTALLED),
	       "the old one, signed, played again: refused");
	unlink(DROPPED);
}

/* ---- other programs ------------------------------------------------------------ */

static unsigned int links(void)
{
	unsigned int n = 0;
	__u32 id;

	for (id = 0; bpf_link_get_next_id(id, &id) == 0;)
		n++;
	return n;
}

/* Until it gets in: the canary is refused without a record, so nothing fills. */
static int hammer(void)
{
	while (open("/run/sekisho/canary", O_RDONLY) < 0 && errno == EPERM)
		;
	return 1;
}

/* An ended link keeps its number until its programs' last run is over. */
static bool links_settle(unsigned int want)
{
	for (int i = 0; i < 200 && links() != want; i++)
		usleep(50000);
	return links() == want;
}

static void upgrade(void)
{
	pid_t pid = act_start("/usr/bin/try", "--hammer", -1, -1);
	unsigned int before = links();
	int status, killed = 0;
	bool held = true;

	for (int i = 1; i <= 3; i++) {
		loader_ms = 600 * i;
		waitpid(loader_start(2, "--upgrade", NULL), &status, 0);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
		held = held && guarded() && links() >= before;
	}
	loader_ms = 0;
	result(killed && held,
	       "upgrade, killed at %d moments: no program is missing, the database refused",
	       killed);
	records_drain();
	status = 0;
	for (int i = 0; i < 2; i++)
		status |= loader("--upgrade", NULL);
	result(status == 0 && links_settle(before) && guarded(),
	       "upgrade, twice: the new set enforces");
	records_drain();
	result(records_policy(SEKI_POLICY_UPGRADE_BEGINS, 0) == 2 &&
		       records_policy(SEKI_POLICY_UPGRADE_ENDS, 0) == 2,
	       "upgrade: begin and end are recorded");
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	result(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	       "upgrade: the canary was refused all the time");
	sign_bundle(UNSIGNED, DROPPED, site, SIGN_HOST, 21);
	result(loader("--reload", NULL) == 0 && guarded(), "upgrade: a next policy after it");
}

/* ---- an order ------------------------------------------------------------------ */

static void order(struct evp_pkey_st *key, const char *host, const char *boot, __u64 load)
{
	struct seki_order o = { .act = SEKI_ORDER_UNLOAD, .load = load };

	memcpy(o.boot, boot, sizeof(o.boot));
	sign_order(ORDER, key, host, &o);
}

static void order_refused(const char *what, const char *part, __u8 reason)
{
	int status;

	records_drain();
	status = loader("--unload", ORDER);
	records_drain();
	result(status == 1 && said(part) && guarded(), "an order, %s: refused, the policy stays",
	       what);
	result(records_policy(SEKI_POLICY_ORDER_REFUSED, reason) == 1, "an order, %s: recorded",
	       what);
}

static void orders(void)
{
	char boot[SEKI_HOST_LEN + 1] = "";
	__u64 load = sign_load();

	sign_boot(boot);
	order(stranger, SIGN_HOST, boot, load);
	order_refused("signed by a stranger", "key that is not enrolled", SEKI_REFUSED_UNKNOWN_KEY);
	order(site, OTHER_HOST, boot, load);
	order_refused("for another host", "for another host", SEKI_REFUSED_OTHER_HOST);
	order(site, SIGN_HOST, OTHER_HOST, load);
	order_refused("for another boot", "for another boot", SEKI_REFUSED_OTHER_BOOT);
	order(site, SIGN_HOST, boot, load - 1);
	order_refused("for another load", "for another load", SEKI_REFUSED_OTHER_LOAD);
	order(site, SIGN_HOST, boot, load);
	if (truncate(ORDER, sizeof(struct seki_order_file) - 1))
		perror("# truncate");
	order_refused("cut", "unload.order: ", SEKI_REFUSED_DAMAGED);
	sign_bundle(UNSIGNED, ORDER, site, SIGN_HOST, 9);
	order_refused("that is a bundle", "unload.order: ", SEKI_REFUSED_DAMAGED);
}

/* Taken out, the host is as before; the same order is then for another load. */
static void unloaded(void)
{
	char boot[SEKI_HOST_LEN + 1] = "";

	sign_boot(boot);
	order(site, SIGN_HOST, boot, sign_load());
	records_drain();
	result(loader("--unload", ORDER) == 0 && untouched(),
	       "a signed order takes the policy out");
	records_drain();
	result(records_policy(SEKI_POLICY_UNLOADED, 0) == 1, "and is recorded");
	records_close();
	result(loader("--unload", ORDER) == 1 && said("nothing is loaded") && untouched(),
	       "played again with nothing loaded: refused");
	result(loader(NULL, NULL) == 0 && guarded(), "a load after it: in force");
	records_open();
	order_refused("played again", "for another load", SEKI_REFUSED_OTHER_LOAD);
	order(site, SIGN_HOST, boot, sign_load());
	result(loader("--unload", ORDER) == 0 && untouched(), "a new order takes it out again");
	records_close();
}

static void swapped_out(void)
{
	char boot[SEKI_HOST_LEN + 1] = "";

	records_open(); /* the ring is full of refusals */
	sign_boot(boot);
	order(site, SIGN_HOST, boot, sign_load());
	result(loader("--unload", ORDER) == 0 && untouched(), "after the swaps it is taken out");
	records_close();
}

/* ---- no key -------------------------------------------------------------------- */

static void without_keys(void)
{
	unlink("/etc/sekisho/keys/site.pub");
	result(loader(UNSIGNED, NULL) == 0 &&
		       strstr(loader_said, "warning: /enforce.bundle: no key is enrolled") &&
		       guarded(),
	       "no key, unsigned: in force, with a warning");
	records_open();
	result(loader(UNSIGNED, NULL) == 0 && guarded(), "no key, the same again: in force");
	result(loader("/audit.bundle", NULL) == 1 && said("no key is enrolled") && guarded(),
	       "no key, another policy: refused");
	sign_bundle(UNSIGNED, DROPPED, site, NULL, 2);
	result(loader("--reload", NULL) == 1 && said("no key is enrolled") && guarded(),
	       "no key, another policy that is signed: refused");
	order(site, SIGN_HOST, OTHER_HOST, 1);
	order_refused("with no key enrolled", "key that is not enrolled", SEKI_REFUSED_UNKNOWN_KEY);
	records_close();
}

int main(int argc, char **argv)
{
	if (getpid() != 1) {
		if (argc > 1 && !strcmp(argv[1], "--reader"))
			return reader_main();
		if (argc > 1 && !strcmp(argv[1], "--hammer"))
			return hammer();
		if (argc > 1 && !strncmp(argv[1], "--pair=", 7))
			return swap_hammer(argv[1] + 7);
		if (argc > 1 && !strcmp(argv[1], "--append"))
			return rollout_append();
		if (argc > 1 && !strncmp(argv[1], "--kill=", 7))
			return rollout_kill(argv[1] + 7);
		if (argc > 1 && !strcmp(argv[1], "--load"))
			return sign_tell_load();
		return argc > 1 && !strcmp(argv[1], "--try") ? read_path(DB) : 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	guest_prepare();
	seki_file_write("/etc/machine-id", SIGN_HOST "\n", 33, 0444);
	site = sign_key();
	stranger = sign_key();
	sign_enroll(site, "site.pub");
	first_load();
	next_policy();
	replaced();
	rollout(site);
	upgrade();
	orders();
	unloaded();
	swap();
	swapped_out();
	without_keys();
	judge_end();
	return 0;
}
