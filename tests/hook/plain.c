// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plain.c - what an open learnt of a superblock must not outlive it (bpf/plain.bpf.h).
 * Nor the policy that it was learnt under: that is e2e/reload_story's.
 */
#define _GNU_SOURCE
#include "tests/hook/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VIEWS 48

static void view(char *buf, size_t size, int i, const char *below)
{
	snprintf(buf, size, "/tmp/view%d%s", i, below);
}

/* Number of them that could be mounted. */
static int mount_views(const char *type)
{
	char path[64];
	int i, n = 0;

	for (i = 0; i < VIEWS; i++) {
		view(path, sizeof(path), i, "");
		mkdir(path, 0755);
		n += mount(type, path, type, 0, NULL) == 0;
	}
	return n;
}

/* And their memory is free for others: the kernel frees it after a grace period, in a
 * work.
 */
static void unmount_views(void)
{
	char path[64];
	int i;

	for (i = 0; i < VIEWS; i++) {
		view(path, sizeof(path), i, "");
		umount2(path, 0);
	}
	for (i = 0; i < 3; i++) {
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		usleep(100000);
	}
}

/* Opened twice, the second time as known. */
static int opened_in_views(void)
{
	char path[64];
	int i, fd, n = 0;

	for (i = 0; i < 2 * VIEWS; i++) {
		view(path, sizeof(path), i / 2, "/file");
		fd = open(path, O_RDWR | O_CREAT, 0600);
		n += fd >= 0;
		close(fd);
	}
	return n;
}

/* 0 if any view of the switch opens. */
int plain_switches(void)
{
	char path[64];
	int i, fd, err = 0;

	for (i = 0; i < VIEWS; i++) {
		view(path, sizeof(path), i, "/sys/kernel/ftrace_enabled");
		fd = open(path, O_RDWR);
		if (fd >= 0) {
			close(fd);
			return 0;
		}
		err = errno;
	}
	return err;
}

void plain_without(void)
{
	result(mount_views("proc") == VIEWS && act("other", "--as", "switches", NULL) == 0,
	       "the switch of ftrace opens through another procfs without Sekisho");
	unmount_views();
}

/* Memory of superblocks goes round: of 48 some lie where some lay before. */
void plain_enforced(void)
{
	const struct seki_access_event *r;
	pid_t pid;
	int err;

	result(mount_views("tmpfs") == VIEWS && opened_in_views() == 2 * VIEWS,
	       "files of new superblocks open");
	unmount_views();
	result(mount_views("proc") == VIEWS, "others come in their place");
	records_drain();
	err = act("other", "--as", "switches", &pid);
	records_drain();
	r = record_of(pid, SEKI_DENIED);
	result(err == EPERM && r && !strcmp(record_label(r), "kernel.ftrace"),
	       "through none of them the switch of ftrace opens (%s)", strerror(err));
	unmount_views();
}
