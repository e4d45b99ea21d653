// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "userspace/evidence/log.h"

/* No record is longer; what is longer is no record. */
#define LINE_MAX_BYTES (1u << 20)

/* Numbers of lines are those of records: the first has 0, as line 1 of a file. */
static int open_log(struct seki_lines *l)
{
	uint64_t first;
	int err = seki_log_first(l->fd, &first);

	if (!err)
		err = seki_log_reader_open(l->fd, first, SEKI_LOG_WRITTEN, &l->log);
	if (!err)
		seki_log_reader_passed(l->log, seki_whole_pass, &l->told);
	return err;
}

int seki_lines_open(struct seki_lines *l, const char *path)
{
	struct stat st;
	int err;

	*l = (struct seki_lines){ .fd = -1 };
	l->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
	if (l->fd < 0)
		return -errno;
	if (!fstat(l->fd, &st) && S_ISDIR(st.st_mode)) {
		err = open_log(l);
		if (err)
			seki_lines_close(l);
		return err;
	}
	l->cap = 2 * LINE_MAX_BYTES;
	l->buf = malloc(l->cap + 1);
	if (!l->buf) {
		seki_lines_close(l);
		return -ENOMEM;
	}
	return 0;
}

void seki_lines_near_end(struct seki_lines *l, uint64_t count)
{
	struct seki_log_reader *r;
	uint64_t size, first;

	if (!l->log || seki_log_signed(l->fd, &size) || seki_log_first(l->fd, &first) ||
	    size < first + count || seki_log_reader_open(l->fd, size - count, SEKI_LOG_WRITTEN, &r))
		return;
	seki_log_reader_close(l->log);
	l->log = r;
	seki_log_reader_passed(l->log, seki_whole_pass, &l->told);
}

void seki_lines_wait(struct seki_lines *l, int timeout)
{
	if (l->log)
		seki_log_reader_wait(l->log, timeout);
	else
		poll(NULL, 0, timeout);
}

void seki_lines_close(struct seki_lines *l)
{
	seki_log_reader_close(l->log);
	if (l->fd >= 0)
		close(l->fd);
	free(l->buf);
	seki_whole_free(&l->told);
	*l = (struct seki_lines){ .fd = -1 };
}

static int next_record(struct seki_lines *l, char **ret, size_t *ret_len)
{
	struct seki_log_record r;
	int got = seki_log_read(l->log, &r);

	if (got <= 0)
		return got;
	*ret = (char *)r.data;
	*ret_len = r.size;
	l->number = r.index;
	seki_whole_pass(&l->told, r.data, r.size);
	return 1;
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
	seki_whole_pass(&l->told, *ret, len);
	return 1;
}

json_t *seki_lines_whole(struct seki_lines *l, const char *line, size_t len)
{
	return seki_whole_read(&l->told, line, len);
}

int seki_lines_next(struct seki_lines *l, char **ret, size_t *ret_len)
{
	if (l->log)
		return next_record(l, ret, ret_len);
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
	if (l->log || l->begin == l->len)
		return 0;
	l->buf[l->len] = '\0';
	return give(l, l->len - l->begin, ret, ret_len);
}

int seki_lines_each(struct seki_lines *l, char **ret, size_t *ret_len)
{
	int got = seki_lines_next(l, ret, ret_len);

	return got ? got : seki_lines_rest(l, ret, ret_len);
}

uint64_t seki_boot_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int seki_lines_watch(struct seki_lines *l, unsigned int ms,
		     bool (*take)(json_t *record, uint64_t number, void *of), void *of)
{
	uint64_t end = seki_boot_ms() + ms;
	bool took = false;
	size_t len = 0;
	char *line = NULL;
	int got;

	while (!took && (got = seki_lines_next(l, &line, &len)) >= 0) {
		json_t *record = got ? seki_lines_whole(l, line, len) : NULL;

		took = record && take(record, l->number, of);
		json_decref(record);
		if (!got && seki_boot_ms() > end)
			return 0;
		if (!got)
			seki_lines_wait(l, 100);
	}
	return took ? 1 : got;
}
