// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * posture.c - reading below a root, and writing down what was found.
 */
#define _GNU_SOURCE
#include "userspace/posture/posture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

#define TEXT_MAX (64u << 20) /* dpkg's list of packages */

int seki_posture_open(struct seki_posture *p, const char *root, const struct seki_posture_ops *ops)
{
	*p = (struct seki_posture){ .ops = ops };
	p->root = open(root ?: "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return p->root < 0 ? -errno : 0;
}

void seki_posture_close(struct seki_posture *p)
{
	if (p->root >= 0)
		close(p->root);
	free(p->file);
	seki_arena_free(&p->arena);
}

void seki_posture_check(struct seki_posture *p, const struct seki_posture_item *item,
			struct seki_finding *ret)
{
	*ret = (struct seki_finding){ .state = SEKI_POSTURE_NOT_OBSERVABLE,
				      .fact = "",
				      .source = "" };
	item->check(p, item, ret);
}

const char *seki_posture_word(enum seki_posture_state state)
{
	static const char *const words[] = {
		[SEKI_POSTURE_GOOD] = "good",
		[SEKI_POSTURE_NOT_APPLICABLE] = "not-applicable",
		[SEKI_POSTURE_NOT_OBSERVABLE] = "not-observable",
		[SEKI_POSTURE_WEAK] = "weak",
		[SEKI_POSTURE_BAD] = "bad",
	};

	return words[state];
}

/* ---- findings --------------------------------------------------------------- */

#define SEKI_VPRINTF __attribute__((format(printf, 2, 0)))

SEKI_VPRINTF static const char *format(struct seki_posture *p, const char *fmt, va_list ap)
{
	seki_autofree char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL;
		seki_diex("out of memory");
	}
	return seki_arena_copy(&p->arena, text, strlen(text));
}

void seki_found(struct seki_posture *p, struct seki_finding *f, enum seki_posture_state state,
		const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	f->fact = format(p, fmt, ap);
	va_end(ap);
	f->state = state;
}

void seki_detail(struct seki_posture *p, struct seki_finding *f, const char *fmt, ...)
{
	va_list ap;

	if (f->details++ >= SEKI_POSTURE_DETAILS)
		return;
	va_start(ap, fmt);
	f->detail[f->details - 1] = format(p, fmt, ap);
	va_end(ap);
}

void seki_worsen(struct seki_finding *f, enum seki_posture_state state)
{
	if (state > f->state)
		f->state = state;
}

void seki_unseen(struct seki_posture *p, struct seki_finding *f, int err)
{
	const char *hint = "";

	if (err == -EACCES || err == -EPERM)
		hint = geteuid() ? "; run as root" : "; refused to root too";
	seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "%s%s", strerror(-err), hint);
}

/* ---- files --------------------------------------------------------------------- */

int seki_posture_open_at(const struct seki_posture *p, const char *path, int flags)
{
	struct open_how how = {
		.flags = (__u64)(flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
		.resolve = RESOLVE_IN_ROOT,
	};
	int fd;

	/* The two flags mean nothing to O_PATH, and openat2() refuses them. */
	if (flags & O_PATH)
		how.flags = (__u64)(flags | O_CLOEXEC);
	fd = (int)syscall(SYS_openat2, p->root, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

bool seki_posture_exists(const struct seki_posture *p, const char *path)
{
	seki_autoclose int fd = seki_posture_open_at(p, path, O_PATH);

	return fd >= 0;
}

/* Files of /proc and /sys have no size: read until the end. */
static int read_text(struct seki_posture *p, int fd, const char **ret)
{
	seki_autofree char *buf = NULL;
	size_t len = 0, room = 0;

	for (;;) {
		ssize_t n;

		if (room - len < 4096) {
			char *more = room < TEXT_MAX ? realloc(buf, room += 65536) : NULL;

			if (!more)
				return room >= TEXT_MAX ? -EFBIG : -ENOMEM;
			buf = more;
		}
		n = read(fd, buf + len, room - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	while (len && strchr(" \n", buf[len - 1]))
		len--;
	*ret = seki_arena_copy(&p->arena, buf, len);
	return 0;
}

int seki_posture_read(struct seki_posture *p, const char *path, const char **ret)
{
	seki_autoclose int fd = seki_posture_open_at(p, path, O_RDONLY);

	return fd < 0 ? fd : read_text(p, fd, ret);
}

const char *seki_posture_text(struct seki_posture *p, struct seki_finding *f, const char *path)
{
	const char *text = NULL;
	int err;

	f->source = path;
	err = seki_posture_read(p, path, &text);
	if (err)
		seki_unseen(p, f, err);
	return text;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int seki_posture_list(struct seki_posture *p, const char *dir, const char *pattern, char ***ret)
{
	int fd = seki_posture_open_at(p, dir, O_RDONLY | O_DIRECTORY), n = 0, room = 0;
	seki_autofree char **names = NULL;
	struct dirent *e;
	DIR *d;

	if (fd < 0)
		return fd;
	d = fdopendir(fd);
	if (!d)
		return close(fd), -ENOMEM;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || fnmatch(pattern, e->d_name, 0))
			continue;
		if (n == room) {
			names = reallocarray(names, (size_t)(room += 64), sizeof(*names));
			if (!names)
				seki_diex("out of memory");
		}
		names[n++] = seki_arena_copy(&p->arena, e->d_name, strlen(e->d_name));
	}
	closedir(d);
	if (n)
		qsort(names, (size_t)n, sizeof(*names), by_name);
	*ret = seki_arena_array(&p->arena, (size_t)n + 1, sizeof(**ret));
	if (n)
		memcpy(*ret, names, (size_t)n * sizeof(**ret));
	return n;
}

bool seki_posture_absent(const struct seki_posture *p, const char *path)
{
	const char *mark = strncmp(path, "/sys/", 5) ? "/proc/sys/kernel" : "/sys/kernel";

	return seki_posture_exists(p, mark) && !seki_posture_exists(p, path);
}

bool seki_posture_in_list(const char *list, const char *separators, const char *word)
{
	size_t len = strlen(word), n;

	for (; *list; list += n + !!list[n]) {
		n = strcspn(list, separators);
		if (n == len && !strncmp(list, word, n))
			return true;
	}
	return false;
}

/* ---- a number ------------------------------------------------------------------- */

void seki_check_number(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f)
{
	const struct seki_number_rule *rule = item->rule;
	const struct seki_number_range *r = rule->range;
	const char *text;
	long long value;
	char *end;

	f->source = rule->path;
	if (rule->absent_text && seki_posture_absent(p, rule->path)) {
		seki_found(p, f, rule->absent, "%s", rule->absent_text);
		return;
	}
	text = seki_posture_text(p, f, rule->path);
	if (!text)
		return;
	value = strtoll(text, &end, 10);
	if (end == text || *end) {
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "'%s' is no number", text);
		return;
	}
	while (r->text && (value < r->from || value > r->to))
		r++;
	if (r->text)
		seki_found(p, f, r->state, "%lld: %s", value, r->text);
	else
		seki_found(p, f, SEKI_POSTURE_WEAK, "%lld: a value this release does not know",
			   value);
}
