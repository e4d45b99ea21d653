// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/foreign.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "userspace/collector/clock.h"
#include "userspace/lib/cleanup.h"

static bool is_own(uint32_t id, const uint32_t *own, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (own[i] == id)
			return true;
	return false;
}

static int add(uint32_t id, struct seki_foreign *f)
{
	seki_autoclose int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	if (fd < 0 && errno == ENOENT)
		return 0; /* gone since it was listed */
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	if (f->n++ >= SEKI_FOREIGN_MAX)
		return 0;
	f->program[f->n - 1].id = id;
	f->program[f->n - 1].type = info.type;
	memcpy(f->program[f->n - 1].name, info.name, sizeof(f->program[0].name) - 1);
	return 0;
}

void seki_foreign_list(const uint32_t *own, uint32_t count, struct seki_foreign *ret)
{
	uint32_t id = 0;

	*ret = (struct seki_foreign){ .seen = seki_clock_now() };
	while (!ret->err && !bpf_prog_get_next_id(id, &id)) {
		if (is_own(id, own, count))
			ret->own++;
		else
			ret->err = add(id, ret);
	}
	if (!ret->err && errno != ENOENT)
		ret->err = -errno;
}

void seki_foreign_put(const struct seki_foreign *f, struct seki_buf *b)
{
	seki_put_open(b, "programs", '{');
	seki_put_u64(b, "seen_ns", f->seen);
	if (f->err)
		seki_put_str(b, "error", strerror(-f->err));
	seki_put_u64(b, "own", f->own);
	seki_put_u64(b, "others", f->n);
	seki_put_open(b, "list", '[');
	for (uint32_t i = 0; i < f->n && i < SEKI_FOREIGN_MAX; i++) {
		seki_buf_char(b, '{');
		seki_put_u64(b, "id", f->program[i].id);
		seki_put_u64(b, "type", f->program[i].type);
		seki_put_str(b, "name", f->program[i].name);
		seki_put_close(b, '}');
	}
	seki_put_close(b, ']');
	seki_put_close(b, '}');
}
