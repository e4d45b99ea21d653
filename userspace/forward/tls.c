// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/forward/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Longer silence of the other side is a broken connection. */
#define PATIENCE 15 /* s */

static int fail(struct seki_stream *s, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int fail(struct seki_stream *s, int err, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
	n = strlen(s->why);
	if (err)
		snprintf(s->why + n, sizeof(s->why) - n, ": %s", strerror(err));
	return err ? -err : -EIO;
}

/* The library's first reason, or that of the certificate. */
static int fail_ssl(struct seki_stream *s, const char *what)
{
	long verify = s->ssl ? SSL_get_verify_result(s->ssl) : X509_V_OK;
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);
	int err = errno;

	ERR_clear_error();
	if (verify != X509_V_OK)
		return fail(s, 0, "%s: certificate: %s", what,
			    X509_verify_cert_error_string(verify));
	if (reason)
		return fail(s, 0, "%s: %s", what, reason);
	return fail(s, err ? err : ECONNRESET, "%s", what);
}

static bool split(const char *address, char host[256], char port[16])
{
	const char *colon = strrchr(address, ':');
	size_t len = colon ? (size_t)(colon - address) : 0;

	if (!len || len > 255 || !colon[1] || strlen(colon + 1) > 15)
		return false;
	if (address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	}
	memcpy(host, address, len);
	host[len] = '\0';
	strcpy(port, colon + 1);
	return true;
}

static void limits(int fd)
{
	struct timeval t = { .tv_sec = PATIENCE };
	unsigned int ms = PATIENCE * 1000;
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
}

static int connect_tcp(struct seki_stream *s, const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list = NULL;
	int err = getaddrinfo(host, port, &hints, &list);

	if (err)
		return fail(s, 0, "%s: %s", host, gai_strerror(err));
	err = ENOENT;
	for (struct addrinfo *a = list; a && s->fd < 0; a = a->ai_next) {
		int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);

		if (fd < 0) {
			err = errno;
			continue;
		}
		limits(fd);
		if (!connect(fd, a->ai_addr, a->ai_addrlen)) {
			s->fd = fd;
			break;
		}
		err = errno == EINPROGRESS ? ETIMEDOUT : errno;
		close(fd);
	}
	freeaddrinfo(list);
	return s->fd < 0 ? fail(s, err, "%s:%s", host, port) : 0;
}

static int make_context(struct seki_stream *s, const struct seki_tls *tls)
{
	s->ctx = SSL_CTX_new(TLS_client_method());
	if (!s->ctx || !SSL_CTX_set_min_proto_version(s->ctx, TLS1_2_VERSION))
		return fail_ssl(s, "TLS");
	/* rsyslog's gtls driver ends without a word of TLS; see seki_stream_finish(). */
	SSL_CTX_set_options(s->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_verify(s->ctx, SSL_VERIFY_PEER, NULL);
	if (tls->ca ? !SSL_CTX_load_verify_locations(s->ctx, tls->ca, NULL) :
		      !SSL_CTX_set_default_verify_paths(s->ctx))
		return fail_ssl(s, tls->ca ? tls->ca : "the system's CA certificates");
	if (tls->cert && SSL_CTX_use_certificate_chain_file(s->ctx, tls->cert) != 1)
		return fail_ssl(s, tls->cert);
	if (tls->key && SSL_CTX_use_PrivateKey_file(s->ctx, tls->key, SSL_FILETYPE_PEM) != 1)
		return fail_ssl(s, tls->key);
	return 0;
}

/* A name, or an address that the certificate has to hold as such. */
static bool expect_name(SSL *ssl, const char *name)
{
	struct in6_addr number;

	if (inet_pton(AF_INET, name, &number) == 1 || inet_pton(AF_INET6, name, &number) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
	return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

static int handshake(struct seki_stream *s, const struct seki_tls *tls, const char *host)
{
	const char *name = tls->name ? tls->name : host;
	int err = make_context(s, tls);

	if (err)
		return err;
	s->ssl = SSL_new(s->ctx);
	if (!s->ssl || !expect_name(s->ssl, name) || !SSL_set_fd(s->ssl, s->fd))
		return fail_ssl(s, name);
	errno = 0;
	return SSL_connect(s->ssl) == 1 ? 0 : fail_ssl(s, name);
}

int seki_stream_open(struct seki_stream *s, const char *address, const struct seki_tls *tls,
		     bool plain)
{
	char host[256], port[16];
	int err;

	*s = (struct seki_stream){ .fd = -1 };
	if (!split(address, host, port))
		return fail(s, EINVAL, "%s: not host:port", address);
	err = connect_tcp(s, host, port);
	if (!err && !plain)
		err = handshake(s, tls, host);
	return err;
}

static ssize_t put(struct seki_stream *s, const char *data, size_t size)
{
	size_t done;

	errno = 0;
	if (!s->ssl)
		return send(s->fd, data, size, MSG_NOSIGNAL);
	return SSL_write_ex(s->ssl, data, size, &done) == 1 ? (ssize_t)done : -1;
}

int seki_stream_write(struct seki_stream *s, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t n = put(s, at, size);

		if (n < 0 && !s->ssl && errno == EINTR)
			continue;
		if (n <= 0)
			return s->ssl ? fail_ssl(s, "write") : fail(s, errno, "write");
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Reads away what still comes up to the end.  1: a proper end. */
static int drain(struct seki_stream *s)
{
	char rest[512];
	ssize_t n;
	int got;

	if (!s->ssl) {
		while ((n = recv(s->fd, rest, sizeof(rest), 0)) > 0)
			;
		return !n;
	}
	while ((got = SSL_read(s->ssl, rest, sizeof(rest))) > 0)
		;
	return SSL_get_error(s->ssl, got) == SSL_ERROR_ZERO_RETURN;
}

/* Tickets of TLS 1.3 may lie there: only a hang-up tells. */
bool seki_stream_dead(struct seki_stream *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0 && p.revents;
}

/* An end that comes before ours is no answer to it; a reset (the other side closed
 * with bytes unread) is an error of drain().
 */
int seki_stream_finish(struct seki_stream *s)
{
	if (seki_stream_dead(s))
		return fail(s, ECONNRESET, "ended by the other side");
	errno = 0;
	if (s->ssl ? SSL_shutdown(s->ssl) < 0 : shutdown(s->fd, SHUT_WR))
		return s->ssl ? fail_ssl(s, "end") : fail(s, errno, "end");
	errno = 0;
	if (drain(s) != 1)
		return s->ssl ? fail_ssl(s, "no end from the other side") :
				fail(s, errno, "no end from the other side");
	return 0;
}

void seki_stream_close(struct seki_stream *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->ctx);
	if (s->fd >= 0)
		close(s->fd);
	s->ssl = NULL;
	s->ctx = NULL;
	s->fd = -1;
}
