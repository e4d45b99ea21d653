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

static json_t *at(json_t *record, const char *path)
{
	char key[32];

	while (record && *path) {
		size_t len = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		record = json_object_get(record, key);
		path += len + (path[len] == '.');
	}
	return record;
}

const char *seki_field(json_t *record, const char *path)
{
	const char *text = json_string_value(at(record, path));

	return text ? text : "";
}

json_int_t seki_field_int(json_t *record, const char *path)
{
	return json_integer_value(at(record, path));
}

/* jansson gives valid UTF-8 only. */
static size_t decode(const unsigned char *p, unsigned int *ret)
{
	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	if (p[0] < 0xe0) {
		*ret = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
		return 2;
	}
	if (p[0] < 0xf0) {
		*ret = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
		return 3;
	}
	*ret = (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
	return 4;
}

static bool unsafe(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

void seki_print_safe(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		unsigned int c;
		size_t len = decode(p, &c);

		if (unsafe(c))
			fprintf(out, "\\u{%04x}", c);
		else
			fwrite(p, 1, len, out);
		p += len;
	}
}
