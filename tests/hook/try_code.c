// SPDX-License-Identifier: GPL-2.0-or-later
/* try_code.c - other code in a core function; mirrors file.bpf.c and inode.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#define OK(call) ((call) < 0 ? errno : 0)
#define RX (PROT_READ | PROT_EXEC)
#define RW (PROT_READ | PROT_WRITE)
#define RWX (RW | PROT_EXEC)
#define OTHER_LIB OWN "/lib.so"

static int write_some(const char *path, int flags)
{
	int fd = open(path, flags, 0755);

	if (fd < 0)
		return errno;
	if (write(fd, "\177ELF", 4) != 4)
		return errno;
	return close(fd);
}

/* ---- the files, by whoever is not named ---- */

static int code_write(void) { return write_some(LIB, O_WRONLY); }
static int code_cut(void) { return OK(truncate(LIB, 8192)); }
static int code_remove(void) { return OK(unlink(LIB)); }
static int code_plant(void) { return write_some(CODE "/planted.so", O_WRONLY | O_CREAT); }
static int code_mode(void) { return OK(chmod(LIB, 0777)); }
static int code_link(void) { unlink(OWN "/x.so"); return OK(link(LIB, OWN "/x.so")); }
static int code_directory(void) { return OK(rename(CODE, "/srv/code2")); }
static int code_turn(void) { unlink("/tmp/l"); return OK(symlink(LIB, CODE "/linked.so")); }

static int code_replace(void)
{
	int err = write_some(OTHER_LIB, O_WRONLY | O_CREAT);

	return err ? err : OK(rename(OTHER_LIB, LIB));
}

static int code_replace_one(void)
{
	int err = write_some("/srv/lib/new.so", O_WRONLY | O_CREAT);

	return err ? err : OK(rename("/srv/lib/new.so", ONE_LIB));
}

static int code_cover(void)
{
	int err = write_some(OTHER_LIB, O_WRONLY | O_CREAT);

	if (!err)
		err = OK(mount(OTHER_LIB, LIB, NULL, MS_BIND, NULL));
	if (!err)
		umount2(LIB, MNT_DETACH);
	return err;
}

/* ---- in the core function itself ---- */

static int map_as(const char *path, int prot, int flags, void **ret)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return ENODATA;
	*ret = mmap(NULL, 4096, prot, flags, fd, 0);
	close(fd);
	return *ret == MAP_FAILED ? errno : 0;
}

static int map_other_lib(int prot, void **ret)
{
	if (write_some(OTHER_LIB, O_WRONLY | O_CREAT))
		return ENODATA;
	return map_as(OTHER_LIB, prot, MAP_PRIVATE, ret);
}

static int unsealed_map(void) { void *p; return map_other_lib(RX, &p); }

static int unsealed_later(void)
{
	void *p;

	return map_other_lib(PROT_READ, &p) ? ENODATA : OK(mprotect(p, 4096, RX));
}

static int unsealed_memory_file(void)
{
	int fd = memfd_create("code", 0);

	if (ftruncate(fd, 4096) < 0)
		return ENODATA;
	return mmap(NULL, 4096, RX, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno : 0;
}

static int unsealed_shm(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0700);
	void *p = shmat(id, NULL, SHM_EXEC);
	int err = errno;

	shmctl(id, IPC_RMID, NULL);
	return p == (void *)-1 ? err : 0;
}

static void *memory(int prot) { return mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

static int anonymous_map(void) { return memory(RWX) == MAP_FAILED ? errno : 0; }
static int anonymous_later(void) { return OK(mprotect(memory(RW), 4096, RX)); }

static int anonymous_stack(void)
{
	char here;

	return OK(mprotect((void *)((uintptr_t)&here & ~4095ul), 4096, RWX));
}

static int written_code(void)
{
	void *p;

	if (map_as(LIB, RW, MAP_PRIVATE, &p))
		return ENODATA;
	*(volatile char *)p = 1;
	return OK(mprotect(p, 4096, RX));
}

static int writable_code(void) { void *p; return map_as(LIB, RWX, MAP_PRIVATE, &p); }

static int writable_later(void)
{
	void *p;

	return map_as(LIB, RX, MAP_PRIVATE, &p) ? ENODATA : OK(mprotect(p, 4096, RWX));
}

#define F(fn, bit, hook) { #fn, fn, SEKI_##bit, "hlr.code", SEKI_HOOK_##hook, 0, 0 }
#define U(fn, hook) { #fn, fn, SEKI_EXEC, "code.unsealed", SEKI_HOOK_##hook, BY_CORE, 0 }
#define A(fn, hook) { #fn, fn, SEKI_EXEC, "code.anonymous", SEKI_HOOK_##hook, BY_CORE, 0 }

const struct attempt code_attempts[] = {
	F(code_write, WRITE, file_open),
	F(code_cut, WRITE, inode_setattr),
	F(code_remove, DELETE, inode_unlink),
	F(code_plant, CREATE, inode_create),
	F(code_turn, CREATE, inode_symlink),
	F(code_mode, ATTR, inode_setattr),
	F(code_link, LINK, inode_link),
	F(code_replace, RENAME, inode_rename),
	F(code_replace_one, RENAME, inode_rename),
	F(code_directory, RENAME, inode_rename),
	F(code_cover, MOUNT, sb_mount),
	U(unsealed_map, mmap_file),
	U(unsealed_later, file_mprotect),
	{ "unsealed_memory_file", unsealed_memory_file, SEKI_EXEC, "hlr.shared", SEKI_HOOK_mmap_file, BY_CORE, 0 },
	U(unsealed_shm, mmap_file),
	A(anonymous_map, mmap_file),
	A(anonymous_later, file_mprotect),
	A(anonymous_stack, file_mprotect),
	A(written_code, file_mprotect),
	A(writable_code, mmap_file),
	A(writable_later, file_mprotect),
	{}
};
