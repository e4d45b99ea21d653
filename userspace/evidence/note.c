// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/note.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "userspace/policy/key.h"

#define DASH "\xe2\x80\x94 "
#define SIGNATURE 64

/* ---- keys ---------------------------------------------------------------- */

static bool name_ok(const char *name, size_t len)
{
	if (!len || len >= SEKI_NOTE_NAME)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == '+' || name[i] == 0x7f)
			return false;
	return true;
}

void seki_verifier_set(struct seki_verifier *v, const char *name, uint8_t type,
		       const uint8_t raw[32])
{
	unsigned char text[SEKI_NOTE_NAME + 2 + 32], digest[32];
	size_t len = (size_t)snprintf(v->name, sizeof(v->name), "%s", name);

	if (len >= sizeof(v->name))
		len = sizeof(v->name) - 1;
	v->type = type;
	memcpy(v->raw, raw, sizeof(v->raw));
	memcpy(text, v->name, len);
	text[len] = '\n';
	text[len + 1] = type;
	memcpy(text + len + 2, raw, 32);
	EVP_Digest(text, len + 2 + 32, digest, NULL, EVP_sha256(), NULL);
	memcpy(v->id, digest, sizeof(v->id));
}

static int verifier_of(const struct seki_signer *s, uint8_t type, struct seki_verifier *ret)
{
	struct seki_pubkey k;

	if (!name_ok(s->name, strlen(s->name)) || seki_key_of(s->key, &k))
		return -EINVAL;
	seki_verifier_set(ret, s->name, type, k.raw);
	return 0;
}

int seki_verifier_of(const struct seki_signer *s, struct seki_verifier *ret)
{
	return verifier_of(s, SEKI_NOTE_ED25519, ret);
}

int seki_cosigner_of(const struct seki_signer *s, struct seki_verifier *ret)
{
	return verifier_of(s, SEKI_NOTE_COSIGNATURE, ret);
}

void seki_verifier_text(const struct seki_verifier *v, char ret[SEKI_VKEY_TEXT])
{
	uint8_t key[1 + 32] = { v->type };
	char text[64];

	memcpy(key + 1, v->raw, 32);
	seki_base64_text(key, sizeof(key), text);
	snprintf(ret, SEKI_VKEY_TEXT, "%s+%02x%02x%02x%02x+%s", v->name, v->id[0], v->id[1],
		 v->id[2], v->id[3], text);
}

int seki_verifier_parse(const char *vkey, size_t size, struct seki_verifier *ret)
{
	const char *id = memchr(vkey, '+', size), *end = vkey + size, *key;
	char name[SEKI_NOTE_NAME], text[9];
	uint8_t raw[1 + 32];

	key = id ? memchr(id + 1, '+', (size_t)(end - id - 1)) : NULL;
	if (!key || key - id != 9 || !name_ok(vkey, (size_t)(id - vkey)))
		return -EINVAL;
	if (seki_base64_bytes(key + 1, (size_t)(end - key - 1), raw, sizeof(raw)) != sizeof(raw) ||
	    (raw[0] != SEKI_NOTE_ED25519 && raw[0] != SEKI_NOTE_COSIGNATURE))
		return -EINVAL;
	snprintf(name, sizeof(name), "%.*s", (int)(id - vkey), vkey);
	seki_verifier_set(ret, name, raw[0], raw + 1);
	snprintf(text, sizeof(text), "%02x%02x%02x%02x", ret->id[0], ret->id[1], ret->id[2],
		 ret->id[3]);
	return memcmp(text, id + 1, 8) ? -EINVAL : 0;
}

/* ---- notes --------------------------------------------------------------- */

/* "— name base64" without its newline. */
static int parse_signature(const char *line, size_t size, struct seki_note_signature *ret)
{
	const char *name = line + strlen(DASH), *blank;
	uint8_t bytes[4 + sizeof(ret->bytes)];
	int n;

	if (size <= strlen(DASH) || memcmp(line, DASH, strlen(DASH)))
		return -EBADMSG;
	blank = memchr(name, ' ', size - strlen(DASH));
	if (!blank || !name_ok(name, (size_t)(blank - name)))
		return -EBADMSG;
	n = seki_base64_bytes(blank + 1, (size_t)(line + size - blank - 1), bytes, sizeof(bytes));
	if (n < 4 + SIGNATURE)
		return -EBADMSG;
	snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(blank - name), name);
	memcpy(ret->id, bytes, 4);
	ret->size = (size_t)n - 4;
	memcpy(ret->bytes, bytes + 4, ret->size);
	return 0;
}

static bool text_ok(const char *text, size_t size)
{
	if (!size || size > SEKI_NOTE_MAX || text[0] == '\n' || text[size - 1] != '\n')
		return false;
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n')
			return false;
	return true;
}

int seki_note_parse(const char *data, size_t size, struct seki_note *ret)
{
	const char *empty = size && size <= SEKI_NOTE_MAX ? memmem(data, size, "\n\n", 2) : NULL;
	const char *line, *end = data + size, *newline;

	if (!empty || !text_ok(data, size))
		return -EBADMSG;
	ret->text = data;
	ret->size = (size_t)(empty + 1 - data);
	ret->signatures = 0;
	for (line = empty + 2; line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (!newline || ret->signatures == SEKI_NOTE_SIGNATURES ||
		    parse_signature(line, (size_t)(newline - line),
				    &ret->signature[ret->signatures++]))
			return -EBADMSG;
	}
	return ret->signatures ? 0 : -EBADMSG;
}

static int sign(const struct seki_signer *by, const char *text, size_t size, uint8_t ret[SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = SIGNATURE;
	bool ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, by->key) == 1 &&
		  EVP_DigestSign(ctx, ret, &len, (const unsigned char *)text, size) == 1;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -EINVAL;
}

int seki_note_sign(const char *text, size_t size, const struct seki_signer *const *by, size_t count,
		   char ret[SEKI_NOTE_MAX])
{
	uint8_t bytes[4 + SIGNATURE];
	struct seki_verifier v;
	char line[128];
	size_t at = size + 1;

	if (!text_ok(text, size) || memmem(text, size, "\n\n", 2))
		return -EINVAL;
	if (at >= SEKI_NOTE_MAX)
		return -EMSGSIZE;
	memcpy(ret, text, size);
	ret[size] = '\n';
	for (size_t i = 0; i < count; i++) {
		if (seki_verifier_of(by[i], &v) || sign(by[i], text, size, bytes + 4))
			return -EINVAL;
		memcpy(bytes, v.id, 4);
		seki_base64_text(bytes, sizeof(bytes), line);
		at += (size_t)snprintf(ret + at, SEKI_NOTE_MAX - at, DASH "%s %s\n", v.name, line);
		if (at >= SEKI_NOTE_MAX)
			return -EMSGSIZE;
	}
	return (int)at;
}

static bool fits(const struct seki_verifier *v, const uint8_t *signature, const void *text,
		 size_t size)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, v->raw, sizeof(v->raw));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestVerify(ctx, signature, SIGNATURE, text, size) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

/* tlog-cosignature: the time is part of what is signed. */
static size_t cosigned_text(const struct seki_note *n, uint64_t time, char ret[SEKI_NOTE_MAX + 64])
{
	int head = snprintf(ret, 64, "cosignature/v1\ntime %llu\n", (unsigned long long)time);

	memcpy(ret + head, n->text, n->size);
	return (size_t)head + n->size;
}

int seki_note_cosign(const struct seki_note *n, const struct seki_signer *by, uint64_t time,
		     char ret[SEKI_NOTE_LINE])
{
	uint8_t bytes[4 + 8 + SIGNATURE];
	char text[SEKI_NOTE_MAX + 64], line[128];
	struct seki_verifier v;

	if (time > INT64_MAX || n->size > SEKI_NOTE_MAX || seki_cosigner_of(by, &v) ||
	    sign(by, text, cosigned_text(n, time, text), bytes + 12))
		return -EINVAL;
	memcpy(bytes, v.id, 4);
	for (int i = 0; i < 8; i++)
		bytes[4 + i] = (uint8_t)(time >> (56 - 8 * i));
	seki_base64_text(bytes, sizeof(bytes), line);
	return snprintf(ret, SEKI_NOTE_LINE, DASH "%s %s\n", v.name, line);
}

static int64_t cosigned(const struct seki_note *n, const struct seki_verifier *v,
			const struct seki_note_signature *s)
{
	char text[SEKI_NOTE_MAX + 64];
	int64_t time = 0;

	if (s->size != 8 + SIGNATURE || n->size > SEKI_NOTE_MAX)
		return -EKEYREJECTED;
	for (int i = 0; i < 8; i++)
		time = (int64_t)((uint64_t)time << 8 | s->bytes[i]);
	if (time < 0)
		return -EKEYREJECTED;
	return fits(v, s->bytes + 8, text, cosigned_text(n, (uint64_t)time, text)) ? time :
										     -EKEYREJECTED;
}

int64_t seki_note_verify(const struct seki_note *n, const struct seki_verifier *v)
{
	int64_t ret = -ENOKEY;

	for (size_t i = 0; i < n->signatures; i++) {
		const struct seki_note_signature *s = &n->signature[i];

		if (strcmp(s->name, v->name) || memcmp(s->id, v->id, 4))
			continue;
		if (v->type == SEKI_NOTE_COSIGNATURE)
			ret = cosigned(n, v, s);
		else
			ret = s->size == SIGNATURE && fits(v, s->bytes, n->text, n->size) ?
				      0 :
				      -EKEYREJECTED;
		if (ret < 0)
			return ret;
	}
	return ret;
}

/* ---- checkpoints --------------------------------------------------------- */

static bool next_line(const char **at, const char *end, const char **ret, size_t *ret_size)
{
	const char *newline = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;

	if (!newline || newline == *at)
		return false;
	*ret = *at;
	*ret_size = (size_t)(newline - *at);
	*at = newline + 1;
	return true;
}

static bool decimal(const char *text, size_t size, uint64_t *ret)
{
	uint64_t n = 0;

	if (!size || (size > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < size; i++)
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(text[i] - '0'), &n))
			return false;
	*ret = n;
	/* More can't be: 2^63 records. */
	return n <= INT64_MAX;
}

int seki_checkpoint_parse(const struct seki_note *n, struct seki_checkpoint *ret)
{
	const char *at = n->text, *end = n->text + n->size, *line;
	size_t size;

	if (!next_line(&at, end, &line, &size) || size >= sizeof(ret->origin))
		return -EBADMSG;
	snprintf(ret->origin, sizeof(ret->origin), "%.*s", (int)size, line);
	if (!next_line(&at, end, &line, &size) || !decimal(line, size, &ret->size))
		return -EBADMSG;
	if (!next_line(&at, end, &line, &size) ||
	    seki_base64_bytes(line, size, ret->root.b, sizeof(ret->root.b)) != sizeof(ret->root.b))
		return -EBADMSG;
	ret->extension = at;
	ret->extension_size = (size_t)(end - at);
	return 0;
}

bool seki_checkpoint_field(const struct seki_checkpoint *c, const char *word, const char **ret,
			   size_t *ret_size)
{
	const char *at = c->extension, *end = at + c->extension_size, *line;
	size_t len = strlen(word), size;

	while (next_line(&at, end, &line, &size)) {
		if (size < len || memcmp(line, word, len) || (size > len && line[len] != ' '))
			continue;
		*ret = line + len + (size > len);
		*ret_size = size - len - (size > len);
		return true;
	}
	return false;
}
