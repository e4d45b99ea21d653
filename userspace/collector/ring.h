/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ring.h - stage 1: bytes of events, from a BPF ring buffer or a recorded file.
 *
 * Read by hand and not through libbpf's ring_buffer__poll(), which gives each
 * slot back to the kernel as soon as the callback returns.  Here reading and
 * giving back are two steps: a slot is given back only after its record was
 * written, so a killed collector finds unwritten events again.
 */
#ifndef SEKI_RING_H
#define SEKI_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct seki_ring {
	uint64_t *consumer;	  /* shared with the kernel, ours to move */
	const uint64_t *producer; /* shared with the kernel, read only */
	const uint8_t *data;	  /* mapped twice in a row: no event wraps */
	uint64_t mask;		  /* size of the data - 1 */
	uint64_t read;		  /* read so far; consumer follows on release */
	int fd;			  /* for poll(2); -1: none */
};

/* Map the ring buffer behind a BPF map descriptor.  0 or negative errno. */
int seki_ring_map(int fd, size_t size, struct seki_ring *ret);
/* Begin at the consumer's position; used by seki_ring_map() and tests. */
void seki_ring_begin(struct seki_ring *r);

/* The next event in place: 1, or 0 when there is none yet, or -EBADMSG when
 * the ring holds what no kernel writes.
 */
int seki_ring_next(struct seki_ring *r, const void **ret, size_t *ret_size);
/* Give back all that was read. */
void seki_ring_release(struct seki_ring *r);
/* Bytes given back since the load; bytes waiting, read and not released ones included. */
uint64_t seki_ring_read(const struct seki_ring *r);
uint64_t seki_ring_backlog(const struct seki_ring *r);
/* Position of the kernel, to be compared with .read. */
uint64_t seki_ring_end(const struct seki_ring *r);

/* A recorded byte file: {u32 size, bytes}...  buf is 8-byte aligned.
 * 1, 0 at the end, -EBADMSG if cut or a frame does not fit.
 */
int seki_frame_next(FILE *f, void *buf, size_t cap, size_t *ret_size);

#endif /* SEKI_RING_H */
