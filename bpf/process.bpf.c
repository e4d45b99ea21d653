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
 * and capable, on kernels where CAP_PERFMON passes a refused look (loader/probe.c).
 *
 * Left open here: ways to stop a process that send no signal (cgroup files,
 * limits, priorities); perf and tracing, which never ask these hooks.
 */
#include "bpf/check.bpf.h"
#include "bpf/subject.bpf.h"

/* Label of a process, by its domain; NONE for `other`.  Names both in the request. */
static __always_inline __u32 process_label(struct task_struct *t, struct seki_request *req)
{
	__u32 g = seki_generation(), slot = g & 1, index;
	struct seki_task *s = seki_task_get(t);
	struct seki_domain *d;
	void *domains;

	index = req->target_domain = seki_task_domain(t, s);
	req->generation = g;
	if (!g || index == SEKI_DOMAIN_OTHER)
		return SEKI_LABEL_NONE;
	domains = bpf_map_lookup_elem(&seki_domains, &slot);
	d = domains ? bpf_map_lookup_elem(domains, &index) : NULL;
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
enum { REFUSED_LOOK = 1, REFUSED_PERFMON = 2 };

static __always_inline void remember_refusal(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct seki_task fresh = {}, *s = seki_task_get(t);

	fresh.domain = seki_task_domain(t, s);
	if (!s)
		s = bpf_task_storage_get(&seki_tasks, t, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (s)
		s->refused = REFUSED_LOOK;
}

SEC("?lsm/capable")
int BPF_PROG(hook_capable, const struct cred *cred, void *ns, int cap)
{
	struct seki_task *s;

	if (cap != CAP_PERFMON && cap != CAP_SYS_ADMIN)
		return 0;
	s = seki_task_get(bpf_get_current_task_btf());
	if (!s || !s->refused)
		return 0;
	if (cap == CAP_PERFMON && s->refused == REFUSED_LOOK) {
		s->refused = REFUSED_PERFMON;
		return -EPERM;
	}
	if (cap == CAP_SYS_ADMIN && s->refused == REFUSED_PERFMON) {
		s->refused = 0;
		return -EPERM;
	}
	s->refused = 0;
	return 0;
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(hook_ptrace_access_check, struct task_struct *child, unsigned int mode)
{
	struct seki_request req = { .hook = SEKI_HOOK_ptrace_access_check, .detail = mode };
	__u32 label = process_label(child, &req);
	int err;

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

/* The parent becomes the tracer: it is the one that acts. */
SEC("lsm/ptrace_traceme")
int BPF_PROG(hook_ptrace_traceme, struct task_struct *parent)
{
	struct seki_request req = { .hook = SEKI_HOOK_ptrace_traceme, .want = SEKI_TRACE };
	struct task_struct *t = bpf_get_current_task_btf();
	__u32 label = process_label(t, &req);

	if (!label)
		return 0;
	req.label = label;
	req.subject = 1 + seki_task_domain(parent, seki_task_get(parent));
	describe(&req, t);
	return seki_check(&req, NULL, NULL);
}

static __always_inline int check_signal(struct task_struct *p, int sig)
{
	struct seki_request req = {
		.hook = SEKI_HOOK_task_kill,
		.want = SEKI_SIGNAL,
		.detail = sig,
	};
	__u32 label = process_label(p, &req);

	if (!label)
		return 0;
	req.label = label;
	describe(&req, p);
	return seki_check(&req, NULL, NULL);
}

/* Signal 0 only asks whether the process exists. */
SEC("lsm/task_kill")
int BPF_PROG(hook_task_kill, struct task_struct *p, struct kernel_siginfo *info, int sig)
{
	return sig ? check_signal(p, sig) : 0;
}

/* Whoever asked for the signal is not known here, so it is `other` that sends. */
SEC("lsm/file_send_sigiotask")
int BPF_PROG(hook_file_send_sigiotask, struct task_struct *p, void *fown, int sig)
{
	struct seki_request req = {
		.hook = SEKI_HOOK_file_send_sigiotask,
		.want = SEKI_SIGNAL,
		.detail = sig,
		.subject = 1 + SEKI_DOMAIN_OTHER,
	};
	__u32 label = process_label(p, &req);

	if (!label)
		return 0;
	req.label = label;
	describe(&req, p);
	return seki_check(&req, NULL, NULL);
}
