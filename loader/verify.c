// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verify.c - the kernel has what we need, or the load is refused by the name of
 * what is missing.  Nothing is weakened quietly.
 */
#include "loader/loader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"

#define BPF_FS_MAGIC_ 0xcafe4a11
#define CGROUP2_MAGIC_ 0x63677270

/* LSM hooks that every policy needs; the optional ones are told apart below. */
static const char *const required[] = {
	"bpf",
	"bpf_map",
	"bpf_prog",
	"bprm_committed_creds",
	"bprm_creds_from_file",
	"capable",
	"file_ioctl",
	"file_lock",
	"file_mprotect",
	"file_open",
	"file_receive",
	"file_send_sigiotask",
	"inode_create",
	"inode_link",
	"inode_mkdir",
	"inode_mknod",
	"inode_removexattr",
	"inode_rename",
	"inode_rmdir",
	"inode_setattr",
	"inode_setxattr",
	"inode_symlink",
	"inode_unlink",
	"ipc_permission",
	"kernel_load_data",
	"kernel_module_request",
	"kernel_read_file",
	"locked_down",
	"mmap_file",
	"move_mount",
	"msg_queue_alloc_security",
	"msg_queue_free_security",
	"msg_queue_msgctl",
	"netlink_send",
	"path_notify",
	"perf_event_open",
	"ptrace_access_check",
	"ptrace_traceme",
	"sb_alloc_security",
	"sb_kern_mount",
	"sb_mount",
	"sb_remount",
	"sb_umount",
	"sctp_bind_connect",
	"sem_alloc_security",
	"sem_free_security",
	"sem_semctl",
	"shm_alloc_security",
	"shm_free_security",
	"shm_shmctl",
	"socket_bind",
	"socket_connect",
	"socket_create",
	"socket_sendmsg",
	"socket_setsockopt",
	"syslog",
	"task_alloc",
	"task_fix_setuid",
	"task_kill",
	"task_movememory",
	"task_setioprio",
	"task_setnice",
	"task_setrlimit",
	"task_setscheduler",
	"unix_may_send",
	"unix_stream_connect",
	"userns_create",
};

/* First line of a small file; 0, or -1 with errno. */
static int read_line(const char *path, char *buf, size_t size)
{
	seki_autofclose FILE *f = fopen(path, "re");

	if (!f)
		return -1;
	if (!fgets(buf, (int)size, f))
		return errno = EIO, -1;
	buf[strcspn(buf, "\n")] = 0;
	return 0;
}

static __s32 hook_find(const struct btf *btf, const char *hook)
{
	char name[96];

	snprintf(name, sizeof(name), "bpf_lsm_%s", hook);
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
}

/* Number of arguments of a hook, or -1. */
static int hook_args(const struct btf *btf, const char *hook)
{
	__s32 id = hook_find(btf, hook);
	const struct btf_type *t;

	if (id < 0)
		return -1;
	t = btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type);
	return btf_vlen(t);
}

static int verify_hooks(struct seki_kernel *k)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int missing = 0;
	size_t i;

	if (!btf) {
		seki_warn(
			"/sys/kernel/btf/vmlinux: cannot be read; a kernel with CONFIG_DEBUG_INFO_BTF is needed");
		return -1;
	}
	for (i = 0; i < sizeof(required) / sizeof(*required); i++) {
		if (hook_find(btf, required[i]) >= 0)
			continue;
		seki_warnx(
			"this kernel (%s) has no LSM hook %s; the policy can't be enforced in full and is not loaded",
			k->release, required[i]);
		missing++;
	}
	k->setattr_has_idmap = hook_args(btf, "inode_setattr") == 3;
	k->has_acl_hooks = hook_find(btf, "inode_set_acl") >= 0 &&
			   hook_find(btf, "inode_remove_acl") >= 0;
	k->has_ioctl_compat = hook_find(btf, "file_ioctl_compat") >= 0;
	k->has_file_setattr = hook_find(btf, "inode_file_setattr") >= 0;
	btf__free(btf);
	return missing ? -1 : 0;
}

static int verify_lsm(void)
{
	char buf[512], *name, *save;

	if (read_line("/sys/kernel/security/lsm", buf, sizeof(buf)) < 0) {
		seki_warn("/sys/kernel/security/lsm: cannot be read; mount securityfs there");
		return -1;
	}
	for (name = strtok_r(buf, ",", &save); name; name = strtok_r(NULL, ",", &save))
		if (!strcmp(name, "bpf"))
			return 0;
	seki_warnx(
		"the kernel runs without the bpf LSM; add bpf to lsm= on its command line and boot again");
	return -1;
}

/* With the switch at 0, load and attach succeed and nothing is enforced. */
static int verify_ftrace(void)
{
	char buf[16];

	if (read_line("/proc/sys/kernel/ftrace_enabled", buf, sizeof(buf)) < 0) {
		seki_warn(
			"/proc/sys/kernel/ftrace_enabled: cannot be read; a kernel with CONFIG_DYNAMIC_FTRACE and a mounted /proc is needed");
		return -1;
	}
	if (!strcmp(buf, "1"))
		return 0;
	seki_warnx(
		"kernel.ftrace_enabled is %s: no BPF LSM program would run; write 1 to /proc/sys/kernel/ftrace_enabled, and remove the setting from /etc/sysctl.d and from the kernel command line",
		buf);
	return -1;
}

static int verify_mount(const char *path, long magic, const char *what)
{
	struct statfs fs;

	if (statfs(path, &fs) == 0 && fs.f_type == magic)
		return 0;
	seki_warnx("%s: no %s is mounted there; mount it first", path, what);
	return -1;
}

/* Under confidentiality the kernel refuses bpf_probe_read_kernel(). */
static bool probing_allowed(void)
{
	char buf[128];

	if (read_line("/sys/kernel/security/lockdown", buf, sizeof(buf)) < 0)
		return true;
	return !strstr(buf, "[confidentiality]");
}

int seki_verify_kernel(struct seki_kernel *ret)
{
	struct utsname u;

	*ret = (struct seki_kernel){ .can_probe = probing_allowed() };
	if (geteuid() != 0) {
		seki_warnx("root is needed to load a policy into the kernel");
		return -1;
	}
	if (uname(&u) == 0)
		snprintf(ret->release, sizeof(ret->release), "%.63s", u.release);
	if (verify_lsm() || verify_ftrace() || verify_hooks(ret))
		return -1;
	ret->perfmon_reads = seki_probe_perfmon_reads();
	if (verify_mount(SEKI_BPFFS, (long)BPF_FS_MAGIC_, "bpffs") ||
	    verify_mount(SEKI_CGROUP, CGROUP2_MAGIC_, "cgroup2"))
		return -1;
	return 0;
}
