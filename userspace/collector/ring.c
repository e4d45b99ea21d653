// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Layout of a BPF ring buffer (kernel/bpf/ringbuf.c): the consumer's page,
 * writable for us; the producer's page and the data twice, read only.  Each
 * event is behind a head of 8 bytes, the first word its length and two flags.
 */
#define HEAD 8u
#define BUSY (1u << 31) /* reserved, not submitted yet */
#define DISCARDED (1u << 30)

int seki_ring_map(int fd, size_t size, struct seki_ring *ret)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer, *producer;

	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return -errno;
	producer = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (producer == MAP_FAILED) {
		int err = -errno;

		munmap(consumer, page);
		return err;
	}
	*ret = (struct seki_ring){
		.consumer = consumer,
		.producer = producer,
		.data = (const uint8_t *)producer + page,
		.mask = size - 1,
		.fd = fd,
	};
	seki_ring_begin(ret);
	return 0;
}

void seki_ring_begin(struct seki_ring *r)
{
	r->read = __atomic_load_n(r->consumer, __ATOMIC_ACQUIRE);
}

uint64_t seki_ring_end(const struct seki_ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
}

uint64_t seki_ring_read(const struct seki_ring *r)
{
	return __atomic_load_n(r->consumer, __ATOMIC_RELAXED);
}

uint64_t seki_ring_backlog(const struct seki_ring *r)
{
	return seki_ring_end(r) - seki_ring_read(r);
}

int seki_ring_next(struct seki_ring *r, const void **ret, size_t *ret_size)
{
	while (r->read < seki_ring_end(r)) {
		const uint8_t *at = r->data + (r->read & r->mask);
		uint32_t head =
			__atomic_load_n((const uint32_t *)(const void *)at, __ATOMIC_ACQUIRE);
		uint64_t len = head & ~(BUSY | DISCARDED);

		if (head & BUSY)
			return 0;
		if (len + HEAD > r->mask + 1)
			return -EBADMSG;
		r->read += (len + HEAD + 7) & ~7ull;
		if (head & DISCARDED)
			continue;
		*ret = at + HEAD;
		*ret_size = len;
		return 1;
	}
	return 0;
}

void seki_ring_release(struct seki_ring *r)
{
	__atomic_store_n(r->consumer, r->read, __ATOMIC_RELEASE);
}

int seki_frame_next(FILE *f, void *buf, size_t cap, size_t *ret_size)
{
	uint32_t size;
	size_t n = fread(&size, 1, sizeof(size), f);

	if (n == 0 && feof(f))
		return 0;
	if (n != sizeof(size) || size > cap || fread(buf, 1, size, f) != size)
		return -EBADMSG;
	*ret_size = size;
	return 1;
}
