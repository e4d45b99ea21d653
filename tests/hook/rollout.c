// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rollout.c - a policy on trial: confirmed it stays, else the one before is back,
 * whatever becomes of the loader.
 *
 * The policies differ in their mode: whether the database opens tells which one is
 * in force.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENFORCE "/enforce.bundle"
#define AUDIT "/audit.bundle"
#define DROPPED "/var/lib/sekisho-incoming/policy.bundle"
#define ORDER "/var/lib/sekisho-incoming/signed.order"
#define INSTALLED "/etc/sekisho/policy.bundle"

static struct evp_pkey_st *key;

static bool opens(void)
{
	return act("other", "--try", "", NULL) == 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds until it is so; more than limit if it is not. */
static double until(bool want, double limit)
{
	double from = now();

	while (opens() != want && now() - from < limit)
		usleep(20000);
	return opens() == want ? now() - from : limit + 1;
}

static bool installed(__u32 version)
{
	struct seki_bundle b;
	const char *error;
	bool is;

	if (seki_bundle_read(INSTALLED, &b, &error) < 0)
		return false;
	is = b.meta->version == version;
	seki_bundle_close(&b);
	return is;
}

static void drop(const char *from, __u32 version)
{
	sign_bundle(from, DROPPED, key, SIGN_HOST, version);
}

static bool refuses(const char *arg, const char *arg2, const char *part)
{
	bool is = loader(arg, arg2) == 1 && strstr(loader_said, part);

	if (!is)
		printf("# it said: %s\n", loader_said);
	return is;
}

static pid_t try_for(const char *within)
{
	int devnull = open("/dev/null", O_WRONLY);
	pid_t pid = loader_start(devnull, "--reload", within);

	close(devnull);
	return pid;
}

static void nothing_to_confirm(void)
{
	result(refuses("--confirm", NULL, "no policy is on trial"),
	       "confirm without a trial: refused");
	sign_bundle(ENFORCE, DROPPED, key, SIGN_HOST, 2);
	result(refuses("--reload", "--confirm-within=9s", "nothing to try"),
	       "a trial of the policy in force: refused");
	unlink(DROPPED);
}

static void confirmed(void)
{
	int status;
	pid_t pid;

	drop(AUDIT, 10);
	records_drain();
	pid = try_for("--confirm-within=60s");
	result(until(true, 30) < 30 && installed(2),
	       "on trial: the next policy is in force and not installed");
	drop(ENFORCE, 11);
	result(refuses("--reload", NULL, "is on trial") && opens(),
	       "on trial: no other policy is taken");
	unlink(DROPPED);
	result(loader("--confirm", NULL) == 0, "on trial: confirmed");
	waitpid(pid, &status, 0);
	result(WIFEXITED(status) && !WEXITSTATUS(status) && opens() && installed(10),
	       "confirmed: it stays, is installed, and the loader that waited says so");
	records_drain();
	result(records_policy(SEKI_POLICY_TRIAL_BEGINS, 0) == 1 &&
		       records_policy(SEKI_POLICY_CONFIRMED, 0) == 1 &&
		       records_of_kernel(SEKI_POLICY_RETURNED) == 0,
	       "confirmed: the trial and its end are recorded");
}

static void not_confirmed(void)
{
	drop(ENFORCE, 12);
	records_drain();
	result(refuses("--reload", "--confirm-within=2s", "not confirmed in time") && opens() &&
		       installed(10),
	       "not confirmed: the policy before is back and stays installed");
	records_drain();
	result(records_policy(SEKI_POLICY_TRIAL_BEGINS, 0) == 1 &&
		       records_of_kernel(SEKI_POLICY_RETURNED) == 1 &&
		       records_policy(SEKI_POLICY_LOADED, 0) == 1,
	       "not confirmed: the return is recorded, and that its paths were looked up again");
	drop(ENFORCE, 12);
	result(refuses("--reload", NULL, "version 12 does not follow version 12, which was"),
	       "not confirmed: the same bundle is not taken again");
	unlink(DROPPED);
	result(refuses("--confirm", NULL, "no policy is on trial") && opens(),
	       "not confirmed: too late to confirm");
}

/* Only a collector may signal a loader. */
int rollout_kill(const char *pid)
{
	return kill(atoi(pid), SIGKILL) ? errno : 0;
}

static void end(pid_t pid)
{
	char arg[32];
	int status;

	snprintf(arg, sizeof(arg), "--kill=%d", pid);
	if (act_program("/usr/sbin/sekishod", arg))
		printf("# the loader can't be killed\n");
	waitpid(pid, &status, 0);
}

static void killed_on_trial(void)
{
	double took;
	pid_t pid;

	drop(ENFORCE, 13);
	records_drain();
	pid = try_for("--confirm-within=4s");
	took = until(false, 30);
	end(pid);
	result(took < 30 && !opens(), "the loader is killed on trial: the next policy is in force");
	took = until(true, 10);
	result(took < 5 && installed(10),
	       "the loader was killed: the policy before is back (%.1f s)", took);
	records_drain();
	result(records_of_kernel(SEKI_POLICY_RETURNED) == 1 &&
		       records_policy(SEKI_POLICY_LOADED, 0) == 0,
	       "the loader was killed: the return is recorded, and nothing of a loader");
}

/* The clock is started before the seal, so between the two nothing is forever. */
static void killed_any_time(void)
{
	int status, killed = 0;
	bool back = true;

	for (int i = 1; i <= 3; i++) {
		loader_ms = 600 * i;
		drop(ENFORCE, 13 + i);
		waitpid(try_for("--confirm-within=2s"), &status, 0);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
		back = back && until(true, 10) < 4;
	}
	loader_ms = 0;
	result(back && killed == 3, "the loader is killed at %d moments: the policy before is back",
	       killed);
}

/* ---- orders ----------------------------------------------------------------- */

static void digest_of(const char *path, __u8 ret[32])
{
	struct seki_bundle b;
	const char *error;

	memset(ret, 0xff, 32);
	if (seki_bundle_read(path, &b, &error) < 0) {
		printf("# %s: %s\n", path, error);
		return;
	}
	memcpy(ret, b.head->digest, 32);
	seki_bundle_close(&b);
}

static void order(struct seki_order o, const char *of)
{
	char boot[SEKI_HOST_LEN + 1];

	sign_boot(boot);
	memcpy(o.boot, boot, sizeof(o.boot));
	o.load = sign_load();
	digest_of(of, o.digest);
	sign_order(ORDER, key, SIGN_HOST, &o);
}

static void refused_order(const char *what, const char *part, __u8 reason, bool opened)
{
	bool is;

	records_drain();
	is = refuses("--order", ORDER, part) && opens() == opened;
	records_drain();
	result(is && records_policy(SEKI_POLICY_ORDER_REFUSED, reason) == 1,
	       "%s: refused, recorded, and nothing changes", what);
}

static int highest_kept(void)
{
	FILE *f = fopen("/etc/sekisho/highest-version", "r");
	int version = 0;

	if (!f || fscanf(f, "%d", &version) != 1)
		printf("# no highest version is kept\n");
	if (f)
		fclose(f);
	return version;
}

/* Version 20 enforces and is in force; version 10 audits and was before. */
static void rolled_back(void)
{
	struct seki_order back = { .act = SEKI_ORDER_ROLLBACK };

	order(back, INSTALLED);
	refused_order("a rollback to another policy than the one before", "names another policy",
		      SEKI_REFUSED_OTHER_POLICY, false);
	order(back, "/etc/sekisho/previous.bundle");
	records_drain();
	result(loader("--order", ORDER) == 0 && opens() && installed(10),
	       "a signed rollback: the policy before is in force and installed");
	records_drain();
	result(records_policy(SEKI_POLICY_ROLLED_BACK, 0) == 1, "a signed rollback: recorded");
	refused_order("a rollback played again", "for another load", SEKI_REFUSED_OTHER_LOAD, true);
	drop(ENFORCE, 20);
	result(refuses("--reload", NULL, "version 20 does not follow version 20, which was"),
	       "after a rollback: what it took back is not taken again");
	unlink(DROPPED);
	result(highest_kept() == 20, "and the version it must be above is kept for the next boot");
	order(back, "/etc/sekisho/previous.bundle");
	result(refuses("--unload", ORDER, "no order to take the policy out") && opens(),
	       "an order to roll back takes nothing out");
	result(loader("--order", ORDER) == 0 && !opens() && installed(20),
	       "a rollback is rolled back by another order");
}

static void modes(void)
{
	struct seki_order audit = { .act = SEKI_ORDER_MODE, .mode = SEKI_MODE_AUDIT };
	struct seki_order enforce = { .act = SEKI_ORDER_MODE };

	order(audit, "/etc/sekisho/previous.bundle");
	refused_order("a mode for another policy", "names another policy",
		      SEKI_REFUSED_OTHER_POLICY, false);
	order(audit, INSTALLED);
	records_drain();
	result(loader("--order", ORDER) == 0 && opens() && installed(20),
	       "mode audit by a signed order: nothing is refused");
	records_drain();
	result(records_policy(SEKI_POLICY_AUDITS, 0) == 1, "mode audit: recorded");
	result(loader(NULL, NULL) == 0 && opens(), "mode audit: the same policy again keeps it");
	order(enforce, INSTALLED);
	result(loader("--order", ORDER) == 0 && !opens(), "mode enforce by a signed order");
	result(loader(NULL, NULL) == 0 && !opens(), "mode enforce: the same policy again keeps it");
}

/* The rule that lets the backup read the database, and no more. */
static __u32 rule_of_backup(void)
{
	struct seki_bundle b;
	const char *error;
	__u32 rule = 0;

	if (seki_bundle_read(INSTALLED, &b, &error) < 0)
		return 0;
	for (__u32 i = 0; i < b.n_cells; i++)
		if (!strcmp(seki_bundle_domain_name(&b, b.cells[i].domain), "backup") &&
		    !strcmp(seki_bundle_label_name(&b, b.cells[i].label), "hlr.data"))
			rule = b.cells[i].cell.rule;
	seki_bundle_close(&b);
	return rule;
}

int rollout_append(void)
{
	return open(DB, O_WRONLY | O_APPEND) < 0 ? errno : 0;
}

static int append(void)
{
	return act("backup", "--append", "", NULL);
}

static void mode_of_a_rule(void)
{
	struct seki_order audit = { .act = SEKI_ORDER_MODE, .mode = SEKI_MODE_AUDIT, .rule = 9999 };

	order(audit, INSTALLED);
	refused_order("a mode for a rule that is not there", "is not in the policy",
		      SEKI_REFUSED_UNFIT, false);
	audit.rule = rule_of_backup();
	result(audit.rule && append() == EPERM, "the backup may read and not write");
	order(audit, INSTALLED);
	result(loader("--order", ORDER) == 0 && append() == 0 && !opens(),
	       "mode audit for one rule: what that rule refuses passes, and nothing else");
	audit.mode = SEKI_MODE_ENFORCE;
	order(audit, INSTALLED);
	result(loader("--order", ORDER) == 0 && append() == EPERM,
	       "mode enforce for one rule: it refuses again");
}

/* Starts and ends with the enforcing policy, version 2 and 20. */
void rollout(struct evp_pkey_st *site)
{
	key = site;
	nothing_to_confirm();
	confirmed();
	not_confirmed();
	killed_on_trial();
	killed_any_time();
	drop(ENFORCE, 20);
	result(loader("--reload", NULL) == 0 && !opens() && installed(20),
	       "after all trials: a next policy without one");
	rolled_back();
	modes();
	mode_of_a_rule();
}
