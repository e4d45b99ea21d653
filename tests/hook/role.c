// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * role.c - two logins, of which one has a role that may read the database.
 *
 * The policy gives `dba` to uids 2000 to 2009, and `on-call` to 3000 through the program
 * of `pkg`; `operator` logs in as 1000.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool recorded(pid_t pid, __u8 verdict, const char *domain, __u32 login)
{
	const struct seki_access_event *r = record_of(pid, verdict);

	return r && !strcmp(record_domain(r), domain) && r->e.loginuid == login &&
	       r->e.flags & SEKI_EVENT_MARKED;
}

static void of_the_role(void)
{
	pid_t pid;

	ready("hlr");
	records_drain();
	result(act("dba", "--try", "open_read", &pid) == 0, "an operator of the role reads");
	records_drain();
	result(recorded(pid, SEKI_ALLOWED, "dba", 2009), "and the record names the role");
	result(act("dba", "--try", "open_write", &pid) == EPERM,
	       "more than the rule says he may not");
	records_drain();
	result(recorded(pid, SEKI_DENIED, "dba", 2009), "and the record names the role");
	result(act("dba", "--as", "role-1000", NULL) == 0, "he keeps it as another user");
	result(act("dba", "--as", "relogin-1000", NULL) == 0, "and with another login uid");
}

static void of_none(void)
{
	pid_t pid;

	ready("hlr");
	records_drain();
	result(act("operator", "--try", "open_read", &pid) == EPERM,
	       "another operator does not read");
	records_drain();
	result(recorded(pid, SEKI_DENIED, "other", 1000), "and the record says so");
	result(act("operator", "--as", "role-2000", &pid) == EPERM,
	       "nor as the user whose logins have the role");
	records_drain();
	result(recorded(pid, SEKI_DENIED, "other", 1000) &&
		       record_of(pid, SEKI_DENIED)->e.uid == 2000,
	       "and the record has both uids");
	result(act("operator", "--as", "relogin-2000", &pid) == EPERM,
	       "nor with that login uid, once he had another");
	result(act("other", "--as", "role-2000", &pid) == EPERM, "nor a daemon as that user");
}

/* Who set the login uid counts, not what he starts then. */
static void through_a_domain(void)
{
	pid_t pid;

	ready("hlr");
	records_drain();
	result(act("pkg", "--as", "login-3000", &pid) == 0, "a login through its program reads");
	records_drain();
	result(recorded(pid, SEKI_ALLOWED, "on-call", 3000), "and the record names the role");
	result(act("other", "--as", "login-3000", &pid) == EPERM,
	       "one that another program began does not");
	records_drain();
	result(recorded(pid, SEKI_DENIED, "other", 3000), "and the record says so");
	result(act("operator", "--as", "relogin-3000", &pid) == EPERM,
	       "nor one after another login");
}

void role_enforced(void)
{
	of_the_role();
	of_none();
	through_a_domain();
}

/* By a program that it starts, which has left every domain. */
static int read_in_child(void)
{
	int status;

	if (!fork()) {
		execl("/usr/bin/try", "/usr/bin/try", "--try", "open_read", NULL);
		_exit(ENODATA);
	}
	wait(&status);
	return WEXITSTATUS(status);
}

/* As su(1) leaves somebody, but with every capability. */
static int as_user(uid_t uid)
{
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		return ENODATA;
	return open(DB, O_RDONLY) < 0 ? errno : 0;
}

static bool set_login(const char *uid)
{
	int fd = open("/proc/self/loginuid", O_WRONLY);
	bool ok = fd >= 0 && write(fd, uid, strlen(uid)) == (ssize_t)strlen(uid);

	close(fd);
	return ok;
}

static int as_login(const char *uid)
{
	return set_login(uid) ? read_in_child() : ENODATA;
}

int role_child(const char *what)
{
	if (!strncmp(what, "role-", 5))
		return as_user((uid_t)atoi(what + 5));
	if (!strncmp(what, "relogin-", 8))
		return set_login("4294967295") ? as_login(what + 8) : ENODATA;
	return as_login(what + strlen("login-"));
}
