// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * target_otlp.c - OpenTelemetry logs over HTTP.
 *
 * Status 200 makes a batch certain.  Everything else holds it: a receiver that
 * says "bad request" is wrong about evidence as long as nobody looked, so it is
 * asked again and the status shows why.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/forward/http.h"
#include "userspace/forward/otlp.h"
#include "userspace/lib/file.h"

#define TOKEN_MAX 8192

struct otlp {
	struct seki_target target;
	const struct seki_sink_config *config;
	struct seki_http *http;
	json_t *records; /* of the batch; NULL: none */
	struct seki_http_answer answer;
	char host[256];
};

static struct seki_target *make(const struct seki_sink_config *c)
{
	struct otlp *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->target.ops = &seki_target_otlp;
	o->config = c;
	if (gethostname(o->host, sizeof(o->host) - 1))
		o->host[0] = '\0';
	return &o->target;
}

static int open_otlp(struct seki_target *t, const struct seki_mark *mark)
{
	struct otlp *o = (struct otlp *)t;
	int err = seki_http_open(o->config->to.v[0], &o->config->tls, &o->http);

	(void)mark;
	return err ? seki_target_fail(t, -err, "%s", o->config->to.v[0]) : 0;
}

static int send_record(struct seki_target *t, const struct seki_parcel *p)
{
	struct otlp *o = (struct otlp *)t;
	json_t *r = seki_otlp_record(p);

	if (!o->records)
		o->records = json_array();
	if (!r || json_array_append_new(o->records, r))
		return seki_target_fail(t, ENOMEM, "record %s", p->id);
	return 0;
}

/* Read each time: tokens are renewed. */
static int read_token(struct otlp *o, char **ret)
{
	size_t size;
	int err;

	*ret = NULL;
	if (!o->config->token_file)
		return 0;
	err = seki_file_read(o->config->token_file, TOKEN_MAX, ret, &size);
	if (err)
		return seki_target_fail(&o->target, -err, "%s", o->config->token_file);
	(*ret)[strcspn(*ret, "\r\n")] = '\0';
	return 0;
}

static int post(struct otlp *o, const char *request)
{
	const char *url = o->config->to.v[0];
	char *token, why[SEKI_WHY];
	int err = read_token(o, &token);
	long rejected;

	if (err)
		return err;
	err = seki_http_post(o->http, token, request, strlen(request), &o->answer, why);
	free(token);
	if (err)
		return seki_target_fail(&o->target, 0, "%s", why);
	if (o->answer.status != 200)
		return seki_target_fail(&o->target, 0, "%s: status %ld", url, o->answer.status);
	rejected = seki_otlp_rejected(o->answer.body, o->answer.size, why);
	if (rejected)
		return seki_target_fail(&o->target, 0, "%s: %s%s", url,
					rejected < 0 ? "not an answer of OTLP" :
						       "rejects records: ",
					rejected < 0 ? "" : why);
	return 0;
}

static int confirm(struct seki_target *t, struct seki_mark *mark)
{
	struct otlp *o = (struct otlp *)t;
	char *request;
	int err;

	(void)mark;
	if (!o->records)
		return 0;
	request = seki_otlp_request(o->records, o->host);
	o->records = NULL;
	if (!request)
		return seki_target_fail(t, ENOMEM, "request");
	err = post(o, request);
	free(request);
	return err;
}

static void close_otlp(struct seki_target *t)
{
	struct otlp *o = (struct otlp *)t;

	json_decref(o->records);
	o->records = NULL;
	seki_http_close(o->http);
	o->http = NULL;
}

static void free_otlp(struct seki_target *t)
{
	free(t);
}

const struct seki_target_ops seki_target_otlp = {
	.window = 512,
	.linger = 1000,
	.make = make,
	.open = open_otlp,
	.send = send_record,
	.confirm = confirm,
	.close = close_otlp,
	.free = free_otlp,
};
