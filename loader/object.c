// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * object.c - ask the kernel what our descriptors are.
 *
 * stat(2) hides the generation and, on some filesystems, the device that the
 * hooks will see.  An iterator over our own descriptors has the real thing, for
 * O_PATH descriptors too.
 */
#include "loader/loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

static int iter_open(struct sekisho_bpf *s)
{
	union bpf_iter_link_info info = { .task.tid = (__u32)getpid() };
	DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
			    .link_info_len = sizeof(info));
	struct bpf_link *link;
	int fd;

	link = bpf_program__attach_iter(s->progs.enroll_files, &opts);
	if (!link)
		return -1;
	fd = bpf_iter_create(bpf_link__fd(link));
	bpf_link__destroy(link);
	return fd;
}

static void take(const struct seki_enrolled *e, const int *fds, size_t n, struct seki_object *ret,
		 size_t *found)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (fds[i] < 0 || (__u32)fds[i] != e->fd)
			continue;
		ret[i] = (struct seki_object){ e->id, e->mode, e->nlink, e->rdev };
		(*found)++;
	}
}

/* Every fds[i] must be open; ret[i] describes it. */
int seki_objects_read(struct sekisho_bpf *s, const int *fds, size_t n, struct seki_object *ret)
{
	struct seki_enrolled buf[128];
	seki_autoclose int iter = iter_open(s);
	size_t found = 0, have = 0, i;
	ssize_t got;

	if (iter < 0) {
		seki_warn("the kernel does not list open files (iter/task_file)");
		return -1;
	}
	while ((got = read(iter, (char *)buf + have, sizeof(buf) - have)) > 0) {
		have += (size_t)got;
		for (i = 0; i + sizeof(*buf) <= have; i += sizeof(*buf))
			take((struct seki_enrolled *)((char *)buf + i), fds, n, ret, &found);
		memmove(buf, (char *)buf + i, have - i);
		have -= i;
	}
	if (got == 0 && found == n)
		return 0;
	seki_warnx("the kernel listed %zu of %zu open files", found, n);
	return -1;
}
