// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cgroup.c - domains by the path of a cgroup: who is there by the program, from the
 * origin and without a mark enters, and nobody else, however the cgroup is called.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Made when it is first entered, and what is above it. */
static void enter(const char *cgroup)
{
	char path[512];
	char *slash;
	FILE *f;

	snprintf(path, sizeof(path), ROOT "%s", cgroup);
	for (slash = path + strlen(ROOT); (slash = strchr(slash + 1, '/')); *slash = '/') {
		*slash = 0;
		mkdir(path, 0755);
	}
	mkdir(path, 0755);
	strcat(path, "/cgroup.procs");
	f = fopen(path, "we");
	if (!f || fputs("0", f) < 0 || fclose(f))
		_exit(126);
}

/* As the runtime, which is the domain backup. */
int cgroup_start_box(const char *cgroup)
{
	enter(cgroup);
	execl("/usr/bin/box", "/usr/bin/box", "--as", "best-effort", NULL);
	return ENODATA;
}

static int box(const char *subject, const char *cgroup)
{
	char what[512];

	snprintf(what, sizeof(what), "box=%s", cgroup);
	return act(subject, "--as", what, NULL);
}

/* From PID 1. */
static int start(const char *program, const char *cgroup)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		enter(cgroup);
		execl(program, program, "--as", "best-effort", NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

void cgroup_without(void)
{
	result(box("other", "/machine.slice/other.scope") == 0 &&
		       start("/usr/bin/svc", "/other.slice") == 0,
	       "whatever the cgroup, the access works without Sekisho");
}

static void by_pattern(void)
{
	static const struct {
		const char *cgroup;
		int err;
	} row[] = {
		{ "/machine.slice/box-7.scope", 0 },
		{ "/machine.slice/box-.scope", 0 },
		{ "/machine.slice/box-" LONG ".scope", 0 },
		{ "/machine.slice/box-7.scope/payload/deep", 0 },
		{ "/machine.slice/box-7.scope/a/b/c/d/e/f/g/h", 0 },
		{ "/machine.slice/box-" LONG LONG ".scope", EPERM }, /* longer than is read */
		{ "/machine.slice/box.scope", EPERM },
		{ "/machine.slice/box-7.scopes", EPERM },
		{ "/machine.slice/box-7.service", EPERM },
		{ "/machine.slice/xbox-7.scope", EPERM },
		{ "/machine.slice/bo", EPERM },
		{ "/machine.slice", EPERM },
		{ "/machine.slices/box-7.scope", EPERM },
		{ "/box-7.scope", EPERM },
		{ "/user.slice/machine.slice/box-7.scope", EPERM },
		{ "/machine.slice/x/box-7.scope", EPERM },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		int err = box("backup", row[i].cgroup);

		result(err == row[i].err, "in %.60s its domain %s (%s)", row[i].cgroup,
		       row[i].err ? "is not entered" : "is entered", strerror(err));
	}
}

void cgroup_enforced(void)
{
	const char *right = "/machine.slice/box-7.scope";
	int err;

	ready("hlr");
	by_pattern();
	err = box("other", right);
	result(err == EPERM, "who is not the origin gains nothing there (%s)", strerror(err));
	err = box("operator", right);
	result(err == EPERM, "nor does an operator (%s)", strerror(err));
	err = start("/usr/bin/box", right);
	result(err == EPERM, "nor what PID 1 starts there for somebody (%s)", strerror(err));
	err = start("/usr/bin/svc", "/system.slice/svc.service");
	result(err == 0, "a service is known by the whole path (%s)", strerror(err));
	err = start("/usr/bin/svc", "/other.slice/svc.service");
	result(err == EPERM, "and one of its name elsewhere is not (%s)", strerror(err));
	err = start("/usr/bin/svc", "/svc.service");
	result(err == EPERM, "nor below the root (%s)", strerror(err));
}
