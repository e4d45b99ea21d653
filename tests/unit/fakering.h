/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakering.h - a BPF ring buffer in shared memory with this process as the
 * kernel's side: the same layout, the same double mapping, losses counted.
 */
#ifndef SEKI_TEST_FAKERING_H
#define SEKI_TEST_FAKERING_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "userspace/collector/ring.h"

struct fakering {
	int fd;
	size_t size;
	uint64_t *consumer, *producer;
	uint8_t *data;
};

static inline void fakering_make(struct fakering *f, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *at;

	f->size = size;
	f->fd = memfd_create("ring", 0);
	if (f->fd < 0 || ftruncate(f->fd, (off_t)(2 * page + size)))
		abort();
	/* consumer page, producer page, data, data again */
	at = mmap(NULL, 2 * page + 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mmap(at, 2 * page + size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, f->fd, 0) ==
		    MAP_FAILED ||
	    mmap(at + 2 * page + size, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, f->fd,
		 (off_t)(2 * page)) == MAP_FAILED)
		abort();
	f->consumer = (uint64_t *)(void *)at;
	f->producer = (uint64_t *)(void *)(at + page);
	f->data = at + 2 * page;
}

/* 0: no room, the event is lost. */
static inline int fakering_put(struct fakering *f, const void *event, uint32_t len)
{
	uint64_t end = *f->producer, step = (len + 8 + 7) & ~7ull;
	uint8_t *at = f->data + (end & (f->size - 1));

	if (end + step - __atomic_load_n(f->consumer, __ATOMIC_ACQUIRE) > f->size)
		return 0;
	memcpy(at + 8, event, len);
	__atomic_store_n((uint32_t *)(void *)at, len, __ATOMIC_RELEASE);
	__atomic_store_n(f->producer, end + step, __ATOMIC_RELEASE);
	return 1;
}

static inline struct seki_ring fakering_reader(const struct fakering *f)
{
	struct seki_ring r = { .consumer = f->consumer,
			       .producer = f->producer,
			       .data = f->data,
			       .mask = f->size - 1,
			       .fd = -1 };

	seki_ring_begin(&r);
	return r;
}

#endif /* SEKI_TEST_FAKERING_H */
