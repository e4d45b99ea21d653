// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.bpf.c - capture of traffic, and connections to management addresses.
 *
 * Protects signalling and user traffic on the host against packet and raw
 * sockets, and the core function's management interface (VTY, control socket)
 * against everyone the policy does not name.
 *
 * Hooks: socket_create, socket_connect, socket_sendmsg (TCP fast open connects
 * without socket_connect, datagrams carry their address), sctp_bind_connect (lists
 * of addresses), socket_bind (whoever waits there in the function's place is told what
 * others tell it), unix_stream_connect, unix_may_send.
 *
 * Of daemons that do what they are asked the connection is judged: what is said
 * there no hook sees.
 *
 * Addresses are compared as the kernel will use them: 0.0.0.0 and :: connect to
 * loopback, ::ffff:a.b.c.d is a.b.c.d.  The part of an IPv6 address that lies
 * beyond struct sockaddr needs bpf_probe_read_kernel(); where lockdown refuses
 * that, a guarded port is guarded on every IPv6 address, and datagrams that carry
 * an address pass, as does a bind to an abstract name of more than 13 bytes.
 */
#include "bpf/check.bpf.h"
#include "bpf/label.bpf.h"
#include "bpf/name.bpf.h"
#include "bpf/near.h"

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
	struct seki_addr_key any = { .port = key->port, .kind = key->kind };

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
static __always_inline __u32 port_label(__u16 port, __u16 kind, __u32 g)
{
	struct seki_addr_key key = { .port = port, .kind = kind | SEKI_ADDR_ANYWHERE };

	return addr_label(&key, g);
}

/* MPTCP and SMC connect to TCP. */
static __always_inline __u16 kind_of(struct sock *sk)
{
	if (sk->sk_protocol == IPPROTO_SCTP)
		return SEKI_ADDR_SCTP;
	return sk->sk_type == SOCK_DGRAM ? SEKI_ADDR_UDP : SEKI_ADDR_TCP;
}

struct peer {
	struct seki_addr_key key;
	__u16 family;
	__u16 socktype;
	__u8 hook;
};

static __always_inline __u32 peer_v4(struct sockaddr *address)
{
	return *(__u16 *)&address->sa_data[2] | (__u32) * (__u16 *)&address->sa_data[4] << 16;
}

static __always_inline __u32 peer_label(struct peer *p, struct sockaddr *address, __u32 g)
{
	if (p->family == AF_INET) {
		set_v4(p->key.addr, peer_v4(address));
		return addr_label(&p->key, g);
	}
	if (seki_can_probe) {
		bpf_probe_read_kernel(p->key.addr, 16, (char *)address + 8);
		return addr_label_v6(&p->key, g);
	}
	return port_label(p->key.port, p->key.kind, g);
}

static __always_inline int answer_peer(__u64 word, const struct peer *p, __u32 g, __u32 label,
				       const struct seki_who *who)
{
	struct seki_request req = {
		.generation = g,
		.hook = p->hook,
		.want = SEKI_CONNECT,
		.label = label,
		.family = p->family,
		.port = p->key.port,
		.socktype = p->socktype,
	};

	__builtin_memcpy(req.addr, p->key.addr, 16);
	return seki_answer(word, &req, who, NULL, NULL);
}

/* The request is described only where there is something to tell. */
static __noinline int check_addr(__u8 hook, __u32 g, struct sockaddr *address, __u16 kind,
				 __u16 socktype)
{
	struct seki_who who = {};
	struct peer p = {};
	__u32 label;
	__u64 word;

	p.key.port = NTOHS(*(__u16 *)&address->sa_data[0]);
	if (!port_guarded(p.key.port, g))
		return 0;
	p.key.kind = kind;
	p.family = address->sa_family;
	p.socktype = socktype;
	p.hook = hook;
	label = peer_label(&p, address, g);
	if (!label)
		return 0;
	word = seki_decide(g, label, SEKI_CONNECT, 0, &who);
	return word ? answer_peer(word, &p, g, label, &who) : 0;
}

/* What is asked of an address near at hand; beside who, which seki_decide() may write. */
struct asked {
	struct seki_who who;
	__u32 generation, label;
};

static __noinline int answer_near(__u64 word, const struct asked *q, struct sockaddr *address,
				  __u32 socktype)
{
	struct peer p = { .family = AF_INET,
			  .socktype = socktype,
			  .hook = SEKI_HOOK_socket_connect };

	p.key.port = NTOHS(*(__u16 *)&address->sa_data[0]);
	set_v4(p.key.addr, peer_v4(address));
	return answer_peer(word, &p, q->generation, q->label, &q->who);
}

static __always_inline __u32 near_label(struct sockaddr *address, __u32 g)
{
	const struct seki_near *row;
	void *sa = &address->sa_data;
	__u64 key;

	barrier_var(sa); /* or the compiler, told that it is 2-byte aligned, loads it in parts */
	key = seki_near_key(*(__u64 *)sa);
	row = &seki_state.near[g & 1][seki_near_row(key)];
	return row->key == key ? row->label : SEKI_LABEL_NONE;
}

/* Most that are guarded are TCP over IPv4, and one load away. */
SEC("lsm/socket_connect")
int BPF_PROG(hook_socket_connect, struct socket *sock, struct sockaddr *address, int addrlen)
{
	struct asked q = { .generation = seki_generation() };
	__u16 family = address->sa_family;
	struct sock *sk = sock->sk;
	__u64 word, ret;

	if (!q.generation || !sk || (family != AF_INET && family != AF_INET6))
		return 0;
	if (family == AF_INET && kind_of(sk) == SEKI_ADDR_TCP)
		q.label = near_label(address, q.generation);
	if (!q.label)
		return check_addr(SEKI_HOOK_socket_connect, q.generation, address, kind_of(sk),
				  sock->type);
	ret = word = seki_decide(q.generation, q.label, SEKI_CONNECT, 0, &q.who);
	barrier_var(ret); /* or a register is saved for it */
	if (word)
		ret = answer_near(word, &q, address, sock->type);
	return (int)ret;
}

/* Who takes a port on every address takes it on ours. */
static __always_inline __u32 taken_label(struct seki_addr_key *key, struct sockaddr *address,
					 __u32 g)
{
	__u32 v4;

	if (address->sa_family != AF_INET6) {
		v4 = *(__u16 *)&address->sa_data[2] | (__u32) * (__u16 *)&address->sa_data[4] << 16;
		if (!v4)
			return port_label(key->port, key->kind, g);
		set_v4(key->addr, v4);
		return addr_label(key, g);
	}
	if (!seki_can_probe)
		return port_label(key->port, key->kind, g);
	bpf_probe_read_kernel(key->addr, 16, (char *)address + 8);
	if (is_zero(key->addr, 10) && is_zero(key->addr + 12, 4))
		return port_label(key->port, key->kind, g);
	return addr_label(key, g);
}

static __always_inline int check_port(__u8 hook, __u32 g, const struct seki_addr_key *key,
				      __u32 label, __u32 want, struct sock *sk)
{
	struct seki_request req = {
		.generation = g,
		.hook = hook,
		.want = want,
		.label = label,
		.family = sk->__sk_common.skc_family,
		.port = key->port,
		.socktype = sk->sk_type,
	};

	__builtin_memcpy(req.addr, key->addr, 16);
	return label ? seki_check(&req, NULL, NULL) : 0;
}

static __always_inline int check_bind(__u8 hook, __u32 g, struct sock *sk, struct sockaddr *address)
{
	struct seki_addr_key key = { .port = NTOHS(*(__u16 *)&address->sa_data[0]) };

	if (!port_guarded(key.port, g))
		return 0;
	key.kind = kind_of(sk);
	return check_port(hook, g, &key, taken_label(&key, address, g), SEKI_CREATE, sk);
}

/* Several addresses of one port at once: the kernel tries them in turn. */
static __always_inline int check_list(__u32 g, struct sock *sk, __u32 want,
				      struct sockaddr *address)
{
	struct seki_addr_key key = { .port = NTOHS(*(__u16 *)&address->sa_data[0]) };

	if (!port_guarded(key.port, g))
		return 0;
	return check_port(SEKI_HOOK_sctp_bind_connect, g, &key,
			  port_label(key.port, SEKI_ADDR_SCTP, g), want, sk);
}

SEC("lsm/sctp_bind_connect")
int BPF_PROG(hook_sctp_bind_connect, struct sock *sk, int optname, struct sockaddr *address,
	     int addrlen)
{
	bool binds = optname == SCTP_SOCKOPT_BINDX_ADD;
	__u32 g = seki_generation();
	int one = address->sa_family == AF_INET6 ? SOCKADDR_IN6 : SOCKADDR_IN;

	if (!g)
		return 0;
	if (addrlen > one)
		return check_list(g, sk, binds ? SEKI_CREATE : SEKI_CONNECT, address);
	if (binds)
		return check_bind(SEKI_HOOK_sctp_bind_connect, g, sk, address);
	return check_addr(SEKI_HOOK_sctp_bind_connect, g, address, SEKI_ADDR_SCTP, sk->sk_type);
}

struct destination {
	__u16 family, port;
	__u32 v4;
	__u8 v6[16];
};

static __always_inline __u32 destination_label(const struct destination *to,
					       struct seki_addr_key *key, __u32 g)
{
	key->port = NTOHS(to->port);
	if (!port_guarded(key->port, g))
		return SEKI_LABEL_NONE;
	if (to->family == AF_INET6) {
		__builtin_memcpy(key->addr, to->v6, 16);
		return addr_label_v6(key, g);
	}
	set_v4(key->addr, to->v4);
	return addr_label(key, g);
}

/* Does this message carry the address it goes to? */
static __always_inline bool carries_address(struct sock *sk, struct msghdr *msg)
{
	__u16 family = sk->__sk_common.skc_family;

	if (!msg->msg_name || (family != AF_INET && family != AF_INET6))
		return false;
	return msg->msg_flags & MSG_FASTOPEN || kind_of(sk) != SEKI_ADDR_TCP;
}

/*
 * sendto(MSG_FASTOPEN) connects, and datagrams need no connection.  The address is
 * only reachable by a probing read; without that, fast open is refused while a
 * management address is guarded.
 */
SEC("lsm/socket_sendmsg")
int BPF_PROG(hook_socket_sendmsg, struct socket *sock, struct msghdr *msg, int size)
{
	struct seki_request req = { .hook = SEKI_HOOK_socket_sendmsg, .want = SEKI_CONNECT };
	struct seki_addr_key key = {};
	struct destination to = {};
	struct sock *sk = sock->sk;
	__u32 label;

	if (!sk || !carries_address(sk, msg))
		return 0;
	req.generation = seki_generation();
	if (!req.generation)
		return 0;
	key.kind = kind_of(sk);
	if (seki_can_probe) {
		bpf_probe_read_kernel(&to, sizeof(to), msg->msg_name);
		label = destination_label(&to, &key, req.generation);
	} else {
		label = key.kind == SEKI_ADDR_TCP ? port_label(0, key.kind, req.generation) : 0;
	}
	if (!label)
		return 0;
	req.label = label;
	req.family = to.family;
	req.port = key.port;
	req.socktype = sk->sk_type;
	__builtin_memcpy(req.addr, key.addr, 16);
	return seki_check(&req, NULL, NULL);
}

/* Of the abstract name; -1: it can't be read. */
static __always_inline int copy_name(struct seki_name_key *key, struct sockaddr *address, int len)
{
	int i;

	if (seki_can_probe) {
		bpf_probe_read_kernel(key->name, len & (SEKI_NAME_MAX - 1), (char *)address + 3);
		return 0;
	}
	if (len > (int)sizeof(address->sa_data) - 1)
		return -1;
#pragma unroll
	for (i = 0; i < (int)sizeof(address->sa_data) - 1; i++)
		if (i < len)
			key->name[i] = address->sa_data[1 + i];
	return 0;
}

/* A path is a new name in its directory and asks inode_mknod; an abstract one asks here. */
static __always_inline int check_abstract(__u32 g, struct sock *sk, struct sockaddr *address,
					  int addrlen)
{
	struct seki_name_key key = { .dir.dev = SEKI_ABSTRACT_DEV };
	struct seki_addr_key none = {};
	struct seki_root *row;
	__u32 slot = g & 1;
	int len = addrlen - 3;
	void *names;

	names = bpf_map_lookup_elem(&seki_names, &slot);
	if (!names || len <= 0 || len >= SEKI_NAME_MAX || address->sa_data[0])
		return 0;
	if (copy_name(&key, address, len))
		return 0;
	row = bpf_map_lookup_elem(names, &key);
	return row ? check_port(SEKI_HOOK_socket_bind, g, &none, row->label, SEKI_CREATE, sk) : 0;
}

SEC("lsm/socket_bind")
int BPF_PROG(hook_socket_bind, struct socket *sock, struct sockaddr *address, int addrlen)
{
	__u32 g = seki_generation();
	struct sock *sk = sock->sk;
	__u16 family;

	if (!g || !sk)
		return 0;
	family = sk->__sk_common.skc_family;
	if (family == AF_UNIX)
		return check_abstract(g, sk, address, addrlen);
	if (family != AF_INET && family != AF_INET6)
		return 0;
	return check_bind(SEKI_HOOK_socket_bind, g, sk, address);
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

/* An abstract name has no inode: the row for the name, as many bytes as it has. */
static __always_inline __u32 abstract_label(struct unix_sock *u, __u32 g)
{
	struct unix_address *addr = u->addr;
	struct seki_name_key key = {};
	__u32 slot = g & 1;
	struct seki_root *row;
	int len, i;
	void *names;

	len = addr->len - 3; /* the family and the NUL that says abstract */
	names = bpf_map_lookup_elem(&seki_names, &slot);
	if (!names || len <= 0 || len >= SEKI_NAME_MAX)
		return SEKI_LABEL_NONE;
	key.dir.dev = SEKI_ABSTRACT_DEV;
	for (i = 0; i < SEKI_NAME_MAX - 1; i++) {
		if (i >= len)
			break;
		key.name[i] = addr->name[0].sun_path[1 + i];
	}
	row = bpf_map_lookup_elem(names, &key);
	return row ? row->label : SEKI_LABEL_NONE;
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
	found.label = dentry ? seki_label_walk(dentry, dentry->d_inode, g) : abstract_label(u, g);
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
