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

	for (loader_seconds = 1; loader_seconds <= 3; loader_seconds++) {
		drop(ENFORCE, 13 + loader_seconds);
		waitpid(try_for("--confirm-within=2s"), &status, 0);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		back = back && until(true, 10) < 4;
	}
	loader_seconds = 0;
	result(back && killed, "the loader is killed at %d moments: the policy before is back",
	       killed);
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
}
