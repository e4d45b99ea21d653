// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * target_nats.c - NATS JetStream, over nats.c.
 *
 * One record is on its way at a time, and each says the sequence its subject must
 * have before it.  So the stream holds the order of the log, and a record whose
 * answer was lost is stored once, however long the link was cut: after a new
 * connection the stream is asked what it has.  Nats-Msg-Id is the record's id,
 * for streams that are merged from several.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/collector/record.h"
#include "userspace/forward/target.h"
#include "userspace/lib/cleanup.h"

#define TIMEOUT 5000 /* ms */

struct nats {
	struct seki_target target;
	const struct seki_sink_config *config;
	char *subject;
	natsConnection *nc;
	jsCtx *js;
	uint64_t sequence; /* of the last message of the subject; 0: none */
};

/* "{host}" in a subject is the id that records begin with. */
static char *subject_of(const char *pattern)
{
	const char *at = strstr(pattern, "{host}");
	struct seki_host host;
	char *ret = NULL;

	if (!at)
		return strdup(pattern);
	seki_host_read(&host, "");
	if (asprintf(&ret, "%.*s%s%s", (int)(at - pattern), pattern, host.id, at + 6) < 0)
		return NULL;
	return ret;
}

static struct seki_target *make(const struct seki_sink_config *c)
{
	struct nats *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->target.ops = &seki_target_nats;
	n->config = c;
	n->subject = subject_of(c->subject);
	if (n->subject)
		return &n->target;
	free(n);
	return NULL;
}

static int failed(struct nats *n, natsStatus s, jsErrCode code, const char *what)
{
	const char *more = nats_GetLastError(NULL);

	if (code)
		return seki_target_fail(&n->target, 0, "%s: JetStream error %d: %s", what, code,
					more ? more : "");
	return seki_target_fail(&n->target, 0, "%s: %s%s%s", what, natsStatus_GetText(s),
				more && *more ? ": " : "", more ? more : "");
}

static natsStatus set_tls(natsOptions *o, const struct seki_sink_config *c)
{
	natsStatus s = natsOptions_SetSecure(o, true);

	if (s == NATS_OK && c->tls.ca)
		s = natsOptions_LoadCATrustedCertificates(o, c->tls.ca);
	if (s == NATS_OK && c->tls.cert)
		s = natsOptions_LoadCertificatesChain(o, c->tls.cert, c->tls.key);
	if (s == NATS_OK && c->tls.name)
		s = natsOptions_SetExpectedHostname(o, c->tls.name);
	return s;
}

/* Reconnecting is the worker's: it alone knows what has to be sent again. */
static natsStatus set_options(natsOptions *o, const struct seki_sink_config *c)
{
	const char *servers[SEKI_WORDS];
	natsStatus s;

	memcpy(servers, c->to.v, sizeof(servers));
	s = natsOptions_SetServers(o, servers, (int)c->to.n);
	if (s == NATS_OK)
		s = natsOptions_SetAllowReconnect(o, false);
	if (s == NATS_OK)
		s = natsOptions_SetTimeout(o, TIMEOUT);
	if (s == NATS_OK)
		s = natsOptions_SetPingInterval(o, TIMEOUT);
	if (s == NATS_OK)
		s = natsOptions_SetName(o, "sekisho-forward");
	if (s == NATS_OK && c->credentials)
		s = natsOptions_SetUserCredentialsFromFiles(o, c->credentials, NULL);
	return s == NATS_OK && !c->plain ? set_tls(o, c) : s;
}

static int open_nats(struct seki_target *t, const struct seki_mark *mark)
{
	struct nats *n = (struct nats *)t;
	natsOptions *o = NULL;
	natsStatus s = natsOptions_Create(&o);

	(void)mark;
	if (s == NATS_OK)
		s = set_options(o, n->config);
	if (s == NATS_OK)
		s = natsConnection_Connect(&n->nc, o);
	natsOptions_Destroy(o);
	if (s == NATS_OK)
		s = natsConnection_JetStream(&n->js, n->nc, NULL);
	return s == NATS_OK ? 0 : failed(n, s, 0, "connect");
}

/* The stream's last word on our subject. */
static int last(struct seki_target *t, char id[SEKI_ID_MAX])
{
	struct nats *n = (struct nats *)t;
	jsOptions o;
	natsMsg *msg = NULL;
	jsErrCode code = 0;
	const char *value = NULL;
	natsStatus s = jsOptions_Init(&o);

	if (s == NATS_OK)
		s = js_GetLastMsg(&msg, n->js, n->config->stream, n->subject, &o, &code);
	n->sequence = 0;
	if (s == NATS_NOT_FOUND && code == JSNoMessageFoundErr)
		return 0;
	if (s != NATS_OK)
		return failed(n, s, code, n->config->stream);
	n->sequence = natsMsg_GetSequence(msg);
	s = natsMsgHeader_Get(msg, "Nats-Msg-Id", &value);
	if (s == NATS_OK)
		snprintf(id, SEKI_ID_MAX, "%s", value);
	natsMsg_Destroy(msg);
	return s == NATS_OK;
}

static natsStatus make_message(struct nats *n, const struct seki_parcel *p, natsMsg **ret)
{
	char index[24];
	natsStatus s = natsMsg_Create(ret, n->subject, NULL, p->body, (int)p->size);

	snprintf(index, sizeof(index), "%" PRIu64, p->index);
	return s == NATS_OK ? natsMsgHeader_Set(*ret, "Sekisho-Index", index) : s;
}

static int publish(struct seki_target *t, const struct seki_parcel *p)
{
	struct nats *n = (struct nats *)t;
	jsPubOptions o;
	jsPubAck *ack = NULL;
	natsMsg *msg = NULL;
	jsErrCode code = 0;
	natsStatus s = make_message(n, p, &msg);

	jsPubOptions_Init(&o);
	o.MaxWait = TIMEOUT;
	o.MsgId = p->id;
	o.ExpectStream = n->config->stream;
	o.ExpectLastSubjectSeq = n->sequence;
	o.ExpectNoMessage = !n->sequence;
	if (s == NATS_OK)
		s = js_PublishMsg(&ack, n->js, msg, &o, &code);
	natsMsg_Destroy(msg);
	if (s != NATS_OK)
		return failed(n, s, code, "publish");
	/* A duplicate keeps the sequence of the first: of another's message? */
	if (ack->Duplicate && ack->Sequence != n->sequence)
		s = NATS_MISMATCH;
	n->sequence = ack->Sequence;
	jsPubAck_Destroy(ack);
	return s == NATS_OK ? 0 : failed(n, s, 0, "publish: the stream had the record before");
}

/* Each was answered when it was sent. */
static int confirm(struct seki_target *t, struct seki_mark *mark)
{
	(void)t;
	(void)mark;
	return 0;
}

static void close_nats(struct seki_target *t)
{
	struct nats *n = (struct nats *)t;

	jsCtx_Destroy(n->js);
	natsConnection_Destroy(n->nc);
	n->js = NULL;
	n->nc = NULL;
}

static void free_nats(struct seki_target *t)
{
	free(((struct nats *)t)->subject);
	free(t);
}

const struct seki_target_ops seki_target_nats = {
	.window = 1000,
	.linger = 500,
	.make = make,
	.open = open_nats,
	.last = last,
	.send = publish,
	.confirm = confirm,
	.close = close_nats,
	.free = free_nats,
};
