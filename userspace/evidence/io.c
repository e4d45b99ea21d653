// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"

#define PAGE 4096u
#define LONG (256u << 10)
#define FILE_MODE 0640
#define DIRECTORY_MODE 0750

static int result(int err)
{
	return err ? -errno : 0;
}

static int system_open(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

	return fd < 0 ? -errno : fd;
}

/* The disk begins with the whole pages of a long write while the next records are made,
 * so that the sync to come has less to wait for.  It promises nothing: that is the
 * sync's, which also tells what failed on the way.
 */
static void begin_writing(int fd, uint64_t at, uint64_t end)
{
	at -= at % PAGE;
	end -= end % PAGE;
	if (end > at && end - at >= LONG)
		sync_file_range(fd, (off_t)at, (off_t)(end - at), SYNC_FILE_RANGE_WRITE);
}

static ssize_t system_write(int fd, const void *data, size_t size, uint64_t at)
{
	ssize_t n = pwrite(fd, data, size, (off_t)at);

	if (n > 0)
		begin_writing(fd, at, at + (uint64_t)n);
	return n < 0 ? -errno : n;
}

static int system_truncate(int fd, uint64_t size)
{
	return result(ftruncate(fd, (off_t)size));
}

static int system_sync(int fd)
{
	return result(fdatasync(fd));
}

static int system_sync_all(int fd)
{
	return result(syncfs(fd));
}

static int system_rename(int dir, const char *from, const char *to)
{
	return result(renameat(dir, from, dir, to));
}

static int system_remove(int dir, const char *name, int flags)
{
	return result(unlinkat(dir, name, flags));
}

static int system_mkdir(int dir, const char *name)
{
	return result(mkdirat(dir, name, DIRECTORY_MODE));
}

const struct seki_log_io seki_log_io_system = {
	.open = system_open,
	.write = system_write,
	.truncate = system_truncate,
	.sync = system_sync,
	.sync_all = system_sync_all,
	.rename = system_rename,
	.remove = system_remove,
	.mkdir = system_mkdir,
};

int seki_io_write(const struct seki_log_io *io, int fd, const void *data, size_t size, uint64_t at)
{
	const char *p = data;

	while (size) {
		ssize_t n = io->write(fd, p, size, at);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n ? (int)n : -EIO;
		p += n;
		at += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

int seki_io_put(const struct seki_log_io *io, int dir, const char *name, const void *data,
		size_t size)
{
	int fd = io->open(dir, name, O_WRONLY | O_CREAT | O_TRUNC), err;

	if (fd < 0)
		return fd;
	err = seki_io_write(io, fd, data, size, 0);
	close(fd);
	return err;
}

int seki_io_get(int dir, const char *name, size_t max, char **ret, size_t *ret_size)
{
	seki_autoclose int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	seki_autofree char *text = NULL;
	struct stat st;
	size_t done = 0;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > max)
		return -EFBIG;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	while (done < (size_t)st.st_size) {
		ssize_t n = read(fd, text + done, (size_t)st.st_size - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			break; /* cut while we read it */
		done += n > 0 ? (size_t)n : 0;
	}
	text[done] = '\0';
	*ret = TAKE_PTR(text);
	*ret_size = done;
	return 0;
}
