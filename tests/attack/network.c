// SPDX-License-Identifier: GPL-2.0-or-later
/* network.c - ways to see, divert or cut the traffic. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/fib_rules.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/xfrm.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define LO 1 /* its index in every network namespace */

static int control(void) { return socket(AF_INET, SOCK_DGRAM, 0); }

static int done(int fd) { return fd < 0 ? errno : close(fd); }

/* ---- capture ---- */

static int packet_int80(void) { int fd = int80(359, AF_PACKET, SOCK_RAW, htons(ETH_P_ALL), 0, 0); return fd < 0 ? -fd : close(fd); }

static int packet_socketcall(void)
{
	static unsigned int args[3];
	int fd;

	args[0] = AF_PACKET;
	args[1] = SOCK_RAW;
	args[2] = htons(ETH_P_ALL);
	fd = int80(102, 1, (long)args, 0, 0, 0);
	return fd < 0 ? -fd : close(fd);
}

static int packet_uring(void)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_SOCKET, .fd = AF_PACKET, .off = SOCK_RAW, .len = htons(ETH_P_ALL) };
	int fd = uring_do(&s, 0);

	return fd < 0 ? -fd : close(fd);
}

static int packet_ring(void)
{
	struct tpacket_req r = { .tp_block_size = 4096, .tp_block_nr = 1, .tp_frame_size = 2048, .tp_frame_nr = 2 };
	int s = socket(AF_PACKET, SOCK_RAW, 0);

	return s < 0 ? errno : OK(setsockopt(s, SOL_PACKET, PACKET_RX_RING, &r, sizeof(r)));
}

static int packet_nonblock(void) { return done(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }
static int raw_icmp(void) { return done(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }
static int raw_udp(void) { return done(socket(AF_INET, SOCK_RAW, IPPROTO_UDP)); }
static int raw_sctp(void) { return done(socket(AF_INET, SOCK_RAW, 132)); }
static int raw_any(void) { return done(socket(AF_INET, SOCK_RAW, IPPROTO_RAW)); }
static int raw6_icmp(void) { return done(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)); }
static int xdp_socket(void) { return done(socket(AF_XDP, SOCK_RAW, 0)); }

static int unshare_net(void)
{
	char a[64] = "", b[64] = "";

	if (readlink("/proc/self/ns/net", a, 63) < 0 || unshare(CLONE_NEWNET) < 0)
		return errno;
	return readlink("/proc/self/ns/net", b, 63) < 0 || !strcmp(a, b) ? ENODATA : 0;
}

static int enter_net(const char *path)
{
	int fd = open(path, O_RDONLY);

	return fd < 0 ? errno : OK(setns(fd, CLONE_NEWNET));
}

static int setns_net(void) { return enter_net("/proc/self/ns/net"); }
static int setns_net_int80(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY);

	return fd < 0 ? errno : old80(346, fd, CLONE_NEWNET, 0, 0, 0);
}

static int setns_any(void) { int fd = open("/proc/self/ns/net", O_RDONLY); return fd < 0 ? errno : OK(setns(fd, 0)); }
static int setns_init(void) { int fd = open("/proc/1/ns/net", O_RDONLY); return fd < 0 ? errno : OK(setns(fd, CLONE_NEWNET)); }

static int setns_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	return OK(setns(fd, CLONE_NEWNET));
}

/* ---- tunnels ---- */

static int make_tap(const char *node, short flags)
{
	struct ifreq r = { .ifr_flags = flags };
	int fd = open(node, O_RDWR);

	if (fd < 0)
		return errno == ENOENT ? cannot("no tun device in this kernel") : errno;
	if (ioctl(fd, TUNSETIFF, &r) < 0)
		return errno;
	return if_nametoindex(r.ifr_name) ? 0 : ENODATA;
}

static int tap(void) { return make_tap("/dev/net/tun", IFF_TAP | IFF_NO_PI); }
static int tun(void) { return make_tap("/dev/net/tun", IFF_TUN | IFF_NO_PI); }

static int tap_alias(void)
{
	unlink("/tmp/tun");
	if (access("/dev/net/tun", F_OK))
		return cannot("no tun device in this kernel");
	if (mknod("/tmp/tun", S_IFCHR | 0600, makedev(10, 200)) < 0)
		return errno;
	return make_tap("/tmp/tun", IFF_TAP | IFF_NO_PI);
}

/* ---- by ioctl ---- */

static int flags_now(void)
{
	struct ifreq r = { .ifr_name = "lo" };

	return ioctl(control(), SIOCGIFFLAGS, &r) < 0 ? -1 : r.ifr_flags;
}

static int set_flags(int on, int off)
{
	struct ifreq r = { .ifr_name = "lo" };
	int was = flags_now(), is;

	r.ifr_flags = (short)((was | on) & ~off);
	if (ioctl(control(), SIOCSIFFLAGS, &r) < 0)
		return errno;
	is = flags_now();
	r.ifr_flags = (short)was;
	ioctl(control(), SIOCSIFFLAGS, &r);
	return is == was ? ENODATA : 0;
}

static int link_down(void) { return set_flags(0, IFF_UP); }
static int promiscuous(void) { return set_flags(IFF_PROMISC, 0); }

/* What a listing asks leaves no record; what follows it does. */
static int after_listing(void)
{
	struct { struct nlmsghdr h; char body[56]; } m = { .h = { .nlmsg_len = sizeof(m), .nlmsg_type = 20 /* SOCK_DIAG_BY_FAMILY */,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP }, .body = { AF_INET, IPPROTO_TCP } };
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);

	sendto(s, &m, sizeof(m), 0, (void *)&to, sizeof(to));
	return promiscuous();
}

static int link_mtu(void)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_mtu = 1280 };

	if (ioctl(control(), SIOCSIFMTU, &r) < 0)
		return errno;
	r.ifr_mtu = 65536;
	return OK(ioctl(control(), SIOCSIFMTU, &r));
}

static int queue_length(void)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_qlen = 999 };

	if (ioctl(control(), SIOCSIFTXQLEN, &r) < 0)
		return errno;
	r.ifr_qlen = 1000;
	return OK(ioctl(control(), SIOCSIFTXQLEN, &r));
}

static int take_address(void)
{
	struct ifreq r = { .ifr_name = "lo:9" };
	struct sockaddr_in *a = (void *)&r.ifr_addr;

	a->sin_family = AF_INET;
	inet_pton(AF_INET, "10.9.8.7", &a->sin_addr);
	if (ioctl(control(), SIOCSIFADDR, &r) < 0)
		return errno;
	r.ifr_flags = 0;
	return OK(ioctl(control(), SIOCSIFFLAGS, &r));
}

static struct rtentry route_to(const char *net)
{
	struct rtentry r = { .rt_flags = RTF_UP, .rt_dev = (char *)"lo" };
	struct sockaddr_in *d = (void *)&r.rt_dst, *m = (void *)&r.rt_genmask;

	d->sin_family = m->sin_family = AF_INET;
	inet_pton(AF_INET, net, &d->sin_addr);
	m->sin_addr.s_addr = htonl(0xffffff00);
	return r;
}

static int route_ioctl(void)
{
	struct rtentry r = route_to("10.77.0.0");

	if (ioctl(control(), SIOCADDRT, &r) < 0)
		return errno;
	return OK(ioctl(control(), SIOCDELRT, &r));
}

static int neighbour_ioctl(void)
{
	struct arpreq r = { .arp_flags = ATF_COM | ATF_PERM, .arp_dev = "lo" };
	struct sockaddr_in *a = (void *)&r.arp_pa;

	a->sin_family = AF_INET;
	r.arp_ha.sa_family = ARPHRD_LOOPBACK;
	inet_pton(AF_INET, "10.77.0.9", &a->sin_addr);
	return OK(ioctl(control(), SIOCSARP, &r));
}

static int ethtool_set(void)
{
	struct ethtool_value v = { .cmd = ETHTOOL_SGSO, .data = 1 };
	struct ifreq r = { .ifr_name = "lo", .ifr_data = (void *)&v };

	if (ioctl(control(), SIOCETHTOOL, &r) < 0)
		return errno == EOPNOTSUPP ? cannot("lo has no such setting") : errno;
	return 0;
}

static int bridge_ioctl(void)
{
	if (ioctl(control(), SIOCBRADDBR, "seki0") < 0)
		return errno == ENOPKG || errno == EINVAL || errno == ENOTTY || errno == EOPNOTSUPP
			? cannot("the bridge module is not in this guest") : errno;
	return OK(ioctl(control(), SIOCBRDELBR, "seki0"));
}

/* ---- by netlink ---- */

struct message {
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
		struct rtmsg route;
		struct ndmsg neigh;
		struct tcmsg tc;
		struct fib_rule_hdr rule;
		struct nfgenmsg nf;
		char head[32];
	};
	char attrs[160];
};

static size_t put(void *at, size_t from, __u16 type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)at + from);

	a->rta_type = type;
	a->rta_len = (__u16)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), data, len);
	return from + RTA_SPACE(len);
}

static int link_new_of(const char *kind, const char *name)
{
	struct message m = { .link = { .ifi_family = AF_UNSPEC } };
	char info[64];
	size_t n = put(&m, sizeof(m.link), IFLA_IFNAME, name, strlen(name) + 1), k;
	int err;

	memset(info, 0, sizeof(info));
	k = put(info, 0, IFLA_INFO_KIND, kind, strlen(kind) + 1);
	n = put(&m, n, IFLA_LINKINFO, info, k);
	err = netlink_ask(NETLINK_ROUTE, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &m, n);
	if (err)
		return err == EOPNOTSUPP ? cannot("this kind of link is not in this guest") : err;
	if (!if_nametoindex(name))
		return ENODATA;
	m.link.ifi_index = (int)if_nametoindex(name);
	return netlink_ask(NETLINK_ROUTE, RTM_DELLINK, 0, &m, sizeof(m.link));
}

static int link_dummy(void) { return link_new_of("dummy", "seki1"); }
static int link_veth(void) { return link_new_of("veth", "seki2"); }
static int link_bridge(void) { return link_new_of("bridge", "seki3"); }

static int link_set(void)
{
	struct message m = { .link = { .ifi_family = AF_UNSPEC, .ifi_index = LO } };
	unsigned int mtu = 1281, old = 65536;
	int err = netlink_ask(NETLINK_ROUTE, RTM_NEWLINK, 0, &m, put(&m, sizeof(m.link), IFLA_MTU, &mtu, 4));

	if (err)
		return err;
	return netlink_ask(NETLINK_ROUTE, RTM_NEWLINK, 0, &m, put(&m, sizeof(m.link), IFLA_MTU, &old, 4));
}

static int address_new(void)
{
	struct message m = { .addr = { .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = LO } };
	struct in_addr a;
	size_t n;
	int err;

	inet_pton(AF_INET, "10.9.8.6", &a);
	n = put(&m, sizeof(m.addr), IFA_LOCAL, &a, 4);
	err = netlink_ask(NETLINK_ROUTE, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &m, n);
	return err ? err : netlink_ask(NETLINK_ROUTE, RTM_DELADDR, 0, &m, n);
}

static int address_gone(void)
{
	struct message m = { .addr = { .ifa_family = AF_INET, .ifa_prefixlen = 8, .ifa_index = LO } };
	struct in_addr a;
	size_t n;
	int err;

	inet_pton(AF_INET, "127.0.0.1", &a);
	n = put(&m, sizeof(m.addr), IFA_LOCAL, &a, 4);
	err = netlink_ask(NETLINK_ROUTE, RTM_DELADDR, 0, &m, n);
	return err ? err : netlink_ask(NETLINK_ROUTE, RTM_NEWADDR, NLM_F_CREATE, &m, n);
}

static int route_new(void)
{
	struct message m = { .route = { .rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST } };
	struct in_addr a;
	unsigned int lo = LO;
	size_t n;
	int err;

	inet_pton(AF_INET, "10.78.0.0", &a);
	n = put(&m, sizeof(m.route), RTA_DST, &a, 4);
	n = put(&m, n, RTA_OIF, &lo, 4);
	err = netlink_ask(NETLINK_ROUTE, RTM_NEWROUTE, NLM_F_CREATE, &m, n);
	return err ? err : netlink_ask(NETLINK_ROUTE, RTM_DELROUTE, 0, &m, n);
}

static int neighbour_new(void)
{
	struct message m = { .neigh = { .ndm_family = AF_INET, .ndm_ifindex = LO, .ndm_state = NUD_PERMANENT } };
	struct in_addr a;
	char mac[6] = {};
	size_t n;

	inet_pton(AF_INET, "10.78.0.9", &a);
	n = put(&m, sizeof(m.neigh), NDA_DST, &a, 4);
	n = put(&m, n, NDA_LLADDR, mac, 6);
	return netlink_ask(NETLINK_ROUTE, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &m, n);
}

static int rule_new(void)
{
	struct message m = { .rule = { .family = AF_INET, .table = RT_TABLE_MAIN, .action = FR_ACT_TO_TBL } };
	unsigned int priority = 777;
	size_t n = put(&m, sizeof(m.rule), FRA_PRIORITY, &priority, 4);
	int err = netlink_ask(NETLINK_ROUTE, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &m, n);

	return err ? err : netlink_ask(NETLINK_ROUTE, RTM_DELRULE, 0, &m, n);
}

static int qdisc(const char *kind, __u32 handle, __u32 parent)
{
	struct message m = { .tc = { .tcm_family = AF_UNSPEC, .tcm_ifindex = LO, .tcm_handle = handle, .tcm_parent = parent } };
	size_t n = put(&m, sizeof(m.tc), TCA_KIND, kind, strlen(kind) + 1);
	int err = netlink_ask(NETLINK_ROUTE, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &m, n);

	if (err)
		return err == ENOENT ? cannot("this queueing discipline is not in this guest") : err;
	return netlink_ask(NETLINK_ROUTE, RTM_DELQDISC, 0, &m, n);
}

static int tc_clsact(void) { return qdisc("clsact", TC_H_MAKE(TC_H_CLSACT, 0), TC_H_CLSACT); }
static int tc_fifo(void) { return qdisc("pfifo", 0x10000, TC_H_ROOT); }

/* A batch that makes a table; NFNL_MSG_BATCH_BEGIN alone asks for the right. */
static int nft_table(void)
{
	struct { struct nlmsghdr h; struct nfgenmsg g; } begin, end;
	struct { struct nlmsghdr h; struct nfgenmsg g; struct rtattr a; char name[8]; } table;
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	union { struct nlmsghdr h; char bytes[1024]; } answer;
	char batch[sizeof(begin) + sizeof(table) + sizeof(end)];
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	if (s < 0)
		return errno == EPROTONOSUPPORT ? cannot("nf_tables is not in this guest") : errno;
	memset(&begin, 0, sizeof(begin));
	memset(&table, 0, sizeof(table));
	begin.h = (struct nlmsghdr){ sizeof(begin), NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 1, 0 };
	begin.g.res_id = htons(NFNL_SUBSYS_NFTABLES);
	end = begin;
	end.h.nlmsg_type = NFNL_MSG_BATCH_END;
	end.h.nlmsg_seq = 3;
	table.h = (struct nlmsghdr){ sizeof(table), NFNL_SUBSYS_NFTABLES << 8, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK, 2, 0 };
	table.g.nfgen_family = AF_INET;
	table.a = (struct rtattr){ RTA_LENGTH(8), 1 };
	memcpy(table.name, "sekitab", 8);
	memcpy(batch, &begin, sizeof(begin));
	memcpy(batch + sizeof(begin), &table, sizeof(table));
	memcpy(batch + sizeof(begin) + sizeof(table), &end, sizeof(end));
	if (sendto(s, batch, sizeof(batch), 0, (void *)&to, sizeof(to)) < 0)
		return errno;
	if (recv(s, &answer, sizeof(answer), 0) < 0 || answer.h.nlmsg_type != NLMSG_ERROR)
		return ENODATA;
	return -((struct nlmsgerr *)NLMSG_DATA(&answer.h))->error;
}

static int xfrm_state(void)
{
	struct { struct xfrm_usersa_flush f; } m = { .f = { .proto = 50 } };
	int err = netlink_ask(NETLINK_XFRM, XFRM_MSG_FLUSHSA, 0, &m, sizeof(m));

	if (err == EPROTONOSUPPORT)
		return cannot("xfrm_user is not in this guest");
	return err == ESRCH ? 0 : err; /* nothing there to flush: asked and answered */
}

/* ---- by socket options ---- */

static int option(int level, int name, int value, int type)
{
	int s = socket(AF_INET, type, 0), now = 0;
	socklen_t len = sizeof(now);

	if (setsockopt(s, level, name, &value, sizeof(value)) < 0)
		return errno;
	if (getsockopt(s, level, name, &now, &len) < 0)
		return 0; /* an option that can only be set */
	return now == value ? 0 : ENODATA;
}

static int mark(void) { return option(SOL_SOCKET, SO_MARK, 7, SOCK_DGRAM); }
static int priority(void) { return option(SOL_SOCKET, SO_PRIORITY, 7, SOCK_DGRAM); }
static int transparent(void) { return option(IPPROTO_IP, IP_TRANSPARENT, 1, SOCK_STREAM); }
static int transparent6(void)
{
	int s = socket(AF_INET6, SOCK_STREAM, 0), on = 1;

	return setsockopt(s, IPPROTO_IPV6, 75 /* IPV6_TRANSPARENT */, &on, sizeof(on)) < 0 ? errno : 0;
}
static int repair(void) { return option(IPPROTO_TCP, TCP_REPAIR, 1, SOCK_STREAM); }
static int debug_socket(void) { return option(SOL_SOCKET, SO_DEBUG, 1, SOCK_DGRAM); }

static int forced_buffer(void) { return option(SOL_SOCKET, SO_RCVBUFFORCE, 65536, SOCK_DGRAM) == EPERM ? EPERM : 0; }

/* A sender of whatever packets, in the kernel; /proc/net is in /proc/self. */
static int packet_maker(void)
{
	char now[512] = "";
	int err = send_text("/proc/net/pktgen/kpktgend_0", "add_device lo\n");

	if (err == ENOENT)
		return cannot("no packet generator in this guest");
	if (err || read_text("/proc/net/pktgen/kpktgend_0", now, sizeof(now)))
		return err ? err : ENODATA;
	send_text("/proc/net/pktgen/kpktgend_0", "rem_device_all\n");
	return strstr(now, "lo") ? 0 : ENODATA;
}

static int sysctl_forward(void) { return poke("/proc/sys/net/ipv4/ip_forward", "1"); }
static int sysctl_route_localnet(void) { return poke("/proc/sys/net/ipv4/conf/lo/route_localnet", "1"); }

#define C(fn) { "network", #fn, fn, "net.capture", "use", 0, 0, NULL }
#define N(fn) { "network", #fn, fn, "kernel.namespace", "use", 0, 0, NULL }
#define O(fn, err, fl) { "network", #fn, fn, "net.admin", "use", err, fl, NULL }
#define A(fn) { "network", #fn, fn, "net.admin", "use", 0, 0, NULL }

const struct attack network_attacks[] = {
	C(packet_int80), C(packet_socketcall), C(packet_uring), C(packet_ring), C(packet_nonblock),
	C(raw_icmp), C(raw_udp), C(raw_sctp), C(raw_any), C(raw6_icmp), C(xdp_socket),
	N(unshare_net), N(setns_net), N(setns_net_int80), N(setns_any), N(setns_init), N(setns_pidfd),
	{ "network", "tap", tap, "net.admin", "*", 0, 0, NULL },
	{ "network", "tun", tun, "net.admin", "*", 0, 0, NULL },
	{ "network", "tap_alias", tap_alias, "net.admin", "*", 0, 0, NULL },
	A(link_down), A(promiscuous), A(after_listing), A(link_mtu), A(queue_length), A(take_address), A(route_ioctl),
	A(neighbour_ioctl), A(ethtool_set), A(bridge_ioctl),
	A(link_dummy), A(link_veth), A(link_bridge), A(link_set), A(address_new), A(address_gone),
	A(route_new), A(neighbour_new), A(rule_new), A(tc_clsact), A(tc_fifo), A(nft_table), A(xfrm_state),
	O(mark, 0, 0), O(priority, 0, 0), O(transparent, 0, 0), O(transparent6, 0, 0), A(repair), O(debug_socket, EACCES, 0),
	/* systemctl(1) asks for this at each call and goes on without it */
	O(forced_buffer, 0, QUIET),
	{ "network", "packet_maker", packet_maker, "kernel.device", "write", 0, 0, NULL },
	{ "network", "sysctl_forward", sysctl_forward, "kernel.sysctl", "write", 0, 0, NULL },
	{ "network", "sysctl_route_localnet", sysctl_route_localnet, "kernel.sysctl", "write", 0, 0, NULL },
	{}
};
