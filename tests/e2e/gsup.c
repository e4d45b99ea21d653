// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gsup - ask an HLR for authentication vectors, as a switching centre does.
 *
 *	usage: gsup IMSI [ADDRESS]
 *
 * Prints how many vectors came; exit 0 if at least one did.
 *
 * GSUP (OsmoHLR manual, "Generic Subscriber Update Protocol") in IPA frames:
 * length of what follows the protocol byte, protocol, payload.  The server
 * first asks who we are (CCM).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	IPA_OSMO = 0xee,
	IPA_CCM = 0xfe,
	EXT_GSUP = 0x05,
	CCM_PING = 0x00,
	CCM_PONG = 0x01,
	CCM_ID_GET = 0x04,
	CCM_ID_RESP = 0x05,
	CCM_ID_ACK = 0x06,
	SAI_REQUEST = 0x08,
	SAI_ERROR = 0x09,
	SAI_RESULT = 0x0a,
	IE_IMSI = 0x01,
	IE_CAUSE = 0x02,
	IE_AUTH_TUPLE = 0x03,
};

struct frame {
	uint8_t proto;
	size_t len;
	uint8_t data[2048];
};

static void die(const char *what)
{
	fprintf(stderr, "gsup: %s: %s\n", what, errno ? strerror(errno) : "unexpected answer");
	exit(1);
}

static void send_frame(int s, uint8_t proto, const void *data, size_t len)
{
	uint8_t buf[256] = { (uint8_t)(len >> 8), (uint8_t)len, proto };

	memcpy(buf + 3, data, len);
	if (send(s, buf, len + 3, MSG_NOSIGNAL) != (ssize_t)(len + 3))
		die("send");
}

static void receive(int s, void *to, size_t len)
{
	uint8_t *at = to;

	while (len) {
		ssize_t n = recv(s, at, len, 0);

		if (n <= 0)
			die("receive");
		at += n;
		len -= (size_t)n;
	}
}

static void receive_frame(int s, struct frame *f)
{
	uint8_t head[3];

	receive(s, head, sizeof(head));
	f->proto = head[2];
	f->len = (size_t)head[0] << 8 | head[1];
	if (!f->len || f->len > sizeof(f->data))
		die("frame length");
	receive(s, f->data, f->len);
}

static void answer_ccm(int s, const struct frame *f)
{
	/* Each: length of tag and value, tag, value.  Unit, unit name, serial
	 * number; the HLR knows its clients by the last.
	 */
	static const char id[] = "\x05"
				 "\x00\x07\x08"
				 "0/0/0\0"
				 "\x00\x09\x01"
				 "e2e-msc\0"
				 "\x00\x09\x00"
				 "e2e-msc";
	static const uint8_t pong = CCM_PONG, ack = CCM_ID_ACK;

	if (f->data[0] == CCM_ID_GET) {
		send_frame(s, IPA_CCM, id, sizeof(id));
		send_frame(s, IPA_CCM, &ack, 1);
	} else if (f->data[0] == CCM_PING) {
		send_frame(s, IPA_CCM, &pong, 1);
	}
}

static void ask(int s, const char *imsi)
{
	uint8_t msg[32] = { EXT_GSUP, SAI_REQUEST, IE_IMSI };
	size_t digits = strlen(imsi), len = 4;

	for (size_t i = 0; i < digits; i += 2) {
		uint8_t high = i + 1 < digits ? (uint8_t)(imsi[i + 1] - '0') : 0xf;

		msg[len++] = (uint8_t)(high << 4 | (imsi[i] - '0'));
	}
	msg[3] = (uint8_t)(len - 4);
	send_frame(s, IPA_OSMO, msg, len);
}

/* Vectors in a result; or the end, if it is another message. */
static int count(const struct frame *f)
{
	int vectors = 0;

	if (f->len < 2 || f->data[1] != SAI_RESULT) {
		fprintf(stderr, "gsup: message 0x%02x, cause %u\n", f->data[1],
			f->len ? f->data[f->len - 1] : 0);
		exit(1);
	}
	for (size_t i = 2; i + 1 < f->len; i += 2u + f->data[i + 1])
		vectors += f->data[i] == IE_AUTH_TUPLE;
	return vectors;
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 20 };
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), vectors;
	static struct frame f;

	if (argc < 2 || argc > 3 || strlen(argv[1]) > 15 ||
	    strspn(argv[1], "0123456789") != strlen(argv[1]) ||
	    (argc > 2 && !inet_aton(argv[2], &a.sin_addr))) {
		fprintf(stderr, "usage: gsup IMSI [ADDRESS]\n");
		return 2;
	}
	a.sin_port = htons(4222);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(s, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	do {
		receive_frame(s, &f);
		if (f.proto == IPA_CCM)
			answer_ccm(s, &f);
	} while (f.proto != IPA_CCM || f.data[0] != CCM_ID_GET);
	ask(s, argv[1]);
	do {
		receive_frame(s, &f);
		if (f.proto == IPA_CCM)
			answer_ccm(s, &f);
	} while (f.proto != IPA_OSMO || f.data[0] != EXT_GSUP);
	errno = 0;
	vectors = count(&f);
	printf("%d authentication vectors\n", vectors);
	return vectors ? 0 : 1;
}
