// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.bpf.c - one request, one verdict, one record.
 *
 * The only reader of the matrix.  Refusals and would-be refusals go to the
 * evidence ring; accesses that the policy wants recorded reserve their slot in
 * the activity ring before they are let through: no slot, no access, unless the
 * policy says best-effort.
 */
#include "bpf/check.bpf.h"
#include "bpf/decide.h"
#include "bpf/emit.bpf.h"
#include "bpf/hits.h"
#include "bpf/rate.bpf.h"
#include "bpf/subject.bpf.h"

/* What seki_decide() found, in one word: a result in memory would be written for each
 * access, and most leave none.  0: let through, nothing to record.
 */
enum {
	FOUND_MISSING = 0,
	FOUND_VERDICT = SEKI_ACCESS_BITS,
	FOUND_RECORD = FOUND_VERDICT + 2,
	FOUND_REASON = FOUND_RECORD + 2,
	FOUND_RULE = 32,
};
_Static_assert(FOUND_REASON + 4 <= FOUND_RULE, "found");

static __always_inline __u32 found(__u64 word, int at, int end)
{
	return word >> at & ((1ull << (end - at)) - 1);
}

static __always_inline __u64 found_of(const struct seki_decision *d)
{
	return (__u64)d->rule << FOUND_RULE | d->reason << FOUND_REASON |
	       d->record << FOUND_RECORD | d->verdict << FOUND_VERDICT | d->missing;
}

static __always_inline struct seki_cell *cell_of(__u32 domain, __u32 generation, __u32 label)
{
	__u32 slot = generation & 1;
	__u32 index = domain * SEKI_LABEL_MAX + label;
	void *matrix = bpf_map_lookup_elem(&seki_matrix, &slot);

	return matrix ? bpf_map_lookup_elem(matrix, &index) : NULL;
}

/* The rule's answer, whatever comes of it: no event, no clock within a tick. */
static __always_inline void hit(__u32 generation, __u32 label, __u32 rule, __u32 verdict)
{
	struct seki_hits_shape shape = { seki_hits_rows, seki_hits_shares };
	__u32 slot = generation & 1, row;
	struct seki_hits *h;
	__u64 tick;

	if (rule)
		row = seki_hits_rule(shape, slot, bpf_get_smp_processor_id(), rule);
	else
		row = seki_hits_label(shape, slot, label);
	h = bpf_map_lookup_elem(&seki_hits, &row);
	if (!h)
		return;
	__sync_fetch_and_add(&h->count[verdict & (SEKI_VERDICTS - 1)], 1);
	tick = bpf_jiffies64();
	if (h->tick == tick)
		return;
	h->tick = tick;
	h->last_ns = bpf_ktime_get_boot_ns();
}

static __always_inline void fill_object(struct seki_access_event *a, __u32 rdev,
					struct inode *inode)
{
	a->object.ino = 0;
	a->object.dev = 0;
	a->object.gen = 0;
	a->mode = 0;
	a->rdev = rdev;
	if (inode) {
		a->object.ino = inode->i_ino;
		a->object.dev = inode->i_sb->s_dev;
		a->object.gen = inode->i_generation;
		a->mode = inode->i_mode;
		a->rdev = inode->i_rdev;
	}
}

/* In words: a request has these fields as an event has them. */
#define ABOUT_BYTES (__builtin_offsetof(struct seki_access_event, path) - ABOUT)
#define ABOUT __builtin_offsetof(struct seki_access_event, target_pid)
#define SAME(field)                                                                         \
	_Static_assert(__builtin_offsetof(struct seki_access_event, field) - ABOUT ==       \
			       __builtin_offsetof(struct seki_request, field) -             \
				       __builtin_offsetof(struct seki_request, target_pid), \
		       #field)
SAME(target_domain);
SAME(family);
SAME(port);
SAME(socktype);
SAME(protocol);
SAME(addr);
SAME(target_comm);
_Static_assert(ABOUT % 8 == 0 && ABOUT_BYTES == 48, "words");

static __always_inline void fill_about(struct seki_access_event *a, const struct seki_request *req)
{
	const __u64 *from = (const __u64 *)&req->target_pid;
	__u64 *to = (__u64 *)&a->target_pid;
	__u32 i;

#pragma unroll
	for (i = 0; i < ABOUT_BYTES / 8; i++)
		to[i] = from[i];
}

static __always_inline void fill(struct seki_access_event *a, const struct seki_request *req,
				 __u64 word)
{
	__u32 verdict = found(word, FOUND_VERDICT, FOUND_RECORD);
	__u32 reason = found(word, FOUND_REASON, FOUND_RULE);

	a->e.size = sizeof(*a);
	a->e.kind = SEKI_EVENT_ACCESS;
	a->e.generation = req->generation;
	a->hook = req->hook;
	a->verdict = verdict;
	a->reason = reason;
	a->error = 0;
	if (verdict == SEKI_DENIED)
		a->error = reason == SEKI_BY_BORDER ? EXDEV : EPERM;
	a->label = req->label;
	a->pad = 0;
	a->rule = word >> FOUND_RULE;
	a->want = req->want;
	a->missing = found(word, FOUND_MISSING, FOUND_VERDICT);
	a->detail = req->detail;
}

/* Once the evidence ring is three quarters full, what a session (or, without one, a
 * cgroup) is refused again within a second leaves no further record, whatever process
 * tries it: the last quarter is for other refusals.
 */
#define FLOODED (SEKI_EVIDENCE_BYTES / 4u * 3)
#define EQUAL_NS 1000000000ull
__noinline int seki_flooded(const struct seki_request *req, const struct seki_who *who)
{
	struct seki_denied_key key = {};
	__u64 *last, now;

	if (!req || !who || bpf_ringbuf_query(&seki_evidence, BPF_RB_AVAIL_DATA) <= FLOODED)
		return false;
	key.want = req->want;
	key.label = req->label;
	key.hook = req->hook;
	key.marked = who->marked;
	key.session = who->marked ? who->session : bpf_get_current_cgroup_id();
	now = bpf_ktime_get_boot_ns();
	last = bpf_map_lookup_elem(&seki_denied, &key);
	if (last && now - *last < EQUAL_NS)
		return true;
	bpf_map_update_elem(&seki_denied, &key, &now, BPF_ANY);
	return false;
}

/* Returns false when there is no record; the loss is counted, and the verdict. */
static __noinline bool record(__u64 word, const struct seki_request *req,
			      const struct seki_who *who, struct dentry *dentry,
			      struct inode *inode)
{
	__u32 verdict = found(word, FOUND_VERDICT, FOUND_RECORD);
	bool evidence = verdict != SEKI_ALLOWED;
	struct seki_stats *stats = seki_stats_cpu();
	struct seki_access_event *a;
	__u64 number;

	if (!stats)
		return false;
	number = __sync_fetch_and_add(&stats->events, 1) + 1;
	if (verdict == SEKI_DENIED)
		__sync_fetch_and_add(&stats->denied, 1);
	else if (evidence)
		__sync_fetch_and_add(&stats->would_deny, 1);
	if (evidence && seki_flooded(req, who)) {
		__sync_fetch_and_add(&stats->loss[SEKI_LOSS_EQUAL_DENIED], 1);
		return false;
	}
	if (evidence)
		a = bpf_ringbuf_reserve(&seki_evidence, sizeof(*a), 0);
	else
		a = bpf_ringbuf_reserve(&seki_activity, sizeof(*a), 0);
	if (!a) {
		if (evidence)
			__sync_fetch_and_add(&stats->loss[SEKI_LOSS_EVIDENCE_FULL], 1);
		else
			__sync_fetch_and_add(&stats->loss[SEKI_LOSS_ACTIVITY_FULL], 1);
		return false;
	}
	seki_emit_head(&a->e, number, who);
	fill(a, req, word);
	fill_object(a, req->rdev, inode);
	fill_about(a, req);
	seki_emit_path(&a->path, dentry);
	bpf_ringbuf_submit(a, 0);
	if (!evidence)
		__sync_fetch_and_add(&stats->recorded, 1);
	return true;
}

/* Refusals that leave no record: the canary each second, and looks that the
 * kernel itself asks us not to audit (ps reading /proc/PID/stat).
 */
static __always_inline bool silent(const struct seki_request *req, __u64 word)
{
	if (req->label != SEKI_LABEL_CANARY && !req->quiet)
		return false;
	if (!found(word, FOUND_MISSING, FOUND_VERDICT))
		return false;
	if (req->label == SEKI_LABEL_CANARY)
		seki_count(canary);
	else
		seki_count(quiet);
	return true;
}

static __always_inline void border(struct seki_decision *d)
{
	d->verdict = SEKI_DENIED;
	d->reason = SEKI_BY_BORDER;
	d->record = SEKI_LEAVES_RECORD;
	d->rate = 0;
}

/* Powers are closed by the lock; a policy's own labels are always judged. */
static __always_inline bool judged(__u32 label, const struct seki_task *s)
{
	if (label >= SEKI_LABEL_FIRST)
		return true;
	if (seki_label_is_power(label))
		return seki_locked();
	return !seki_only_operators(label) || (s && s->marked);
}

/* The row of the matrix. */
static __always_inline __u32 subject_of(__u32 as, __u32 domain)
{
	return as & SEKI_AS_DOMAIN ? (as & SEKI_AS_DOMAIN) - 1 : domain;
}

/* The task is asked for again rather than kept: most subjects have storage. */
static __always_inline __u32 domain_of(struct seki_task *s, __u32 generation)
{
	if (s)
		return seki_acts_as(s->domain, s, generation);
	return seki_task_domain(bpf_get_current_task_btf(), NULL);
}

__noinline __u64 seki_decide(__u32 generation, __u32 label, __u32 want, __u32 as,
			     struct seki_who *who)
{
	struct seki_task *s = seki_task_get(bpf_get_current_task_btf());
	__u32 domain = domain_of(s, generation);
	struct seki_decision d = {};
	struct seki_cell *cell;

	if (!judged(label, s))
		return 0;
	cell = cell_of(as ? subject_of(as, domain) : domain, generation, label);
	if (cell && seki_passes(cell, want) && !as) {
		hit(generation, label, cell->rule, SEKI_ALLOWED);
		return 0;
	}
	seki_judge(cell, want, &d);
	if (!d.missing && as & SEKI_AS_BORDER && label != SEKI_LABEL_BROKER)
		border(&d); /* who moves a job in is asked; dpkg(1) keeps an old table beside */
	hit(generation, label, d.rule, d.verdict);
	d.reason = seki_reason_of(d.reason, label);
	if (!d.record || seki_left_out(generation, d.rate, d.waived))
		return 0;
	if (who)
		seki_who_is(who, domain, s);
	return found_of(&d);
}

__hidden int seki_answer(__u64 word, const struct seki_request *req, const struct seki_who *who,
			 struct dentry *dentry, struct inode *inode)
{
	__u32 verdict = found(word, FOUND_VERDICT, FOUND_RECORD);
	bool kept;

	if (silent(req, word))
		return verdict == SEKI_WOULD_DENY ? 0 : -EPERM;
	kept = record(word, req, who, dentry, inode);
	if (verdict == SEKI_ALLOWED && !kept) {
		if (found(word, FOUND_RECORD, FOUND_REASON) == SEKI_LEAVES_IF_ROOM)
			return 0;
		seki_count(refused_unrecorded);
		return -EAGAIN;
	}
	if (verdict != SEKI_DENIED)
		return 0;
	return found(word, FOUND_REASON, FOUND_RULE) == SEKI_BY_BORDER ? -EXDEV : -EPERM;
}

__hidden bool seki_check_held(struct seki_request *req, struct dentry *dentry, struct inode *inode)
{
	struct seki_decision d = {};
	struct seki_who who = {};

	seki_judge(cell_of(req->target_domain, req->generation, req->label), req->want, &d);
	if (!d.missing)
		return false;
	d.verdict = SEKI_WOULD_DENY;
	d.reason = SEKI_BY_EARLIER;
	seki_who_now(&who);
	record(found_of(&d), req, &who, dentry, inode);
	return true;
}
