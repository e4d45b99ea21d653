// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge.c - try every attempt of some groups as a subject, and compare what
 * happened and what was recorded with what the table expects.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct attempt *const *groups;
static int tests, failures;
static pid_t core;

void judge_begin(const struct attempt *const *all)
{
	groups = all;
}

void judge_count(int *ret_tests, int *ret_failures)
{
	*ret_tests = tests;
	*ret_failures = failures;
}

void judge_resume(int done, int bad)
{
	tests = done;
	failures = bad;
}

void result(bool ok, const char *fmt, ...)
{
	va_list args;

	printf("%s %d - ", ok ? "ok" : "not ok", ++tests);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	failures += !ok;
}

const struct attempt *attempt_find(const char *name)
{
	const struct attempt *a;
	size_t g;

	for (g = 0; groups[g]; g++)
		for (a = groups[g]; a->name; a++)
			if (!strcmp(a->name, name))
				return a;
	return NULL;
}

const struct twin *twin_find(const char *name)
{
	const struct twin *t;

	for (t = twins; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

void core_start(void)
{
	int i;

	if (core > 0) {
		kill(core, SIGKILL);
		waitpid(core, NULL, 0);
	}
	unlink("/tmp/victim.pid");
	core = act_start("/usr/bin/hlr", "--serve", -1, -1);
	for (i = 0; i < 500 && victim() != core; i++)
		usleep(20000);
}

/* The core function lives, and the files are as an attempt expects them. */
void ready(const char *subject)
{
	if (waitpid(core, NULL, WNOHANG) == core)
		core_start();
	act(subject, "--setup", "", NULL);
}

static int expected(const struct attempt *a)
{
	return a->error ? a->error : EPERM;
}

void without(const struct attempt *a)
{
	int err;

	if (a->flags & NO_BASE)
		return;
	ready("other");
	err = act("other", "--try", a->name, NULL);
	result(err == 0, "%s succeeds without Sekisho (%s)", a->name, strerror(err));
}

void enforced(const struct attempt *a, const char *subject)
{
	const struct seki_access_event *r;
	pid_t pid;
	int err;

	ready("hlr");
	records_drain();
	err = act(subject, "--try", a->name, &pid);
	result(err == expected(a), "%s as %s is refused (%s, wanted %s)", a->name, subject,
	       strerror(err), strerror(expected(a)));
	records_drain();
	r = record_find(pid, a);
	if (a->flags & SILENT) {
		result(!r, "%s as %s leaves no record", a->name, subject);
		return;
	}
	if (!r)
		r = record_of(pid, SEKI_DENIED);
	result(r && record_find(pid, a) == r && r->verdict == SEKI_DENIED &&
		       !!(r->e.flags & SEKI_EVENT_MARKED) == !strcmp(subject, "operator"),
	       "%s as %s leaves its record (hook %d label %s want %x mark %d)", a->name, subject,
	       r ? r->hook : 0, r ? record_label(r) : "-", r ? r->want : 0,
	       r ? r->e.flags & SEKI_EVENT_MARKED : 0);
}

static void owned(const struct attempt *a)
{
	pid_t pid;
	int err;

	if (!(a->flags & OWN_WORK))
		return;
	ready("hlr");
	records_drain();
	err = act("hlr", "--try", a->name, &pid);
	records_drain();
	result(err == 0 && !record_of(pid, SEKI_DENIED), "%s is the core function's own work (%s)",
	       a->name, strerror(err));
}

void audited(const struct attempt *a)
{
	const struct seki_access_event *r;
	const char *subject = a->flags & BY_CORE ? "hlr" : "other";
	pid_t pid;
	int err;

	if (a->flags & NO_AUDIT)
		return;
	ready("hlr");
	records_drain();
	err = act(subject, "--try", a->name, &pid);
	records_drain();
	r = record_find(pid, a);
	result(err == 0 && r && r->verdict == SEKI_WOULD_DENY,
	       "%s passes in audit mode with a would-deny record (%s, %s)", a->name, strerror(err),
	       r ? "record" : "no record");
}

void each(void (*run)(const struct attempt *))
{
	const struct attempt *a;
	size_t g;

	for (g = 0; groups[g]; g++)
		for (a = groups[g]; a->name; a++)
			run(a);
}

void enforced_all(const struct attempt *a)
{
	if (a->flags & BY_CORE) {
		enforced(a, "hlr");
		return;
	}
	enforced(a, "other");
	enforced(a, "operator");
	owned(a);
}

void twin_all(void)
{
	const struct twin *t;
	pid_t pid;
	int err;

	for (t = twins; t->name; t++) {
		ready("hlr");
		records_drain();
		err = act(t->subject, "--twin", t->name, &pid);
		records_drain();
		result(err == 0 && !record_of(pid, SEKI_DENIED), "%s as %s stays allowed (%s)",
		       t->name, t->subject, strerror(err));
	}
}

/* What the programs do that act() starts, where a test has no more to say. */
int judge_child(const char *verb, const char *what)
{
	if (!strcmp(verb, "--serve"))
		return guest_serve();
	if (!strcmp(verb, "--reader"))
		return reader_main();
	if (!strcmp(verb, "--setup"))
		return guest_fixture(), 0;
	if (!strcmp(verb, "--try") && attempt_find(what))
		return attempt_find(what)->run();
	if (!strcmp(verb, "--twin") && twin_find(what))
		return twin_find(what)->run();
	return strcmp(verb, "--version") ? 127 : 0;
}

void judge_end(void)
{
	printf("1..%d\n", tests);
	printf("GUEST-EXIT %d\n", failures ? 1 : 0);
	fflush(NULL);
	sync();
	reboot(RB_POWER_OFF);
}
