// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seccomp.c - the system calls of a collector at work.
 *
 * A call that is not listed gets EPERM rather than death: a libc that begins
 * to use another call must not take the log with it.
 */
#include "userspace/collector/confine.h"

#include <errno.h>
#include <seccomp.h>

static const int allowed[] = {
	SCMP_SYS(accept4),	 SCMP_SYS(adjtimex),
	SCMP_SYS(brk),		 SCMP_SYS(clock_adjtime),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(close),	 SCMP_SYS(exit),
	SCMP_SYS(exit_group),	 SCMP_SYS(fcntl),
	SCMP_SYS(fdatasync),	 SCMP_SYS(fstat),
	SCMP_SYS(fsync),	 SCMP_SYS(ftruncate),
	SCMP_SYS(futex),	 SCMP_SYS(getdents64),
	SCMP_SYS(getpid),	 SCMP_SYS(getrandom),
	SCMP_SYS(gettid),	 SCMP_SYS(lseek),
	SCMP_SYS(madvise),	 SCMP_SYS(mmap),
	SCMP_SYS(mprotect),	 SCMP_SYS(mremap),
	SCMP_SYS(munmap),	 SCMP_SYS(newfstatat),
	SCMP_SYS(openat),	 SCMP_SYS(poll),
	SCMP_SYS(ppoll),	 SCMP_SYS(pread64),
	SCMP_SYS(read),		 SCMP_SYS(recvfrom),
	SCMP_SYS(renameat),	 SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),	 SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),	 SCMP_SYS(sendto),
	SCMP_SYS(stat),		 SCMP_SYS(tgkill),
	SCMP_SYS(unlinkat),	 SCMP_SYS(write),
	SCMP_SYS(writev),	 SCMP_SYS(open),
	SCMP_SYS(statx),	 SCMP_SYS(flock),
	SCMP_SYS(geteuid),	 SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),	 SCMP_SYS(rename),
	SCMP_SYS(renameat2),	 SCMP_SYS(lstat),
	SCMP_SYS(access),	 SCMP_SYS(faccessat),
	SCMP_SYS(ioctl),	 SCMP_SYS(nanosleep),
	SCMP_SYS(sendmsg),	 SCMP_SYS(sched_yield),
	SCMP_SYS(uname),	 SCMP_SYS(pwrite64),
	SCMP_SYS(mkdirat),	 SCMP_SYS(syncfs),
	SCMP_SYS(getsockopt),	 SCMP_SYS(sync_file_range),
};

int seki_confine_calls(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int ok = ctx != NULL;

	for (size_t i = 0; ok && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		ok = !seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	ok = ok && !seccomp_load(ctx);
	seccomp_release(ctx);
	return ok;
}
