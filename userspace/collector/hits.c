// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/hits.h"

#include <stdio.h>

#include "bpf/hits.h"

/* Bytes of an answer, about: it goes out in one piece. */
#define PAGE (64u << 10)

static void add(struct seki_hits *sum, const struct seki_hits *one)
{
	for (int i = 0; i < SEKI_VERDICTS; i++)
		sum->count[i] += one->count[i];
	if (one->last_ns > sum->last_ns)
		sum->last_ns = one->last_ns;
}

/* Places: the labels, then the rules; 0 of the rules has those without a row. */
static struct seki_hits sum_at(const struct seki_hits_view *v, struct seki_hits_shape shape,
			       __u32 slot, uint64_t at)
{
	struct seki_hits sum = { 0 };

	if (at < SEKI_LABEL_MAX)
		return v->all[seki_hits_label(shape, slot, (__u32)at)];
	for (__u32 cpu = 0; cpu < shape.shares; cpu++)
		add(&sum, &v->all[seki_hits_rule(shape, slot, cpu, (__u32)(at - SEKI_LABEL_MAX))]);
	return sum;
}

static bool was_hit(const struct seki_hits *h)
{
	for (int i = 0; i < SEKI_VERDICTS; i++)
		if (h->count[i])
			return true;
	return false;
}

static void put_row(const struct seki_policy *p, uint64_t at, const struct seki_hits *h,
		    struct seki_clock *clock, struct seki_buf *b)
{
	char number[SEKI_NUMBER_TEXT], when[SEKI_TIME_TEXT];

	seki_buf_char(b, '{');
	if (at < SEKI_LABEL_MAX)
		seki_put_str(b, "label", seki_policy_label(p, (__u16)at, number));
	else
		seki_put_u64(b, "rule", at - SEKI_LABEL_MAX);
	seki_put_u64(b, "allowed", h->count[SEKI_ALLOWED]);
	seki_put_u64(b, "denied", h->count[SEKI_DENIED]);
	seki_put_u64(b, "would_deny", h->count[SEKI_WOULD_DENY]);
	if (h->count[SEKI_LEFT_OUT])
		seki_put_u64(b, "left_out", h->count[SEKI_LEFT_OUT]);
	seki_put_strn(b, "last", when, seki_clock_text(clock, h->last_ns, when));
	seki_put_close(b, '}');
}

static void put_rows(const struct seki_hits_view *v, const struct seki_policy *p,
		     struct seki_clock *clock, uint64_t at, struct seki_buf *b)
{
	struct seki_hits_shape shape = seki_hits_shape_of(v->meta, v->entries);
	uint64_t end = SEKI_LABEL_MAX + (uint64_t)shape.rows;
	__u32 slot = p->meta.generation & 1;

	seki_put_open(b, "hits", '[');
	for (; at < end && b->len < PAGE; at++) {
		struct seki_hits h = sum_at(v, shape, slot, at);

		if (was_hit(&h))
			put_row(p, at, &h, clock, b);
	}
	seki_put_close(b, ']');
	if (at < end)
		seki_put_u64(b, "next", at);
}

void seki_hits_put(const struct seki_hits_view *v, const struct seki_policy *p,
		   struct seki_clock *clock, uint64_t at, struct seki_buf *b)
{
	char when[SEKI_TIME_TEXT];

	seki_buf_char(b, '{');
	if (p && v->meta && v->all) {
		seki_put_str(b, "name", p->meta.name);
		seki_put_u64(b, "version", p->meta.policy_version);
		seki_put_str(b, "digest", p->digest);
		seki_put_u64(b, "generation", p->meta.generation);
		seki_put_strn(b, "since", when, seki_clock_text(clock, p->meta.loaded_ns, when));
		seki_put_u64(b, "rows", v->meta->hit_rows);
		put_rows(v, p, clock, at, b);
	}
	seki_buf_close(b, '}');
	seki_buf_char(b, '\n');
}

/* Of all shares; 0 is what rules without a row have together. */
static uint64_t left_out(const struct seki_hits_view *v, struct seki_hits_shape shape, __u32 slot,
			 __u32 rule)
{
	uint64_t n = 0;

	for (__u32 cpu = 0; cpu < shape.shares; cpu++)
		n += v->all[seki_hits_rule(shape, slot, cpu, rule)].count[SEKI_LEFT_OUT];
	return n;
}

void seki_left_out_put(const struct seki_hits_view *v, __u32 generation, struct seki_buf *b)
{
	struct seki_hits_shape shape = { 0 };

	if (v->meta && v->all)
		shape = seki_hits_shape_of(v->meta, v->entries);
	seki_buf_char(b, '{');
	for (__u32 i = 0; i < shape.rows; i++) {
		uint64_t n = left_out(v, shape, generation & 1, i);

		if (!n)
			continue;
		seki_buf_char(b, '"');
		seki_buf_u64(b, i);
		seki_buf_lit(b, "\":");
		seki_buf_u64(b, n);
		seki_buf_char(b, ',');
	}
	seki_put_close(b, '}');
}
