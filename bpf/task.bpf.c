// SPDX-License-Identifier: GPL-2.0-only
/*
 * task.bpf.c - who a task is: lineage domains and the operator mark.
 *
 * A domain is entered only by exec of its program, from its origin domain, by
 * a task without operator mark that nobody traces, in the unit or cgroup and with the
 * arguments the policy states; fork inherits it, any other exec loses it.
 * The mark sticks from the moment a login uid is seen; setsid, sudo, a changed
 * uid, loginuid or cgroup do not take it off.
 *
 * Hooks: task_alloc (fork, threads, io_uring workers), bprm_creds_from_file
 * (a domain's program starts with AT_SECURE, so the loader ignores LD_*),
 * bprm_committed_creds; task_fix_setuid and bprm_creds_from_file again (nobody else
 * becomes the user of a function).
 *
 * Left open here: code a domain maps later (file.bpf.c).
 */
#include "bpf/cgroup.bpf.h"
#include "bpf/emit.bpf.h"
#include "bpf/label.bpf.h"
#include "bpf/login.bpf.h"
#include "bpf/power.bpf.h"
#include "bpf/subject.bpf.h"

static __always_inline void emit_mark(const struct seki_task *s)
{
	struct seki_who who = {};
	struct seki_mark_event *m;
	__u64 number = seki_number();

	m = bpf_ringbuf_reserve(&seki_evidence, sizeof(*m), 0);
	if (!m) {
		seki_count(loss[SEKI_LOSS_EVIDENCE_FULL]);
		return;
	}
	m->e.size = sizeof(*m);
	m->e.kind = SEKI_EVENT_MARK;
	seki_who_now(&who);
	seki_emit_head(&m->e, number, &who);
	__builtin_memcpy(m->source, s->source, sizeof(m->source));
	m->terminal = s->terminal;
	m->sources = s->sources;
	m->pad = 0;
	bpf_ringbuf_submit(m, 0);
}

/* NULL: no memory. */
static __noinline struct seki_task *mark(struct task_struct *t, struct seki_task *s)
{
	struct seki_task fresh = {};

	if (!s) {
		fresh.domain = seki_task_domain(t, NULL);
		s = bpf_task_storage_get(&seki_tasks, t, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (!s)
			return NULL;
	}
	s->loginuid = t->loginuid.val;
	s->audit_session = t->sessionid;
	s->through = s->domain;
	s->acts = 0;
	seki_login_from(t, s);
	s->session = bpf_ktime_get_boot_ns();
	s->marked = 1;
	emit_mark(s);
	return s;
}

/* The current task's state, marked now if it has a login uid and was not yet. */
static __always_inline struct seki_task *current_marked(struct task_struct *t)
{
	struct seki_task *s = seki_task_get(t);

	if (t->loginuid.val == NO_LOGINUID || (s && s->marked))
		return s;
	return mark(t, s);
}

/* As its parent is.  Rather no child than one that lost its mark. */
static __always_inline int inherit(struct task_struct *task, struct seki_task *state)
{
	struct seki_task *child =
		bpf_task_storage_get(&seki_tasks, task, state, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (child) {
		child->asked = 0;
		return 0;
	}
	seki_count(loss[SEKI_LOSS_TASK_STORAGE]);
	return -EAGAIN;
}

/* PID 1 may have no state, and is not `other` all the same. */
static __noinline int inherit_init(struct task_struct *task)
{
	struct seki_task state = { .domain = SEKI_DOMAIN_INIT };

	return inherit(task, &state);
}

SEC("lsm/task_alloc")
int BPF_PROG(hook_task_alloc, struct task_struct *task, unsigned long clone_flags)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct seki_task *s;

	if (!seki_generation())
		return 0;
	if (clone_flags & CLONE_INTO_CGROUP && seki_current_privileged() &&
	    seki_power(SEKI_HOOK_task_alloc, SEKI_LABEL_CGROUP, 0, false))
		return -EPERM;
	s = current_marked(t);
	if (s)
		return inherit(task, s);
	if (t->tgid == 1)
		return inherit_init(task);
	if (t->loginuid.val == NO_LOGINUID)
		return 0;
	seki_count(loss[SEKI_LOSS_TASK_STORAGE]);
	return -EAGAIN;
}

/* Whole words up to len, then the bytes that are left; both sides 8-byte aligned. */
static __always_inline bool same_bytes(const __u64 *a, const __u64 *b, __u32 len, __u32 max)
{
	__u32 i, left;
	__u64 diff;

	for (i = 0; i < max / 8; i++) {
		if (i * 8 >= len)
			return true;
		left = len - i * 8;
		diff = a[i] ^ b[i];
		if (left < 8)
			diff <<= 64 - left * 8;
		if (diff)
			return false;
	}
	return true;
}

/* As many bytes as count, and no string: that would be read byte by byte. */
static __always_inline bool unit_matches(struct task_struct *t, const struct seki_domain *d)
{
	struct kernfs_node *kn = t->cgroups->dfl_cgrp->kn;
	__u64 name[SEKI_UNIT_MAX / 8] = {};
	__u32 len = d->unit_len;

	if (!len)
		return true;
	if (len > sizeof(name))
		return false;
	if (seki_can_probe)
		bpf_probe_read_kernel(name, len, kn->name);
	else
		seki_string_copy((char *)name, sizeof(name), kn->name);
	return same_bytes(name, (const __u64 *)d->unit, len, SEKI_UNIT_MAX);
}

static __always_inline bool argv_matches(struct seki_exec_event *x, const struct seki_domain *d)
{
	if (!d->argv_len)
		return true;
	if (!x)
		return false;
	if (d->argv_len > x->argv_len || d->argc != x->argc)
		return false;
	return same_bytes((const __u64 *)x->argv, (const __u64 *)d->argv, d->argv_len,
			  SEKI_ARGV_MAX);
}

static __noinline bool may_enter(struct task_struct *t, const struct seki_task *s,
				 struct seki_exec_event *x, __u32 entry, __u32 g)
{
	struct seki_domain *d = seki_domain_find(entry, g);
	__u32 from = seki_task_domain(t, s);

	if (!d || t->ptrace)
		return false;
	if (from != d->origin && from != entry)
		return false;
	if (s && s->marked && !d->open_to_operator)
		return false;
	if (!unit_matches(t, d) || !argv_matches(x, d))
		return false;
	return !d->cgroup_parts || seki_in_cgroup(t, d);
}

/* The strings lie at the top of the new stack: arguments, then environment.  They were
 * just written there; where they are gone since, waiting for them is all right.
 */
static __always_inline void copy_argv(struct seki_exec_event *x, struct linux_binprm *bprm)
{
	__u64 len = bprm->exec - bprm->p;

	if (len > SEKI_ARGV_MAX)
		len = SEKI_ARGV_MAX;
	x->argc = bprm->argc;
	x->argv_len = len;
	/* under lockdown libbpf takes the first for missing, and the load fails with it */
	if ((!seki_can_probe || bpf_probe_read_user(x->argv, len, (void *)bprm->p)) &&
	    bpf_copy_from_user(x->argv, len, (void *)bprm->p))
		x->argv_len = 0;
}

/* Entries are evidence, other execs activity; NULL: no room, counted. */
static __always_inline struct seki_exec_event *exec_reserve(__u32 entry, __u64 *number)
{
	struct seki_exec_event *x;

	*number = seki_number();
	if (entry)
		x = bpf_ringbuf_reserve(&seki_evidence, sizeof(*x), 0);
	else
		x = bpf_ringbuf_reserve(&seki_activity, sizeof(*x), 0);
	if (!x && entry)
		seki_count(loss[SEKI_LOSS_EVIDENCE_FULL]);
	else if (!x)
		seki_count(loss[SEKI_LOSS_ACTIVITY_FULL]);
	return x;
}

static __always_inline __u32 domain_after(struct task_struct *t, const struct seki_task *s,
					  struct seki_exec_event *x, __u32 entry, __u32 g)
{
	if (entry == SEKI_DOMAIN_SHUTDOWN && t->tgid != 1)
		return SEKI_DOMAIN_OTHER;
	if (entry && may_enter(t, s, x, entry, g))
		return entry;
	if (!entry && t->tgid == 1)
		return SEKI_DOMAIN_INIT; /* PID 1 re-executes itself */
	return SEKI_DOMAIN_OTHER;
}

/* Says what it is then. */
static __always_inline __u32 domain_set(struct task_struct *t, struct seki_task *s, __u32 domain)
{
	struct seki_task fresh = { .domain = domain };

	if (s && (s->marked || domain != SEKI_DOMAIN_OTHER))
		s->domain = domain;
	else if (s)
		bpf_task_storage_delete(&seki_tasks, t);
	else if (domain != seki_task_domain(t, NULL) &&
		 !bpf_task_storage_get(&seki_tasks, t, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE))
		return seki_task_domain(t, NULL);
	return domain;
}

/* A process of the collector, at its exec or when it gives up its privileges. */
static __always_inline void note_keeper(void)
{
	__u32 n = __sync_fetch_and_add(&seki_state.keepers_count, 1);

	seki_state.keepers[n & (SEKI_KEEPERS - 1)] = bpf_get_current_pid_tgid() >> 32;
}

/* The cgroups of Sekisho's processes: from now on nobody freezes or limits them, or
 * moves the collector elsewhere.
 */
static __always_inline void note_cgroup(__u32 domain)
{
	int i;

	if (domain == SEKI_DOMAIN_LOADER)
		seki_state.cgroup_loader = bpf_get_current_cgroup_id();
	if (domain != SEKI_DOMAIN_COLLECTOR)
		return;
	note_keeper();
	for (i = 0; i < SEKI_CGROUPS; i++)
		seki_state.cgroups[i] = bpf_get_current_ancestor_cgroup_id(i + 1);
}

/* Found before the exec could no more fail (hook_bprm_creds_from_file), of the same file;
 * tasks without state don't keep it.
 */
static __always_inline __u32 entry_of(struct linux_binprm *bprm, const struct seki_task *s, __u32 g)
{
	if (s && s->entry_at == (__u16)g)
		return s->entry;
	return seki_label_entry(bprm->file->f_inode, g);
}

/*
 * Without a record nobody enters a domain.  Only Sekisho's own may, or a flooded
 * ring would keep out the collector that empties it.
 */
static __always_inline int exec_unrecorded(struct task_struct *t, struct seki_task *s, __u32 entry,
					   __u32 g)
{
	if (entry >= SEKI_DOMAIN_FIRST)
		entry = 0;
	entry = domain_set(t, s, domain_after(t, s, NULL, entry, g));
	note_cgroup(entry);
	return 0;
}

SEC("lsm.s/bprm_committed_creds")
int BPF_PROG(hook_bprm_committed_creds, struct linux_binprm *bprm)
{
	struct task_struct *t = bpf_get_current_task_btf();
	__u32 domain, wanted, was, from, entry, g = seki_generation();
	struct seki_exec_event *x;
	struct seki_who who = {};
	struct seki_task *s;
	__u64 number;

	if (!g)
		return 0;
	s = seki_task_get(t);
	was = seki_task_domain(t, s);
	from = seki_acts_as(was, s, g);
	entry = entry_of(bprm, s, g);
	x = exec_reserve(entry, &number);
	if (!x)
		return exec_unrecorded(t, s, entry, g);
	copy_argv(x, bprm);
	wanted = domain_after(t, s, x, entry, g);
	seki_who_is(&who, wanted == was ? from : seki_acts_as(wanted, s, g), s);
	domain = domain_set(t, s, wanted);
	if (domain != wanted)
		who.domain = domain;
	note_cgroup(domain);
	x->e.size = sizeof(*x);
	x->e.kind = SEKI_EVENT_EXEC;
	seki_emit_head(&x->e, number, &who);
	if (entry)
		x->e.flags |= domain == entry ? SEKI_EVENT_ENTERED : SEKI_EVENT_NOT_ENTERED;
	x->from_domain = from;
	x->entry = entry;
	seki_emit_path(&x->path, bprm->file->f_path.dentry);
	bpf_ringbuf_submit(x, 0);
	return 0;
}

/* ---- the user of a function, which is what other programs go by ---- */

static __always_inline bool has_uid(const struct cred *c, __u32 uid)
{
	return c->uid.val == uid || c->euid.val == uid || c->suid.val == uid || c->fsuid.val == uid;
}

static __noinline int check_becomes(__u8 hook, __u32 g, __u32 label, __u32 uid)
{
	struct seki_request req = {
		.generation = g,
		.hook = hook,
		.label = label,
		.want = SEKI_USE,
		.detail = uid,
	};

	return seki_check(&req, NULL, NULL);
}

static __always_inline int check_user(__u8 hook, const struct cred *next, const struct cred *now)
{
	__u32 i, g = seki_generation(), uid;
	const struct seki_users *u = &seki_state.users[g & 1];

	for (i = 0; g && i < SEKI_USERS_MAX; i++) {
		if (i >= u->count)
			return 0;
		uid = u->row[i].uid;
		if (has_uid(next, uid) && !has_uid(now, uid))
			return check_becomes(hook, g, u->row[i].label, uid);
	}
	return 0;
}

SEC("lsm/task_fix_setuid")
int BPF_PROG(hook_task_fix_setuid, struct cred *next, const struct cred *now, int flags)
{
	if (seki_current_domain() == SEKI_DOMAIN_COLLECTOR)
		note_keeper();
	return check_user(SEKI_HOOK_task_fix_setuid, next, now);
}

/* By a program with the set-user-ID bit; here, too, because each hook asked costs.  And
 * whoever logs in by exec still has all descriptors.
 */
SEC("lsm/bprm_creds_from_file")
int BPF_PROG(hook_bprm_creds_from_file, struct linux_binprm *bprm, struct file *file)
{
	struct task_struct *t = bpf_get_current_task_btf();
	const struct cred *now = t->cred;
	__u32 g = seki_generation(), entry;
	struct seki_task *s;

	if (!g)
		return 0;
	s = current_marked(t);
	if (!s && t->loginuid.val != NO_LOGINUID) {
		seki_count(loss[SEKI_LOSS_TASK_STORAGE]);
		return -EAGAIN;
	}
	entry = seki_label_entry(bprm->file->f_inode, g);
	if (s) {
		s->entry = entry;
		s->entry_at = g;
	}
	if (entry)
		bpf_bprm_opts_set(bprm, BPF_F_BPRM_SECUREEXEC);
	return check_user(SEKI_HOOK_bprm_creds_from_file, bprm->cred, now);
}
