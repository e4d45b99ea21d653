// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/lib/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

static int read_all(int fd, char *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, buf + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO; /* shrank while we read it */
		done += (size_t)n;
	}
	return 0;
}

int seki_file_read(const char *path, size_t max, char **ret, size_t *ret_size)
{
	seki_autoclose int fd = -1;
	seki_autofree char *buf = NULL;
	struct stat st;
	int err;

	/* Not blocked by a FIFO; the type is checked below. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size < 0 || (unsigned long long)st.st_size > max)
		return -EFBIG;

	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return -ENOMEM;
	err = read_all(fd, buf, (size_t)st.st_size);
	if (err)
		return err;
	buf[st.st_size] = '\0';
	*ret = TAKE_PTR(buf);
	*ret_size = (size_t)st.st_size;
	return 0;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static int sync_directory_of(const char *path)
{
	seki_autoclose int fd = -1;
	char dir[PATH_MAX], *slash;

	if (snprintf(dir, sizeof(dir), "%s", path) >= (int)sizeof(dir))
		return -ENAMETOOLONG;
	slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		return -errno;
	return 0;
}

static int fill(int fd, const void *data, size_t size, mode_t mode)
{
	int err = write_all(fd, data, size);

	if (err)
		return err;
	if (fchmod(fd, mode) || fsync(fd))
		return -errno;
	return 0;
}

int seki_file_write(const char *path, const void *data, size_t size, mode_t mode)
{
	seki_autoclose int fd = -1;
	seki_autofree char *temp = NULL;
	struct stat st;
	int err;

	/* A rename would put a file in place of /dev/stdout or a directory. */
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (asprintf(&temp, "%s.XXXXXX", path) < 0) {
		temp = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fill(fd, data, size, mode);
	if (!err && rename(temp, path))
		err = -errno;
	if (err) {
		unlink(temp);
		return err;
	}
	return sync_directory_of(path);
}
