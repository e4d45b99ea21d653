// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/kernel.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/abi.h"
#include "userspace/lib/cleanup.h"

#define OWN_MAX 512

struct pin {
	const char *dir, *name;
	char *err;
	size_t err_size;
};

static int fail(const struct pin *p, const char *what, int err)
{
	snprintf(p->err, p->err_size, "%s/%s: %s: %s", p->dir, p->name, what, strerror(-err));
	return err;
}

static int get(const struct pin *p, struct bpf_map_info *info)
{
	__u32 len = sizeof(*info);
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", p->dir, p->name);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fail(p, "not there", -errno);
	memset(info, 0, sizeof(*info));
	if (bpf_obj_get_info_by_fd(fd, info, &len)) {
		int err = fail(p, "no map", -errno);

		close(fd);
		return err;
	}
	return fd;
}

static int open_ring(struct pin *p, const char *name, struct seki_ring *ret)
{
	struct bpf_map_info info = { 0 };
	int fd, err;

	p->name = name;
	fd = get(p, &info);
	if (fd < 0)
		return fd;
	err = info.type == BPF_MAP_TYPE_RINGBUF ? seki_ring_map(fd, info.max_entries, ret) :
						  -EINVAL;
	if (err) {
		close(fd);
		return fail(p, "not a ring buffer that can be mapped", err);
	}
	return 0;
}

static int open_array(struct pin *p, const char *name, size_t value, const void **ret,
		      unsigned int *ret_count)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size;
	seki_autoclose int fd = -1;
	struct bpf_map_info info = { 0 };
	void *at;

	p->name = name;
	fd = get(p, &info);
	if (fd < 0)
		return fd;
	if (info.type != BPF_MAP_TYPE_ARRAY || info.value_size != value)
		return fail(p, "of another version: reload with sekisho-load", -EPROTO);
	size = (value * info.max_entries + page - 1) & ~(page - 1);
	at = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return fail(p, "can't be mapped", -errno);
	*ret = at;
	*ret_count = info.max_entries;
	return 0;
}

/* Whose program a link runs; 0: it is none. */
static __u32 program_of(int link)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(link, &info, &size) ? 0 : info.prog_id;
}

/* The descriptors stay open until this process ends. */
static int hold_links(struct pin *p, unsigned int *ret_count, __u32 *ids, unsigned int room)
{
	DIR *d = opendir(p->dir);
	struct dirent *e;
	char path[512];
	int err = 0, link;

	p->name = "";
	if (!d)
		return fail(p, "can't be listed", -errno);
	while (!err && (e = readdir(d))) {
		if (strncmp(e->d_name, "link_", 5))
			continue;
		snprintf(path, sizeof(path), "%.200s/%.255s", p->dir, e->d_name);
		p->name = "link_*";
		link = bpf_obj_get(path);
		if (link < 0)
			err = fail(p, "can't be held", -errno);
		else if (++*ret_count <= room)
			ids[*ret_count - 1] = program_of(link);
	}
	closedir(d);
	return err;
}

int seki_kernel_open(const char *pins, struct seki_kernel *ret, char *err, size_t size)
{
	struct pin p = { .dir = pins, .err = err, .err_size = size };
	struct seki_kernel k = { 0 };
	const void *meta = NULL, *stats = NULL, *hits = NULL;
	unsigned int one, own;
	__u32 ids[OWN_MAX];
	int e;

	if ((e = open_array(&p, "meta", sizeof(*k.meta), &meta, &one)) ||
	    (e = open_array(&p, "stats", sizeof(*k.stats), &stats, &k.cpus)) ||
	    (e = open_array(&p, "hits", sizeof(*k.hits.all), &hits, &k.hits.entries)) ||
	    (e = open_ring(&p, "evidence", &k.ring[0])) ||
	    (e = open_ring(&p, "activity", &k.ring[1])) ||
	    (e = hold_links(&p, &k.links, ids, OWN_MAX)))
		return e;
	if (!meta || !stats)
		return -EPROTO;
	k.meta = meta;
	k.stats = stats;
	k.hits.meta = meta;
	k.hits.all = hits;
	p.name = "meta";
	if (k.meta->abi != SEKI_ABI_VERSION)
		return fail(&p, "programs of another version are loaded", -EPROTO);
	own = k.links < OWN_MAX ? k.links : OWN_MAX - 1;
	ids[own] = k.meta->clock;
	seki_foreign_list(ids, own + 1, &k.foreign);
	*ret = k;
	return 0;
}
