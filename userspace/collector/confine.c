// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/collector/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

int seki_account_find(const char *name, struct seki_account *ret)
{
	seki_autofclose FILE *f = NULL;
	struct passwd *pw;

	*ret = (struct seki_account){ .none = !strcmp(name, "none"),
				      .uid = geteuid(),
				      .gid = getegid() };
	if (ret->none)
		return 0;
	f = fopen("/etc/passwd", "re");
	while (f && (pw = fgetpwent(f))) {
		if (strcmp(pw->pw_name, name))
			continue;
		ret->uid = pw->pw_uid;
		ret->gid = pw->pw_gid;
		return 0;
	}
	return -ENOENT;
}

/* Needs a capability itself, so it comes first. */
static int drop_bounds(void)
{
	for (int cap = 0; cap <= 63; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno != EINVAL)
			return -errno;
	return 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &head, none) ? -errno : 0;
}

static int become(const struct seki_account *a)
{
	if (setgroups(0, NULL) || setresgid(a->gid, a->gid, a->gid) ||
	    setresuid(a->uid, a->uid, a->uid))
		return -errno;
	return 0;
}

int seki_confine_account(const struct seki_account *a, const char **ret_what)
{
	int err = 0;

	*ret_what = "drop the capability bounds";
	if (!geteuid())
		err = drop_bounds();
	if (!err && !a->none) {
		*ret_what = "change the account";
		err = become(a);
	}
	if (!err) {
		*ret_what = "drop capabilities";
		err = drop_capabilities();
	}
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		*ret_what = "set no_new_privs";
		err = -errno;
	}
	return err;
}

#define FILE_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_WRITE                                                      \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |  \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR)
#define ALL_OF_VERSION_1 ((1ull << 13) - 1)

static void let(int ruleset, const char *path, uint64_t access)
{
	seki_autoclose int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int seki_confine_files(const char *const *write, const char *const *read)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ALL_OF_VERSION_1 };
	seki_autoclose int ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (ruleset < 0)
		return 0;
	for (; *write; write++)
		let(ruleset, *write, FILE_READ | FILE_WRITE);
	for (; *read; read++)
		let(ruleset, *read, FILE_READ);
	return syscall(SYS_landlock_restrict_self, ruleset, 0) ? 0 : 1;
}

void seki_confine_capabilities(char ret[24])
{
	seki_autofclose FILE *f = fopen("/proc/self/status", "re");
	char line[128];

	snprintf(ret, 24, "unknown");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %23s", ret) == 1)
			return;
}
