// SPDX-License-Identifier: GPL-2.0-only
/*
 * process.bpf.c - reach into other processes: memory, /proc, signals.
 *
 * Protects the processes of every domain, PID 1 and Sekisho's own: a process
 * is an object labelled by its domain (proc.<domain>).
 *
 * Hooks: ptrace_access_check is asked for ptrace, /proc/PID/{mem,maps,environ,
 * fd,root,ns,pagemap,map_files,...}, process_vm_readv/writev, pidfd_getfd,
 * setns(pidfd), process_madvise, kcmp; ptrace_traceme; task_kill; 
 * file_send_sigiotask (F_SETOWN and F_SETSIG make the kernel send the signal);
 * task_setrlimit, task_setscheduler, task_setnice, task_setioprio and
 * task_movememory; and capable, on kernels where CAP_PERFMON passes a refused
 * look (loader/probe.c).
 *
 * After the lock an attach to any process that no login of the same user made is
 * refused too: whoever steers a daemon has left his session.
 *
 * Left open here: cgroup files (pseudo.bpf.c); perf and tracing (power.bpf.c).
 */
#include "bpf/check.bpf.h"
#include "bpf/subject.bpf.h"

/* Label of a process, by its domain; NONE for `other`.  Names both in the request. */
static __always_inline __u32 process_label(struct task_struct *t, struct seki_request *req)
{
	__u32 g = seki_generation(), index;
	struct seki_task *s = seki_task_get(t);
	struct seki_domain *d;

	index = req->target_domain = seki_task_domain(t, s);
	req->generation = g;
	if (!g || index == SEKI_DOMAIN_OTHER)
		return SEKI_LABEL_NONE;
	d = seki_domain_find(index, g);
	return d ? d->proc_label : SEKI_LABEL_NONE;
}

static __always_inline void describe(struct seki_request *req, struct task_struct *t)
{
	req->target_pid = t->tgid;
	__builtin_memcpy(req->target_comm, t->comm, sizeof(req->target_comm));
}

/*
 * mm_access() asks ptrace_access_check, then CAP_PERFMON, then CAP_SYS_ADMIN, in
 * one breath.  A refusal is remembered until the next question about another
 * capability, so that the fallback is refused and nothing else is.
 */
static __always_inline void remember_refusal(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct seki_task fresh = {}, *s = seki_task_get(t);

	fresh.domain = seki_task_domain(t, s);
	if (!s)
		s = bpf_task_storage_get(&seki_tasks, t, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (s)
		s->asked = SEKI_ASKED_LOOK;
}

SEC("?lsm/capable")
int BPF_PROG(hook_capable, const struct cred *cred, void *ns, int cap)
{
	struct seki_task *s;

	if (cap != CAP_PERFMON && cap != CAP_SYS_ADMIN)
		return 0;
	s = seki_task_get(bpf_get_current_task_btf());
	if (!s || !s->asked)
		return 0;
	if (cap == CAP_PERFMON && s->asked == SEKI_ASKED_LOOK) {
		s->asked = SEKI_ASKED_PERFMON;
		return -EPERM;
	}
	if (cap == CAP_SYS_ADMIN && s->asked == SEKI_ASKED_PERFMON) {
		s->asked = 0;
		return -EPERM;
	}
	s->asked = 0;
	return 0;
}

static __always_inline bool same_login(const struct seki_task *a, const struct seki_task *b)
{
	return a && b && a->marked && b->marked && a->loginuid == b->loginuid;
}

/* Neither of a login of the same user, nor our own child: a way out of the session. */
static __always_inline bool is_stranger(struct task_struct *child)
{
	struct task_struct *t = bpf_get_current_task_btf();

	return !same_login(seki_task_get(t), seki_task_get(child)) &&
	       child->real_parent->tgid != t->tgid;
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(hook_ptrace_access_check, struct task_struct *child, unsigned int mode)
{
	struct seki_request req = { .hook = SEKI_HOOK_ptrace_access_check, .detail = mode };
	__u32 label = process_label(child, &req);
	int err;

	if (!label && mode & PTRACE_MODE_ATTACH && seki_locked() && is_stranger(child))
		label = SEKI_LABEL_PROC_HOST;
	if (!label)
		return 0;
	req.label = label;
	req.want = mode & PTRACE_MODE_ATTACH ? SEKI_TRACE : SEKI_INSPECT;
	req.quiet = !!(mode & PTRACE_MODE_NOAUDIT);
	describe(&req, child);
	err = seki_check(&req, NULL, NULL);
	if (seki_perfmon_reads && err && req.want == SEKI_INSPECT)
		remember_refusal();
	return err;
}

static __always_inline int check_process(__u8 hook, __u32 want, struct task_struct *p, __u32 detail,
					 __u16 subject)
{
	struct seki_request req = {
		.hook = hook,
		.want = want,
		.detail = detail,
		.subject = subject,
	};
	__u32 label = process_label(p, &req);

	if (!label)
		return 0;
	req.label = label;
	describe(&req, p);
	return seki_check(&req, NULL, NULL);
}

/* The parent becomes the tracer: it is the one that acts. */
SEC("lsm/ptrace_traceme")
int BPF_PROG(hook_ptrace_traceme, struct task_struct *parent)
{
	struct seki_task *s = seki_task_get(parent);
	__u32 tracer = seki_acts_as(seki_task_domain(parent, s), s, seki_generation());

	return check_process(SEKI_HOOK_ptrace_traceme, SEKI_TRACE, bpf_get_current_task_btf(), 0,
			     1 + tracer);
}

/* PID 1 has a job for most signals: an operator who sends one asks for it.  Whoever lets
 * the kernel send one is not known, and nobody has to.
 */
static __always_inline int signal_init(__u8 hook, __u32 label, struct task_struct *p, int sig)
{
	struct seki_request req = {
		.hook = hook,
		.label = label,
		.want = SEKI_SIGNAL,
		.detail = sig,
		.target_domain = SEKI_DOMAIN_INIT,
	};

	req.generation = seki_generation();
	describe(&req, p);
	return req.generation ? seki_check(&req, NULL, NULL) : 0;
}

/* Signal 0 only asks whether the process exists. */
SEC("lsm/task_kill")
int BPF_PROG(hook_task_kill, struct task_struct *p, struct kernel_siginfo *info, int sig)
{
	if (!sig)
		return 0;
	if (p->tgid == 1 && seki_current_marked())
		return signal_init(SEKI_HOOK_task_kill, SEKI_LABEL_BROKER, p, sig);
	return check_process(SEKI_HOOK_task_kill, SEKI_SIGNAL, p, sig, 0);
}

static __always_inline int check_limit(__u8 hook, struct task_struct *p, __u32 detail)
{
	return check_process(hook, SEKI_LIMIT, p, detail, 0);
}

/* RLIMIT_CPU and RLIMIT_FSIZE kill without a signal that anybody sent. */
SEC("lsm/task_setrlimit")
int BPF_PROG(hook_task_setrlimit, struct task_struct *p, unsigned int resource)
{
	return check_limit(SEKI_HOOK_task_setrlimit, p, resource);
}

SEC("lsm/task_setscheduler")
int BPF_PROG(hook_task_setscheduler, struct task_struct *p)
{
	return check_limit(SEKI_HOOK_task_setscheduler, p, 0);
}

SEC("lsm/task_setnice")
int BPF_PROG(hook_task_setnice, struct task_struct *p, int nice)
{
	return check_limit(SEKI_HOOK_task_setnice, p, nice);
}

SEC("lsm/task_setioprio")
int BPF_PROG(hook_task_setioprio, struct task_struct *p, int ioprio)
{
	return check_limit(SEKI_HOOK_task_setioprio, p, ioprio);
}

SEC("lsm/task_movememory")
int BPF_PROG(hook_task_movememory, struct task_struct *p)
{
	return check_limit(SEKI_HOOK_task_movememory, p, 0);
}

/* Whoever asked for the signal is not known here, so it is `other` that sends. */
SEC("lsm/file_send_sigiotask")
int BPF_PROG(hook_file_send_sigiotask, struct task_struct *p, void *fown, int sig)
{
	if (p->tgid == 1)
		return signal_init(SEKI_HOOK_file_send_sigiotask, SEKI_LABEL_PROC_HOST, p, sig);
	return check_process(SEKI_HOOK_file_send_sigiotask, SEKI_SIGNAL, p, sig,
			     1 + SEKI_DOMAIN_OTHER);
}
