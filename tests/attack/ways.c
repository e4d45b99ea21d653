// SPDX-License-Identifier: GPL-2.0-or-later
/* ways.c - ways into the kernel that several techniques share. */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The reason goes through a file: an exit status is all a child has. */
int cannot(const char *reason)
{
	int fd = open("/tmp/cannot", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd >= 0 && write(fd, reason, strlen(reason)) < 0)
		return EIO;
	close(fd);
	return CANNOT;
}

int open_only(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	return fd < 0 ? errno : close(fd);
}

int send_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

int read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return errno;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return errno;
	while (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return 0;
}

int poke(const char *path, const char *value)
{
	char old[256], now[256];
	int err = read_text(path, old, sizeof(old));

	if (err)
		return err;
	err = send_text(path, value);
	if (err)
		return err;
	err = read_text(path, now, sizeof(now));
	send_text(path, old);
	return err || strcmp(now, value) ? ENODATA : 0;
}

const char *proc_path(pid_t pid, const char *name)
{
	static char path[96];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return path;
}

const char *own_proc(void)
{
	mkdir("/tmp/proc2", 0700);
	mount("p", "/tmp/proc2", "proc", 0, NULL);
	return "/tmp/proc2";
}

/* Static programs lie below 4 GiB, and so do their strings. */
int int80(int nr, long a, long b, long c, long d, long e)
{
	long ret;

	/* The sixth argument, %ebp, is 0. */
	asm volatile("mov %%rbp, %%r12\n\txor %%ebp, %%ebp\n\tint $0x80\n\tmov %%r12, %%rbp"
		     : "=a"(ret)
		     : "a"((long)nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
		     : "memory", "r8", "r9", "r10", "r11", "r12");
	return (int)ret;
}

int old80(int nr, long a, long b, long c, long d, long e)
{
	int ret = int80(nr, a, b, c, d, e);

	return ret < 0 ? -ret : 0;
}

int uring_do(struct io_uring_sqe *sqe, unsigned int setup)
{
	struct io_uring_params p = { .flags = setup, .sq_thread_idle = 1000 };
	int ring = (int)syscall(SYS_io_uring_setup, 4, &p), i, ret;
	char *sq, *cq;
	struct io_uring_sqe *at;
	struct io_uring_cqe *cqe;
	const int rw = PROT_READ | PROT_WRITE;

	if (ring < 0)
		return -errno;
	sq = mmap(NULL, p.sq_off.array + p.sq_entries * 4, rw, MAP_SHARED, ring,
		  IORING_OFF_SQ_RING);
	cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(*cqe), rw, MAP_SHARED, ring,
		  IORING_OFF_CQ_RING);
	at = mmap(NULL, p.sq_entries * sizeof(*at), rw, MAP_SHARED, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || (void *)at == MAP_FAILED)
		return -ENODATA;
	*at = *sqe;
	((unsigned int *)(sq + p.sq_off.array))[0] = 0;
	__atomic_store_n((unsigned int *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, setup & IORING_SETUP_SQPOLL ? 0 : 1,
		    IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP, NULL, 0) < 0)
		return -errno;
	for (i = 0; i < 200; i++, usleep(10000))
		if (__atomic_load_n((unsigned int *)(cq + p.cq_off.tail), __ATOMIC_ACQUIRE))
			break;
	cqe = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	ret = i == 200 ? -ETIMEDOUT : cqe->res;
	close(ring);
	return ret;
}

/* One request with NLM_F_ACK; 0 or the errno of the answer. */
int netlink_ask(int protocol, int type, int flags, const void *body, size_t len)
{
	struct {
		struct nlmsghdr h;
		char body[512];
	} m = { .h = { .nlmsg_len = (__u32)(NLMSG_HDRLEN + len),
		       .nlmsg_type = (__u16)type,
		       .nlmsg_flags = (__u16)(NLM_F_REQUEST | NLM_F_ACK | flags) } };
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	union {
		struct nlmsghdr h;
		char bytes[1024];
	} answer;
	int s = socket(AF_NETLINK, SOCK_RAW, protocol), err = ENODATA;

	if (s < 0)
		return errno;
	memcpy(m.body, body, len);
	if (sendto(s, &m, m.h.nlmsg_len, 0, (void *)&to, sizeof(to)) < 0)
		err = errno;
	else if (recv(s, &answer, sizeof(answer), 0) >= (ssize_t)NLMSG_LENGTH(sizeof(int)) &&
		 answer.h.nlmsg_type == NLMSG_ERROR)
		err = -((struct nlmsgerr *)NLMSG_DATA(&answer.h))->error;
	close(s);
	return err;
}

pid_t pid_from(const char *path)
{
	char text[32] = "";

	return read_text(path, text, sizeof(text)) ? -1 : (pid_t)atoi(text);
}

/* For acts that a process can't take back: a namespace, a root, a uid. */
int in_child(int (*run)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(run());
	if (waitpid(pid, &status, 0) != pid)
		return ECHILD;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
