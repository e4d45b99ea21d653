/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf.h - what a program or library asks the dynamic loader for.
 */
#ifndef SEKI_POLICY_ELF_H
#define SEKI_POLICY_ELF_H

#include <stdbool.h>

#include "userspace/lib/arena.h"

#define SEKI_ELF_NEEDED_MAX 256

struct seki_elf {
	unsigned char class; /* ELFCLASS32, ELFCLASS64 */
	unsigned short machine;
	const char *interpreter; /* NULL: none */
	const char *runpath;	 /* DT_RUNPATH or DT_RPATH; NULL: none */
	const char *needed[SEKI_ELF_NEEDED_MAX];
	unsigned int n_needed;
};

/* False if the file is not an ELF program or library, or can't be read. */
bool seki_elf_read(const char *path, struct seki_arena *arena, struct seki_elf *ret);

#endif /* SEKI_POLICY_ELF_H */
