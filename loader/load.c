// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load.c - open the skeleton, set what is fixed at load, load.
 *
 * A first load makes every map.  A later one takes the maps from the pins and
 * loads only the programs the loader itself runs; the enforcing ones stay.
 */
#include "loader/loader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (level > LIBBPF_WARN && !seki_verbose)
		return 0;
	if (level == LIBBPF_DEBUG)
		return 0;
	return vfprintf(stderr, fmt, args);
}

bool seki_is_loaders_own(const struct bpf_program *p)
{
	return !strncmp(bpf_program__name(p), "enroll_", 7);
}

static struct sekisho_bpf *open_skeleton(const struct seki_kernel *k)
{
	struct sekisho_bpf *s;

	libbpf_set_print(quiet);
	s = sekisho_bpf__open();
	if (!s) {
		seki_warn(
			"the programs inside this loader cannot be opened; it is damaged, install it again");
		return NULL;
	}
	s->rodata->seki_can_probe = k->can_probe;
	s->rodata->seki_perfmon_reads = k->perfmon_reads;
	bpf_map__set_max_entries(s->maps.seki_stats, (__u32)libbpf_num_possible_cpus());
	return s;
}

/* The variants this kernel needs. */
static void choose(struct sekisho_bpf *s, const struct seki_kernel *k)
{
	bpf_program__set_autoload(s->progs.hook_inode_setattr, k->setattr_has_idmap);
	bpf_program__set_autoload(s->progs.hook_inode_setattr_6_1, !k->setattr_has_idmap);
	bpf_program__set_autoload(s->progs.hook_inode_set_acl, k->has_acl_hooks);
	bpf_program__set_autoload(s->progs.hook_inode_remove_acl, k->has_acl_hooks);
	bpf_program__set_autoload(s->progs.hook_file_ioctl_compat, k->has_ioctl_compat);
	bpf_program__set_autoload(s->progs.hook_inode_file_setattr, k->has_file_setattr);
	bpf_program__set_autoload(s->progs.hook_capable, k->perfmon_reads);
}

static int load_all(struct sekisho_bpf *s, struct sekisho_bpf **ret)
{
	int err = sekisho_bpf__load(s);

	if (err) {
		seki_warnx(
			"the kernel refused the programs (%s); nothing was changed. Run with -v and report what it prints",
			strerror(-err));
		sekisho_bpf__destroy(s);
		return -1;
	}
	*ret = s;
	return 0;
}

int seki_load_fresh(const struct seki_kernel *k, __u32 rules, struct sekisho_bpf **ret)
{
	struct sekisho_bpf *s = open_skeleton(k);

	if (!s)
		return -1;
	choose(s, k);
	seki_hits_make(s, rules);
	if (load_all(s, ret))
		return -1;
	seki_meta_memory(s)->hit_rows = s->rodata->seki_hits_rows;
	return 0;
}

static int reuse(struct bpf_map *map)
{
	char path[256];
	int fd, err;

	snprintf(path, sizeof(path), "%s/%s", SEKI_PINS, seki_pin_name(map));
	fd = bpf_obj_get(path);
	if (fd < 0) {
		seki_warn(
			"%s: the loaded policy can't be taken over; run through systemctl reload sekisho, not from a login",
			path);
		return -1;
	}
	err = bpf_map__reuse_fd(map, fd);
	close(fd);
	if (err)
		seki_warnx("%s: not the map this loader knows; boot with the new version instead",
			   path);
	return err;
}

static int reuse_all(struct sekisho_bpf *s)
{
	struct bpf_map *m;

	bpf_object__for_each_map(m, s->obj)
		if (seki_pin_name(m) && reuse(m))
			return -1;
	seki_hits_take(s);
	return 0;
}

int seki_load_beside(const struct seki_kernel *k, struct sekisho_bpf **ret)
{
	struct sekisho_bpf *s = open_skeleton(k);

	if (!s)
		return -1;
	choose(s, k);
	if (!reuse_all(s) && !seki_pin_lock())
		return load_all(s, ret);
	sekisho_bpf__destroy(s);
	return -1;
}

int seki_load_pinned(const struct seki_kernel *k, struct sekisho_bpf **ret)
{
	struct sekisho_bpf *s = open_skeleton(k);
	struct bpf_program *p;

	if (!s)
		return -1;
	bpf_object__for_each_program(p, s->obj)
		bpf_program__set_autoload(p, seki_is_loaders_own(p));
	if (reuse_all(s) || seki_pin_lock())
		goto fail;
	if (sekisho_bpf__load(s)) {
		seki_warnx(
			"the kernel refused the loader's own programs; the policy in force is unchanged");
		goto fail;
	}
	*ret = s;
	return 0;
fail:
	sekisho_bpf__destroy(s);
	return -1;
}
