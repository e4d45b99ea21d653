// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/evidence/sha_two.h"

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#define BLOCK 64u
#define WITH_SHA __attribute__((target("sha,sse4.1")))

/* clang-format off */
static const uint32_t round_words[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static bool has_sha(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && c & bit_SSE4_1 &&
	       __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA;
}

/* The eight words as the instructions want them. */
struct state {
	__m128i abef, cdgh;
};

struct lane {
	struct state s;
	const uint8_t *data;
	size_t whole, blocks; /* that need no padding; all */
	uint8_t head[BLOCK], end[2 * BLOCK];
};

static void begin(struct lane *l, const struct seki_sha_message *m)
{
	size_t size = m->size + 1, rest = size % BLOCK;
	uint64_t bits = __builtin_bswap64(8 * (uint64_t)size);
	uint8_t *first;

	l->s.abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
	l->s.cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
	l->data = m->data;
	l->whole = size / BLOCK;
	l->blocks = l->whole + (rest + 1 + sizeof(bits) > BLOCK ? 2 : 1);
	memset(l->end, 0, sizeof(l->end));
	if (l->whole) {
		memcpy(l->head + 1, l->data, BLOCK - 1);
		memcpy(l->end, l->data + m->size - rest, rest);
	} else {
		memcpy(l->end + 1, l->data, m->size);
	}
	first = l->whole ? l->head : l->end;
	*first = m->first;
	l->end[rest] = 0x80;
	memcpy(l->end + (l->blocks - l->whole) * BLOCK - sizeof(bits), &bits, sizeof(bits));
}

static const uint8_t *block(const struct lane *l, size_t i)
{
	if (i >= l->whole)
		return l->end + (i - l->whole) * BLOCK;
	return i ? l->data + i * BLOCK - 1 : l->head;
}

WITH_SHA static inline __m128i swap_bytes(__m128i words)
{
	return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

/* The four words of the schedule that follow the sixteen in w. */
WITH_SHA static inline __m128i next_words(const __m128i w[4], int at)
{
	__m128i before = w[(at + 3) & 3], sum = _mm_sha256msg1_epu32(w[at], w[(at + 1) & 3]);

	sum = _mm_add_epi32(sum, _mm_alignr_epi8(before, w[(at + 2) & 3], 4));
	return _mm_sha256msg2_epu32(sum, before);
}

WITH_SHA static inline void four_rounds(struct state *s, __m128i words, int at)
{
	const __m128i *k = (const void *)&round_words[at];
	__m128i sum = _mm_add_epi32(words, _mm_load_si128(k));

	s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sum);
	s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

/* Side by side, so that each works while the other waits. */
WITH_SHA static void compress(struct lane *a, const uint8_t *of_a, struct lane *b,
			      const uint8_t *of_b)
{
	struct state s = a->s, t = b->s;
	__m128i v[4], w[4];

#pragma GCC unroll 16
	for (int i = 0; i < 16; i++) {
		int at = i & 3;

		v[at] = i < 4 ? swap_bytes(_mm_loadu_si128((const void *)(of_a + 16 * i))) :
				next_words(v, at);
		w[at] = i < 4 ? swap_bytes(_mm_loadu_si128((const void *)(of_b + 16 * i))) :
				next_words(w, at);
		four_rounds(&s, v[at], 4 * i);
		four_rounds(&t, w[at], 4 * i);
	}
	a->s.abef = _mm_add_epi32(a->s.abef, s.abef);
	a->s.cdgh = _mm_add_epi32(a->s.cdgh, s.cdgh);
	b->s.abef = _mm_add_epi32(b->s.abef, t.abef);
	b->s.cdgh = _mm_add_epi32(b->s.cdgh, t.cdgh);
}

WITH_SHA static void finish(const struct lane *l, struct seki_hash *ret)
{
	__m128i abcd = _mm_unpackhi_epi64(l->s.cdgh, l->s.abef);
	__m128i efgh = _mm_unpacklo_epi64(l->s.cdgh, l->s.abef);
	const __m128i turn = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);

	_mm_storeu_si128((void *)ret->b, _mm_shuffle_epi8(abcd, turn));
	_mm_storeu_si128((void *)(ret->b + 16), _mm_shuffle_epi8(efgh, turn));
}

/* The longer one, beside a copy of itself. */
static void end_alone(struct lane *l, size_t from)
{
	struct lane copy = *l;

	for (size_t i = from; i < l->blocks; i++)
		compress(l, block(l, i), &copy, block(l, i));
}

bool seki_sha_two(const struct seki_sha_message of[2], struct seki_hash ret[2])
{
	static int there = -1;
	struct lane a, b;
	size_t i;

	if (there < 0)
		there = has_sha();
	if (!there)
		return false;
	begin(&a, &of[0]);
	begin(&b, &of[1]);
	for (i = 0; i < a.blocks && i < b.blocks; i++)
		compress(&a, block(&a, i), &b, block(&b, i));
	if (a.blocks != b.blocks)
		end_alone(a.blocks > i ? &a : &b, i);
	finish(&a, &ret[0]);
	finish(&b, &ret[1]);
	return true;
}

#else

bool seki_sha_two(const struct seki_sha_message of[2], struct seki_hash ret[2])
{
	(void)of;
	(void)ret;
	return false;
}

#endif
