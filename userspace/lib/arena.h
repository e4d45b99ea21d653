/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory that lives and dies together: the syntax tree and the model
 * of one policy.  Nothing in it is freed alone.
 */
#ifndef SEKI_ARENA_H
#define SEKI_ARENA_H

#include <stddef.h>

struct seki_arena_block;
struct seki_arena {
	struct seki_arena_block *blocks;
	size_t left; /* bytes free in the first block */
};

/* Zeroed, aligned for any type.  Out of memory ends the program: the compiler
 * is a short-lived tool and half a policy is of no use.
 */
void *seki_arena_alloc(struct seki_arena *a, size_t size);
void *seki_arena_array(struct seki_arena *a, size_t count, size_t size);
char *seki_arena_copy(struct seki_arena *a, const char *text, size_t len);
char *seki_arena_printf(struct seki_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void seki_arena_free(struct seki_arena *a);

#endif /* SEKI_ARENA_H */
