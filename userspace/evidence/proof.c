// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/proof.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/evidence/log.h"
#include "userspace/lib/cleanup.h"

#define HEAD "c2sp.org/tlog-proof@v1\n"

int seki_proof_text(const struct seki_proof *path, uint64_t index, const char *record, size_t size,
		    const char *checkpoint, size_t checkpoint_size, char **ret)
{
	size_t cap = sizeof(HEAD) + 2 * size + 64 + path->count * 64 + checkpoint_size + 64, at;
	char *text = malloc(cap);

	if (!text)
		return -ENOMEM;
	at = (size_t)sprintf(text, HEAD "extra ");
	at += (size_t)EVP_EncodeBlock((unsigned char *)text + at, (const unsigned char *)record,
				      (int)size);
	at += (size_t)sprintf(text + at, "\nindex %llu\n", (unsigned long long)index);
	for (size_t i = 0; i < path->count; i++) {
		at += seki_base64_text(&path->hash[i], sizeof(path->hash[i]), text + at);
		text[at++] = '\n';
	}
	text[at++] = '\n';
	memcpy(text + at, checkpoint, checkpoint_size);
	text[at + checkpoint_size] = '\0';
	*ret = text;
	return 0;
}

struct lines {
	const char *at, *end;
};

/* False: no whole line more. */
static bool next(struct lines *l, const char **ret, size_t *ret_size)
{
	const char *newline = l->at < l->end ? memchr(l->at, '\n', (size_t)(l->end - l->at)) : NULL;

	if (!newline)
		return false;
	*ret = l->at;
	*ret_size = (size_t)(newline - l->at);
	l->at = newline + 1;
	return true;
}

static int parse_extra(const char *text, size_t size, struct seki_tlog_proof *p)
{
	int n;

	if (!size || size % 4 || size > 4 * (SEKI_LOG_RECORD_MAX / 3 + 1))
		return -EBADMSG;
	p->record = calloc(1, size + 1);
	if (!p->record)
		return -ENOMEM;
	n = EVP_DecodeBlock((unsigned char *)p->record, (const unsigned char *)text, (int)size);
	if (n < 3)
		return -EBADMSG;
	p->size = (size_t)n - (text[size - 1] == '=') - (text[size - 2] == '=');
	p->record[p->size] = '\0';
	return 0;
}

static int parse_index(const char *text, size_t size, uint64_t *ret)
{
	char number[24], *end;

	if (!size || size >= sizeof(number) || text[0] < '0' || text[0] > '9')
		return -EBADMSG;
	memcpy(number, text, size);
	number[size] = '\0';
	errno = 0;
	*ret = strtoull(number, &end, 10);
	return *end || errno || (size > 1 && number[0] == '0') ? -EBADMSG : 0;
}

static int parse_path(struct lines *l, struct seki_proof *p)
{
	const char *line;
	size_t size;

	for (p->count = 0; next(l, &line, &size); p->count++) {
		if (!size)
			return 0;
		if (p->count == SEKI_PROOF_MAX ||
		    seki_base64_bytes(line, size, p->hash[p->count].b, 32) != 32)
			return -EBADMSG;
	}
	return -EBADMSG;
}

static int parse(const char *text, size_t size, struct seki_tlog_proof *p)
{
	struct lines l = { text, text + size };
	const char *line;
	size_t len;
	int err = 0;

	if (!next(&l, &line, &len) || len + 1 != strlen(HEAD) || memcmp(line, HEAD, len) ||
	    !next(&l, &line, &len))
		return -EBADMSG;
	if (len > 6 && !memcmp(line, "extra ", 6)) {
		err = parse_extra(line + 6, len - 6, p);
		if (!err && !next(&l, &line, &len))
			err = -EBADMSG;
	}
	if (!err && (len <= 6 || memcmp(line, "index ", 6)))
		err = -EBADMSG;
	if (!err)
		err = parse_index(line + 6, len - 6, &p->index);
	if (!err)
		err = parse_path(&l, &p->path);
	if (!err)
		err = seki_note_parse(l.at, (size_t)(l.end - l.at), &p->note);
	return err ? err : seki_checkpoint_parse(&p->note, &p->c);
}

int seki_proof_parse(const char *text, size_t size, struct seki_tlog_proof *ret)
{
	int err;

	ret->record = NULL;
	ret->size = 0;
	err = parse(text, size, ret);
	if (err)
		seki_proof_free(ret);
	return err;
}

void seki_proof_free(struct seki_tlog_proof *p)
{
	free(p->record);
	p->record = NULL;
}
