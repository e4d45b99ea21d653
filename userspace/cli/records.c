// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No record is longer; what is longer is no record. */
#define LINE_MAX_BYTES (1u << 20)

int seki_lines_open(struct seki_lines *l, const char *path)
{
	*l = (struct seki_lines){ .fd = -1 };
	l->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
	if (l->fd < 0)
		return -errno;
	l->cap = 2 * LINE_MAX_BYTES;
	l->buf = malloc(l->cap + 1);
	if (!l->buf) {
		seki_lines_close(l);
		return -ENOMEM;
	}
	return 0;
}

void seki_lines_close(struct seki_lines *l)
{
	if (l->fd >= 0)
		close(l->fd);
	free(l->buf);
	*l = (struct seki_lines){ .fd = -1 };
}

static int more(struct seki_lines *l)
{
	ssize_t n;

	memmove(l->buf, l->buf + l->begin, l->len - l->begin);
	l->len -= l->begin;
	l->begin = 0;
	if (l->len == l->cap)
		return -EMSGSIZE;
	do {
		n = read(l->fd, l->buf + l->len, l->cap - l->len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	l->len += (size_t)n;
	l->end = !n;
	return 0;
}

static int give(struct seki_lines *l, size_t len, char **ret, size_t *ret_len)
{
	*ret = l->buf + l->begin;
	*ret_len = len;
	l->begin += len;
	l->number++;
	return 1;
}

int seki_lines_next(struct seki_lines *l, char **ret, size_t *ret_len)
{
	for (;;) {
		char *end = memchr(l->buf + l->begin, '\n', l->len - l->begin);
		int err;

		if (end) {
			*end = '\0';
			give(l, (size_t)(end - l->buf) - l->begin, ret, ret_len);
			l->begin++;
			return 1;
		}
		err = more(l);
		if (err == -EMSGSIZE) {
			/* Not ours: give it away as one bad line and go on. */
			l->buf[l->len] = '\0';
			return give(l, l->len - l->begin, ret, ret_len);
		}
		if (err || l->end)
			return err;
	}
}

int seki_lines_rest(struct seki_lines *l, char **ret, size_t *ret_len)
{
	if (l->begin == l->len)
		return 0;
	l->buf[l->len] = '\0';
	return give(l, l->len - l->begin, ret, ret_len);
}
