/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keys.h - the private keys of a log: DIR/log.1.key, log.2.key...  The highest
 * signs; the one below it vouches for it once.
 */
#ifndef SEKI_EVIDENCE_KEYS_H
#define SEKI_EVIDENCE_KEYS_H

#include "userspace/evidence/note.h"

#define SEKI_SECRET_DIR "/var/lib/sekisho/secret"
/* In the log directory, for whoever enrolls a host: verifier keys, newest last. */
#define SEKI_LOG_KEYS "keys"

struct seki_log_keys {
	struct seki_signer key, old;
	bool has_old;
	bool made; /* just now */
};

/* "sekisho.log/" and the id of the host in records. */
void seki_log_origin(const char *host, char ret[SEKI_NOTE_NAME]);

/* Read them; make the directory and the first key if there is none, and the next
 * when the newest is older than max_age seconds (0: never).  0 or negative errno
 * with the place in err.
 */
int seki_log_keys_open(const char *dir, const char *origin, uint64_t max_age,
		       struct seki_log_keys *ret, char *err, size_t size);
void seki_log_keys_close(struct seki_log_keys *k);
/* Verifier keys, a line each. */
size_t seki_log_keys_text(const struct seki_log_keys *k, char ret[2 * SEKI_VKEY_TEXT]);

#endif /* SEKI_EVIDENCE_KEYS_H */
