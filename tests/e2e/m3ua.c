// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * m3ua - come up at a signalling gateway, as an application server does.
 *
 *	usage: m3ua ADDRESS
 *
 * Exit 0 if the gateway acknowledges ASP Up (RFC 4666, 3.5).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sctp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { PORT = 2905, PPID = 3, CLASS_ASPSM = 3, ASP_UP = 1, ASP_UP_ACK = 4 };

/* version, reserved, class, type, length in network order */
static const uint8_t asp_up[] = { 1, 0, CLASS_ASPSM, ASP_UP, 0, 0, 0, 8 };

static int fail(const char *what)
{
	fprintf(stderr, "m3ua: %s: %s\n", what, errno ? strerror(errno) : "unexpected answer");
	return 1;
}

/* The gateway looks at the payload's protocol, so send() is not enough. */
static ssize_t send_up(int s)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(struct sctp_sndrcvinfo))];
	} control = { .h = { .cmsg_len = CMSG_LEN(sizeof(struct sctp_sndrcvinfo)),
			     .cmsg_level = IPPROTO_SCTP,
			     .cmsg_type = SCTP_SNDRCV } };
	struct sctp_sndrcvinfo info = { .sinfo_ppid = htonl(PPID) };
	struct iovec data = { (void *)asp_up, sizeof(asp_up) };
	struct msghdr m = { .msg_iov = &data,
			    .msg_iovlen = 1,
			    .msg_control = control.space,
			    .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.h), &info, sizeof(info));
	return sendmsg(s, &m, MSG_NOSIGNAL);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct timeval patience = { .tv_sec = 10 };
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
	uint8_t got[512];

	if (argc != 2 || !inet_aton(argv[1], &a.sin_addr)) {
		fprintf(stderr, "usage: m3ua ADDRESS\n");
		return 2;
	}
	if (s < 0)
		return fail("socket");
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(s, (struct sockaddr *)&a, sizeof(a)))
		return fail("connect");
	if (send_up(s) < 0)
		return fail("send");
	errno = 0;
	if (recv(s, got, sizeof(got), 0) < 8 || got[2] != CLASS_ASPSM || got[3] != ASP_UP_ACK)
		return fail("receive");
	puts("acknowledged");
	return 0;
}
