/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io.h - what the log does to files, in one place: tests put failures, kills and
 * power cuts between any two of these steps.
 *
 * Every function returns 0, a count or a descriptor, or a negative errno.
 */
#ifndef SEKI_EVIDENCE_IO_H
#define SEKI_EVIDENCE_IO_H

#include <stdint.h>
#include <sys/types.h>

struct seki_log_io {
	int (*open)(int dir, const char *name, int flags);
	ssize_t (*write)(int fd, const void *data, size_t size, uint64_t at);
	int (*truncate)(int fd, uint64_t size);
	int (*sync)(int fd);	 /* fdatasync(2) of a file, fsync(2) of a directory */
	int (*sync_all)(int fd); /* syncfs(2) */
	int (*rename)(int dir, const char *from, const char *to);
	int (*remove)(int dir, const char *name, int flags);
	int (*mkdir)(int dir, const char *name);
};

extern const struct seki_log_io seki_log_io_system;

/* All bytes or an error. */
int seki_io_write(const struct seki_log_io *io, int fd, const void *data, size_t size, uint64_t at);
/* name with exactly these bytes; not synchronised. */
int seki_io_put(const struct seki_log_io *io, int dir, const char *name, const void *data,
		size_t size);

/* A whole file of at most max bytes, malloc'ed, with a NUL behind. */
int seki_io_get(int dir, const char *name, size_t max, char **ret, size_t *ret_size);

#endif /* SEKI_EVIDENCE_IO_H */
