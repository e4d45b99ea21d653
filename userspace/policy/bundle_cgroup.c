// SPDX-License-Identifier: GPL-2.0-or-later
/* Patterns of a cgroup's path: "/machine.slice/libpod-*.scope". */
#include <string.h>

#include "bpf/cgroup.h"
#include "userspace/policy/bundle.h"

static const char *part_fault(const char *part, size_t len, bool first)
{
	const char *star = memchr(part, '*', len);
	size_t behind = star ? (size_t)(part + len - star - 1) : 0;

	if (!len)
		return "'//' or '/' at the end; write each name once";
	if ((len == 1 && *part == '.') || (len == 2 && !memcmp(part, "..", 2)))
		return "'.' or '..'; write the path without";
	if (star && first)
		return "'*' in the first name, where logins are too; write its whole name";
	if (star && memchr(star + 1, '*', behind))
		return "two '*' in one name; one stands for any text";
	if (len >= SEKI_UNIT_MAX)
		return "a name longer than 63 bytes; shorten it by a '*'";
	return NULL;
}

const char *seki_cgroup_fault(const char *pattern)
{
	const char *bad = NULL;
	unsigned int parts = 0;

	if (*pattern != '/')
		return "not an absolute path; begin with '/', as in /proc/PID/cgroup";
	while (!bad && *pattern == '/') {
		size_t len = strcspn(++pattern, "/");

		bad = part_fault(pattern, len, !parts++);
		pattern += len;
	}
	if (!bad && parts > SEKI_CGROUP_PARTS)
		bad = "more than 6 names; stop at one above, what is below counts too";
	return bad;
}

static void read_part(const char *part, size_t len, struct seki_cgroup_part *ret)
{
	const char *star = memchr(part, '*', len);
	size_t head = star ? (size_t)(star - part) : len;

	*ret = (struct seki_cgroup_part){ .head = (__u8)head, .any = !!star };
	memcpy(ret->before, part, head);
	if (!star)
		return;
	ret->tail = (__u8)(len - head - 1);
	memcpy(ret->behind, star + 1, ret->tail);
}

unsigned int seki_cgroup_read(const char *pattern, struct seki_cgroup_part ret[SEKI_CGROUP_PARTS])
{
	unsigned int n = 0;

	for (; n < SEKI_CGROUP_PARTS && *pattern == '/'; n++) {
		size_t len = strcspn(++pattern, "/");

		read_part(pattern, len, &ret[n]);
		pattern += len;
	}
	return n;
}

bool seki_cgroup_fits(const char *pattern, const char *path)
{
	struct seki_cgroup_part part[SEKI_CGROUP_PARTS];
	unsigned int n = seki_cgroup_read(pattern, part);

	for (unsigned int i = 0; i < n; i++) {
		struct seki_cgroup_name name = { 0 };

		if (*path != '/')
			return false;
		name.len = (__u32)strcspn(++path, "/");
		if (name.len >= sizeof(name.text))
			return false;
		memcpy(name.text, path, name.len);
		if (!seki_cgroup_part_fits(&part[i], &name))
			return false;
		path += name.len;
	}
	return true;
}
