/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path.h - names from the kernel to a path that people can read.
 *
 * For people only: authorisation and identity never depend on it.
 */
#ifndef SEKI_PATH_H
#define SEKI_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"

#define SEKI_PATH_TEXT 1024
#define SEKI_MOUNT_TEXT 256

struct seki_path_text {
	size_t len;   /* 0: no path known */
	bool partial; /* names above are missing, or one is cut */
	char text[SEKI_PATH_TEXT];
};

struct seki_mount {
	uint32_t dev;		    /* kernel encoding */
	char root[SEKI_MOUNT_TEXT]; /* what of the filesystem is mounted */
	char point[SEKI_MOUNT_TEXT];
};

struct seki_mounts {
	struct seki_mount *mounts;
	size_t count;
	int fd; /* of mountinfo, polled for changes; -1: none */
	/* The directory of the path before, and its text: the next is often there too. */
	uint32_t last_dev; /* 0: none */
	struct seki_path last;
	char dir[SEKI_PATH_TEXT];
	size_t dir_len;
};

/* Read a mountinfo file; one that can't be read leaves an empty table. */
void seki_mounts_open(struct seki_mounts *m, const char *mountinfo);
/* Read it again if the kernel says it changed. */
void seki_mounts_refresh(struct seki_mounts *m);
void seki_mounts_close(struct seki_mounts *m);

void seki_path_text(struct seki_mounts *m, uint32_t dev, const struct seki_path *p,
		    struct seki_path_text *ret);

/* From user space's dev_t to the kernel's. */
uint32_t seki_dev_kernel(uint64_t st_dev);

#endif /* SEKI_PATH_H */
