// SPDX-License-Identifier: GPL-2.0-or-later
/* try_memory.c - memory objects and the user of a core function; mirrors label.bpf.c, task.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)

/* ---- memory ---- */

static int shm_read(void) { return read_path(SHM); }
static int shm_write(void) { int fd = open(SHM, O_RDWR); return fd < 0 ? errno : close(fd); }
static int shm_mode(void) { return OK(chmod(SHM, 0666)); }
static int shm_passed(void) { return handed_over("hand-memory"); }

/* Put back, or the next would not find it; without a policy it is a file like others. */
static int shm_aside(void)
{
	if (rename(SHM, SHM ".away") < 0)
		return errno;
	return OK(rename(SHM ".away", SHM));
}

static int shm_remove(void)
{
	if (link(SHM, SHM ".kept") < 0)
		return errno;
	unlink(SHM);
	return OK(rename(SHM ".kept", SHM));
}

/* It holds the secret; whoever has it open may take it out. */
static int queue_read(void)
{
	struct { long flags, max, size, held, pad[4]; } now = {};
	int q = (int)syscall(SYS_mq_open, QUEUE, O_RDONLY, 0, NULL);

	if (q < 0)
		return errno;
	return syscall(SYS_mq_getsetattr, q, NULL, &now) < 0 || !now.held ? ENODATA : close(q);
}

static int queue_made_later(void)
{
	int q = (int)syscall(SYS_mq_open, QUEUE_LATER, O_RDONLY, 0, NULL);

	return q < 0 ? errno : close(q);
}

static int queue_forged(void)
{
	int q = (int)syscall(SYS_mq_open, QUEUE, O_WRONLY | O_NONBLOCK, 0, NULL);

	return q < 0 ? errno : close(q);
}

/* ---- user ---- */

static int become(void) { return OK(setuid(CORE_UID)); }
static int become_effective(void) { return OK(seteuid(CORE_UID)); }
static int become_saved(void) { return OK(setresuid((uid_t)-1, (uid_t)-1, CORE_UID)); }
static int become_real(void) { return OK(setreuid(CORE_UID, (uid_t)-1)); }

/* setfsuid(2) has no errno. */
static int become_for_files(void)
{
	setfsuid(CORE_UID);
	return setfsuid((uid_t)-1) == CORE_UID ? 0 : EPERM;
}

static int set_user_program(const char *path)
{
	int in = open("/usr/bin/try", O_RDONLY), out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	struct stat st;
	int err = fstat(in, &st) < 0 || sendfile(out, in, NULL, (size_t)st.st_size) != st.st_size;

	close(in);
	close(out);
	return err || chown(path, CORE_UID, CORE_UID) < 0 || chmod(path, 04755) < 0 ? ENODATA : 0;
}

static int become_by_program(void)
{
	int err = set_user_program("/tmp/set-user"), status;
	pid_t pid = err ? 0 : fork();

	if (err)
		return err;
	if (!pid) {
		execl("/tmp/set-user", "set-user", "--version", NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	unlink("/tmp/set-user");
	return WIFEXITED(status) ? WEXITSTATUS(status) : ENODATA;
}

#define S(fn, bit, hook) { #fn, fn, SEKI_##bit, "hlr.shared", SEKI_HOOK_##hook, OWN_WORK, 0 }
#define B(fn, hook) { #fn, fn, SEKI_USE, "hlr.user", SEKI_HOOK_##hook, OWN_WORK, 0 }

const struct attempt memory_attempts[] = {
	S(shm_read, READ, file_open),
	S(shm_write, WRITE, file_open),
	S(shm_mode, ATTR, inode_setattr),
	S(shm_aside, RENAME, inode_rename),
	S(shm_remove, LINK, inode_link),
	S(queue_read, READ, file_open),
	S(queue_forged, WRITE, file_open),
	S(queue_made_later, READ, file_open),
	{ "shm_passed", shm_passed, SEKI_READ, "hlr.shared", SEKI_HOOK_file_receive, 0, 0 },
	B(become, task_fix_setuid),
	B(become_effective, task_fix_setuid),
	B(become_saved, task_fix_setuid),
	B(become_real, task_fix_setuid),
	B(become_for_files, task_fix_setuid),
	B(become_by_program, bprm_creds_from_file),
	{}
};
