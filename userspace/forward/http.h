/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http.h - one POST, of JSON if nothing else is said, over libcurl.
 */
#ifndef SEKI_FORWARD_HTTP_H
#define SEKI_FORWARD_HTTP_H

#include <stddef.h>

#include "userspace/forward/config.h"

#define SEKI_ANSWER_LIMIT (64u << 10)
struct seki_http; /* keeps its connection between posts */

struct seki_http_answer {
	long status;
	size_t size;
	char body[SEKI_ANSWER_LIMIT + 1];
	unsigned long retry_after; /* s */
};

int seki_http_open(const char *url, const struct seki_tls *tls, struct seki_http **ret);
/* Of what is posted, in place of JSON.  0 or -ENOMEM. */
int seki_http_type(struct seki_http *h, const char *type);
void seki_http_close(struct seki_http *h);
/* token: for an Authorization header, or NULL.  0 whatever the status, or negative
 * errno with why (256 bytes).
 */
int seki_http_post(struct seki_http *h, const char *token, const char *body, size_t size,
		   struct seki_http_answer *ret, char *why);

#endif /* SEKI_FORWARD_HTTP_H */
