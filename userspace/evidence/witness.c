// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/witness.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/hex.h"

struct last {
	char path[4200];
	uint64_t size; /* 0: none yet */
	struct seki_hash root;
};

/* An origin may hold any character but a blank: its hash names the file. */
static bool path_of(const struct seki_witness *w, const char *origin, struct last *l)
{
	unsigned char hash[32];
	int at = snprintf(l->path, sizeof(l->path) - 80, "%s/", w->dir);

	if (at < 0 || (size_t)at >= sizeof(l->path) - 80 ||
	    !EVP_Digest(origin, strlen(origin), hash, NULL, EVP_sha256(), NULL))
		return false;
	seki_hex_text(hash, sizeof(hash), l->path + at);
	return true;
}

static int read_last(struct last *l)
{
	seki_autofree char *text = NULL;
	struct seki_checkpoint c;
	struct seki_note n;
	size_t size;
	int err = seki_file_read(l->path, SEKI_NOTE_MAX, &text, &size);

	if (err)
		return err == -ENOENT ? 0 : err;
	if (seki_note_parse(text, size, &n) || seki_checkpoint_parse(&n, &c))
		return -EBADMSG;
	l->size = c.size;
	l->root = c.root;
	return 0;
}

/* 200: by a key of this log; 403 and 404 are the other answers. */
static enum seki_witness_status known(const struct seki_witness *w,
				      const struct seki_consistency *c)
{
	enum seki_witness_status ret = SEKI_WITNESS_UNKNOWN_LOG;

	for (size_t i = 0; i < w->logs; i++) {
		int64_t got;

		if (strcmp(w->log[i].name, c->c.origin))
			continue;
		got = seki_note_verify(&c->note, &w->log[i]);
		if (got == -EKEYREJECTED)
			return SEKI_WITNESS_NOT_SIGNED;
		if (!got)
			return SEKI_WITNESS_OK;
		ret = SEKI_WITNESS_NOT_SIGNED;
	}
	return ret;
}

static enum seki_witness_status follows(const struct seki_consistency *c, const struct last *l)
{
	if (c->old != l->size)
		return SEKI_WITNESS_OTHER_SIZE;
	if (c->old == c->c.size && !seki_hash_same(&c->c.root, &l->root) && c->old)
		return SEKI_WITNESS_OTHER_SIZE;
	return seki_consistency_check(c, &l->root) ? SEKI_WITNESS_OK : SEKI_WITNESS_FORK;
}

static enum seki_witness_status keep(const struct seki_witness *w, const struct seki_consistency *c,
				     const struct last *l, uint64_t now, char ret[SEKI_NOTE_LINE])
{
	/* The note, with its signatures: it stands at the end of the request. */
	const char *end = strchr(c->note.text + c->note.size, '\0');
	size_t size = (size_t)(end - c->note.text);

	if (seki_file_write(l->path, c->note.text, size, 0644) ||
	    seki_note_cosign(&c->note, &w->key, now, ret) < 0) {
		snprintf(ret, SEKI_NOTE_LINE, "the checkpoint can't be kept\n");
		return SEKI_WITNESS_BROKEN;
	}
	return SEKI_WITNESS_OK;
}

static const char *words(enum seki_witness_status s)
{
	switch (s) {
	case SEKI_WITNESS_NOT_SIGNED:
		return "the checkpoint is not signed by a key of this log";
	case SEKI_WITNESS_UNKNOWN_LOG:
		return "this log is not known here";
	case SEKI_WITNESS_FORK:
		return "the log does not go on from the checkpoint cosigned last";
	default:
		return "not an add-checkpoint request";
	}
}

enum seki_witness_status seki_witness_add(const struct seki_witness *w, const char *request,
					  size_t size, uint64_t now, char ret[SEKI_NOTE_LINE])
{
	enum seki_witness_status status = SEKI_WITNESS_MALFORMED;
	struct seki_consistency c;
	struct last last = { .size = 0 };

	if (!seki_consistency_parse(request, size, &c) && c.old <= c.c.size)
		status = known(w, &c);
	if (status == SEKI_WITNESS_OK) {
		if (!path_of(w, c.c.origin, &last) || read_last(&last)) {
			snprintf(ret, SEKI_NOTE_LINE,
				 "the checkpoint cosigned last can't be read\n");
			return SEKI_WITNESS_BROKEN;
		}
		status = follows(&c, &last);
	}
	if (status == SEKI_WITNESS_OK)
		return keep(w, &c, &last, now, ret);
	if (status == SEKI_WITNESS_OTHER_SIZE)
		snprintf(ret, SEKI_NOTE_LINE, "%llu\n", (unsigned long long)last.size);
	else
		snprintf(ret, SEKI_NOTE_LINE, "%s\n", words(status));
	return status;
}
