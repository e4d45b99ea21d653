// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/forward/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct seki_http {
	CURL *curl;
	struct curl_slist *headers;
	char why[CURL_ERROR_SIZE];
};

static size_t take(char *data, size_t one, size_t size, void *to)
{
	struct seki_http_answer *a = to;

	(void)one;
	if (size > SEKI_ANSWER_LIMIT - a->size)
		return 0; /* ends the transfer: no answer of ours is so long */
	memcpy(a->body + a->size, data, size);
	a->size += size;
	a->body[a->size] = '\0';
	return size;
}

static void set_tls(CURL *c, const struct seki_tls *tls)
{
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (tls->ca)
		curl_easy_setopt(c, CURLOPT_CAINFO, tls->ca);
	if (tls->cert) {
		curl_easy_setopt(c, CURLOPT_SSLCERT, tls->cert);
		curl_easy_setopt(c, CURLOPT_SSLKEY, tls->key);
	}
}

int seki_http_open(const char *url, const struct seki_tls *tls, struct seki_http **ret)
{
	struct seki_http *h = calloc(1, sizeof(*h));
	CURL *c = h ? curl_easy_init() : NULL;

	if (!c) {
		free(h);
		return -ENOMEM;
	}
	h->curl = c;
	h->headers = curl_slist_append(NULL, "Content-Type: application/json");
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->why);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, 30L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "sekisho-forward");
	set_tls(c, tls);
	*ret = h;
	return 0;
}

int seki_http_type(struct seki_http *h, const char *type)
{
	char line[128];
	struct curl_slist *headers;

	snprintf(line, sizeof(line), "Content-Type: %s", type);
	headers = curl_slist_append(NULL, line);
	if (!headers)
		return -ENOMEM;
	curl_slist_free_all(h->headers);
	h->headers = headers;
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
	return 0;
}

void seki_http_close(struct seki_http *h)
{
	if (!h)
		return;
	curl_slist_free_all(h->headers);
	curl_easy_cleanup(h->curl);
	free(h);
}

int seki_http_post(struct seki_http *h, const char *token, const char *body, size_t size,
		   struct seki_http_answer *ret, char *why)
{
	curl_off_t wait = 0;
	CURLcode code;

	ret->size = 0;
	ret->body[0] = '\0';
	h->why[0] = '\0';
	if (token) {
		curl_easy_setopt(h->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(h->curl, CURLOPT_XOAUTH2_BEARER, token);
	}
	curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, ret);
	code = curl_easy_perform(h->curl);
	if (code) {
		snprintf(why, 256, "%s", h->why[0] ? h->why : curl_easy_strerror(code));
		return -EIO;
	}
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &ret->status);
	curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &wait);
	ret->retry_after = wait > 0 ? (unsigned long)wait : 0;
	return 0;
}
