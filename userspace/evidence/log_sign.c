// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_sign.c - checkpoints of the writer.  Only what is durable is signed: so
 * no crash can bring a tree back that is smaller than one that was signed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "userspace/evidence/writer.h"

const char *seki_log_why_text(unsigned int why)
{
	static const char *const words[] = { "time",  "start", "stop", "policy",
					     "clock", "turn",  "key" };

	return why < sizeof(words) / sizeof(words[0]) ? words[why] : "unknown";
}

struct text {
	char *at, *end;
};

static void put(struct text *t, const char *text, size_t len)
{
	if ((size_t)(t->end - t->at) > len) {
		memcpy(t->at, text, len);
		t->at += len;
	} else {
		t->at = t->end;
	}
}

static void put_hash(struct text *t, const struct seki_hash *h)
{
	char text[64];

	put(t, text, seki_base64_text(h, sizeof(*h), text));
}

static void put_frontier(struct text *t, const struct seki_frontier *f)
{
	put(t, "frontier", 8);
	for (unsigned int i = 0; i < seki_frontier_count(f); i++) {
		put(t, " ", 1);
		put_hash(t, &f->hash[i]);
	}
	put(t, "\n", 1);
}

static void put_next_key(struct text *t, const struct seki_log *l)
{
	char key[SEKI_VKEY_TEXT];
	struct seki_verifier v;

	if (seki_verifier_of(l->o.key, &v))
		return;
	seki_verifier_text(&v, key);
	put(t, "next-key ", 9);
	put(t, key, strlen(key));
	put(t, "\n", 1);
}

static void put_head(struct text *t, const struct seki_log *l, enum seki_log_why why,
		     const struct seki_log_moment *now)
{
	struct seki_hash root;
	char line[512];

	put(t, line,
	    (size_t)snprintf(line, sizeof(line), "%.127s\n%llu\n", l->o.origin,
			     (unsigned long long)l->durable.size));
	seki_frontier_root(&l->durable, &root);
	put_hash(t, &root);
	put(t, line,
	    (size_t)snprintf(line, sizeof(line),
			     "\nsekisho boot=%.32s epoch=%llu note=%llu bt=%llu t=%llu "
			     "clock=%s why=%s\n",
			     l->o.boot, (unsigned long long)l->epoch, (unsigned long long)l->note,
			     (unsigned long long)now->boottime, (unsigned long long)now->wall,
			     now->sync ? "sync" : "unsync", seki_log_why_text(why)));
}

int seki_log_sign_text(struct seki_log *l, enum seki_log_why why, const struct seki_log_moment *now,
		       char ret[SEKI_NOTE_MAX])
{
	const struct seki_signer *by[] = { l->o.key, l->o.old };
	char body[SEKI_NOTE_MAX];
	struct text t = { body, body + sizeof(body) };

	put_head(&t, l, why, now);
	/* The first note of a segment: with it the segment stands alone. */
	if (why == SEKI_LOG_TURN || !l->durable.size)
		put_frontier(&t, &l->durable);
	if (why == SEKI_LOG_KEY)
		put_next_key(&t, l);
	if (t.at == t.end)
		return -EMSGSIZE;
	return seki_note_sign(body, (size_t)(t.at - body), by, why == SEKI_LOG_KEY ? 2 : 1, ret);
}

/* Not synchronised: after a power cut the next start publishes anew. */
int seki_log_publish(struct seki_log *l, const char *note, size_t size)
{
	int err = seki_io_put(l->io, l->dir, SEKI_CHECKPOINT_NEW, note, size);

	return err ? err : l->io->rename(l->dir, SEKI_CHECKPOINT_NEW, SEKI_CHECKPOINT);
}

int seki_log_sign(struct seki_log *l, enum seki_log_why why, const struct seki_log_moment *now)
{
	char note[SEKI_NOTE_MAX];
	int size = seki_log_sign_text(l, why, now, note), err;

	if (size < 0)
		return size;
	err = seki_io_write(l->io, l->notes, note, (size_t)size, l->notes_bytes);
	if (!err)
		err = l->io->sync(l->notes);
	/* What is there of it is written over by the next. */
	if (err)
		return err;
	l->notes_bytes += (uint64_t)size;
	l->note++;
	l->any = true;
	l->signed_ = l->durable.size;
	return seki_log_publish(l, note, (size_t)size);
}
