// SPDX-License-Identifier: GPL-2.0-only
/*
 * trial.bpf.c - the policy before is back when nobody confirmed the next in time.
 *
 * The kernel keeps the time: its timer needs no process, and hooks don't look at
 * it.  The slot beside still holds the policy before, frozen; it comes back under
 * a new generation, since labels found under an old one may be out of date.  The
 * loader starts the timer; when it ends early it looks at the state only, so
 * starting it again, whoever does, changes nothing.
 */
#include "bpf/emit.bpf.h"
#include "bpf/iter.bpf.h"

#define CLOCK_BOOTTIME 7
#define AGAIN_NS 100000000ull /* for a record that found the ring full */

/* True if it was still open: the loader, to confirm, does the same. */
static __always_inline bool decide(struct seki_trial *t, __u32 generation)
{
	return generation &&
	       __sync_val_compare_and_swap(&t->generation, generation, 0) == generation;
}

static __always_inline void describe(struct seki_meta *meta, const struct seki_trial *t)
{
	meta->policy_version = t->back.version;
	meta->mode = t->back.mode;
	meta->loaded_ns = bpf_ktime_get_boot_ns();
	meta->trial_ns = 0;
	__builtin_memcpy(meta->digest, t->back.digest, sizeof(meta->digest));
	__builtin_memcpy(meta->name, t->back.name, sizeof(meta->name));
}

static __always_inline void bring_back(struct seki_trial *t, __u32 generation)
{
	__u32 zero = 0;
	struct seki_meta *meta = bpf_map_lookup_elem(&seki_meta, &zero);

	/* A loader that ended before it sealed left a trial of nothing. */
	if (seki_generation() != generation)
		return;
	if (meta) {
		describe(meta, t);
		*(volatile __u32 *)&meta->generation = generation + 1;
	}
	*(volatile __u32 *)&seki_state.generation = generation + 1;
	t->owed = 1;
}

static __always_inline bool tell(const struct seki_trial *t)
{
	__u64 number = seki_number();
	struct seki_policy_event *p = bpf_ringbuf_reserve(&seki_evidence, sizeof(*p), 0);

	if (!p) {
		seki_count(loss[SEKI_LOSS_EVIDENCE_FULL]);
		return false;
	}
	__builtin_memset(p, 0, sizeof(*p));
	seki_emit_bare(&p->e, number);
	p->e.size = sizeof(*p);
	p->e.kind = SEKI_EVENT_POLICY;
	p->e.flags = SEKI_EVENT_KTHREAD;
	p->act = SEKI_POLICY_RETURNED;
	p->version = t->back.version;
	__builtin_memcpy(p->digest, t->back.digest, sizeof(p->digest));
	__builtin_memcpy(p->key, t->back.key, sizeof(p->key));
	__builtin_memcpy(p->name, t->back.name, sizeof(p->name));
	bpf_ringbuf_submit(p, 0);
	return true;
}

static int trial_over(void *map, __u32 *key, struct seki_clock *clock)
{
	struct seki_trial *t = &seki_state.trial;
	__u32 generation = *(volatile __u32 *)&t->generation;
	__u64 now = bpf_ktime_get_boot_ns();

	if (generation && now < t->until) {
		bpf_timer_start(&clock->timer, t->until - now, 0);
		return 0;
	}
	if (decide(t, generation))
		bring_back(t, generation);
	if (t->owed && tell(t))
		t->owed = 0;
	if (t->owed)
		bpf_timer_start(&clock->timer, AGAIN_NS, 0);
	return 0;
}

/* Over one task, so it runs once; a byte says that the clock ticks. */
SEC("iter/task")
int enroll_trial(struct bpf_iter__task *ctx)
{
	__u32 zero = 0;
	struct seki_clock *clock = bpf_map_lookup_elem(&seki_clock, &zero);
	__u8 ticks = 1;

	if (!ctx->task || !clock)
		return 0;
	bpf_timer_init(&clock->timer, &seki_clock, CLOCK_BOOTTIME); /* once; then it is busy */
	if (bpf_timer_set_callback(&clock->timer, trial_over) ||
	    bpf_timer_start(&clock->timer, 1, 0))
		return 0;
	bpf_seq_write(ctx->meta->seq, &ticks, sizeof(ticks));
	return 0;
}
