// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/lib/log.h"

#define BLOCK_SIZE (64u << 10)
#define ALIGNMENT 16u

struct seki_arena_block {
	struct seki_arena_block *next;
	size_t size;
	_Alignas(ALIGNMENT) char data[];
};

static void add_block(struct seki_arena *a, size_t size)
{
	struct seki_arena_block *b;

	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	b = calloc(1, sizeof(*b) + size);
	if (!b)
		seki_diex("out of memory");
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	a->left = size;
}

void *seki_arena_alloc(struct seki_arena *a, size_t size)
{
	void *p;

	if (size > SIZE_MAX / 2)
		seki_diex("out of memory");
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (!a->blocks || a->left < size)
		add_block(a, size);
	p = a->blocks->data + (a->blocks->size - a->left);
	a->left -= size;
	return p;
}

void *seki_arena_array(struct seki_arena *a, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		seki_diex("out of memory");
	return seki_arena_alloc(a, bytes);
}

char *seki_arena_copy(struct seki_arena *a, const char *text, size_t len)
{
	char *s = seki_arena_alloc(a, len + 1);

	memcpy(s, text, len);
	return s;
}

char *seki_arena_printf(struct seki_arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		n = 0;
	s = seki_arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return s;
}

void seki_arena_free(struct seki_arena *a)
{
	while (a->blocks) {
		struct seki_arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	a->left = 0;
}
