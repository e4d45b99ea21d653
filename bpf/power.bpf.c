// SPDX-License-Identifier: GPL-2.0-only
/*
 * power.bpf.c - powers over the whole kernel: closed by the lock to every task
 * whose domain the policy does not name.
 *
 * Protects against what goes around every object: other code in the kernel
 * (modules, kexec), tracing, raw hardware, the clock, reboot and swap, audit,
 * namespaces, the network's wiring.
 *
 * Hooks: capable is the only one asked for delete_module, adjtimex, reboot,
 * unshare, setns, sethostname, swapon, netlink and interface ioctls; it is told
 * apart by capability first, then by system call.  locked_down is a lockdown for
 * each task.  kernel_load_data and kernel_read_file see the two ways of loading
 * modules and kexec images, kernel_module_request an autoload in its requester.
 *
 * Moving a process to another cgroup asks no hook but the mode of cgroup.procs of
 * the directory above both; the loader takes the write bit off it, so capable is
 * asked, and the process is what PID 1 writes.
 *
 * Left open here: reading the kernel log.
 */
#include "bpf/power.bpf.h"
#include "bpf/subject.bpf.h"

#define WATCHED                                                                    \
	(1ull << CAP_NET_ADMIN | 1ull << CAP_NET_RAW | 1ull << CAP_SYS_MODULE |    \
	 1ull << CAP_SYS_RAWIO | 1ull << CAP_SYS_PACCT | 1ull << CAP_SYS_ADMIN |   \
	 1ull << CAP_SYS_BOOT | 1ull << CAP_SYS_TIME | 1ull << CAP_AUDIT_CONTROL | \
	 1ull << CAP_MAC_ADMIN)
#define CAP_OPT_NOAUDIT 2
#define SOL_SOCKET 1
#define SO_SNDBUFFORCE 32
#define SO_RCVBUFFORCE 33
#define IPPROTO_IP 0
#define IPPROTO_IPV6 41
#define IP_TRANSPARENT 19
#define IPV6_TRANSPARENT 75

struct syscall {
	__u32 nr;
	bool compat;
};

static __always_inline struct syscall syscall_now(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(t);

	return (struct syscall){
		.nr = regs->orig_ax & ~0x40000000u, /* x32 */
		.compat = t->thread_info.status & TS_COMPAT,
	};
}

/* What CAP_SYS_ADMIN is asked for.  Numbers of arch/x86/entry/syscalls. */
static __always_inline __u32 admin_label(struct syscall s)
{
	switch (s.nr) {
	case 435: /* clone3, both tables */
		return SEKI_LABEL_NAMESPACE;
	case 442: /* mount_setattr */
	case 443: /* quotactl_fd */
	case 467: /* open_tree_attr */
		return SEKI_LABEL_MOUNT;
	}
	if (s.compat) {
		switch (s.nr) {
		case 120: /* clone */
		case 310: /* unshare */
		case 346: /* setns */
			return SEKI_LABEL_NAMESPACE;
		case 131: /* quotactl */
		case 217: /* pivot_root */
			return SEKI_LABEL_MOUNT;
		case 74:  /* sethostname */
		case 121: /* setdomainname */
			return SEKI_LABEL_SYSCTL;
		case 87:  /* swapon */
		case 115: /* swapoff */
			return SEKI_LABEL_POWER;
		case 219: /* madvise: memory is said to be broken */
			return SEKI_LABEL_DEVICE;
		}
		return SEKI_LABEL_NONE;
	}
	switch (s.nr) {
	case 56:  /* clone */
	case 272: /* unshare */
	case 308: /* setns */
		return SEKI_LABEL_NAMESPACE;
	case 155: /* pivot_root */
	case 179: /* quotactl */
		return SEKI_LABEL_MOUNT;
	case 170: /* sethostname */
	case 171: /* setdomainname */
		return SEKI_LABEL_SYSCTL;
	case 167: /* swapon */
	case 168: /* swapoff */
		return SEKI_LABEL_POWER;
	case 28: /* madvise: memory is said to be broken */
		return SEKI_LABEL_DEVICE;
	}
	return SEKI_LABEL_NONE;
}

static __always_inline bool is_kexec(struct syscall s)
{
	return s.compat ? s.nr == 283 : s.nr == 246 || s.nr == 320;
}

/* Options of the socket itself: buffer sizes, marks, priorities. */
static __always_inline bool is_socket_option(struct syscall s)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());

	return !s.compat && s.nr == 54 && (__u32)regs->si == SOL_SOCKET;
}

/* Making a socket asks for CAP_NET_RAW and is judged by socket_create; what else does
 * is a mark, a priority or an address that is not the own one.
 */
static __always_inline bool is_socket_call(struct syscall s)
{
	return s.compat ? s.nr == 359 : s.nr == 41;
}

/* systemctl(1) asks for larger buffers each time and goes on without them. */
static __always_inline bool asks_for_buffer(struct syscall s)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());

	return is_socket_option(s) && (regs->dx == SO_SNDBUFFORCE || regs->dx == SO_RCVBUFFORCE);
}

/* send and recv, by which a listing goes; not ioctl and setsockopt. */
static __always_inline bool is_message(struct syscall s)
{
	if (s.compat)
		return s.nr == 102 || s.nr == 337 || s.nr == 345 || (s.nr >= 369 && s.nr <= 372);
	return (s.nr >= 44 && s.nr <= 47) || s.nr == 299 || s.nr == 307 || s.nr <= 1;
}

/* A listing of sockets asks for the capability, to show marks as well. */
static __always_inline bool lists_sockets(void)
{
	__u64 *lister = bpf_map_lookup_elem(&seki_lister, &(__u32){ 0 });

	return lister && *lister == bpf_get_current_pid_tgid() && is_message(syscall_now());
}

static __always_inline __u32 capability_label(int cap)
{
	struct syscall s = syscall_now();

	switch (cap) {
	case CAP_SYS_ADMIN:
		return admin_label(s);
	case CAP_NET_ADMIN:
		/* daemons mark their own traffic; an operator borrows no mark */
		return is_socket_option(s) && !seki_current_marked() ? SEKI_LABEL_NONE :
								       SEKI_LABEL_NETADMIN;
	case CAP_NET_RAW:
		return !is_socket_call(s) && seki_current_marked() ? SEKI_LABEL_NETADMIN :
								     SEKI_LABEL_NONE;
	case CAP_SYS_BOOT:
		return is_kexec(s) ? SEKI_LABEL_KEXEC : SEKI_LABEL_POWER;
	case CAP_SYS_MODULE:
		return SEKI_LABEL_MODULE;
	case CAP_SYS_RAWIO:
		return SEKI_LABEL_DEVICE;
	case CAP_SYS_TIME:
		return SEKI_LABEL_TIME;
	case CAP_MAC_ADMIN:
		return SEKI_LABEL_LSM;
	}
	return SEKI_LABEL_AUDIT;
}

/*
 * The process that is written, as cgroup.procs reads it; 0 where lockdown refuses
 * bpf_probe_read_kernel(), since libbpf then takes the one of user memory for missing.
 */
static __always_inline __u32 number_written(void)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	char text[12] = {};
	__u32 n = 0, i;

	if (!seki_can_probe)
		return 0;
	bpf_probe_read_user(text, sizeof(text) - 1, (void *)regs->si);
#pragma unroll
	for (i = 0; i < sizeof(text); i++) {
		if (text[i] < '0' || text[i] > '9')
			break;
		n = n * 10 + (text[i] - '0');
	}
	return n;
}

static __always_inline bool is_keeper(__u32 pid)
{
	bool is = false;
	__u32 i;

#pragma unroll
	for (i = 0; i < SEKI_KEEPERS; i++)
		is |= seki_state.keepers[i] == pid;
	return is && pid;
}

/* PID 1 moves what it is asked to; the systemd of root's logins only what is below it. */
static __always_inline int check_move(void)
{
	struct seki_request req = {
		.hook = SEKI_HOOK_capable,
		.label = SEKI_LABEL_PROC_OWN,
		.want = SEKI_LIMIT,
		.target_domain = SEKI_DOMAIN_COLLECTOR,
	};

	req.generation = seki_generation();
	if (!req.generation || syscall_now().nr != 1 /* write */)
		return 0;
	req.target_pid = number_written();
	if (is_keeper(req.target_pid))
		return seki_check(&req, NULL, NULL);
	if (!seki_current_privileged())
		return 0; /* refused by the kernel */
	return seki_power(SEKI_HOOK_capable, SEKI_LABEL_CGROUP, CAP_DAC_OVERRIDE, false);
}

/* Powers inside a user namespace of one's own end there. */
SEC("lsm/capable")
int BPF_PROG(hook_power_capable, const struct cred *cred, struct user_namespace *ns, int cap,
	     unsigned int opts)
{
	__u32 label;

	if (cap == CAP_DAC_OVERRIDE)
		return check_move();
	if (!(WATCHED >> (cap & 63) & 1) || !seki_locked() || ns->level)
		return 0;
	label = capability_label(cap);
	if (!label)
		return 0;
	return seki_power(SEKI_HOOK_capable, label, cap,
			  opts & CAP_OPT_NOAUDIT ||
				  (cap == CAP_NET_ADMIN &&
				   (lists_sockets() || asks_for_buffer(syscall_now()))));
}

/* To answer for addresses of others; CAP_NET_RAW is enough for it. */
SEC("lsm/socket_setsockopt")
int BPF_PROG(hook_socket_setsockopt, struct socket *sock, int level, int optname)
{
	if ((level != IPPROTO_IP || optname != IP_TRANSPARENT) &&
	    (level != IPPROTO_IPV6 || optname != IPV6_TRANSPARENT))
		return 0;
	return seki_power(SEKI_HOOK_socket_setsockopt, SEKI_LABEL_NETADMIN, optname, false);
}

SEC("lsm/netlink_send")
int BPF_PROG(hook_netlink_send, struct sock *sk, struct sk_buff *skb)
{
	__u64 *lister = bpf_map_lookup_elem(&seki_lister, &(__u32){ 0 });
	__u16 type = SOCK_DIAG_BY_FAMILY;

	if (!lister)
		return 0;
	*lister = 0;
	if (sk->sk_protocol != NETLINK_SOCK_DIAG)
		return 0;
	if (seki_can_probe)
		bpf_probe_read_kernel(&type, sizeof(type), skb->data + 4);
	if (type == SOCK_DIAG_BY_FAMILY)
		*lister = bpf_get_current_pid_tgid();
	return 0;
}

#define IS(reason) (what == (int)bpf_core_enum_value(enum lockdown_reason, LOCKDOWN_##reason))

static __always_inline __u32 lockdown_label(int what)
{
	if (IS(TRACEFS) || IS(DEBUGFS) || IS(KPROBES) || IS(PERF) || IS(MMIOTRACE))
		return SEKI_LABEL_TRACE;
	if (IS(KEXEC))
		return SEKI_LABEL_KEXEC;
	if (IS(HIBERNATION))
		return SEKI_LABEL_POWER;
	if (IS(MSR) || IS(IOPORT) || IS(PCI_ACCESS) || IS(ACPI_TABLES) || IS(EFI_TEST) ||
	    IS(PCMCIA_CIS) || IS(TIOCSSERIAL) || IS(MODULE_PARAMETERS))
		return SEKI_LABEL_DEVICE;
	return IS(XFRM_SECRET) ? SEKI_LABEL_NETADMIN : SEKI_LABEL_NONE;
}

SEC("lsm/locked_down")
int BPF_PROG(hook_locked_down, int what)
{
	if (!seki_locked())
		return 0;
	return seki_power(SEKI_HOOK_locked_down, lockdown_label(what), what, false);
}

SEC("lsm/kernel_module_request")
int BPF_PROG(hook_kernel_module_request, char *name)
{
	return seki_power(SEKI_HOOK_kernel_module_request, SEKI_LABEL_MODULE, 0, false);
}

/* From memory or from a file: the two lists of what have the same numbers. */
static __always_inline int check_load(__u8 hook, int what)
{
	__u32 label = SEKI_LABEL_NONE;

	if (what == LOADING_MODULE)
		label = SEKI_LABEL_MODULE;
	else if (what == LOADING_KEXEC_IMAGE || what == LOADING_KEXEC_INITRAMFS)
		label = SEKI_LABEL_KEXEC;
	return seki_power(hook, label, what, false);
}

SEC("lsm/kernel_load_data")
int BPF_PROG(hook_kernel_load_data, int what)
{
	return check_load(SEKI_HOOK_kernel_load_data, what);
}

SEC("lsm/kernel_read_file")
int BPF_PROG(hook_kernel_read_file, struct file *file, int what)
{
	return check_load(SEKI_HOOK_kernel_read_file, what);
}

SEC("lsm/perf_event_open")
int BPF_PROG(hook_perf_event_open, void *attr, int type)
{
	return seki_power(SEKI_HOOK_perf_event_open, SEKI_LABEL_TRACE, type, false);
}

/* Clearing the log and silencing the console; include/linux/syslog.h. */
SEC("lsm/syslog")
int BPF_PROG(hook_syslog, int type)
{
	if (type < 4 || type > 8)
		return 0;
	return seki_power(SEKI_HOOK_syslog, SEKI_LABEL_KLOG, type, false);
}

SEC("lsm/userns_create")
int BPF_PROG(hook_userns_create, const struct cred *cred)
{
	return seki_power(SEKI_HOOK_userns_create, SEKI_LABEL_NAMESPACE, 0, false);
}
