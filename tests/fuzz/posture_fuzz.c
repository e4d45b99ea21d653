// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * posture_fuzz.c - a host whose kernel says anything: every file that the checks and
 * the baseline take apart holds the same bytes.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/baseline/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const files[] = {
	"proc/cmdline",
	"proc/cpuinfo",
	"proc/modules",
	"proc/self/mountinfo",
	"proc/swaps",
	"proc/sys/kernel/core_pattern",
	"proc/sys/kernel/sysrq",
	"proc/sys/kernel/tainted",
	"sys/devices/system/cpu/vulnerabilities/x",
	"sys/kernel/security/lockdown",
	"sys/kernel/security/lsm",
	"proc/self/net/packet",
	"proc/self/net/tcp",
	"proc/self/net/tcp6",
	"usr/lib/systemd/system/x.service",
	"var/lib/dpkg/status",
	"etc/sekisho/keys/x.pub",
};
#define N_FILES (sizeof(files) / sizeof(files[0]))

static int fd[N_FILES];
static char tree[] = "/dev/shm/sekisho-fuzz.XXXXXX";

static void remove_tree(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", tree);
	if (system(command))
		abort();
}

static void make_tree(void)
{
	char path[256];

	if (!mkdtemp(tree))
		abort();
	atexit(remove_tree);
	for (size_t i = 0; i < N_FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", tree, files[i]);
		for (char *c = path + sizeof(tree); *c; c++) {
			if (*c != '/')
				continue;
			*c = '\0';
			mkdir(path, 0700);
			*c = '/';
		}
		fd[i] = open(path, O_RDWR | O_CREAT, 0600);
		if (fd[i] < 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seki_posture p;
	struct seki_finding f;

	if (!fd[0])
		make_tree();
	for (size_t i = 0; i < N_FILES; i++)
		if (ftruncate(fd[i], 0) || pwrite(fd[i], data, size, 0) != (ssize_t)size)
			abort();
	if (seki_posture_open(&p, tree, NULL))
		abort();
	for (size_t i = 0; i < seki_posture_groups_count; i++)
		for (size_t j = 0; j < seki_posture_groups[i]->items; j++) {
			seki_posture_check(&p, &seki_posture_groups[i]->item[j], &f);
			if (f.state >= SEKI_POSTURE_STATES || !*f.fact || !*f.source)
				abort();
		}
	json_decref(seki_baseline_take(&p, "2026-11-21T00:00:00Z"));
	seki_posture_close(&p);
	return 0;
}
