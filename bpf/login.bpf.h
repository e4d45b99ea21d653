/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * login.bpf.h - where a login comes from: asked once, of the task that set the login uid.
 *
 * The program that logs somebody in from the network holds the connection, and the one
 * at a console has that as its terminal.  Of several connections nobody can tell which
 * it is, so there is none then.
 *
 * Descriptors are found where the kernel keeps the first 64, which is all that can be
 * read of them under lockdown; a task that ever had more has no connection.
 */
#ifndef SEKI_LOGIN_BPF_H
#define SEKI_LOGIN_BPF_H

#include "bpf/maps.bpf.h"

/* 6.x: a terminal's number is its driver's base plus its index. */
static __always_inline __u32 seki_tty_number(struct task_struct *t)
{
	struct tty_struct *tty = t->signal->tty;

	if (!tty)
		return 0;
	return (__u32)tty->driver->major << 20 | ((__u32)tty->driver->minor_start + tty->index);
}

/* As in addresses of a policy; false: not of the internet. */
static __always_inline bool peer_of(struct sock *sk, __u32 peer[4])
{
	__u16 family = sk->__sk_common.skc_family;
	struct in6_addr *six = &sk->__sk_common.skc_v6_daddr;

	peer[0] = peer[1] = 0;
	peer[2] = 0xffff0000; /* ::ffff:0:0 */
	peer[3] = sk->__sk_common.skc_daddr;
	if (family != AF_INET6 || !bpf_core_field_exists(sk->__sk_common.skc_v6_daddr))
		return family == AF_INET;
	peer[0] = six->in6_u.u6_addr32[0];
	peer[1] = six->in6_u.u6_addr32[1];
	peer[2] = six->in6_u.u6_addr32[2];
	peer[3] = six->in6_u.u6_addr32[3];
	return true;
}

/* Over loopback come the host's own connections, whatever address they give. */
static __always_inline bool is_loopback(const __u32 peer[4])
{
	if (peer[0] || peer[1])
		return false;
	if (peer[2] == 0xffff0000)
		return (peer[3] & 0xff) == 127;
	return !peer[2] && peer[3] == 0x01000000;
}

/* The other end of a TCP connection, if the file is one. */
static __noinline int note_peer(struct file *file, struct seki_task *s)
{
	__u32 *source = (__u32 *)s->source, peer[4];
	struct socket *sock;
	struct sock *sk;

	if (!file)
		return 0;
	sock = bpf_sock_from_file(file);
	sk = sock ? sock->sk : NULL;
	if (!sk || sk->sk_protocol != IPPROTO_TCP || sk->__sk_common.skc_state != TCP_ESTABLISHED ||
	    !peer_of(sk, peer))
		return 0;
	if (sk->sk_rx_dst_ifindex <= LOOPBACK_IFINDEX && !is_loopback(peer))
		s->sources = 2; /* nobody's word for it */
	if (s->sources && !((source[0] ^ peer[0]) | (source[1] ^ peer[1]) | (source[2] ^ peer[2]) |
			    (source[3] ^ peer[3])))
		return 0;
	s->sources++;
	__builtin_memcpy(source, peer, sizeof(peer));
	return 0;
}

/* login(1) may have let go of its terminal, but reads from it. */
static __always_inline __u32 terminal_of(struct task_struct *t)
{
	__u32 tty = seki_tty_number(t);
	struct inode *in;

	if (tty)
		return tty;
	in = t->files->fd_array[0]->f_inode;
	return (in->i_mode & S_IFMT) == S_IFCHR ? in->i_rdev : 0;
}

/* Before the mark is set. */
static __always_inline void seki_login_from(struct task_struct *t, struct seki_task *s)
{
	struct files_struct *files = t->files;
	int i;

	s->sources = 0;
	s->terminal = seki_tty_number(t);
	if (files->fdt->max_fds > FILES_INLINE)
		return;
	s->terminal = terminal_of(t);
#pragma unroll
	for (i = 0; i < FILES_INLINE; i++)
		note_peer(files->fd_array[i], s);
}

#endif /* SEKI_LOGIN_BPF_H */
