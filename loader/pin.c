// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pin.c - attach and pin all, or undo all.
 *
 * Everything is pinned in a directory that has another name until it is
 * complete; the rename makes it visible at once.
 */
#define _GNU_SOURCE
#include "loader/loader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

/* The word after "seki_", and the globals; read-only data has no state to keep. */
const char *seki_pin_name(const struct bpf_map *map)
{
	const char *name = bpf_map__name(map);

	if (!strncmp(name, "seki_", 5))
		return name + 5;
	if (strstr(name, ".bss"))
		return "state";
	return NULL;
}

static int pin_maps(struct sekisho_bpf *s)
{
	char path[PATH_MAX];
	struct bpf_map *m;

	bpf_object__for_each_map(m, s->obj) {
		if (!seki_pin_name(m))
			continue;
		snprintf(path, sizeof(path), "%s/%s", SEKI_PINS_NEW, seki_pin_name(m));
		if (bpf_map__pin(m, path) < 0) {
			seki_warn("%s: cannot be pinned", path);
			return -1;
		}
	}
	return 0;
}

/* The sysctl guard sits on the root cgroup: every task is below it. */
static struct bpf_link *attach(struct bpf_program *p)
{
	seki_autoclose int root = -1;

	if (bpf_program__type(p) != BPF_PROG_TYPE_CGROUP_SYSCTL)
		return bpf_program__attach(p);
	root = open(SEKI_CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? NULL : bpf_program__attach_cgroup(p, root);
}

int seki_pin_link(struct bpf_program *p, const char *stem)
{
	struct bpf_link *link = attach(p);
	char path[PATH_MAX];

	if (!link) {
		seki_warn("program %s can't be attached; nothing was changed",
			  bpf_program__name(p));
		return -1;
	}
	snprintf(path, sizeof(path), "%s%s", stem, bpf_program__name(p));
	if (bpf_link__pin(link, path) < 0) {
		seki_warn("%s: cannot be pinned", path);
		bpf_link__destroy(link);
		return -1;
	}
	bpf_link__disconnect(link); /* the pin holds it, and this process until it ends */
	return 0;
}

int seki_pin_all(struct sekisho_bpf *s, unsigned int *ret_programs)
{
	struct bpf_program *p;
	unsigned int n = 0;

	if (pin_maps(s))
		return -1;
	bpf_object__for_each_program(p, s->obj) {
		if (!bpf_program__autoload(p) || seki_is_loaders_own(p))
			continue;
		if (seki_pin_link(p, SEKI_PINS_NEW "/link_"))
			return -1;
		n++;
	}
	if (rename(SEKI_PINS_NEW, SEKI_PINS) < 0) {
		seki_warn("%s: cannot become %s", SEKI_PINS_NEW, SEKI_PINS);
		return -1;
	}
	*ret_programs = n;
	return 0;
}

static int lock = -1;

/* Two would fill the same slot.  Nobody else may open this directory. */
int seki_pin_lock(void)
{
	lock = open(SEKI_PINS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0 && !flock(lock, LOCK_EX))
		return 0;
	seki_warn("%s: cannot be locked against other loaders", SEKI_PINS);
	return -1;
}

void seki_pin_release(void)
{
	close(lock);
	lock = -1;
}

static int spare = -1;

/* A descriptor put by: what was begun must be undone when there is none left. */
void seki_pin_spare(void)
{
	spare = open("/", O_PATH | O_CLOEXEC);
}

DIR *seki_pin_opendir(const char *dir)
{
	DIR *d = opendir(dir);

	if (d || errno != EMFILE || spare < 0)
		return d;
	close(spare);
	spare = -1;
	return opendir(dir);
}

/* Without their pins, links of a loader that has ended are gone. */
void seki_pin_undo(const char *dir)
{
	DIR *d = seki_pin_opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	rmdir(dir);
}
