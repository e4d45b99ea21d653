// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.bpf.c - capture of traffic, and connections to management addresses.
 *
 * Protects signalling and user traffic on the host against packet and raw
 * sockets, and the core function's management interface (VTY, control socket)
 * against everyone the policy does not name.
 *
 * Hooks: socket_create, socket_connect, socket_sendmsg (TCP fast open connects
 * without socket_connect), unix_stream_connect, unix_may_send.
 *
 * Addresses are compared as the kernel will use them: 0.0.0.0 and :: connect to
 * loopback, ::ffff:a.b.c.d is a.b.c.d.  The part of an IPv6 address that lies
 * beyond struct sockaddr needs bpf_probe_read_kernel(); where lockdown refuses
 * that, a guarded port is guarded on every IPv6 address.
 */
#include "bpf/check.bpf.h"
#include "bpf/label.bpf.h"

#define NTOHS(x) ((__u16)((((x)&0xff) << 8) | (((x) >> 8) & 0xff)))

SEC("lsm/socket_create")
int BPF_PROG(hook_socket_create, int family, int type, int protocol, int kern)
{
	struct seki_request req = {
		.hook = SEKI_HOOK_socket_create,
		.want = SEKI_USE,
		.label = SEKI_LABEL_CAPTURE,
	};
	bool inet = family == AF_INET || family == AF_INET6;

	if (family != AF_PACKET && family != AF_XDP &&
	    !(inet && (type & SOCK_TYPE_MASK) == SOCK_RAW))
		return 0;
	req.generation = seki_generation();
	if (kern || !req.generation)
		return 0;
	req.family = family;
	req.socktype = type & SOCK_TYPE_MASK;
	req.protocol = protocol;
	return seki_check(&req, NULL, NULL);
}

static __always_inline void set_v4(__u8 *to, __u32 addr)
{
	to[10] = 0xff;
	to[11] = 0xff;
	if (!addr)
		addr = 0x0100007f; /* 0.0.0.0 reaches 127.0.0.1 */
	__builtin_memcpy(to + 12, &addr, 4);
}

static __always_inline bool is_zero(const __u8 *a, int n)
{
	__u8 any = 0;
	int i;

#pragma unroll
	for (i = 0; i < n; i++)
		any |= a[i];
	return !any;
}

/* Most ports are nobody's: one bit says so. */
static __always_inline bool port_guarded(__u16 port, __u32 g)
{
	return seki_state.ports[g & 1][port >> 6 & (SEKI_PORT_WORDS - 1)] >> (port & 63) & 1;
}

static __noinline __u32 addr_label(struct seki_addr_key *key, __u32 g)
{
	__u32 slot = g & 1, *label;
	void *addrs = bpf_map_lookup_elem(&seki_addrs, &slot);
	struct seki_addr_key any = { .port = key->port };

	if (!addrs)
		return SEKI_LABEL_NONE;
	label = bpf_map_lookup_elem(addrs, key);
	if (!label)
		label = bpf_map_lookup_elem(addrs, &any);
	return label ? *label : SEKI_LABEL_NONE;
}

/*
 * :: reaches ::1, and 127.0.0.1 from a socket bound to a mapped address;
 * ::ffff:0.0.0.0 reaches 127.0.0.1.
 */
static __always_inline __u32 addr_label_v6(struct seki_addr_key *key, __u32 g)
{
	__u32 label;

	if (!is_zero(key->addr, 10) || !is_zero(key->addr + 12, 4))
		return addr_label(key, g);
	if (key->addr[10] == 0xff && key->addr[11] == 0xff) {
		set_v4(key->addr, 0);
		return addr_label(key, g);
	}
	if (key->addr[10] || key->addr[11])
		return addr_label(key, g);
	key->addr[15] = 1;
	label = addr_label(key, g);
	if (label)
		return label;
	key->addr[15] = 0;
	set_v4(key->addr, 0);
	return addr_label(key, g);
}

/* On kernels that hide the address: any row for this port. The loader adds it. */
static __always_inline __u32 port_label(__u16 port, __u32 g)
{
	struct seki_addr_key key = { .port = port, .pad = 1 };

	return addr_label(&key, g);
}

static __always_inline int check_addr(struct seki_request *req, struct sockaddr *address)
{
	struct seki_addr_key key = {};
	__u32 label, v4;

	key.port = NTOHS(*(__u16 *)&address->sa_data[0]);
	req->port = key.port;
	req->family = address->sa_family;
	if (!port_guarded(key.port, req->generation))
		return 0;
	if (req->family == AF_INET) {
		v4 = *(__u16 *)&address->sa_data[2] | (__u32) * (__u16 *)&address->sa_data[4] << 16;
		set_v4(key.addr, v4);
		label = addr_label(&key, req->generation);
	} else if (seki_can_probe) {
		bpf_probe_read_kernel(key.addr, 16, (char *)address + 8);
		label = addr_label_v6(&key, req->generation);
	} else {
		label = port_label(key.port, req->generation);
	}
	if (!label)
		return 0;
	req->label = label;
	__builtin_memcpy(req->addr, key.addr, 16);
	return seki_check(req, NULL, NULL);
}

SEC("lsm/socket_connect")
int BPF_PROG(hook_socket_connect, struct socket *sock, struct sockaddr *address, int addrlen)
{
	struct seki_request req = { .hook = SEKI_HOOK_socket_connect, .want = SEKI_CONNECT };
	__u16 family = address->sa_family;

	if (family != AF_INET && family != AF_INET6)
		return 0;
	req.generation = seki_generation();
	if (!req.generation)
		return 0;
	req.socktype = sock->type;
	return check_addr(&req, address);
}

/*
 * sendto(MSG_FASTOPEN) connects.  Its address is only reachable by a probing
 * read; without that, fast open is refused while a management address is guarded.
 */
SEC("lsm/socket_sendmsg")
int BPF_PROG(hook_socket_sendmsg, struct socket *sock, struct msghdr *msg, int size)
{
	struct seki_request req = { .hook = SEKI_HOOK_socket_sendmsg, .want = SEKI_CONNECT };
	struct seki_addr_key key = {};
	struct {
		__u16 family, port;
		__u32 v4;
		__u8 v6[16];
	} to = {};
	__u32 label;

	if (!(msg->msg_flags & MSG_FASTOPEN))
		return 0;
	req.generation = seki_generation();
	if (!req.generation)
		return 0;
	if (!seki_can_probe) {
		label = port_label(0, req.generation);
	} else {
		bpf_probe_read_kernel(&to, sizeof(to), msg->msg_name);
		key.port = NTOHS(to.port);
		if (to.family == AF_INET6) {
			__builtin_memcpy(key.addr, to.v6, 16);
			label = addr_label_v6(&key, req.generation);
		} else {
			set_v4(key.addr, to.v4);
			label = addr_label(&key, req.generation);
		}
	}
	if (!label)
		return 0;
	req.label = label;
	req.family = to.family;
	req.port = key.port;
	__builtin_memcpy(req.addr, key.addr, 16);
	return seki_check(&req, NULL, NULL);
}

static __always_inline int check_unix_label(__u8 hook, __u32 g, __u32 label, struct sock *other)
{
	struct unix_sock *u = (struct unix_sock *)bpf_skc_to_unix_sock(other);
	struct seki_request req = {
		.generation = g,
		.hook = hook,
		.want = SEKI_CONNECT,
		.label = label,
		.family = AF_UNIX,
	};

	return u ? seki_check(&req, u->path.dentry, u->path.dentry->d_inode) : 0;
}

/* Found by walking, then kept in the socket, which never changes its inode. */
static __always_inline __u32 unix_label(struct sock *other, __u32 g)
{
	struct seki_inode found = { .generation = g }, *known;
	struct dentry *dentry;
	struct unix_sock *u;

	known = bpf_sk_storage_get(&seki_socks, other, NULL, 0);
	if (known && known->generation == g)
		return known->label;
	u = (struct unix_sock *)bpf_skc_to_unix_sock(other);
	if (!u)
		return SEKI_LABEL_NONE;
	dentry = u->path.dentry;
	if (!dentry)
		return SEKI_LABEL_NONE; /* abstract or unbound: no inode */
	found.label = seki_label_walk(dentry, dentry->d_inode, g);
	if (found.label == SEKI_LABEL_UNLOCATED)
		return found.label;
	known = bpf_sk_storage_get(&seki_socks, other, &found, BPF_SK_STORAGE_GET_F_CREATE);
	if (known)
		seki_inode_store(known, found);
	return found.label;
}

/* A unix socket is the inode it is bound to, whatever path led there. */
static __always_inline int check_unix(__u8 hook, struct sock *other)
{
	__u32 g = seki_generation(), label;

	if (!g || !other)
		return 0;
	label = unix_label(other, g);
	return label ? check_unix_label(hook, g, label, other) : 0;
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(hook_unix_stream_connect, struct sock *sock, struct sock *other)
{
	return check_unix(SEKI_HOOK_unix_stream_connect, other);
}

SEC("lsm/unix_may_send")
int BPF_PROG(hook_unix_may_send, struct socket *sock, struct socket *other)
{
	return check_unix(SEKI_HOOK_unix_may_send, other->sk);
}
