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

static __always_inline void decide(__u32 domain, const struct seki_request *req,
				   struct seki_decision *ret)
{
	__u32 slot = req->generation & 1;
	__u32 index = domain * SEKI_LABEL_MAX + req->label;
	void *matrix = bpf_map_lookup_elem(&seki_matrix, &slot);

	seki_judge(matrix ? bpf_map_lookup_elem(matrix, &index) : NULL, req->want, ret);
}

/* The rule's answer, whatever comes of it: no event, no clock within a tick. */
static __always_inline void hit(const struct seki_request *req, const struct seki_decision *d)
{
	struct seki_hits_shape shape = { seki_hits_rows, seki_hits_shares };
	__u32 slot = req->generation & 1, row;
	struct seki_hits *h;
	__u64 tick;

	if (d->rule)
		row = seki_hits_rule(shape, slot, bpf_get_smp_processor_id(), d->rule);
	else
		row = seki_hits_label(shape, slot, req->label);
	h = bpf_map_lookup_elem(&seki_hits, &row);
	if (!h)
		return;
	__sync_fetch_and_add(&h->count[d->verdict & (SEKI_VERDICTS - 1)], 1);
	tick = bpf_jiffies64();
	if (h->tick == tick)
		return;
	h->tick = tick;
	h->last_ns = bpf_ktime_get_boot_ns();
}

static __always_inline void fill_object(struct seki_access_event *a, const struct seki_request *req,
					struct inode *inode)
{
	a->object.ino = 0;
	a->object.dev = 0;
	a->object.gen = 0;
	a->mode = 0;
	a->rdev = req->rdev;
	if (inode) {
		a->object.ino = inode->i_ino;
		a->object.dev = inode->i_sb->s_dev;
		a->object.gen = inode->i_generation;
		a->mode = inode->i_mode;
		a->rdev = inode->i_rdev;
	}
	a->target_pid = req->target_pid;
	a->target_domain = req->target_domain;
	a->family = req->family;
	a->port = req->port;
	a->socktype = req->socktype;
	a->protocol = req->protocol;
	a->detail = req->detail;
	a->pad = 0;
	__builtin_memcpy(a->addr, req->addr, sizeof(a->addr));
	__builtin_memcpy(a->target_comm, req->target_comm, sizeof(a->target_comm));
}

static __always_inline void fill(struct seki_access_event *a, const struct seki_request *req,
				 const struct seki_decision *d)
{
	a->e.size = sizeof(*a);
	a->e.kind = SEKI_EVENT_ACCESS;
	a->e.generation = req->generation;
	a->hook = req->hook;
	a->verdict = d->verdict;
	a->reason = d->reason;
	a->error = 0;
	if (d->verdict == SEKI_DENIED)
		a->error = d->reason == SEKI_BY_BORDER ? EXDEV : EPERM;
	a->label = req->label;
	a->rule = d->rule;
	a->want = req->want;
	a->missing = d->missing;
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

/* Returns false when there is no record; the loss is counted. */
static __noinline bool record(const struct seki_request *req, const struct seki_decision *d,
			      const struct seki_who *who, struct dentry *dentry,
			      struct inode *inode)
{
	bool evidence = d->verdict != SEKI_ALLOWED;
	struct seki_access_event *a;
	__u64 number = seki_number();

	if (evidence && seki_flooded(req, who)) {
		seki_count(loss[SEKI_LOSS_EQUAL_DENIED]);
		return false;
	}
	if (evidence)
		a = bpf_ringbuf_reserve(&seki_evidence, sizeof(*a), 0);
	else
		a = bpf_ringbuf_reserve(&seki_activity, sizeof(*a), 0);
	if (!a) {
		if (evidence)
			seki_count(loss[SEKI_LOSS_EVIDENCE_FULL]);
		else
			seki_count(loss[SEKI_LOSS_ACTIVITY_FULL]);
		return false;
	}
	seki_emit_head(&a->e, number, who);
	fill(a, req, d);
	fill_object(a, req, inode);
	seki_emit_path(&a->path, dentry);
	bpf_ringbuf_submit(a, 0);
	return true;
}

/* Refusals that leave no record: the canary each second, and looks that the
 * kernel itself asks us not to audit (ps reading /proc/PID/stat).
 */
static __always_inline bool silent(const struct seki_request *req, const struct seki_decision *d)
{
	if (!d->missing)
		return false;
	if (req->label == SEKI_LABEL_CANARY) {
		seki_count(canary);
		return true;
	}
	if (req->quiet)
		seki_count(quiet);
	return req->quiet;
}

static __always_inline void border(struct seki_decision *d)
{
	d->verdict = SEKI_DENIED;
	d->reason = SEKI_BY_BORDER;
	d->record = SEKI_LEAVES_RECORD;
	d->rate = 0;
}

__noinline int seki_count_verdict(__u32 verdict)
{
	if (verdict == SEKI_DENIED)
		seki_count(denied);
	else if (verdict == SEKI_WOULD_DENY)
		seki_count(would_deny);
	else
		seki_count(recorded);
	return 0;
}

/* Powers are closed by the lock. */
static __always_inline bool judged(const struct seki_request *req, const struct seki_who *who)
{
	if (seki_label_is_power(req->label))
		return seki_locked();
	return !seki_only_operators(req->label) || who->marked;
}

enum { PASSES, REFUSED, RECORDED };

/* All that needs numbers only; walked once, see emit.bpf.h.  Into zeroes. */
__noinline int seki_decide(const struct seki_request *req, struct seki_decision *d,
			   struct seki_who *who)
{
	if (!req || !d || !who)
		return REFUSED;
	seki_who_is(who, bpf_get_current_task_btf(), req->generation);
	if (!judged(req, who))
		return PASSES;
	decide(req->subject ? req->subject - 1u : who->domain, req, d);
	if (!d->missing && req->border && req->label != SEKI_LABEL_BROKER)
		border(d); /* who moves a job in is asked; dpkg(1) keeps an old table beside */
	hit(req, d);
	if (!d->record || seki_left_out(req->generation, d->rate, d->waived))
		return PASSES;
	d->reason = seki_reason_of(d->reason, req->label);
	if (silent(req, d))
		return d->verdict == SEKI_WOULD_DENY ? PASSES : REFUSED;
	return RECORDED;
}

__hidden int seki_check(struct seki_request *req, struct dentry *dentry, struct inode *inode)
{
	struct seki_decision d = {};
	struct seki_who who = {};
	int todo = seki_decide(req, &d, &who);
	bool kept;

	if (todo != RECORDED)
		return todo == PASSES ? 0 : -EPERM;
	kept = record(req, &d, &who, dentry, inode);
	if (d.verdict == SEKI_ALLOWED && !kept) {
		if (d.record == SEKI_LEAVES_IF_ROOM)
			return 0;
		seki_count(refused_unrecorded);
		return -EAGAIN;
	}
	seki_count_verdict(d.verdict);
	if (d.verdict != SEKI_DENIED)
		return 0;
	return d.reason == SEKI_BY_BORDER ? -EXDEV : -EPERM;
}

__hidden bool seki_check_held(struct seki_request *req, struct dentry *dentry, struct inode *inode)
{
	struct seki_decision d = {};
	struct seki_who who = {};

	decide(req->target_domain, req, &d);
	if (!d.missing)
		return false;
	d.verdict = SEKI_WOULD_DENY;
	d.reason = SEKI_BY_EARLIER;
	seki_who_now(&who);
	record(req, &d, &who, dentry, inode);
	seki_count_verdict(d.verdict);
	return true;
}
