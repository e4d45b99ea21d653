/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - read a whole file within a bound, write a whole file or nothing.
 */
#ifndef SEKI_FILE_H
#define SEKI_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* *ret is malloc'ed and has a NUL after size bytes.  0 or negative errno:
 * -EISDIR, -EINVAL for what is not a regular file, -EFBIG above max.
 */
int seki_file_read(const char *path, size_t max, char **ret, size_t *ret_size);

/* Temporary file beside path, fsync, rename, fsync of the directory: a reader
 * sees the old bytes or the new ones.  0 or negative errno.
 */
int seki_file_write(const char *path, const void *data, size_t size, mode_t mode);

#endif /* SEKI_FILE_H */
