/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tls.h - a blocking TCP connection, with TLS unless it is switched off.
 */
#ifndef SEKI_FORWARD_TLS_H
#define SEKI_FORWARD_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "userspace/forward/config.h"

#define SEKI_STREAM_WHY 256
struct seki_stream {
	int fd; /* -1: closed */
	SSL_CTX *ctx;
	SSL *ssl; /* NULL: plain */
	char why[SEKI_STREAM_WHY];
};

/* host:port, [v6]:port.  0 or negative errno, with .why. */
int seki_stream_open(struct seki_stream *s, const char *address, const struct seki_tls *tls,
		     bool plain);
int seki_stream_write(struct seki_stream *s, const void *data, size_t size);
/* Says that nothing more comes and waits for the other side to say the same: it
 * has then read all.  0 or negative errno.
 */
int seki_stream_finish(struct seki_stream *s);
/* True: the other side has hung up. */
bool seki_stream_dead(struct seki_stream *s);
void seki_stream_close(struct seki_stream *s);

#endif /* SEKI_FORWARD_TLS_H */
