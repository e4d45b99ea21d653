// SPDX-License-Identifier: GPL-2.0-or-later
/* management.c - ways to the management ports and consoles of a core function. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in port = { .sin_family = AF_INET };

static struct sockaddr *vty(void)
{
	port.sin_port = htons(VTY_PORT);
	port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return (void *)&port;
}

static int greets(int s)
{
	char buf[8] = "";

	if (read(s, buf, sizeof(buf) - 1) <= 0)
		return ENODATA;
	close(s);
	return strncmp(buf, "VTY", 3) ? ENODATA : 0;
}

static int tcp(void) { return socket(AF_INET, SOCK_STREAM, 0); }

static int by_connect(void)
{
	int s = tcp();

	return connect(s, vty(), sizeof(port)) < 0 ? errno : greets(s);
}

static int vty_int80(void)
{
	int s = tcp(), ret = int80(362, s, (long)vty(), sizeof(port), 0, 0);

	return ret < 0 ? -ret : greets(s);
}

static int vty_socketcall(void)
{
	static unsigned int args[3];
	int s = tcp(), ret;

	args[0] = (unsigned int)s;
	args[1] = (unsigned int)(unsigned long)vty();
	args[2] = sizeof(port);
	ret = int80(102, 3, (long)args, 0, 0, 0);
	return ret < 0 ? -ret : greets(s);
}

static int uring_connect(unsigned int setup, __u8 flags)
{
	int s = tcp(), ret;
	struct io_uring_sqe e = { .opcode = IORING_OP_CONNECT, .fd = s, .addr = (unsigned long)vty(),
		.off = sizeof(port), .flags = flags };

	ret = uring_do(&e, setup);
	return ret < 0 ? -ret : greets(s);
}

static int vty_uring(void) { return uring_connect(0, 0); }
static int vty_uring_poller(void) { return uring_connect(IORING_SETUP_SQPOLL, 0); }
static int vty_uring_worker(void) { return uring_connect(0, IOSQE_ASYNC); }

static int vty_nonblock(void)
{
	int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (connect(s, vty(), sizeof(port)) < 0 && errno != EINPROGRESS)
		return errno;
	fcntl(s, F_SETFL, 0);
	return greets(s);
}

static int as_user(int (*run)(void))
{
	if (setgroups(0, NULL) < 0 || setgid(1000) < 0 || setuid(1000) < 0)
		return errno;
	return run();
}

static int vty_as_user(void) { return as_user(by_connect); }
static int vty_in_child(void) { return in_child(by_connect); }

static int vty_from_other_address(void)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int s = tcp();

	inet_pton(AF_INET, "127.0.0.9", &from.sin_addr);
	if (bind(s, (void *)&from, sizeof(from)) < 0)
		return ENODATA;
	return connect(s, vty(), sizeof(port)) < 0 ? errno : greets(s);
}

static int vty_mptcp(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 262);

	if (s < 0)
		return cannot("no MPTCP in this kernel");
	return connect(s, vty(), sizeof(port)) < 0 ? errno : greets(s);
}

/* ---- the unix sockets ---- */

static int unix_connect(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	return connect(s, (void *)&to, sizeof(to)) < 0 ? errno : greets(s);
}

static int control_by_descriptor(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open(CTRL_PATH, O_PATH));
	return unix_connect(path);
}

static int control_relative(void) { return chdir("/srv/run") ? ENODATA : unix_connect("hlr.ctrl"); }
static int control_proc_root(void) { return unix_connect("/proc/self/root" CTRL_PATH); }
static int control_chroot(void) { return chroot("/srv") < 0 ? errno : unix_connect("/run/hlr.ctrl"); }

static int control_bind(void)
{
	int err;

	mkdir("/tmp/run", 0700);
	if (mount("/srv/run", "/tmp/run", NULL, MS_BIND, NULL) < 0)
		return errno;
	err = unix_connect("/tmp/run/hlr.ctrl");
	umount2("/tmp/run", MNT_DETACH);
	return err;
}

static int control_second_name(void)
{
	int err;

	unlink(OWN "/ctrl");
	if (link(CTRL_PATH, OWN "/ctrl") < 0)
		return errno;
	err = unix_connect(OWN "/ctrl");
	unlink(OWN "/ctrl");
	return err;
}


static int control_uring(void)
{
	static struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = CTRL_PATH };
	int s = socket(AF_UNIX, SOCK_STREAM, 0), ret;
	struct io_uring_sqe e = { .opcode = IORING_OP_CONNECT, .fd = s, .addr = (unsigned long)&to, .off = sizeof(to) };

	ret = uring_do(&e, 0);
	return ret < 0 ? -ret : greets(s);
}

static struct sockaddr_un to_datagram = { .sun_family = AF_UNIX, .sun_path = DGRAM_PATH };

static int datagram_send(void) { return OK((int)sendto(socket(AF_UNIX, SOCK_DGRAM, 0), "x", 1, 0, (void *)&to_datagram, sizeof(to_datagram))); }
static int datagram_connect(void)
{
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	return connect(s, (void *)&to_datagram, sizeof(to_datagram)) < 0 ? errno : send(s, "x", 1, 0) < 0 ? errno : 0;
}

static int datagram_many(void)
{
	struct iovec v = { "x", 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &to_datagram, .msg_namelen = sizeof(to_datagram), .msg_iov = &v, .msg_iovlen = 1 } };

	return OK(sendmmsg(socket(AF_UNIX, SOCK_DGRAM, 0), &m, 1, 0));
}

/* ---- in its place ---- */

static int socket_aside(void)
{
	if (rename(CTRL_PATH, "/srv/run/aside") < 0)
		return errno;
	return OK(rename("/srv/run/aside", CTRL_PATH));
}

static int socket_replaced(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "/srv/run/mine" };

	unlink("/srv/run/mine");
	if (bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof(a)) < 0)
		return ENODATA;
	if (syscall(SYS_renameat2, AT_FDCWD, "/srv/run/mine", AT_FDCWD, CTRL_PATH, 2 /* EXCHANGE */) < 0) {
		int err = errno;

		unlink("/srv/run/mine");
		return err;
	}
	syscall(SYS_renameat2, AT_FDCWD, "/srv/run/mine", AT_FDCWD, CTRL_PATH, 2);
	return OK(unlink("/srv/run/mine"));
}

static int socket_mode(void)
{
	struct stat st;

	if (stat(CTRL_PATH, &st) < 0 || chmod(CTRL_PATH, 0777) < 0)
		return errno;
	return OK(chmod(CTRL_PATH, st.st_mode & 07777));
}

static int directory_covered(void)
{
	if (mount("t", "/srv/run", "tmpfs", 0, NULL) < 0)
		return errno;
	return OK(umount2("/srv/run", MNT_DETACH));
}

static int socket_covered(void)
{
	close(open("/tmp/cover", O_WRONLY | O_CREAT, 0600));
	if (mount("/tmp/cover", CTRL_PATH, NULL, MS_BIND, NULL) < 0)
		return errno;
	return OK(umount2(CTRL_PATH, MNT_DETACH));
}

/* ---- consoles ---- */

static int type_into(int fd)
{
	char c = '\n';

	return OK(ioctl(fd, TIOCSTI, &c));
}

static int pseudo_terminal(void)
{
	int m, unlock = 0, n = 0;
	char path[32];

	m = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
	if (m < 0 || ioctl(m, TIOCSPTLCK, &unlock) < 0 || ioctl(m, TIOCGPTN, &n) < 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/pts/%d", n);
	return open(path, O_RDWR | O_NOCTTY);
}

static int terminal_input(void)
{
	int fd = pseudo_terminal();

	return fd < 0 ? ENODATA : type_into(fd);
}

static int terminal_input_int80(void)
{
	static char c = '\n';
	int fd = pseudo_terminal();

	return fd < 0 ? ENODATA : old80(54, fd, TIOCSTI, (long)&c, 0, 0);
}

static int console_input(void)
{
	int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK);

	return fd < 0 ? errno : type_into(fd);
}

static int console_paste(void)
{
	char arg[2] = { 6 /* TIOCL_GETSHIFTSTATE */, 0 };
	int fd = open("/dev/tty1", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return cannot("no virtual console in this guest");
	return OK(ioctl(fd, TIOCLINUX, arg));
}

static int console_take(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	return fd < 0 ? errno : ioctl(pseudo_terminal(), TIOCCONS) < 0 ? errno : ioctl(fd, TIOCCONS) < 0 ? errno : 0;
}

/* ---- datagrams, associations, names without a file ---- */

static struct sockaddr *at(int number)
{
	vty();
	port.sin_port = htons((in_port_t)number);
	return (void *)&port;
}

static int udp_to(struct sockaddr *to)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	return sendto(s, "x", 1, 0, to, sizeof(port)) < 0 ? errno : greets(s);
}

static int udp_address(void) { return udp_to(at(UDP_PORT)); }

static int udp_anywhere(void)
{
	at(UDP_PORT);
	port.sin_addr.s_addr = 0;
	return udp_to((void *)&port);
}

static int udp_connected(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(s, at(UDP_PORT), sizeof(port)) < 0)
		return errno;
	return write(s, "x", 1) != 1 ? errno : greets(s);
}

static int udp_many(void)
{
	struct iovec iov = { "x", 1 };
	struct mmsghdr m = { .msg_hdr = { at(UDP_PORT), sizeof(port), &iov, 1, NULL, 0, 0 } };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	return sendmmsg(s, &m, 1, 0) < 0 ? errno : greets(s);
}

static int sctp_connect(void)
{
	int s = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);

	return connect(s, at(SCTP_PORT), sizeof(port)) < 0 ? errno : greets(s);
}

static int sctp_list(void)
{
	int s = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);

	return setsockopt(s, IPPROTO_SCTP, 110 /* SCTP_SOCKOPT_CONNECTX */, at(SCTP_PORT), sizeof(port)) < 0 ? errno : greets(s);
}

static int sctp_message(void)
{
	int s = socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP);

	return OK(sendto(s, "x", 1, 0, at(SCTP_PORT), sizeof(port)));
}

static int control_abstract(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "\0hlr-control" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	return connect(s, (void *)&to, sizeof(sa_family_t) + 12) < 0 ? errno : greets(s);
}

#define V(fn) { "management", #fn, fn, "hlr.management", "connect", 0, 0, NULL }
#define S(fn, access) { "management", #fn, fn, "hlr.management", access, 0, 0, NULL }
#define K(fn) { "management", #fn, fn, "kernel.console", "ioctl", 0, 0, NULL }

const struct attack management_attacks[] = {
	V(vty_int80), V(vty_socketcall), V(vty_uring), V(vty_uring_poller), V(vty_uring_worker), V(vty_nonblock),
	V(vty_as_user), V(vty_in_child), V(vty_from_other_address), V(vty_mptcp),
	V(control_by_descriptor), V(control_relative), V(control_proc_root), V(control_chroot), V(control_bind),
	S(control_second_name, "*"), V(control_uring),
	V(udp_address), V(udp_anywhere), V(udp_connected), V(udp_many), V(sctp_connect), V(sctp_list), V(sctp_message), V(control_abstract),
	V(datagram_send), V(datagram_connect), V(datagram_many),
	S(socket_aside, "rename"), S(socket_replaced, "rename"), S(socket_mode, "attr"),
	{ "management", "directory_covered", directory_covered, "hlr.management", "mount", 0, 0, NULL },
	S(socket_covered, "mount"),
	K(terminal_input), K(terminal_input_int80), K(console_input), K(console_paste), K(console_take),
	{}
};
