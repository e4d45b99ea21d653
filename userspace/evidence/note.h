/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * note.h - signed notes (c2sp.org/signed-note) and the checkpoints in them
 * (c2sp.org/tlog-checkpoint), Ed25519.
 *
 *	text of lines			origin
 *					size
 *	(empty line)			root, base64
 *	— name base64(id sig)		extension lines
 *
 * A verifier key, "name+id+base64(type key)", is what tools of others take.
 */
#ifndef SEKI_EVIDENCE_NOTE_H
#define SEKI_EVIDENCE_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "userspace/evidence/tree.h"

#define SEKI_NOTE_MAX 16384	/* bytes of a note */
#define SEKI_NOTE_NAME 128	/* bytes of a key name, with NUL */
#define SEKI_NOTE_SIGNATURES 16 /* more are an error */
#define SEKI_VKEY_TEXT 256
#define SEKI_NOTE_LINE 320 /* of a signature */

enum seki_note_type {
	SEKI_NOTE_ED25519 = 1,
	SEKI_NOTE_COSIGNATURE = 4, /* c2sp.org/tlog-cosignature */
};

struct evp_pkey_st;

struct seki_signer {
	char name[SEKI_NOTE_NAME];
	struct evp_pkey_st *key;
};

struct seki_verifier {
	char name[SEKI_NOTE_NAME];
	uint8_t type; /* enum seki_note_type */
	uint8_t id[4];
	uint8_t raw[32];
};

struct seki_note_signature {
	char name[SEKI_NOTE_NAME];
	uint8_t id[4];
	uint8_t bytes[72]; /* 64, or 8 of time and 64 */
	size_t size;
};

struct seki_note {
	const char *text; /* signed, with its last newline; not NUL terminated */
	size_t size;
	size_t signatures;
	struct seki_note_signature signature[SEKI_NOTE_SIGNATURES];
};

/* Points into data.  0 or -EBADMSG. */
int seki_note_parse(const char *data, size_t size, struct seki_note *ret);
/* text (lines, the last with its newline) and one signature line for each
 * signer, NUL terminated.  Length, -EMSGSIZE or -EINVAL.
 */
int seki_note_sign(const char *text, size_t size, const struct seki_signer *const *by, size_t count,
		   char ret[SEKI_NOTE_MAX]);
/* The signature line of a witness (c2sp.org/tlog-cosignature) for the note's text,
 * at a time in seconds since 1970, NUL terminated.  Length or -EINVAL.
 */
int seki_note_cosign(const struct seki_note *n, const struct seki_signer *by, uint64_t time,
		     char ret[SEKI_NOTE_LINE]);
/* Seconds of a cosignature, 0 of a signature of a log; -ENOKEY: it is not signed
 * by that key; -EKEYREJECTED: it says so, and the signature does not fit.
 */
int64_t seki_note_verify(const struct seki_note *n, const struct seki_verifier *v);

int seki_verifier_of(const struct seki_signer *s, struct seki_verifier *ret);
/* The same of a witness. */
int seki_cosigner_of(const struct seki_signer *s, struct seki_verifier *ret);
/* A key under a name; id is computed. */
void seki_verifier_set(struct seki_verifier *v, const char *name, uint8_t type,
		       const uint8_t raw[32]);
/* 0 or -EINVAL: not of the form, or the id is not that of the key. */
int seki_verifier_parse(const char *vkey, size_t size, struct seki_verifier *ret);
void seki_verifier_text(const struct seki_verifier *v, char ret[SEKI_VKEY_TEXT]);

struct seki_checkpoint {
	char origin[SEKI_NOTE_NAME];
	uint64_t size;
	struct seki_hash root;
	const char *extension; /* lines, in the note's text */
	size_t extension_size;
};
/* 0 or -EBADMSG. */
int seki_checkpoint_parse(const struct seki_note *n, struct seki_checkpoint *ret);
/* What follows "word " in an extension line; false: there is none. */
bool seki_checkpoint_field(const struct seki_checkpoint *c, const char *word, const char **ret,
			   size_t *ret_size);

/* Base64 of RFC 4648 with padding, strict.  Length of the text; bytes, or -1. */
size_t seki_base64_text(const void *bytes, size_t size, char *ret);
int seki_base64_bytes(const char *text, size_t len, uint8_t *ret, size_t cap);

#endif /* SEKI_EVIDENCE_NOTE_H */
