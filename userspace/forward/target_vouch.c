// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * target_vouch.c - others vouch for the log: a witness cosigns its checkpoints
 * (c2sp.org/tlog-witness), a time stamping authority stamps them (RFC 3161).
 *
 * No record is sent.  Records are certain once a checkpoint that covers them was
 * vouched for, and what was answered is kept: sekisho verify takes those files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/evidence/consistency.h"
#include "userspace/evidence/io.h"
#include "userspace/evidence/notes.h"
#include "userspace/evidence/stamp.h"
#include "userspace/evidence/writer.h"
#include "userspace/forward/http.h"
#include "userspace/forward/target.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"

struct vouch {
	struct seki_target target;
	const struct seki_sink_config *config;
	struct seki_http *http;
	struct seki_http_answer answer;
	int log;
	struct seki_verifier witness;
	uint64_t size; /* of the checkpoint vouched for last */
	char *path;    /* STATE/NAME.cosigned, or the beginning of STATE/NAME.SIZE */
};

static struct seki_target *make(const struct seki_sink_config *c, const struct seki_target_ops *ops,
				const char *end)
{
	struct vouch *v = calloc(1, sizeof(*v));

	if (!v || asprintf(&v->path, "%s/%s%s", c->state, c->name, end) < 0) {
		free(v);
		return NULL;
	}
	v->target.ops = ops;
	v->config = c;
	v->log = -1;
	return &v->target;
}

static struct seki_target *make_witness(const struct seki_sink_config *c)
{
	return make(c, &seki_target_witness, ".cosigned");
}

static struct seki_target *make_timestamp(const struct seki_sink_config *c)
{
	return make(c, &seki_target_timestamp, "");
}

static int open_vouch(struct vouch *v, const char *type)
{
	int err = seki_http_open(v->config->to.v[0], &v->config->tls, &v->http);

	if (err || seki_http_type(v->http, type))
		return seki_target_fail(&v->target, err ? -err : ENOMEM, "%s", v->config->to.v[0]);
	v->log = open(v->config->log, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (v->log < 0)
		return seki_target_fail(&v->target, errno, "log %s", v->config->log);
	return 0;
}

/* Where the witness stood: the last note of ours. */
static int open_witness(struct seki_target *t, const struct seki_mark *mark)
{
	struct vouch *v = (struct vouch *)t;
	seki_autofree char *text = NULL;
	struct seki_notes n = { 0 };
	int err = seki_file_read(v->path, SEKI_NOTES_MAX, &text, &n.size);

	(void)mark;
	if (err && err != -ENOENT)
		return seki_target_fail(t, -err, "%s", v->path);
	n.text = text;
	v->size = 0;
	while (!err && seki_notes_next(&n))
		v->size = n.c.size;
	if (seki_verifier_parse(v->config->witness, strlen(v->config->witness), &v->witness) ||
	    v->witness.type != SEKI_NOTE_COSIGNATURE)
		return seki_target_fail(t, 0, "witness: not a verifier key of a witness");
	return open_vouch(v, "text/plain");
}

static int open_timestamp(struct seki_target *t, const struct seki_mark *mark)
{
	(void)mark;
	return open_vouch((struct vouch *)t, "application/timestamp-query");
}

static int send_nothing(struct seki_target *t, const struct seki_parcel *p)
{
	(void)t;
	(void)p;
	return 0;
}

static int post(struct vouch *v, const void *body, size_t size)
{
	char why[SEKI_WHY];

	if (seki_http_post(v->http, NULL, body, size, &v->answer, why))
		return seki_target_fail(&v->target, 0, "%s", why);
	return 0;
}

static int refused(struct vouch *v)
{
	v->answer.body[strcspn(v->answer.body, "\n")] = '\0';
	return seki_target_fail(&v->target, 0, "%s: status %ld: %.120s", v->config->to.v[0],
				v->answer.status, v->answer.body);
}

/* ---- witness ------------------------------------------------------------------ */

static int append(struct vouch *v, const char *note, size_t size)
{
	seki_autoclose int fd =
		open(v->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0 || write(fd, note, size) != (ssize_t)size || fdatasync(fd))
		return seki_target_fail(&v->target, errno ? errno : EIO, "%s", v->path);
	return 0;
}

/* The checkpoint with the cosignature behind it, once that is one. */
static int keep_cosigned(struct vouch *v, const char *request)
{
	char note[SEKI_NOTE_MAX];
	struct seki_consistency c;
	struct seki_note n;
	int len;

	if (seki_consistency_parse(request, strlen(request), &c))
		return seki_target_fail(&v->target, EBADMSG, "checkpoint");
	len = snprintf(note, sizeof(note), "%s%s", c.note.text, v->answer.body);
	if (len < 0 || (size_t)len >= sizeof(note) || seki_note_parse(note, (size_t)len, &n) ||
	    seki_note_verify(&n, &v->witness) < 0)
		return seki_target_fail(&v->target, 0, "%s: no cosignature of the witness",
					v->config->to.v[0]);
	if (append(v, note, (size_t)len))
		return -EIO;
	v->size = c.c.size;
	return 0;
}

/* 1: the witness stands elsewhere, and v->size is where. */
static int ask_witness(struct vouch *v)
{
	seki_autofree char *request = NULL;
	int err = seki_consistency_newest(v->log, v->size, &request);
	char *end;

	if (err == -ERANGE)
		return seki_target_fail(&v->target, 0,
					"the witness has seen %llu records of this log, more than "
					"there are",
					(unsigned long long)v->size);
	if (err)
		return seki_target_fail(&v->target, -err, "log %s", v->config->log);
	if (post(v, request, strlen(request)))
		return -EIO;
	if (v->answer.status == 200)
		return keep_cosigned(v, request);
	if (v->answer.status != 409)
		return refused(v);
	v->size = strtoull(v->answer.body, &end, 10);
	return end == v->answer.body ? refused(v) : 1;
}

static int confirm_witness(struct seki_target *t, struct seki_mark *mark)
{
	struct vouch *v = (struct vouch *)t;
	int got = ask_witness(v);

	(void)mark;
	if (got == 1)
		got = ask_witness(v);
	return got == 1 ? refused(v) : got;
}

/* ---- time stamps ---------------------------------------------------------------- */

static int keep_stamped(struct vouch *v, const char *checkpoint, size_t size)
{
	seki_autofree char *path = NULL, *stamp = NULL;
	struct seki_checkpoint c;
	struct seki_note n;
	int err;

	if (seki_note_parse(checkpoint, size, &n) || seki_checkpoint_parse(&n, &c))
		return seki_target_fail(&v->target, EBADMSG, "checkpoint");
	if (asprintf(&path, "%s.%012llu", v->path, (unsigned long long)c.size) < 0 ||
	    asprintf(&stamp, "%s.tsr", path) < 0)
		return seki_target_fail(&v->target, ENOMEM, "%s", v->path);
	err = seki_file_write(path, checkpoint, size, 0640);
	if (!err)
		err = seki_file_write(stamp, v->answer.body, v->answer.size, 0640);
	return err ? seki_target_fail(&v->target, -err, "%s", path) : 0;
}

static int stamp(struct vouch *v, const char *checkpoint, size_t size, const void *request,
		 size_t request_size)
{
	char why[SEKI_STAMP_WHY];
	uint64_t time;

	if (post(v, request, request_size))
		return -EIO;
	if (v->answer.status != 200)
		return refused(v);
	if (seki_stamp_answers(v->answer.body, v->answer.size, request, request_size, why) ||
	    seki_stamp_check(v->answer.body, v->answer.size, checkpoint, size, v->config->authority,
			     &time, why))
		return seki_target_fail(&v->target, 0, "%s: %s", v->config->to.v[0], why);
	return keep_stamped(v, checkpoint, size);
}

static int confirm_timestamp(struct seki_target *t, struct seki_mark *mark)
{
	struct vouch *v = (struct vouch *)t;
	seki_autofree char *checkpoint = NULL;
	unsigned char *request = NULL;
	size_t size, request_size;
	int err = seki_io_get(v->log, SEKI_CHECKPOINT, SEKI_NOTE_MAX, &checkpoint, &size);

	(void)mark;
	if (err)
		return seki_target_fail(t, -err, "checkpoint of %s", v->config->log);
	if (seki_stamp_request(checkpoint, size, &request, &request_size))
		return seki_target_fail(t, ENOMEM, "request");
	err = stamp(v, checkpoint, size, request, request_size);
	OPENSSL_free(request);
	return err;
}

/* ---- both ------------------------------------------------------------------------ */

static void close_vouch(struct seki_target *t)
{
	struct vouch *v = (struct vouch *)t;

	seki_http_close(v->http);
	v->http = NULL;
	if (v->log >= 0)
		close(v->log);
	v->log = -1;
}

static void free_vouch(struct seki_target *t)
{
	free(((struct vouch *)t)->path);
	free(t);
}

const struct seki_target_ops seki_target_witness = {
	.window = 1u << 30,
	.linger = 10000,
	.make = make_witness,
	.open = open_witness,
	.send = send_nothing,
	.confirm = confirm_witness,
	.close = close_vouch,
	.free = free_vouch,
};

const struct seki_target_ops seki_target_timestamp = {
	.window = 1u << 30,
	.linger = 60000,
	.make = make_timestamp,
	.open = open_timestamp,
	.send = send_nothing,
	.confirm = confirm_timestamp,
	.close = close_vouch,
	.free = free_vouch,
};
