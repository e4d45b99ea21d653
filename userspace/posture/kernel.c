// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.c - LSMs, lockdown and the switches of the running kernel.
 */
#include <errno.h>
#include <string.h>

#include "userspace/posture/groups.h"

/* A file of securityfs, which is often not mounted where nobody needs it. */
static const char *security_text(struct seki_posture *p, struct seki_finding *f, const char *path)
{
	const char *text = NULL;
	int err = seki_posture_read(p, path, &text);

	f->source = path;
	if (err == -ENOENT)
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "securityfs is not mounted");
	else if (err)
		seki_unseen(p, f, err);
	return text;
}

static void check_lsm_order(struct seki_posture *p, const struct seki_posture_item *item,
			    struct seki_finding *f)
{
	const char *text = security_text(p, f, "/sys/kernel/security/lsm");

	(void)item;
	if (!text)
		return;
	if (seki_posture_in_list(text, ",", "bpf"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "%s", text);
	else
		seki_found(p, f, SEKI_POSTURE_BAD, "%s: bpf is not among them", text);
}

static void check_lockdown(struct seki_posture *p, const struct seki_posture_item *item,
			   struct seki_finding *f)
{
	const char *text;

	(void)item;
	f->source = "/sys/kernel/security/lockdown";
	/* securityfs is there, the file is not: no such LSM. */
	if (seki_posture_exists(p, "/sys/kernel/security/lsm") &&
	    seki_posture_absent(p, f->source)) {
		seki_found(p, f, SEKI_POSTURE_BAD, "the lockdown LSM is not active");
		return;
	}
	text = security_text(p, f, f->source);
	if (!text)
		return;
	if (strstr(text, "[integrity]") || strstr(text, "[confidentiality]"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "%s", text);
	else
		seki_found(p, f, SEKI_POSTURE_BAD, "%s: not locked down", text);
}

static void check_userns(struct seki_posture *p, const struct seki_posture_item *item,
			 struct seki_finding *f)
{
	/* File, and the value that closes. Debian, AppArmor, every kernel. */
	static const char *const closes[][2] = {
		{ "/proc/sys/kernel/unprivileged_userns_clone", "0" },
		{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1" },
		{ "/proc/sys/user/max_user_namespaces", "0" },
	};
	const char *text, *seen = NULL;

	(void)item;
	for (size_t i = 0; i < sizeof(closes) / sizeof(closes[0]); i++) {
		if (seki_posture_read(p, closes[i][0], &text))
			continue;
		seen = seen ?: closes[i][0];
		if (strcmp(text, closes[i][1]))
			continue;
		f->source = closes[i][0];
		seki_found(p, f, SEKI_POSTURE_GOOD, "%s: closed to users without privileges", text);
		return;
	}
	f->source = seen ?: closes[2][0];
	if (seen)
		seki_found(p, f, SEKI_POSTURE_WEAK, "every user may make user namespaces");
	else if (seki_posture_absent(p, f->source))
		seki_found(p, f, SEKI_POSTURE_NOT_APPLICABLE, "the kernel has no user namespaces");
	else
		seki_unseen(p, f, -ENOENT);
}

/* ---- core dumps --------------------------------------------------------------------- */

static bool usual_program(const char *path)
{
	static const char *const dirs[] = { "/usr/bin/",     "/usr/sbin/",  "/usr/lib/",
					    "/usr/libexec/", "/usr/share/", "/bin/",
					    "/sbin/",	     "/lib/" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (!strncmp(path, dirs[i], strlen(dirs[i])) && !strstr(path, "/../"))
			return true;
	return false;
}

static void core_pipe(struct seki_posture *p, struct seki_finding *f, const char *command)
{
	size_t n = strcspn(command, " ");

	if (n >= 10 && (!strncmp(command, "/bin/false", n) || !strncmp(command, "/bin/true", n)))
		seki_found(p, f, SEKI_POSTURE_GOOD, "|%s: dumps are thrown away", command);
	else if (usual_program(command))
		seki_found(p, f, SEKI_POSTURE_WEAK,
			   "|%s: a program run by the kernel as root gets the memory", command);
	else
		seki_found(p, f, SEKI_POSTURE_BAD,
			   "|%s: a program outside the usual directories gets the memory, as root",
			   command);
}

static void check_core_pattern(struct seki_posture *p, const struct seki_posture_item *item,
			       struct seki_finding *f)
{
	const char *text = seki_posture_text(p, f, "/proc/sys/kernel/core_pattern"), *uses_pid;

	(void)item;
	if (!text)
		return;
	if (*text == '|')
		core_pipe(p, f, text + 1);
	else if (!*text && !seki_posture_read(p, "/proc/sys/kernel/core_uses_pid", &uses_pid) &&
		 !strcmp(uses_pid, "0"))
		seki_found(p, f, SEKI_POSTURE_GOOD, "empty: no dump is written");
	else if (*text == '/')
		seki_found(p, f, SEKI_POSTURE_WEAK, "%s: dumps are collected in one place", text);
	else
		seki_found(p, f, SEKI_POSTURE_WEAK,
			   "%s: dumps land in the working directory of the process", text);
}

/* clang-format off */
#define GOOD SEKI_POSTURE_GOOD
#define WEAK SEKI_POSTURE_WEAK
#define BAD SEKI_POSTURE_BAD
#define NONE SEKI_POSTURE_NOT_APPLICABLE
#define MOST 0x7fffffff

static const struct seki_number_rule suid_dumpable = {
	"/proc/sys/fs/suid_dumpable", NONE, NULL,
	{ { 0, 0, GOOD, "no dump of a program that changed its privileges" },
	  { 1, 1, BAD, "any user gets dumps of privileged programs" },
	  { 2, 2, WEAK, "dumps of privileged programs, readable by root" } },
};
static const struct seki_number_rule kptr = {
	"/proc/sys/kernel/kptr_restrict", NONE, NULL,
	{ { 2, 2, GOOD, "addresses of the kernel are hidden from all" },
	  { 1, 1, WEAK, "root sees addresses of the kernel" },
	  { 0, 0, WEAK, "addresses of the kernel are shown" } },
};
static const struct seki_number_rule dmesg = {
	"/proc/sys/kernel/dmesg_restrict", NONE, NULL,
	{ { 1, 1, GOOD, "the kernel's log is for root" },
	  { 0, 0, WEAK, "every user reads the kernel's log" } },
};
static const struct seki_number_rule perf = {
	"/proc/sys/kernel/perf_event_paranoid", NONE, "the kernel has no perf events",
	{ { 2, MOST, GOOD, "users without privileges can't look into the kernel" },
	  { -1, -1, BAD, "every user may look into the kernel" },
	  { 0, 1, WEAK, "every user may profile the kernel" } },
};
static const struct seki_number_rule unprivileged_bpf = {
	"/proc/sys/kernel/unprivileged_bpf_disabled", NONE, "the kernel has no bpf(2)",
	{ { 1, 1, GOOD, "closed until the next boot" },
	  { 2, 2, GOOD, "closed; root may open it" },
	  { 0, 0, BAD, "every user may load BPF programs" } },
};
static const struct seki_number_rule yama = {
	"/proc/sys/kernel/yama/ptrace_scope", WEAK, "Yama is not active",
	{ { 1, 3, GOOD, "a process may not attach to any other of its user" },
	  { 0, 0, WEAK, "a process may attach to every other of its user" } },
};
static const struct seki_number_rule kexec = {
	"/proc/sys/kernel/kexec_load_disabled", NONE, "the kernel has no kexec",
	{ { 1, 1, GOOD, "no kernel can be loaded until the next boot" },
	  { 0, 0, WEAK, "root may load another kernel" } },
};
static const struct seki_number_rule kexec_loaded = {
	"/sys/kernel/kexec_loaded", NONE, "the kernel has no kexec",
	{ { 0, 0, GOOD, "no other kernel waits" },
	  { 1, 1, BAD, "another kernel is loaded and waits to be started" } },
};
/* 16 sync, 32 read-only, 128 reboot; 8 dumps memory, 64 kills, 4 the keyboard, 2 the log. */
static const struct seki_number_rule sysrq = {
	"/proc/sys/kernel/sysrq", NONE, "the kernel has no sysrq",
	{ { 0, 0, GOOD, "closed" },
	  { 16, 16, GOOD, "sync only" },
	  { 1, 1, BAD, "all functions: dumps of memory, signals to all processes" },
	  { 2, 511, WEAK, "some functions; the value is a sum of bits" } },
};
static const struct seki_number_rule ftrace = {
	"/proc/sys/kernel/ftrace_enabled", NONE, "the kernel has no function tracing",
	{ { 1, 1, GOOD, "BPF LSM programs are called" },
	  { 0, 0, BAD, "BPF LSM programs are not called" } },
};

static const struct seki_posture_item items[] = {
	{ "posture.lsm-order", "active LSMs and their order",
	  "Sekisho is asked only if bpf is among the active LSMs; those before it are asked first.",
	  "boot with lsm= that names bpf", check_lsm_order, NULL },
	{ "posture.lockdown", "kernel lockdown",
	  "Without lockdown root has ways into the kernel's memory that pass no LSM hook.",
	  "boot with lockdown=integrity, or with Secure Boot on a kernel that ties lockdown to it",
	  check_lockdown, NULL },
	{ "posture.ftrace-enabled", "kernel.ftrace_enabled",
	  "BPF LSM programs are called through ftrace on the kernels Sekisho supports.",
	  "sysctl kernel.ftrace_enabled=1, and find out who switched it off", seki_check_number, &ftrace },
	{ "posture.kexec", "kernel.kexec_load_disabled",
	  "kexec starts another kernel, with another command line and no policy.",
	  "sysctl kernel.kexec_load_disabled=1 in /etc/sysctl.d", seki_check_number, &kexec },
	{ "posture.kexec-loaded", "a kernel that waits for kexec",
	  "What was loaded before Sekisho is started by the next reboot without the firmware.",
	  "kexec -u, then look for who loaded it", seki_check_number, &kexec_loaded },
	{ "posture.sysrq", "kernel.sysrq",
	  "sysrq kills, dumps and reboots from a console, without a login.",
	  "sysctl kernel.sysrq=0 in /etc/sysctl.d", seki_check_number, &sysrq },
	{ "posture.core-pattern", "where core dumps go",
	  "A core dump is the memory of a core function, subscriber keys included, in a file.",
	  "sysctl kernel.core_pattern='|/bin/false' in /etc/sysctl.d, or LimitCORE=0 in the unit",
	  check_core_pattern, NULL },
	{ "posture.suid-dumpable", "fs.suid_dumpable",
	  "Dumps of programs that changed their privileges hold what their users may not see.",
	  "sysctl fs.suid_dumpable=0 in /etc/sysctl.d", seki_check_number, &suid_dumpable },
	{ "posture.kptr-restrict", "kernel.kptr_restrict",
	  "Addresses of the kernel are the first step of every attack on it.",
	  "sysctl kernel.kptr_restrict=2 in /etc/sysctl.d", seki_check_number, &kptr },
	{ "posture.dmesg-restrict", "kernel.dmesg_restrict",
	  "The kernel's log shows addresses and devices to those who look for a bug.",
	  "sysctl kernel.dmesg_restrict=1 in /etc/sysctl.d", seki_check_number, &dmesg },
	{ "posture.perf-paranoid", "kernel.perf_event_paranoid",
	  "perf events show addresses and timing of the kernel and of other processes.",
	  "sysctl kernel.perf_event_paranoid=3 (2 where 3 is unknown) in /etc/sysctl.d", seki_check_number, &perf },
	{ "posture.unprivileged-bpf", "kernel.unprivileged_bpf_disabled",
	  "The BPF verifier was often the bug that gave a user the kernel.",
	  "sysctl kernel.unprivileged_bpf_disabled=1 in /etc/sysctl.d", seki_check_number, &unprivileged_bpf },
	{ "posture.ptrace-scope", "kernel.yama.ptrace_scope",
	  "Without it one taken process of a user takes all others of that user.",
	  "name yama in lsm= and set kernel.yama.ptrace_scope=1 in /etc/sysctl.d", seki_check_number, &yama },
	{ "posture.user-namespaces", "user namespaces for everybody",
	  "A user namespace gives every user capabilities to reach little-tested parts of the kernel.",
	  "sysctl kernel.unprivileged_userns_clone=0, or user.max_user_namespaces=0 where nothing needs them",
	  check_userns, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_kernel = SEKI_POSTURE_GROUP("kernel", items);
