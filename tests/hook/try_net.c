// SPDX-License-Identifier: GPL-2.0-or-later
/* try_net.c - capture and management connections; mirrors bpf/net.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int make(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	return fd < 0 ? errno : close(fd);
}

static int packet_raw(void) { return make(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)); }
static int packet_dgram(void) { return make(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL)); }
static int packet_old(void) { return make(AF_INET, 10 /* SOCK_PACKET */, htons(ETH_P_ALL)); }
static int raw_ip(void) { return make(AF_INET, SOCK_RAW, IPPROTO_TCP); }
static int raw_ip6(void) { return make(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP); }

static int greets(int s)
{
	char buf[8] = "";

	if (read(s, buf, sizeof(buf) - 1) <= 0)
		return ENODATA;
	close(s);
	return strncmp(buf, "VTY", 3) ? ENODATA : 0;
}

static int tcp4(const char *addr, in_port_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, addr, &to.sin_addr);
	return connect(s, (void *)&to, sizeof(to)) < 0 ? errno : greets(s);
}

static int vty6(const char *addr)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(VTY_PORT) };
	int s = socket(AF_INET6, SOCK_STREAM, 0);

	inet_pton(AF_INET6, addr, &to.sin6_addr);
	return connect(s, (void *)&to, sizeof(to)) < 0 ? errno : greets(s);
}

static int vty(void) { return tcp4("127.0.0.1", VTY_PORT); }
static int vty_any(void) { return tcp4("0.0.0.0", VTY_PORT); }
static int second(void) { return tcp4("127.0.0.1", SECOND_PORT); }
static int vty_mapped(void) { return vty6("::ffff:127.0.0.1"); }
static int vty_mapped_any(void) { return vty6("::ffff:0.0.0.0"); }

/* A socket bound to a mapped address turns :: into 127.0.0.1. */
static int vty_bound_any(void)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
	int s = socket(AF_INET6, SOCK_STREAM, 0);

	inet_pton(AF_INET6, "::ffff:127.0.0.1", &a.sin6_addr);
	if (bind(s, (void *)&a, sizeof(a)) < 0)
		return ENODATA;
	inet_pton(AF_INET6, "::", &a.sin6_addr);
	a.sin6_port = htons(VTY_PORT);
	return connect(s, (void *)&a, sizeof(a)) < 0 ? errno : greets(s);
}

static int vty_fast_open(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(VTY_PORT),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (sendto(s, "x", 1, MSG_FASTOPEN, (void *)&to, sizeof(to)) < 0)
		return errno;
	return greets(s);
}

static int unix_connect(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(to.sun_path, path);
	return connect(s, (void *)&to, sizeof(to)) < 0 ? errno : greets(s);
}

static int control_socket(void) { return unix_connect(CTRL_PATH); }

static int control_abstract(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "\0hlr-control" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	return connect(s, (void *)&to, sizeof(sa_family_t) + 12) < 0 ? errno : greets(s);
}

/* ---- datagrams and associations ---- */

static struct sockaddr_in at(const char *addr, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port) };

	inet_pton(AF_INET, addr, &to.sin_addr);
	return to;
}

static int udp_send_to(const char *addr)
{
	struct sockaddr_in to = at(addr, UDP_PORT);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	return sendto(s, "x", 1, 0, (void *)&to, sizeof(to)) < 0 ? errno : greets(s);
}

static int udp_send(void) { return udp_send_to("127.0.0.1"); }
static int udp_send_any(void) { return udp_send_to("0.0.0.0"); }

static int udp_send_mapped(void)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(UDP_PORT) };
	int s = socket(AF_INET6, SOCK_DGRAM, 0);

	inet_pton(AF_INET6, "::ffff:127.0.0.1", &to.sin6_addr);
	return sendto(s, "x", 1, 0, (void *)&to, sizeof(to)) < 0 ? errno : greets(s);
}

static int udp_connect(void)
{
	struct sockaddr_in to = at("127.0.0.1", UDP_PORT);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(s, (void *)&to, sizeof(to)) < 0)
		return errno;
	return write(s, "x", 1) != 1 ? errno : greets(s);
}

static int sctp_by(int type, int how)
{
	struct sockaddr_in to = at("127.0.0.1", SCTP_PORT);
	int s = socket(AF_INET, type, IPPROTO_SCTP);

	if (how == 0)
		return connect(s, (void *)&to, sizeof(to)) < 0 ? errno : greets(s);
	if (how == 1)
		return sendto(s, "x", 1, 0, (void *)&to, sizeof(to)) < 0 ? errno : 0;
	return setsockopt(s, IPPROTO_SCTP, how, &to, sizeof(to)) < 0 ? errno : 0;
}

static int sctp_connect(void) { return sctp_by(SOCK_STREAM, 0); }
static int sctp_send(void) { return sctp_by(SOCK_SEQPACKET, 1); }
static int sctp_connectx(void) { return sctp_by(SOCK_STREAM, 107 /* SCTP_SOCKOPT_CONNECTX_OLD */); }

/* To wait in the function's place, where it is not, or not yet. */
static int take(int family, int type, int protocol, const char *addr)
{
	union { struct sockaddr_in v4; struct sockaddr_in6 v6; } a = { .v4 = { .sin_family = (sa_family_t)family, .sin_port = htons(SPARE_PORT) } };
	int s = socket(family, type, protocol);

	inet_pton(family, addr, family == AF_INET ? (void *)&a.v4.sin_addr : &a.v6.sin6_addr);
	if (bind(s, (void *)&a, family == AF_INET ? sizeof(a.v4) : sizeof(a.v6)) < 0)
		return errno;
	return type == SOCK_STREAM && listen(s, 1) < 0 ? errno : close(s);
}

static int take_tcp(void) { return take(AF_INET, SOCK_STREAM, 0, "127.0.0.1"); }
static int take_tcp_anywhere(void) { return take(AF_INET, SOCK_STREAM, 0, "0.0.0.0"); }
static int take_tcp_mapped(void) { return take(AF_INET6, SOCK_STREAM, 0, "::ffff:127.0.0.1"); }
static int take_tcp6_anywhere(void) { return take(AF_INET6, SOCK_STREAM, 0, "::"); }
static int take_udp(void) { return take(AF_INET, SOCK_DGRAM, 0, "127.0.0.1"); }
static int take_sctp(void) { return take(AF_INET, SOCK_STREAM, IPPROTO_SCTP, "127.0.0.1"); }

static int take_sctp_list(void)
{
	struct sockaddr_in a[2] = { at("127.0.0.9", SPARE_PORT), at("127.0.0.1", SPARE_PORT) };

	return setsockopt(socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), IPPROTO_SCTP, 100 /* SCTP_SOCKOPT_BINDX_ADD */, a, sizeof(a)) < 0 ? errno : 0;
}

static int take_abstract(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0hlr-spare" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	return bind(s, (void *)&a, sizeof(sa_family_t) + 10) < 0 || listen(s, 1) < 0 ? errno : close(s);
}

static int control_symlink(void)
{
	unlink("/tmp/ctrl");
	if (symlink(CTRL_PATH, "/tmp/ctrl") < 0)
		return ENODATA;
	return unix_connect("/tmp/ctrl");
}

#define C(fn) { #fn, fn, SEKI_USE, "net.capture", SEKI_HOOK_socket_create, NO_AUDIT, 0 }
#define M(fn, hook) { #fn, fn, SEKI_CONNECT, "hlr.management", SEKI_HOOK_##hook, 0, 0 }
#define T(fn, hook) { #fn, fn, SEKI_CREATE, "hlr.management", SEKI_HOOK_##hook, OWN_WORK, 0 }

const struct attempt net_attempts[] = {
	C(packet_raw), C(packet_dgram), C(packet_old), C(raw_ip), C(raw_ip6),
	M(vty, socket_connect),
	M(vty_any, socket_connect),
	M(second, socket_connect),
	M(vty_mapped, socket_connect),
	M(vty_mapped_any, socket_connect),
	M(vty_bound_any, socket_connect),
	M(vty_fast_open, socket_sendmsg),
	M(control_socket, unix_stream_connect),
	M(control_symlink, unix_stream_connect),
	M(control_abstract, unix_stream_connect),
	M(udp_send, socket_sendmsg),
	M(udp_send_any, socket_sendmsg),
	M(udp_send_mapped, socket_sendmsg),
	M(udp_connect, socket_connect),
	M(sctp_connect, socket_connect),
	M(sctp_send, socket_sendmsg),
	M(sctp_connectx, sctp_bind_connect),
	T(take_tcp, socket_bind),
	T(take_tcp_anywhere, socket_bind),
	T(take_tcp_mapped, socket_bind),
	T(take_tcp6_anywhere, socket_bind),
	T(take_udp, socket_bind),
	T(take_sctp, socket_bind),
	T(take_sctp_list, sctp_bind_connect),
	T(take_abstract, socket_bind),
	{}
};
