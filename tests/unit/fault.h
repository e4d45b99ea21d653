/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - what the log does to files, step by step, with a failure, a kill or
 * a power cut at any of them.
 *
 * Besides doing each step it keeps a model of the disk: what a file and a
 * directory hold now, and what they held at their last synchronisation.  So the
 * disk can be written as a power cut at this moment might leave it.
 */
#ifndef SEKI_TEST_FAULT_H
#define SEKI_TEST_FAULT_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/evidence/io.h"

/* ---- the plan ------------------------------------------------------------ */

static struct fault {
	uint64_t step;	/* of the next operation, from 1 */
	uint64_t at;	/* first step that fails; 0: none */
	uint64_t count; /* steps that fail */
	int error;	/* positive errno; 0: kill */
	bool torn;	/* a write that fails or is killed has done half */
} fault;

/* ---- the model ----------------------------------------------------------- */

#define MODEL_FILES 4096
#define MODEL_NAME 96

struct model_bytes {
	char *data;
	size_t size;
};

struct model_file {
	char name[MODEL_NAME], durable_name[MODEL_NAME]; /* "": has none */
	bool directory;
	struct model_bytes now, durable;
	size_t last; /* bytes of the last write, at the end of .now */
};

static struct model_file model[MODEL_FILES];
static int models;
static int model_of_fd[1024];
static bool modelling;

static inline struct model_file *model_find(const char *name)
{
	for (int i = models - 1; i >= 0; i--)
		if (!strcmp(model[i].name, name))
			return &model[i];
	return NULL;
}

static inline struct model_file *model_add(const char *name, bool directory)
{
	struct model_file *f = model_find(name);

	if (f)
		return f;
	if (models == MODEL_FILES)
		abort();
	f = &model[models++];
	*f = (struct model_file){ .directory = directory };
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

static inline void model_resize(struct model_bytes *b, size_t size)
{
	b->data = realloc(b->data, size + 1);
	if (size > b->size)
		memset(b->data + b->size, 0, size - b->size);
	b->size = size;
}

static inline void model_keep(struct model_file *f)
{
	if (f->now.size)
		model_resize(&f->durable, f->now.size);
	f->durable.size = f->now.size;
	if (f->now.size)
		memcpy(f->durable.data, f->now.data, f->now.size);
}

static inline void model_reset(void)
{
	for (int i = 0; i < models; i++) {
		free(model[i].now.data);
		free(model[i].durable.data);
	}
	models = 0;
}

enum power {
	POWER_STRICT, /* neither data nor names that were not synchronised */
	POWER_NAMES,  /* all names, only data that was synchronised */
	POWER_TORN,   /* all, but half of the last write of each file */
	POWER_ZEROS,  /* all names and sizes; zeros where data was not synchronised */
	POWER_LATE,   /* as before, but the last write did arrive */
	POWER_COUNT,
};

static inline struct model_bytes power_bytes(const struct model_file *f, enum power power)
{
	struct model_bytes b = { 0 };
	size_t keep = f->durable.size < f->now.size ? f->durable.size : f->now.size;

	if (power == POWER_STRICT || power == POWER_NAMES) {
		model_resize(&b, f->durable.size);
		if (b.size)
			memcpy(b.data, f->durable.data, b.size);
		return b;
	}
	model_resize(&b, f->now.size);
	if (b.size)
		memcpy(b.data, f->now.data, b.size);
	if (power == POWER_TORN) {
		b.size -= f->now.size > keep ? f->last / 2 : 0;
		return b;
	}
	if (f->now.size > keep)
		memset(b.data + keep, 0,
		       f->now.size - keep -
			       (power == POWER_LATE && f->last <= f->now.size - keep ? f->last :
										       0));
	return b;
}

/* Write the disk below to as it may be after a power cut now. */
static inline void power_cut(const char *to, enum power power)
{
	int dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < models; i++) {
			const struct model_file *f = &model[i];
			const char *name = power == POWER_STRICT ? f->durable_name : f->name;
			struct model_bytes b;
			int fd;

			if (!*name || f->directory == pass)
				continue;
			if (f->directory) {
				mkdirat(dir, name, 0750);
				continue;
			}
			b = power_bytes(f, power);
			fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0640);
			if (fd < 0 && power == POWER_STRICT) {
				free(b.data); /* its directory is not durable */
				continue;
			}
			if (fd < 0 || (b.size && write(fd, b.data, b.size) != (ssize_t)b.size))
				abort();
			close(fd);
			free(b.data);
		}
	close(dir);
}

/* ---- the steps ------------------------------------------------------------ */

/* 0, or the error of this step; or the end of the process. */
static inline int step(void)
{
	fault.step++;
	if (!fault.at || fault.step < fault.at || fault.step >= fault.at + fault.count)
		return 0;
	if (!fault.error)
		raise(SIGKILL);
	return -fault.error;
}

static inline bool now_torn(void)
{
	return fault.torn && fault.at && fault.step + 1 == fault.at;
}

static int fault_open(int dir, const char *name, int flags)
{
	int err = step(), fd;

	if (err)
		return err;
	fd = seki_log_io_system.open(dir, name, flags);
	if (fd >= 0 && modelling) {
		struct model_file *f = model_add(name, false);

		if (flags & O_TRUNC)
			f->now.size = 0;
		model_of_fd[fd] = (int)(f - model);
	}
	return fd;
}

static ssize_t fault_write(int fd, const void *data, size_t size, uint64_t at)
{
	bool torn = now_torn();
	ssize_t n = torn && size > 1 ? seki_log_io_system.write(fd, data, size / 2, at) : 0;
	int err = step();

	if (err)
		return err;
	n = seki_log_io_system.write(fd, data, size, at);
	if (n > 0 && modelling) {
		struct model_file *f = &model[model_of_fd[fd]];

		if (at + (size_t)n > f->now.size)
			model_resize(&f->now, at + (size_t)n);
		memcpy(f->now.data + at, data, (size_t)n);
		f->last = (size_t)n;
	}
	return n;
}

static int fault_truncate(int fd, uint64_t size)
{
	int err = step();

	if (!err)
		err = seki_log_io_system.truncate(fd, size);
	if (!err && modelling)
		model_resize(&model[model_of_fd[fd]].now, size);
	return err;
}

static inline bool below_root(const char *name)
{
	return !strchr(name, '/');
}

/* A directory synchronised keeps the names in it: the log has one that counts. */
static inline void model_keep_names(bool all)
{
	for (int i = 0; i < models; i++)
		if (all || below_root(*model[i].name ? model[i].name : model[i].durable_name))
			memcpy(model[i].durable_name, model[i].name, MODEL_NAME);
}

static inline bool is_directory(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISDIR(st.st_mode);
}

static int fault_sync(int fd)
{
	int err = step();

	if (err || !modelling)
		return err;
	if (is_directory(fd))
		model_keep_names(false);
	else
		model_keep(&model[model_of_fd[fd]]);
	return 0;
}

static int fault_sync_all(int fd)
{
	int err = step();

	(void)fd;
	for (int i = 0; !err && modelling && i < models; i++)
		model_keep(&model[i]);
	if (!err && modelling)
		model_keep_names(true);
	return err;
}

static int fault_rename(int dir, const char *from, const char *to)
{
	int err = step();

	if (!err)
		err = seki_log_io_system.rename(dir, from, to);
	if (!err && modelling) {
		struct model_file *old = model_find(to);

		if (old)
			old->name[0] = '\0';
		snprintf(model_find(from)->name, MODEL_NAME, "%s", to);
	}
	return err;
}

static int fault_remove(int dir, const char *name, int flags)
{
	int err = step();
	struct model_file *f;

	if (!err)
		err = seki_log_io_system.remove(dir, name, flags);
	f = !err && modelling ? model_find(name) : NULL;
	if (f)
		f->name[0] = '\0';
	return err;
}

static int fault_mkdir(int dir, const char *name)
{
	int err = step();

	if (!err)
		err = seki_log_io_system.mkdir(dir, name);
	if (!err && modelling)
		model_add(name, true);
	return err;
}

static const struct seki_log_io fault_io = {
	.open = fault_open,
	.write = fault_write,
	.truncate = fault_truncate,
	.sync = fault_sync,
	.sync_all = fault_sync_all,
	.rename = fault_rename,
	.remove = fault_remove,
	.mkdir = fault_mkdir,
};

#endif /* SEKI_TEST_FAULT_H */
