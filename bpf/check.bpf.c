// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.bpf.c - one request, one verdict, one record.
 *
 * The only reader of the matrix.  Refusals and would-be refusals go to the
 * evidence ring; accesses that the policy wants recorded reserve their slot in
 * the activity ring before they are let through: no slot, no access.
 */
#include "bpf/check.bpf.h"
#include "bpf/decide.h"
#include "bpf/emit.bpf.h"
#include "bpf/subject.bpf.h"

static __always_inline void decide(__u32 domain, __u32 label, __u32 want,
				   struct seki_decision *ret)
{
	__u32 slot = seki_state.generation & 1;
	__u32 index = domain * SEKI_LABEL_MAX + label;
	void *matrix = bpf_map_lookup_elem(&seki_matrix, &slot);

	seki_judge(matrix ? bpf_map_lookup_elem(matrix, &index) : NULL, want, ret);
}

static __always_inline void fill_object(struct seki_access_event *a,
					const struct seki_request *req,
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

static __always_inline void fill(struct seki_access_event *a,
				 const struct seki_request *req,
				 const struct seki_decision *d, __u8 error)
{
	a->e.size = sizeof(*a);
	a->e.kind = SEKI_EVENT_ACCESS;
	a->hook = req->hook;
	a->verdict = d->verdict;
	a->reason = d->reason;
	a->error = error;
	a->label = req->label;
	a->rule = d->rule;
	a->want = req->want;
	a->missing = d->missing;
}

/* Returns false when the ring had no room; the loss is counted. */
static __noinline bool record(const struct seki_request *req, const struct seki_decision *d,
			      __u8 error, struct dentry *dentry, struct inode *inode)
{
	bool evidence = d->verdict != SEKI_ALLOWED;
	struct seki_access_event *a;
	__u64 number = seki_number();

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
	seki_emit_head(&a->e, number);
	fill(a, req, d, error);
	fill_object(a, req, inode);
	seki_emit_path(&a->path, dentry);
	bpf_ringbuf_submit(a, 0);
	return true;
}

static __always_inline __u8 reason_of(const struct seki_request *req, __u8 reason)
{
	if (req->label == SEKI_LABEL_UNLOCATED && reason == SEKI_BY_DEFAULT)
		return SEKI_BY_UNLOCATED;
	if (req->label == SEKI_LABEL_BPF_OWN)
		return SEKI_BY_SEALED;
	return reason;
}

__hidden int seki_check(struct seki_request *req, struct dentry *dentry,
			struct inode *inode)
{
	struct seki_decision d;
	__u32 domain = req->subject ? req->subject - 1u : seki_current_domain();

	decide(domain, req->label, req->want, &d);
	if (!d.missing && req->border) {
		d.verdict = SEKI_DENIED;
		d.reason = SEKI_BY_BORDER;
		record(req, &d, EXDEV, dentry, inode);
		seki_count(denied);
		return -EXDEV;
	}
	if (!d.missing && !d.record)
		return 0;
	if (!d.missing) {
		if (record(req, &d, 0, dentry, inode)) {
			seki_count(recorded);
			return 0;
		}
		seki_count(refused_unrecorded);
		return -EAGAIN;
	}
	if (req->label == SEKI_LABEL_CANARY) {
		seki_count(canary);
		return -EPERM;
	}
	if (req->quiet) {
		seki_count(quiet);
		return d.verdict == SEKI_WOULD_DENY ? 0 : -EPERM;
	}
	d.reason = reason_of(req, d.reason);
	if (d.verdict == SEKI_WOULD_DENY) {
		seki_count(would_deny);
		record(req, &d, 0, dentry, inode);
		return 0;
	}
	seki_count(denied);
	record(req, &d, EPERM, dentry, inode);
	return -EPERM;
}
